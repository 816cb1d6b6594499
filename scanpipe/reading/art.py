"""Owns the printed faces as they lie in one scanned slip: found again, and masked.

Registration is good to a few tenths of a millimetre. Each face is then found to a fraction of a
pixel by its own print, so that the mask can be narrow: a dab of the pen on a printed line shows
only by what is wider than the line.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.layout import Layout, Target
from scanpipe.reading.greys import median, quantile

Mask = NDArray[np.uint8]
Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
Place = tuple[slice, slice]

SEARCH_MM = 0.9
"""How far from its place a face is sought: more than sound registration is ever off."""

SURE_LIKENESS = 0.6
"""A face found with less correlation is drawn over; it lies as its neighbours do."""

SPREAD_MM = 1.0
"""Toner, blur and threshold make a printed line wider by less than this."""

STEP_MM = 0.02
"""How wide the print is is told to so much."""

FINER = 4
"""Faces are drawn so many times too large: where a line ends is then known to a fraction of a
pixel."""

CORE_PX = 0.5
"""A pixel whose middle lies so deep within a line holds nothing but print."""

ABOUT_MM = 1.2
"""What lies so far from a printed line lies beside it."""

LEAST_CONTRAST = 0.1
INK_DARKNESS = 0.30
"""Print is so much darker than paper at least; what is so dark throughout may be ink."""

FAR_MM = 2.0
"""How far from a printed line is told up to here; no one asks for more."""

SLACK_MM = 0.08
"""What may be left between a face's print and its template after both are aligned: half a pixel."""


@dataclass(frozen=True, slots=True, eq=False)
class PrintedArt:
    """The faces' print as it lies in a band of the slip.

    `distance_px`: shape of the band, distance of each pixel's middle from the edge of the nearest
    printed line, less than 0 within one; at FAR_MM and beyond the same.
    `toner`: darkness of the print, 0-1. `seen`: for each face, the share of its lines that
    were found.
    """

    distance_px: Floats
    toner: float
    seen: tuple[float, ...]

    def mask(self, margin_px: float) -> NDArray[np.bool_]:
        """Return where print may be: the lines, made wider by `margin_px` on both sides."""
        return np.asarray(self.distance_px <= margin_px, np.bool_)


def find_art(
    band: Floats, layout: Layout, px_per_mm: float, top_px: int, left_px: int = 0
) -> PrintedArt:
    """Find the faces in `band`: darkness (0-1) of the slip from `top_px` and `left_px` on."""
    templates = _templates(layout, px_per_mm, top_px, left_px)
    reach = round(SEARCH_MM * px_per_mm)
    shifts = _shifts(band, templates, reach)
    distance_px = np.full(band.shape, FAR_MM * px_per_mm, np.float32)
    places = [
        _lay(distance_px, template, shift)
        for template, shift in zip(templates, shifts, strict=True)
    ]
    core = distance_px <= -CORE_PX
    toner = median(band[core]) if core.any() else 0.0
    found = np.zeros(band.shape, np.bool_)
    for place in places:
        found[place] = _shows_lines(band, place, core[place], toner, px_per_mm)
    seen = tuple(_seen(found, core, template, reach) for template in templates)
    return PrintedArt(distance_px, toner, seen)


def _grown(place: Place, by_px: int) -> Place:
    rows, columns = (slice(max(each.start - by_px, 0), each.stop + by_px) for each in place)
    return rows, columns


def _seen(found: Bools, core: Bools, template: "_Template", reach: int) -> float:
    """Return the share of a face's lines that were `found`."""
    rows = slice(max(template.top - reach, 0), template.top + template.side + reach)
    columns = slice(max(template.left, 0), template.left + template.side)
    return float(found[rows, columns].sum() / max(1, core[rows, columns].sum()))


