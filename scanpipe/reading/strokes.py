"""Owns ink as pieces and strokes: pixels that belong together, and what their shape is like."""

from collections.abc import Iterator
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Mask = NDArray[np.uint8]
Points = NDArray[np.intp]
Floats = NDArray[np.float32]
Labels = NDArray[np.int32]
Stroke = tuple[Points, Points]
"""The rows and columns of a stroke's pixels."""

BRIDGE_MM = 0.6
"""Pieces of a stroke cut apart by a masked line lie no further apart than twice this."""

SPECK_MM2 = 0.05
"""Smaller pieces are noise of the scanner."""

OUTSIDE_MM2 = 2.5
"""A smaller stroke that nowhere touches a face is slight: people dab into the face."""

DARK_SHARE = 0.30
"""A thin dark line is so much of what is seen of it once noise is smoothed; of faint pencil, less
is dark."""


def thresholds() -> dict[str, float]:
    """Return the measures in force by which strokes are made out, for the record of a run."""
    return {
        "bridge_mm": BRIDGE_MM,
        "speck_mm2": SPECK_MM2,
        "outside_mm2": OUTSIDE_MM2,
        "dark_share": DARK_SHARE,
    }


def each_stroke(pieces: Mask, px_per_mm: float) -> Iterator[Stroke]:
    """Yield the rows and columns of every stroke: pieces so near each other that they belong."""
    bridge = disc(BRIDGE_MM * px_per_mm)
    where = surroundings(pieces, len(bridge))
    joined = cv2.dilate(pieces[where], bridge)
    count, labels = cv2.connectedComponents(joined, connectivity=8)
    ys, xs = np.nonzero(pieces[where])
    which = labels[ys, xs]
    order = np.argsort(which, kind="stable")
    starts = np.searchsorted(which[order], np.arange(1, count + 1))
    ys, xs = ys[order] + where[0].start, xs[order] + where[1].start
    for start, end in pairwise(starts.tolist()):
        yield ys[start:end], xs[start:end]


def surroundings(pieces: Mask, margin_px: int = 1) -> tuple[slice, slice]:
    """Return the rows and columns with ink and `margin_px` more on each side, if there are more.

    Most of a slip is bare paper, and looking at it is most of the work.
    """
    x, y, width, height = cv2.boundingRect(pieces)
    rows = slice(max(y - margin_px, 0), y + height + margin_px)
    return rows, slice(max(x - margin_px, 0), x + width + margin_px)


def depths_px(pieces: Mask) -> Floats:
    """Return how deep in the ink each pixel lies, px."""
    depth = np.zeros(pieces.shape, np.float32)
    where = surroundings(pieces)
    depth[where] = cv2.distanceTransform(pieces[where], cv2.DIST_L2, 3)
    return depth


def runs_through(pieces: Mask, px_per_mm: float) -> bool:
    """Whether a stroke of `pieces` reaches from the upper edge of the band to the lower one."""
    if not (pieces[0].any() and pieces[-1].any()):
        return False
    last = len(pieces) - 1
    return any(rows.min() == 0 and rows.max() == last for rows, _ in each_stroke(pieces, px_per_mm))


def beyond_dark(pale: Mask, ink: Bools, px_per_mm: float) -> Mask:
    """Return the pieces `pale` without the slight strokes that are the soft edge of dark `ink`.

    They have been judged by what is dark of them.
    """
    left = pale.copy()
    for rows, columns in each_stroke(pale, px_per_mm):
        slight = len(rows) < OUTSIDE_MM2 * px_per_mm**2
        if slight and ink[rows, columns].mean() >= DARK_SHARE:
            left[rows, columns] = 0
    return left


def without_specks(ink: Bools, px_per_mm: float, speck_mm2: float = SPECK_MM2) -> Mask:
    """Return `ink` (as 0 and 1) without the pieces smaller than `speck_mm2`."""
    mask = np.ascontiguousarray(ink).view(np.uint8)
    kept = np.zeros(ink.shape, np.uint8)
    where = surroundings(mask)
    areas, labels = piece_areas(mask[where])
    kept[where] = (areas >= speck_mm2 * px_per_mm**2)[labels]
    return kept


def piece_areas(mask: Mask) -> tuple[Points, Labels]:
    """Return the px of each piece of `mask` (0 and 1), and for each pixel its piece.

    Piece 0 is what is not in the mask, and has no area. To count pixels of the mask alone takes
    a quarter of the time of OpenCV's own statistics.
    """
    count, labels = cv2.connectedComponents(mask, connectivity=8)
    areas = np.bincount(labels[mask.view(np.bool_)], minlength=count)
    return areas, np.asarray(labels, np.int32)


def disc(radius_px: float) -> Mask:
    """Return a round structuring element."""
    size = 2 * max(1, round(radius_px)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)


def hull_of(rows: Points, columns: Points) -> Floats:
    """Return the convex hull of some pixels, shape (N, 1, 2), x and y."""
    points = np.column_stack([columns, rows]).astype(np.float32)
    return np.asarray(cv2.convexHull(points), np.float32)


def sides_px(rows: Points, columns: Points) -> tuple[float, float]:
    """Return the sides of the narrowest rectangle about some pixels, the shorter one first."""
    points = np.column_stack([columns, rows]).astype(np.float32)
    one, other = cv2.minAreaRect(points)[1]
    return min(one, other) + 1, max(one, other) + 1
