"""Owns what a PDF page holds: its one scanned image as it is, or why it must be rasterised.

A scanner's page is one image drawn over the whole page. Taking that image out is many times
cheaper than rasterising, keeps the scan's own pixels, and tells a damaged image from a white one:
poppler draws both alike.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pikepdf
from numpy.typing import NDArray

from scanpipe.reading.decoding import (
    MAX_PIXELS,
    damage_of,
    decode,
    is_bomb,
    is_plain,
    unpacks_beyond,
)
from scanpipe.reading.drawings import Drawing, Matrix, content_streams, drawing_of, images_below
from scanpipe.reading.pagetree import inherited, resources_of
from scanpipe.vocabulary import Reason

POINTS_PER_MM = 72 / 25.4
COVER_TOLERANCE_PT = 3.0
ENOUGH_PIXELS = 400_000
"""Of less a page is not left, whatever it says of its resolution: A6 at 150 dpi has 540,000."""

MAX_CONTENT_BYTES = 2_000_000
"""What draws a scanned page is a line, the text behind it some ten thousand bytes. At more than
this poppler would be for minutes.
"""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Embedded:
    """Pixels of shape (H, W), 255 = white, and their resolution; 0 where it is not known.

    `halved`: whether the scan has twice as many each way.
    """

    pixels: NDArray[np.uint8]
    dpi_x: float
    dpi_y: float
    halved: bool = False


@dataclass(frozen=True, slots=True)
class PageContent:
    """A page's visible size, its scan if it is nothing but one, the finest resolution of its
    images, and whether some of them cannot be checked for damage, or are never drawn.
    """

    width_mm: float
    height_mm: float
    scan: Embedded | None
    finest_dpi: float | None
    unchecked_images: bool


@dataclass(frozen=True, slots=True)
class _Frame:
    """What is seen of a page: its box in points (left, bottom, right, top), before it is turned
    by `turn` degrees clockwise.
    """

    box: Box
    turn: int

    @property
    def extent_pt(self) -> tuple[float, float]:
        """Width and height as the page is shown."""
        left, bottom, right, top = self.box
        width, height = right - left, top - bottom
        return (height, width) if self.turn in (90, 270) else (width, height)


def page_content(page: pikepdf.Page, enough_dpi: float = math.inf) -> PageContent | Reason:
    """Look at a page; return a reason when one of its images cannot be decoded.

    A scan that is twice as fine as `enough_dpi` may come halved, where that takes less time.
    Raises pikepdf.PdfError or OSError when the page itself is broken.
    """
    if any(unpacks_beyond(part, MAX_CONTENT_BYTES) for part in content_streams(page)):
        return Reason.TOO_LARGE
    drawing = drawing_of(page)
    resources = resources_of(page)
    xobjects = resources.get("/XObject", pikepdf.Dictionary())
    if not all(_is_drawable(xobjects.get(name)) for name, _ in drawing.xobjects):
        # Poppler passes over what is missing without a word.
        return Reason.DAMAGED_IMAGE
    images = list(images_below(resources))
    single = drawing.single
    if single is not None and any(name == single[0] for name, _ in images):
        images = [each for each in images if each[0] == single[0]]  # others are of other pages
    return _checked(images, drawing, _Frame(_box(page), _turn(page)), enough_dpi)


def _checked(
    images: Sequence[tuple[str, pikepdf.Stream]],
    drawing: Drawing,
    frame: _Frame,
    enough_dpi: float,
) -> PageContent | Reason:
    """Return the page's content, or what is wrong with the first of its bad images."""
    width, height = frame.extent_pt
    width_mm, height_mm = width / POINTS_PER_MM, height / POINTS_PER_MM
    finest = None
    unchecked = drawing.hidden_images or (bool(images) and not drawing.xobjects)
    for name, image in images:
        pixels = int(image.Width) * int(image.Height)
        if pixels > MAX_PIXELS or is_bomb(image):
            return Reason.TOO_LARGE
        dpi = _dpi(name, image, drawing, frame)
        finest = max(finest or 0.0, min(dpi, 600.0))
        if not is_plain(image):
            unchecked = True
            damage = damage_of(image)
            if damage is not None:
                return damage
            continue
        decoded = decode(image, halved=may_be_halved(pixels, dpi, enough_dpi))
        if isinstance(decoded, Reason):
            return decoded
        if drawing.single is not None and name == drawing.single[0]:
            scan = _placed(decoded, drawing.single[1], frame.turn, frame.box)
            if scan is not None:
                scan = replace(scan, halved=len(decoded) < int(image.Height))
                return PageContent(width_mm, height_mm, scan, finest, False)
    return PageContent(width_mm, height_mm, None, finest, unchecked)


