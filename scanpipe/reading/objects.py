"""Owns telling staples, and holes punched in the paper, from what somebody drew: by their shape.

A staple is a bar, as straight and as even as no hand draws; a hole is a disc, as even as no pen
fills.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.reading.greys import median, quantile
from scanpipe.reading.strokes import disc, piece_areas

Bools = NDArray[np.bool_]
Mask = NDArray[np.uint8]
Points = NDArray[np.intp]
Floats = NDArray[np.float32]
Exact = NDArray[np.float64]

STAPLE_MM = (8.5, 14.0)
STAPLE_BREADTH_MM = (0.35, 1.1)
"""Length and breadth of a staple as it is seen: the wire is 0.4 to 0.6 mm, its shadow is beside."""

STEP_MM = 0.35
EVEN_SHARE = 0.25
"""A bar is looked at in steps. Those are even whose breadth is so nearly that of most: others are
cut by print."""

EVEN_SPAN = 0.6
"""Even steps reach over so much of a staple's length..."""

STRAIGHT_MM = 0.05
STRAIGHT_RANK = 0.85
"""...and the middles of so many of them lie no further from one line. Of lines that are drawn by
hand, and as long, 8 in 100 are so straight."""

BESIDE_BAR_MM = 0.12
"""Nothing of a staple lies further out than that."""

HOLE_RADIUS_MM = (2.0, 3.7)
"""Of what punches make, 5 to 6 mm wide, with the shadow of the edge."""

HOLE_SHARE = 0.99
HOLE_RAGGED_MM = 0.3
"""So much of a hole lies within the largest circle that fits into it, or but so far outside."""

HOLE_RIM_MM = 0.4
HOLE_EVENNESS = 0.75
HOLE_PALEST_RANK = 0.01
"""Within its rim nearly nothing of a hole is paler than this share of what is usual there. The
fills of people have gaps, where that is 0.5 at most."""

SOFT_MM = 0.4
"""The soft edge of an object, and its shadow, reach so far."""

FROM_EDGE_MM = 20.0
"""People staple and punch paper no further from its edge. A straight line further in may well be
drawn, and mean something."""


def thresholds() -> dict[str, float]:
    """Return the measures in force by which objects are known, for the record of a run."""
    return {
        "staple_least_mm": STAPLE_MM[0],
        "staple_most_mm": STAPLE_MM[1],
        "staple_least_breadth_mm": STAPLE_BREADTH_MM[0],
        "staple_most_breadth_mm": STAPLE_BREADTH_MM[1],
        "even_share": EVEN_SHARE,
        "even_span": EVEN_SPAN,
        "straight_mm": STRAIGHT_MM,
        "straight_rank": STRAIGHT_RANK,
        "beside_bar_mm": BESIDE_BAR_MM,
        "hole_least_radius_mm": HOLE_RADIUS_MM[0],
        "hole_most_radius_mm": HOLE_RADIUS_MM[1],
        "hole_share": HOLE_SHARE,
        "hole_ragged_mm": HOLE_RAGGED_MM,
        "hole_rim_mm": HOLE_RIM_MM,
        "hole_evenness": HOLE_EVENNESS,
        "hole_palest_rank": HOLE_PALEST_RANK,
        "from_edge_mm": FROM_EDGE_MM,
    }


def find_objects(pieces: Mask, darkness: Floats, px_per_mm: float) -> Bools:
    """Return where staples and holes lie among `pieces` (0 and 1) of a whole slip, near its edge,
    with their own soft edges.
    """
    areas, labels = piece_areas(pieces)
    found = np.zeros(pieces.shape, np.uint8)
    least_px = STAPLE_MM[0] * STAPLE_BREADTH_MM[0] * px_per_mm**2
    for label in np.flatnonzero(areas >= least_px).tolist():
        rows, columns = np.nonzero(labels == label)
        if _from_edge_px(rows, columns, pieces.shape) > FROM_EDGE_MM * px_per_mm:
            continue
        piece = rows, columns, darkness, px_per_mm
        if is_hole(*piece) or is_staple(*piece):
            found[rows, columns] = 1
    if not found.any():
        return found > 0
    return np.asarray(cv2.dilate(found, disc(SOFT_MM * px_per_mm)) > 0, np.bool_)


def _from_edge_px(rows: Points, columns: Points, shape: tuple[int, ...]) -> int:
    height, width = shape
    return int(np.minimum.reduce([rows, columns, height - rows, width - columns]).max())


