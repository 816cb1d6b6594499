"""Owns a slip's fingerprint: the outline of its new ink, small enough to keep for a whole stack.

Two scans of one slip differ in resolution, darkness and noise, and so in how wide a line is and
where it breaks; the outline moves by less than two hands' marks of the same kind differ.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.reading.strokes import disc, without_specks

Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]
Mask = NDArray[np.uint8]
Points = NDArray[np.int16]

GRID_MM = 0.125
"""The outline is kept to so much: half the width of a thin pen's line."""

SPECK_MM2 = 0.2
BRIDGE_MM = 0.6
"""Pieces of ink no further apart than twice this are of one stroke, cut apart by the mask."""

STROKE_SHARE = 0.15
"""Strokes with less ink than this share of the largest are dirt, which the next scan has not."""

CLEAR_OF_PRINT_MM = 1.0
"""Nearer to a printed line the mask, which is each scan's own, may cut the ink."""

NEAR_PRINT_MM = 0.6
"""What lies between is there to be found, but is not asked for."""

NEAR_MM = 0.2
"""Outlines so near to each other are the same: a step of the grid, straight or askew."""

SHIFT_MM = 0.5
"""Registration puts the same ink down again within so much, two corners torn off."""

ASKED_AT_MOST = 400
"""So many points of an outline tell as much as all of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """The outline of a slip's new ink, in steps of GRID_MM, and the slip's `session` (from 0).

    `points`: shape (N, 2), x and y, the `asked` first of which lie clear of the print.
    `box`: left, top, right and bottom of these in mm, the outermost twentieth left out.
    """

    session: int
    points: Points
    asked: int
    box: tuple[float, float, float, float]

    @property
    def length_mm(self) -> float:
        """About how much outline there is to compare."""
        return self.asked * GRID_MM


def fingerprint(session: int, ink: Bools, print_px: Floats, px_per_mm: float) -> Fingerprint | None:
    """Return the fingerprint of `ink`, None if there is nothing to compare.

    `ink` and `print_px`, the distance from the nearest printed line, are of one shape (H, W).
    """
    pieces = _large_strokes(ink, px_per_mm)
    outline = (pieces > 0) & (cv2.erode(pieces, np.ones((3, 3), np.uint8)) == 0)
    clear = print_px > CLEAR_OF_PRINT_MM * px_per_mm
    asked = _on_grid(outline & clear, px_per_mm)
    if not len(asked):
        return None
    near = _on_grid(outline & ~clear & (print_px > NEAR_PRINT_MM * px_per_mm), px_per_mm)
    low, high = (np.quantile(asked, q, axis=0) * GRID_MM for q in (0.05, 0.95))
    box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return Fingerprint(session, np.concatenate([asked, near]), len(asked), box)


def _large_strokes(ink: Bools, px_per_mm: float) -> Mask:
    pieces = without_specks(ink, px_per_mm, SPECK_MM2)
    count, strokes = cv2.connectedComponents(cv2.dilate(pieces, disc(BRIDGE_MM * px_per_mm)))
    areas = np.bincount(strokes[pieces > 0], minlength=count)
    kept = areas >= STROKE_SHARE * areas.max()
    return np.asarray(pieces & kept[strokes], np.uint8)


def shared_outline(one: Fingerprint, other: Fingerprint) -> float:
    """Return the share (0-1) of either outline that the other has too, whichever is less.

    The two are laid on each other as well as a shift of at most SHIFT_MM allows.
    """
    reach = round(SHIFT_MM / GRID_MM)
    steps = np.arange(-reach, reach + 1)
    dx, dy = (axis.ravel() for axis in np.meshgrid(steps, steps))
    there = _shares(one, other, dx, dy, reach)
    back = _shares(other, one, -dx, -dy, reach)
    return float(np.minimum(there, back).max())


def _shares(
    one: Fingerprint, other: Fingerprint, dx: NDArray[np.int_], dy: NDArray[np.int_], reach: int
) -> NDArray[np.float64]:
    """Return for each shift the share of `one`'s outline that lies on `other`'s."""
    low, hit = _neighbourhood(other, reach)
    height, width = hit.shape
    every = max(1, -(-one.asked // ASKED_AT_MOST))
    asked = one.points[: one.asked : every].astype(np.intp) - low
    x = np.clip(asked[:, 0, None] + dx, 0, width - 1)
    y = np.clip(asked[:, 1, None] + dy, 0, height - 1)
    return np.asarray(hit[y, x].mean(axis=0), np.float64)


def _neighbourhood(of: Fingerprint, reach: int) -> tuple[NDArray[np.intp], Bools]:
    """Return a map of what lies within NEAR_MM of an outline, and the place of its corner."""
    margin = reach + 3
    low = of.points.min(axis=0).astype(np.intp) - margin
    size = of.points.max(axis=0).astype(np.intp) + margin + 1 - low
    free = np.ones((size[1], size[0]), np.uint8)
    free[of.points[:, 1] - low[1], of.points[:, 0] - low[0]] = 0
    away = cv2.distanceTransform(free, cv2.DIST_L2, 3)
    return low, np.asarray(away * GRID_MM <= NEAR_MM, np.bool_)


def _on_grid(outline: Bools, px_per_mm: float) -> Points:
    """Return the places of the outline on the grid, each once, shape (N, 2)."""
    ys, xs = np.nonzero(outline)
    step = GRID_MM * px_per_mm
    places = np.column_stack([xs // step, ys // step]).astype(np.int16)
    return np.unique(places, axis=0)
