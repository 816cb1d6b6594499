"""Owns the printed faces as they lie in one scanned slip: found again, and masked.

Registration is good to a few tenths of a millimetre. Each face is then found to a fraction of a
pixel by its own print, so that the mask can be narrow: a dab of the pen on a printed line shows
only by what is wider than the line.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

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

STEP_MM = 0.125
"""How wide the print is is told to so much."""

ABOUT_MM = 1.2
"""What lies so far from a printed line lies beside it."""

LEAST_CONTRAST = 0.1
INK_DARKNESS = 0.30
"""Print is so much darker than paper at least; what is so dark throughout may be ink."""

FAR_MM = 2.0
"""How far from a printed line is told up to here; no one asks for more."""

SLACK_MM = 0.06
"""What may be left between a face's print and its template after both are aligned."""


@dataclass(frozen=True, slots=True, eq=False)
class PrintedArt:
    """The faces' print as it lies in a band of the slip.

    `distance_px`: shape of the band, distance of each pixel from the nearest printed line; at
    FAR_MM and beyond the same.
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
    drawn = np.zeros(band.shape, np.uint8)
    places = [
        _paste(drawn, template, shift) for template, shift in zip(templates, shifts, strict=True)
    ]
    core = drawn > 230
    toner = median(band[core]) if core.any() else 0.0
    found = np.zeros(band.shape, np.bool_)
    for place in places:
        found[place] = _shows_lines(band, place, core[place], toner, px_per_mm)
    seen = tuple(_seen(found, core, template, reach) for template in templates)
    return PrintedArt(_distances_px(drawn > 127, places, FAR_MM * px_per_mm), toner, seen)


def _distances_px(lines: Bools, places: list[Place], far_px: float) -> Floats:
    """Return how far from the nearest of the `lines` each pixel lies, but at most `far_px`.

    All lines lie in these `places`; most of a band is far from them.
    """
    free = (~lines).view(np.uint8)
    distances = np.full(lines.shape, far_px, np.float32)
    for place in places:
        about = _grown(place, math.ceil(far_px))
        part = cv2.distanceTransform(free[about], cv2.DIST_L2, 5)
        distances[about] = np.minimum(distances[about], part)
    return distances


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
    for away_px in np.arange(STEP_MM, SPREAD_MM, STEP_MM) * px_per_mm:
        ring = (art.distance_px >= away_px) & (art.distance_px < away_px + 1)
        # Noise of the paper alone must not pass for print.
        if quantile(band[ring], 0.6) < 0.7 * threshold:
            return float(away_px) + slack_px
    return SPREAD_MM * px_per_mm + slack_px


@dataclass(frozen=True, slots=True, eq=False)
class _Template:
    """One face drawn in a square of `side` px, whose top left lies at `left`, `top` of the band."""

    image: Mask
    left: int
    top: int
    side: int


@lru_cache(maxsize=8)
def _templates(
    layout: Layout, px_per_mm: float, top_px: int, left_px: int
) -> tuple[_Template, ...]:
    templates = []
    for face in layout.faces:
        side = math.ceil((2 * face.radius_mm + 1) * px_per_mm)
        left = round(face.centre.x_mm * px_per_mm - side / 2)
        top = round(face.centre.y_mm * px_per_mm - side / 2)
        image = _draw(face, (left, top), side, px_per_mm)
        templates.append(_Template(image, left - left_px, top - top_px, side))
    return tuple(templates)


def _draw(face: Target, origin_px: tuple[int, int], side: int, px_per_mm: float) -> Mask:
    """Draw a face's art, 255 on its lines, smooth by being drawn four times too large."""
    over = 4
    scale = px_per_mm * over

    def px(x_mm: float, y_mm: float) -> tuple[int, int]:
        x, y = x_mm * scale - origin_px[0] * over, y_mm * scale - origin_px[1] * over
        return round(x - 0.5), round(y - 0.5)

    image = np.zeros((side * over, side * over), np.uint8)
    ring = face.outline()
    centre = px(ring.centre.x_mm, ring.centre.y_mm)
    cv2.circle(image, centre, round(ring.radius_mm * scale), (255,), round(ring.width_mm * scale))
    for line in face.lines():
        points = np.array([px(p.x_mm, p.y_mm) for p in line.points()])
        cv2.polylines(image, [points], False, (255,), round(line.width_mm * scale))
    return np.asarray(cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


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


def _paste(canvas: Mask, template: _Template, shift: tuple[float, float]) -> Place:
    """Draw a face where it lies, and return the rows and columns of it."""
    whole_x, whole_y = math.floor(shift[0]), math.floor(shift[1])
    by = np.array([[1, 0, shift[0] - whole_x], [0, 1, shift[1] - whole_y]], np.float64)
    image = cv2.warpAffine(template.image, by, (template.side, template.side))
    left, upper = template.left + whole_x, template.top + whole_y
    height, width = canvas.shape
    x0, y0 = max(left, 0), max(upper, 0)
    x1, y1 = min(left + template.side, width), min(upper + template.side, height)
    part = image[y0 - upper : y1 - upper, x0 - left : x1 - left]
    place = slice(y0, y1), slice(x0, x1)
    canvas[place] = np.maximum(canvas[place], part)
    return place