def is_staple(rows: Points, columns: Points, darkness: Floats, px_per_mm: float) -> bool:
    """Whether a stroke, of which print may hide parts, is a bar like a staple."""
    area_mm2 = len(rows) / px_per_mm**2
    if area_mm2 > STAPLE_MM[1] * STAPLE_BREADTH_MM[1]:
        return False
    x, y = columns - columns.mean(), rows - rows.mean()
    xx, yy, xy = float(x @ x), float(y @ y), float(x @ y)
    broad = (xx + yy - math.hypot(xx - yy, 2 * xy)) / 2
    if broad > (STAPLE_BREADTH_MM[1] / 2 * px_per_mm) ** 2 * len(rows):
        return False
    turn = math.atan2(2 * xy, xx - yy) / 2
    along = x * math.cos(turn) + y * math.sin(turn)
    length_px = float(along.max() - along.min()) + 1
    if not _within(length_px, STAPLE_MM, px_per_mm):
        return False
    across = y * math.cos(turn) - x * math.sin(turn)
    return _is_bar(along, across, length_px, darkness[rows, columns], px_per_mm)


def _is_bar(
    along: Exact, across: Exact, length_px: float, darkness: Floats, px_per_mm: float
) -> bool:
    count = round(length_px / (STEP_MM * px_per_mm))
    step_px = length_px / count
    along = along - along.min()
    step = (along / step_px).astype(np.intp)
    breadths_px = np.bincount(step, minlength=count) / step_px
    breadth_px = quantile(breadths_px, 0.75)
    even = np.flatnonzero(np.abs(breadths_px - breadth_px) <= EVEN_SHARE * breadth_px)
    if not _within(breadth_px, STAPLE_BREADTH_MM, px_per_mm) or len(even) < 2:
        return False
    if even[-1] - even[0] + 1 < EVEN_SPAN * count:
        return False
    # Weighed by darkness, the middle is known to a fraction of a pixel.
    weights = np.bincount(step, darkness, minlength=count)[even]
    middles = np.bincount(step, darkness * across, minlength=count)[even] / weights
    one, other = np.triu_indices(len(even), 1)
    slope = median((middles[other] - middles[one]) / (even[other] - even[one]))
    away = middles - slope * even
    middle = median(away)
    astray = quantile(np.abs(away - middle), STRAIGHT_RANK)
    outermost = np.abs(across - middle - slope * (along / step_px - 0.5)).max()
    return bool(
        astray <= STRAIGHT_MM * px_per_mm
        and outermost <= breadth_px / 2 + BESIDE_BAR_MM * px_per_mm
    )


def is_hole(rows: Points, columns: Points, darkness: Floats, px_per_mm: float) -> bool:
    """Whether a stroke, of which print may hide parts, is a disc like a hole."""
    top, left = int(rows.min()), int(columns.min())
    height, width = int(rows.max()) - top + 1, int(columns.max()) - left + 1
    least_px, most_px = (mm * px_per_mm for mm in HOLE_RADIUS_MM)
    if max(height, width) > 2 * most_px or min(height, width) < least_px:
        return False
    if len(rows) < 2 * least_px**2:
        return False
    # Print hides parts of the outline: what is dark about the stroke may be the rest.
    margin = round(px_per_mm)
    top, left = max(top - margin, 0), max(left - margin, 0)
    seen = darkness[top : top + height + 2 * margin, left : left + width + 2 * margin]
    dark = seen >= quantile(darkness[rows, columns], 0.5) / 2
    depths = cv2.distanceTransform(dark.view(np.uint8), cv2.DIST_L2, 5)
    _, radius_px, _, (x, y) = cv2.minMaxLoc(depths)
    if not least_px <= radius_px <= most_px:
        return False
    within = np.hypot(rows - top - y, columns - left - x) <= radius_px + HOLE_RAGGED_MM * px_per_mm
    if within.mean() < HOLE_SHARE:
        return False
    down, right = np.indices(seen.shape)
    inside = seen[np.hypot(down - y, right - x) <= radius_px - HOLE_RIM_MM * px_per_mm]
    return quantile(inside, HOLE_PALEST_RANK) >= HOLE_EVENNESS * quantile(inside, 0.5)


def _within(px: float, range_mm: tuple[float, float], px_per_mm: float) -> bool:
    return range_mm[0] * px_per_mm <= px <= range_mm[1] * px_per_mm