def _shows_lines(band: Floats, place: Place, core: Bools, toner: float, px_per_mm: float) -> Bools:
    """Return for each pixel of a `place` whether it is one of the `core` there and a printed line
    may be there: as dark as print, and darker than what lies about it.

    A scan that breaks off in even grey is dark and shows no line. Ink may cover one.
    """
    reach = round(ABOUT_MM * px_per_mm)
    side = 2 * reach + 1
    about = _grown(place, reach)
    own = tuple(
        slice(inner.start - outer.start, inner.stop - outer.start)
        for inner, outer in zip(place, about, strict=True)
    )
    lightest = cv2.erode(band[about], np.ones((side, side), np.uint8))[own][core]
    near = cv2.dilate(band[about], np.ones((3, 3), np.uint8))[own][core]
    stands_out = (near - lightest > LEAST_CONTRAST) | (lightest > INK_DARKNESS)
    shown = np.zeros(core.shape, np.bool_)
    shown[core] = (near > max(LEAST_CONTRAST, 0.4 * toner)) & stands_out
    return shown


def line_spread_px(band: Floats, art: PrintedArt, threshold: float, px_per_mm: float) -> float:
    """Return how much wider than drawn the printed lines are in this scan, in px a side.

    The median over all pixels at one distance from the print sees past pen marks, which
    cover a small part of it.
    """
    slack_px = SLACK_MM * px_per_mm
    about = (art.distance_px >= 0) & (art.distance_px < SPREAD_MM * px_per_mm)
    darkness, away_mm = band[about], art.distance_px[about] / np.float32(px_per_mm)
    for least_mm in np.arange(0, SPREAD_MM, STEP_MM).tolist():
        ring = (away_mm >= least_mm) & (away_mm < least_mm + STEP_MM)
        # Noise of the paper alone must not pass for print.
        if quantile(darkness[ring], 0.6) < 0.7 * threshold:
            return float(least_mm) * px_per_mm + slack_px
    return SPREAD_MM * px_per_mm + slack_px


@dataclass(frozen=True, slots=True, eq=False)
class _Template:
    """One face drawn in a square of `side` px, whose top left lies at `left`, `top` of the band.

    `distance_px`: distance of each pixel from the edge of its lines, less than 0 within them; of
    a square that is `margin` px wider on each side.
    """

    image: Mask
    distance_px: Floats
    left: int
    top: int
    side: int
    margin: int


@lru_cache(maxsize=64)
def _templates(
    layout: Layout, px_per_mm: float, top_px: int, left_px: int
) -> tuple[_Template, ...]:
    templates = []
    for face in layout.faces:
        side = math.ceil((2 * face.radius_mm + 1) * px_per_mm)
        left = round(face.centre.x_mm * px_per_mm - side / 2)
        top = round(face.centre.y_mm * px_per_mm - side / 2)
        fine = _draw(face, (left, top), side, px_per_mm)
        image = np.asarray(cv2.resize(fine, (side, side), interpolation=cv2.INTER_AREA), np.uint8)
        margin = math.ceil(FAR_MM * px_per_mm)
        distance_px = np.minimum(_distances_px(fine, side, margin), FAR_MM * px_per_mm)
        place = left - left_px, top - top_px
        templates.append(_Template(image, distance_px, *place, side, margin))
    return tuple(templates)


def _draw(face: Target, origin_px: tuple[int, int], side: int, px_per_mm: float) -> Mask:
    """Draw a face's art, 255 on its lines, in a square FINER times as large."""
    scale = px_per_mm * FINER

    def px(x_mm: float, y_mm: float) -> tuple[int, int]:
        x, y = x_mm * scale - origin_px[0] * FINER, y_mm * scale - origin_px[1] * FINER
        return round(x - 0.5), round(y - 0.5)

    image = np.zeros((side * FINER, side * FINER), np.uint8)
    ring = face.outline()
    centre = px(ring.centre.x_mm, ring.centre.y_mm)
    cv2.circle(image, centre, round(ring.radius_mm * scale), (255,), round(ring.width_mm * scale))
    for line in face.lines():
        points = np.array([px(p.x_mm, p.y_mm) for p in line.points()])
        cv2.polylines(image, [points], False, (255,), round(line.width_mm * scale))
    return image