def may_be_halved(pixels: int, dpi: float, enough_dpi: float) -> bool:
    """Whether half the resolution is enough, also where the file has it wrong and it is lower."""
    return dpi >= 2 * enough_dpi and pixels >= 4 * ENOUGH_PIXELS


def _dpi(name: str, image: pikepdf.Stream, drawing: Drawing, frame: _Frame) -> float:
    """Return an image's resolution where it is drawn; over the whole page if one cannot tell."""
    longest_px = max(int(image.Width), int(image.Height))
    matrices = (matrix for drawn, matrix in drawing.xobjects if drawn == name)
    longest_pt = [max(math.hypot(*m[:2]), math.hypot(*m[2:4])) for m in matrices]
    return 72 * longest_px / max(min(longest_pt, default=max(frame.extent_pt)), 1)


def _box(page: pikepdf.Page) -> Box:
    """Return the part of the page that is shown: its crop box, as far as there is paper."""
    crop, media = _upright(page.cropbox), _upright(page.mediabox)
    left, bottom = max(crop[0], media[0]), max(crop[1], media[1])
    right, top = min(crop[2], media[2]), min(crop[3], media[3])
    return (left, bottom, right, top) if left < right and bottom < top else media


def _upright(box: pikepdf.Object) -> Box:
    """Return a box whose corners may stand in any order."""
    x0, y0, x1, y1 = (float(value) for value in box)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _turn(page: pikepdf.Page) -> int:
    """Return the page's /Rotate, its own or inherited, as 0-359 degrees clockwise."""
    return int(inherited(page, "/Rotate") or 0) % 360


def _is_drawable(xobject: pikepdf.Object | None) -> bool:
    return isinstance(xobject, pikepdf.Stream) and xobject.get("/Subtype") in ("/Image", "/Form")


def _placed(pixels: NDArray[np.uint8], matrix: Matrix, turn: int, box: Box) -> Embedded | None:
    """Turn the image as the page shows it; None when it does not just cover the page."""
    a, b, c, d, e, f = matrix
    lying = abs(a) + abs(d) < 1e-3 * (abs(b) + abs(c))
    if not lying and abs(b) + abs(c) > 1e-3 * (abs(a) + abs(d)):
        return None
    xs, ys = sorted((e, e + a + c)), sorted((f, f + b + d))
    edges = (xs[0] - box[0], ys[0] - box[1], xs[1] - box[2], ys[1] - box[3])
    if max(map(abs, edges)) > COVER_TOLERANCE_PT or turn % 90:
        return None
    across_pt, down_pt = math.hypot(a, b), math.hypot(c, d)
    dpi_x, dpi_y = 72 * pixels.shape[1] / across_pt, 72 * pixels.shape[0] / down_pt
    if lying:
        pixels, dpi_x, dpi_y = pixels.T, dpi_y, dpi_x
        flip_x, flip_y = c > 0, b > 0
    else:
        flip_x, flip_y = a < 0, d < 0
    if flip_x:
        pixels = pixels[:, ::-1]
    if flip_y:
        pixels = pixels[::-1]
    pixels = np.rot90(pixels, -turn // 90)
    if turn in (90, 270):
        dpi_x, dpi_y = dpi_y, dpi_x
    return Embedded(np.ascontiguousarray(pixels), dpi_x, dpi_y)
