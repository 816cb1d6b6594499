"""Owns scanners: settings, named presets, and paper in, page image out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.simulation.effects import (
    Homography,
    bilevel,
    blurred,
    dusty,
    jpeg,
    noisy,
    shaded,
    streaked,
    tabletop,
    tilt,
    warped,
    weak_contrast,
)
from scanpipe.simulation.paper import Paper
from scanpipe.simulation.pens import Image, as_image
from scanpipe.simulation.strokes import Generator

EDGE_SHADOW_MM = 0.3
BAND_PX = 64
"""So many rows of a page are worked on at once: they stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """What a scanner, or a phone, makes of the paper that it is given.

    `skew_deg`: standard deviation of the skew, kept within three of it; `turns`: the ways the
    paper may lie, degrees clockwise, one drawn for each page. `margin_mm`: lid seen around
    the paper. `lid` and `paper`: grey values. `noise`: standard deviation in grey values.
    `threshold`: grey from which a 1-bit scan is white, None for grey scans. `jpeg_quality`:
    None for no JPEG. `streaks_mm`: places of dirt on the glass, from the page's left.
    `dust`: specks a page. `perspective`, `shade`: what a phone adds, 0-1, and `table`, the
    depth of the grain of what the paper lies on. `paper_rgb`: the paper's colour in a colour
    scan, None for grey.
    """

    dpi: float = 200
    skew_deg: float = 1.0
    turns: tuple[float, ...] = (0,)
    margin_mm: float = 2.5
    lid: int = 238
    paper: int = 247
    noise: float = 2.0
    blur_px: float = 0.5
    contrast: float = 1.0
    threshold: int | None = None
    jpeg_quality: int | None = 75
    streaks_mm: tuple[float, ...] = ()
    dust: int = 0
    perspective: float = 0.0
    shade: float = 0.0
    table: float = 0.0
    paper_rgb: tuple[int, int, int] | None = None


_GREY = Scanner()
_BILEVEL = Scanner(threshold=165, jpeg_quality=None)
_ANY_WAY = (0, 0, 0, 90, 180, 180, 270)

SCANNERS = {
    "office_grey": replace(_GREY, turns=(0, 0, 0, 180)),
    "office_fine": replace(_GREY, dpi=300, turns=(0, 0, 0, 180)),
    "office_1bit": replace(_BILEVEL, turns=(0, 0, 0, 180)),
    "any_way": replace(_GREY, turns=_ANY_WAY, skew_deg=1.6),
    "light_1bit": replace(_BILEVEL, threshold=115),
    "dark_1bit": replace(_BILEVEL, threshold=205),
    "coarse": replace(_GREY, dpi=100),
    "black_lid": replace(_GREY, lid=16),
    "grey_lid": replace(_GREY, lid=128),
    "low_contrast": replace(_GREY, contrast=0.5, paper=225),
    "dirty_glass": replace(_GREY, streaks_mm=(37.0, 88.0), dust=40),
    "hard_jpeg": replace(_GREY, jpeg_quality=30),
    "glass": replace(_GREY, lid=232, dust=15),
    "phone": replace(
        _GREY, dpi=180, skew_deg=4, margin_mm=22, lid=96, paper=232, noise=5, blur_px=0.9,
        perspective=0.06, shade=0.4, jpeg_quality=80,
    ),
}  # fmt: skip
"""Scanners by name, to build scenarios from."""


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Paper on the glass: its middle from the page's top left, turned clockwise."""

    paper: Paper
    x_mm: float
    y_mm: float
    angle_deg: float


@dataclass(frozen=True, slots=True, eq=False)
class Capture:
    """One page image, and where on it the middle of each paper came to lie."""

    image: Image
    centres_mm: tuple[tuple[float, float], ...]


def scan(paper: Paper, scanner: Scanner, rng: Generator) -> Image:
    """Return the page image of one paper fed through `scanner`."""
    return feed(paper, scanner, rng).image


def feed(paper: Paper, scanner: Scanner, rng: Generator) -> Capture:
    """Feed one paper: the page is as large as the paper as it lies, plus the margin."""
    limit = 3 * scanner.skew_deg
    skew_deg = float(np.clip(rng.normal(0, scanner.skew_deg), -limit, limit))
    angle_deg = float(rng.choice(scanner.turns)) + skew_deg
    width_mm, height_mm = paper.lying_mm(angle_deg)
    page_mm = (width_mm + 2 * scanner.margin_mm, height_mm + 2 * scanner.margin_mm)
    placed = Placed(paper, page_mm[0] / 2, page_mm[1] / 2, angle_deg)
    return scan_glass([placed], page_mm, scanner, rng)


