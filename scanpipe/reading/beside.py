"""Owns whether strokes that nowhere touch a face are its mark, or a part of it: a circle about it,
a line under it. Anything else beside a face may be a word, a crease, a staple, a stain's rim.
"""

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.reading.faces import Row
from scanpipe.reading.strokes import Points, Stroke, hull_of

Float = NDArray[np.float64]

ROUND_SHARE = 0.6
"""Ink goes round a face if it lies in so many of the directions from its middle."""

UNDER_HEIGHT, UNDER_WIDTH, UNDER_ASIDE = 0.5, 0.9, 0.6
"""A line under it is no higher, no shorter and no further aside than this, in face radii."""

DIRECTIONS = 24
"""So many are told apart from the middle of a face."""

OUTLINE_MM = 1.0
OUTLINE_SHARE = 0.67
ARC_SHARE = 0.85
"""Strokes are a circle if the ink so near their common outline lies in so many of the directions
from its middle; a piece of it has so much of its own ink there."""


def thresholds() -> dict[str, float]:
    """Return the measures in force by which marks beside faces are known, for a run's record."""
    return {
        "round_share": ROUND_SHARE,
        "under_height": UNDER_HEIGHT,
        "under_width": UNDER_WIDTH,
        "under_aside": UNDER_ASIDE,
        "directions": DIRECTIONS,
        "outline_mm": OUTLINE_MM,
        "outline_share": OUTLINE_SHARE,
        "arc_share": ARC_SHARE,
    }


def is_of_mark(
    beside: Sequence[Stroke], touching: Sequence[Stroke], row: Row, face: int, px_per_mm: float
) -> bool:
    """Whether strokes that nowhere touch a face are a mark, or part of the one that touches it."""
    if _is_mark_beside(beside, row, face):
        return True
    return bool(touching) and _is_rest_of_circle(beside, touching, px_per_mm)


def _is_mark_beside(strokes: Sequence[Stroke], row: Row, face: int) -> bool:
    """Whether strokes that nowhere touch a face are a circle about it, or a line under it."""
    rows, columns = (np.concatenate(each) for each in zip(*strokes, strict=True))
    if goes_round(rows, columns, row, face):
        return True
    right, down = columns - row.centres[face, 0], rows - row.centres[face, 1]
    radius = float(row.face_px[face])
    return bool(
        down.min() > 0
        and np.ptp(down) <= UNDER_HEIGHT * radius
        and np.ptp(right) >= UNDER_WIDTH * radius
        and abs(right.max() + right.min()) / 2 <= UNDER_ASIDE * radius
    )


def _is_rest_of_circle(
    beside: Sequence[Stroke], touching: Sequence[Stroke], px_per_mm: float
) -> bool:
    """Whether strokes that nowhere touch a face are pieces of a circle, cut off by its print, of
    which the others are that do touch it.
    """
    rows, columns = (np.concatenate(each) for each in zip(*beside, *touching, strict=True))
    top, left = rows.min() - 1, columns.min() - 1
    within = np.zeros((rows.max() - top + 2, columns.max() - left + 2), np.uint8)
    hull = np.rint(hull_of(rows - top, columns - left)).astype(np.int32)
    cv2.fillConvexPoly(within, hull, 1)
    outline = cv2.distanceTransform(within, cv2.DIST_L2, 3) <= OUTLINE_MM * px_per_mm
    if any(outline[ys - top, xs - left].mean() < ARC_SHARE for ys, xs in beside):
        return False
    near = outline[rows - top, columns - left]
    moments = cv2.moments(within, binaryImage=True)
    down = rows[near] - top - moments["m01"] / moments["m00"]
    right = columns[near] - left - moments["m10"] / moments["m00"]
    return _directions(down, right) >= OUTLINE_SHARE * DIRECTIONS


def goes_round(rows: Points, columns: Points, row: Row, face: int) -> bool:
    """Whether a stroke goes round a face, if not quite all of the way."""
    x, y = row.centres[face]
    return _directions(rows - y, columns - x) >= ROUND_SHARE * DIRECTIONS


def _directions(down: Float, right: Float) -> int:
    """Return in how many directions from a middle pixels lie, so far down and right of it."""
    return len(np.unique(directions_of(down, right)))


def directions_of(down: Float, right: Float) -> Points:
    """Return in which of DIRECTIONS from a middle each pixel lies, so far down and right of it."""
    turns = np.arctan2(down, right) / math.tau * DIRECTIONS
    return np.floor(turns).astype(np.intp) % DIRECTIONS