def _distances_px(fine: Mask, side: int, margin: int) -> Floats:
    """Return how far from the edge of the nearest line each pixel lies, less than 0 within one.

    `fine`: as `_draw` returns it, for a square of `side` px; it is grown by `margin`.
    """
    edge = margin * FINER
    free = cv2.copyMakeBorder(255 - fine, *(edge,) * 4, cv2.BORDER_CONSTANT, value=(255,))
    within = cv2.distanceTransform(fine, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    outside = cv2.distanceTransform(free, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    # The edge lies half a step from the middle of the first pixel beyond it.
    signed = np.asarray(outside, np.float32) - np.float32(0.5)
    lines = fine > 0
    signed[edge:-edge, edge:-edge][lines] = 0.5 - within[lines]
    grown = side + 2 * margin
    distances = cv2.resize(signed, (grown, grown), interpolation=cv2.INTER_AREA)
    return np.asarray(distances / np.float32(FINER), np.float32)


def _shifts(
    band: Floats, templates: tuple[_Template, ...], reach: int
) -> list[tuple[float, float]]:
    """Return how far each face lies from its place, in px."""
    _, dark = cv2.threshold(band, 0, 0, cv2.THRESH_TOZERO)
    edge = (reach, reach, reach, reach)
    padded = cv2.copyMakeBorder(cv2.convertScaleAbs(dark, alpha=255), *edge, cv2.BORDER_REPLICATE)
    found = []
    for template in templates:
        y, x, side = template.top, template.left, template.side + 2 * reach
        window = padded[y : y + side, x : x + side]
        likeness = cv2.matchTemplate(window, template.image, cv2.TM_CCOEFF_NORMED)
        found.append(_peak(np.asarray(likeness, np.float32), reach))
    sure = [shift for shift, score in found if score > SURE_LIKENESS]
    if not sure:
        return [(0.0, 0.0)] * len(found)
    usual_x, usual_y = np.median(np.array(sure), axis=0)
    usual = (float(usual_x), float(usual_y))
    return [shift if score > SURE_LIKENESS else usual for shift, score in found]


def _peak(likeness: Floats, reach: int) -> tuple[tuple[float, float], float]:
    """Return the likeliest shift, to a fraction of a pixel by a parabola, and its likeness."""
    _, score, _, (x, y) = cv2.minMaxLoc(likeness)
    row, column = likeness[y], likeness[:, x]
    return (x - reach + _vertex(row, x), y - reach + _vertex(column, y)), float(score)


def _vertex(values: Floats, at: int) -> float:
    if not 0 < at < len(values) - 1:
        return 0.0
    before, here, after = (float(value) for value in values[at - 1 : at + 2])
    bend = before - 2 * here + after
    return 0.0 if bend == 0 else 0.5 * (before - after) / bend


def _lay(distance_px: Floats, template: _Template, shift: tuple[float, float]) -> Place:
    """Lay the distances of a face where it lies, and return the rows and columns of its square."""
    whole_x, whole_y = math.floor(shift[0]), math.floor(shift[1])
    by = np.array([[1, 0, shift[0] - whole_x], [0, 1, shift[1] - whole_y]], np.float64)
    left, top = template.left + whole_x, template.top + whole_y
    moved = cv2.warpAffine(
        template.distance_px, by, template.distance_px.shape, borderMode=cv2.BORDER_REPLICATE
    )
    grown, part = _shared(distance_px, moved, left - template.margin, top - template.margin)
    distance_px[grown] = np.minimum(distance_px[grown], moved[part])
    return _shared(distance_px, template.image, left, top)[0]


def _shared(band: NDArray[Any], square: NDArray[Any], left: int, top: int) -> tuple[Place, Place]:
    """Return what a band and a square that lies at `left`, `top` of it share, as places of each."""
    side = len(square)
    (y0, y1), (x0, x1) = (
        (max(start, 0), max(min(start + side, end), 0))
        for start, end in zip((top, left), band.shape, strict=True)
    )
    own = slice(y0 - top, y1 - top), slice(x0 - left, x1 - left)
    return (slice(y0, y1), slice(x0, x1)), own