def scan_glass(
    placed: Sequence[Placed], page_mm: tuple[float, float], scanner: Scanner, rng: Generator
) -> Capture:
    """Scan papers that lie on a glass of `page_mm` (width, height), later ones on top.

    Raises ValueError when papers of different resolutions lie side by side.
    """
    (work_dpi,) = {item.paper.dpi for item in placed}
    per_mm = work_dpi / 25.4
    shape = (round(page_mm[1] * per_mm), round(page_mm[0] * per_mm))
    page = np.full(shape, scanner.lid, np.uint8)
    if scanner.table:
        page = tabletop(shape, scanner.lid, scanner.table, rng)
    for item in placed:
        _lay(page, item, scanner.paper)
    size = (round(page_mm[0] * scanner.dpi / 25.4), round(page_mm[1] * scanner.dpi / 25.4))
    image = np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    view = tilt(image.shape, scanner.perspective, rng) if scanner.perspective else np.eye(3)
    if scanner.perspective:
        image = warped(image, view, None if scanner.table else scanner.lid)
    centres = tuple(_seen_at(view, item, scanner.dpi) for item in placed)
    return Capture(_digitised(image, scanner, rng), centres)


def _digitised(image: Image, scanner: Scanner, rng: Generator) -> Image:
    """Return what the scanner's optics, glass, sensor and file format make of the page."""
    image = shaded(image, scanner.shade, rng)
    image = dusty(image, scanner.dust, scanner.dpi, rng)
    for x_mm in scanner.streaks_mm:
        image = streaked(image, x_mm, scanner.dpi)
    image = weak_contrast(blurred(image, scanner.blur_px), scanner.contrast)
    image = noisy(image, scanner.noise, rng)
    if scanner.threshold is not None:
        return bilevel(image, scanner.threshold)
    return image if scanner.jpeg_quality is None else jpeg(image, scanner.jpeg_quality)


def _seen_at(view: Homography, item: Placed, dpi: float) -> tuple[float, float]:
    x, y, w = view @ (item.x_mm * dpi / 25.4, item.y_mm * dpi / 25.4, 1.0)
    return float(x / w * 25.4 / dpi), float(y / w * 25.4 / dpi)


def _lay(page: Image, item: Placed, white: int) -> None:
    """Put one paper on the page, in place, with the thin shadow of its edge on the lid."""
    paper = item.paper
    per_mm = paper.dpi / 25.4
    height, width = paper.grey.shape
    around_px = 2 * EDGE_SHADOW_MM * per_mm
    box = np.array(paper.lying_mm(item.angle_deg)) * per_mm + 2 * around_px
    corner = np.rint(np.array([item.x_mm, item.y_mm]) * per_mm - box / 2).astype(int)
    middle = ((width - 1) / 2, (height - 1) / 2)
    turn = np.asarray(cv2.getRotationMatrix2D(middle, -item.angle_deg, 1.0), dtype=np.float64)
    turn[:, 2] += box / 2 - middle
    size = (int(np.ceil(box[0])), int(np.ceil(box[1])))
    grey = _turned(paper.grey, turn, size)
    cover = _turned(paper.cover, turn, size)
    part, grey, cover = _clipped(page, (int(corner[0]), int(corner[1])), grey, cover)
    shadow = np.asarray(cv2.GaussianBlur(cover, (0, 0), EDGE_SHADOW_MM * per_mm), dtype=np.uint8)
    for top in range(0, len(part), BAND_PX):
        band = slice(top, top + BAND_PX)
        part[band] = _seen(part[band], grey[band], cover[band], shadow[band], white)


def _seen(lid: Image, grey: Image, cover: Image, shadow: Image, white: int) -> Image:
    """Return paper where it covers the lid, and else the lid under the shadow of its edge."""
    under, share = _shaded(lid, shadow.astype(np.float32)), cover.astype(np.float32)
    share /= 255
    seen = np.multiply(grey, white / 255 * share, dtype=np.float32)
    np.subtract(1, share, out=share)
    under *= share
    seen += under
    return as_image(seen)


def _shaded(part: Image, shadow: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return `part` under a `shadow` (0-255), which is used up."""
    shadow *= 0.25
    shadow /= 255
    np.subtract(1, shadow, out=shadow)
    shadow *= part
    return shadow


def _turned(image: Image, turn: NDArray[np.float64], size: tuple[int, int]) -> Image:
    return np.asarray(cv2.warpAffine(image, turn, size, borderValue=(0.0,)), dtype=np.uint8)


def _clipped(
    page: Image, corner_px: tuple[int, int], grey: Image, cover: Image
) -> tuple[Image, Image, Image]:
    """Return the part of the page that images laid at `corner_px` meet, and the same of these."""
    x, y = corner_px
    left, top = max(-x, 0), max(-y, 0)
    part = page[y + top : y + grey.shape[0], x + left : x + grey.shape[1]]
    rows, columns = slice(top, top + part.shape[0]), slice(left, left + part.shape[1])
    return part, grey[rows, columns], cover[rows, columns]
