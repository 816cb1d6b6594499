"""Owns what a PDF page holds: its one scanned image as it is, or why it must be rasterised.

A scanner's page is one image drawn over the whole page. Taking that image out is many times
cheaper than rasterising, keeps the scan's own pixels, and tells a damaged image from a white one:
poppler draws both alike.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pikepdf
from numpy.typing import NDArray

from scanpipe.reading.decoding import MAX_PIXELS, decode, is_plain
from scanpipe.vocabulary import Reason

POINTS_PER_MM = 72 / 25.4
COVER_TOLERANCE_PT = 3.0
DEEPEST_TREE = 100
"""A page lies no deeper in its file, unless the file is broken and runs in a circle."""

Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Embedded:
    """Pixels of shape (H, W), 255 = white, and their resolution; 0 where it is not known."""

    pixels: NDArray[np.uint8]
    dpi_x: float
    dpi_y: float


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


def page_content(pdf: pikepdf.Pdf, index: int) -> PageContent | Reason:
    """Look at page `index` (from 0); return a reason when one of its images cannot be decoded.

    Raises pikepdf.PdfError or OSError when the page itself is broken.
    """
    page = pdf.pages[index]
    left, bottom, right, top = (float(value) for value in page.cropbox)
    turn = _turn(page)
    width, height = abs(right - left), abs(top - bottom)
    if turn in (90, 270):
        width, height = height, width
    drawn, nothing_else, inline = _drawn(page)
    xobjects = page.resources.get("/XObject", pikepdf.Dictionary())
    if not all(_is_drawable(xobjects.get(name)) for name, _ in drawn):
        # Poppler passes over what is missing without a word.
        return Reason.DAMAGED_IMAGE
    single = drawn[0] if nothing_else and len(drawn) == 1 else None
    images = dict(_images(page.resources, depth=0))
    if single is not None and single[0] in images:
        images = {single[0]: images[single[0]]}  # the others belong to other pages
    finest, unchecked = None, inline or (bool(images) and not drawn)
    for name, image in images.items():
        if int(image.Width) * int(image.Height) > MAX_PIXELS:
            return Reason.TOO_LARGE
        whole_page_dpi = 72 * max(int(image.Width), int(image.Height)) / max(width, height, 1)
        finest = max(finest or 0.0, min(whole_page_dpi, 600.0))
        if not is_plain(image):
            unchecked = True
            continue
        decoded = decode(image)
        if isinstance(decoded, Reason):
            return decoded
        if single is not None and name == single[0]:
            scan = _placed(decoded, single[1], turn, (left, bottom, right, top))
            if scan is not None:
                return PageContent(
                    width / POINTS_PER_MM, height / POINTS_PER_MM, scan, finest, False
                )
    return PageContent(width / POINTS_PER_MM, height / POINTS_PER_MM, None, finest, unchecked)


def _turn(page: pikepdf.Page) -> int:
    """Return the page's /Rotate, its own or inherited, as 0-359 degrees clockwise."""
    node: pikepdf.Object | None = page.obj
    steps = 0
    while node is not None and steps < DEEPEST_TREE:
        if "/Rotate" in node:
            return int(node.Rotate) % 360
        node, steps = node.get("/Parent"), steps + 1
    return 0


def _images(resources: pikepdf.Object, depth: int) -> Iterator[tuple[str, pikepdf.Stream]]:
    """Yield every image below `resources`, those inside form XObjects too."""
    for name, xobject in resources.get("/XObject", pikepdf.Dictionary()).items():
        if not isinstance(xobject, pikepdf.Stream):
            continue
        if xobject.get("/Subtype") == "/Image":
            yield name if depth == 0 else f"{depth}{name}", xobject
        elif xobject.get("/Subtype") == "/Form" and depth < 4 and "/Resources" in xobject:
            yield from _images(xobject.Resources, depth + 1)


def _is_drawable(xobject: pikepdf.Object | None) -> bool:
    return isinstance(xobject, pikepdf.Stream) and xobject.get("/Subtype") in ("/Image", "/Form")


def _drawn(page: pikepdf.Page) -> tuple[list[tuple[str, Matrix]], bool, bool]:
    """Return name and matrix of every XObject that the page draws, whether that is all, and
    whether images stand in the content itself.
    """
    matrix: Matrix = (1, 0, 0, 1, 0, 0)
    stack: list[Matrix] = []
    drawn: list[tuple[str, Matrix]] = []
    nothing_else, inline = True, False
    for instruction in pikepdf.parse_content_stream(page):
        operands = instruction.operands
        match str(instruction.operator):
            case "q":
                stack.append(matrix)
            case "Q" if stack:
                matrix = stack.pop()
            case "cm":
                a, b, c, d, e, f = (float(value) for value in operands)
                matrix = _product((a, b, c, d, e, f), matrix)
            case "Do":
                drawn.append((str(operands[0]), matrix))
            case operator:
                nothing_else = False
                inline = inline or operator == "INLINE IMAGE"
    return drawn, nothing_else, inline


def _product(m: Matrix, n: Matrix) -> Matrix:
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def _placed(
    pixels: NDArray[np.uint8], matrix: Matrix, turn: int, box: tuple[float, float, float, float]
) -> Embedded | None:
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
