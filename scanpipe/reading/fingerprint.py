"""Owns a slip's fingerprint: the outline of its new ink, small enough to keep for a whole stack.

Two scans of one slip differ in resolution, darkness and noise, and so in how wide a line is and
where it breaks; the outline moves by less than two hands' marks of the same kind differ.
"""

import zlib
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.reading.greys import quantile
from scanpipe.reading.measures import Overlap
from scanpipe.reading.strokes import disc, surroundings, without_specks

Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]
Mask = NDArray[np.uint8]
Points = NDArray[np.int16]

GRID_MM = 0.125
"""The outline is kept to so much: half the width of a thin pen's line."""

SPECK_MM2 = 0.2
BRIDGE_MM = 0.8
"""Pieces of ink no further apart than twice this are of one stroke, cut apart by the mask."""

HOLE_MM2 = 0.6
"""Smaller gaps in the ink close in a coarse scan."""

STROKE_SHARE = 0.15
"""Strokes with less ink than this share of the largest are dirt, which the next scan has not."""

WISPS = 0.1
"""So much of the ink at each side fades in one scan and not in the next."""

CLEAR_OF_PRINT_MM = 0.33
"""Nearer to a printed line the mask, which is each scan's own, may cut the ink. From further off
little of a mark in a small circle would be left to ask for."""

NEAR_PRINT_MM = 0.13
"""What lies between is there to be found, but is not asked for."""

_STORED = np.dtype("<i2")

ONE_STEP = np.ones((3, 3), np.uint8)
"""Outlines so near to each other are the same: a step of the grid, straight or askew."""

SHIFT_MM = 0.5
"""Registration puts the same ink down again within so much, two corners torn off."""

REACH = round(SHIFT_MM / GRID_MM)
MARGIN = 2 * REACH + 3

ASKED_FIRST = 60
HOPELESS = 0.6
"""An outline of whose points, so few of them asked, so seldom one lies on the other is not looked
at further."""

ASKED_AT_MOST = 400
"""So many points of an outline tell as much as all of them."""

CELL_MM = 0.75
"""Cell of the coarse grid: two scans of an outline lie within one of each other."""

STRAY_SHARE = 0.2
"""A repeat has less of its outline astray from the other's cells."""


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """The outline of a slip's new ink, in steps of GRID_MM, and the slip's `session` (from 0).

    `outline`: its points, packed, the `asked` first of which lie clear of the print.
    `box`: left, top, right and bottom of the ink in mm, but for its outermost wisps. `ink_mm2`:
    how much ink there is. `cells` and `about`: the cells of a coarse grid that the outline goes
    through, and these with their neighbours, a bit for each.
    """

    session: int
    outline: bytes
    asked: int
    box: tuple[float, float, float, float]
    ink_mm2: float
    cells: int
    about: int

    @property
    def points(self) -> Points:
        """The points of the outline, shape (N, 2), x and y."""
        return points_of(self.outline)

    @property
    def length_mm(self) -> float:
        """About how much outline there is to compare."""
        return self.asked * GRID_MM


def fingerprint(
    session: int, relief: Floats, print_px: Floats, px_per_mm: float
) -> Fingerprint | None:
    """Return the fingerprint of the new ink, None if there is nothing to compare.

    `relief`: above 0 where ink is, and by how much. It and `print_px`, the distance from the
    nearest printed line, are of one shape (H, W).
    """
    finer = max(1 / (GRID_MM * px_per_mm), 1.0)
    ink = _finer(relief, finer) > 0
    print_px, px_per_mm = _finer(print_px, finer) * np.float32(finer), px_per_mm * finer
    pieces = without_specks(ink, px_per_mm, SPECK_MM2)
    inked = surroundings(pieces)
    strokes = _large_strokes(pieces[inked], px_per_mm) if pieces.any() else pieces[inked]
    outline = (strokes > 0) & (cv2.erode(strokes, np.ones((3, 3), np.uint8)) == 0)
    origin = (inked[1].start, inked[0].start)
    away_mm = print_px[inked] / px_per_mm
    clear = away_mm > CLEAR_OF_PRINT_MM
    asked = _on_grid(outline & clear, origin, px_per_mm)
    if not len(asked):
        return None
    near = _on_grid(outline & ~clear & (away_mm > NEAR_PRINT_MM), origin, px_per_mm)
    points = np.concatenate([asked, near])
    box = _box(strokes, origin, px_per_mm)
    ink_mm2 = float(strokes.sum() / px_per_mm**2)
    cells = _cells(points, ink.shape, px_per_mm)
    return Fingerprint(session, outline_of(points), len(asked), box, ink_mm2, *cells)


def _finer(values: Floats, factor: float) -> Floats:
    """Return `values`, shape (H, W), at `factor` times as many places each way.

    An edge that lies between two steps of the grid must not be drawn to the next pixel.
    """
    size = (round(values.shape[1] * factor), round(values.shape[0] * factor))
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_LINEAR), np.float32)


def outline_of(points: Points) -> bytes:
    """Return `points`, shape (N, 2), as bytes: those of neighbours, in less than half the room."""
    steps = np.diff(points.astype(_STORED), axis=0, prepend=_STORED.type(0))
    return zlib.compress(steps.T.tobytes(), 1)


def points_of(outline: bytes) -> Points:
    """Return the points that `outline` holds; raise ValueError if it is damaged."""
    try:
        steps = np.frombuffer(zlib.decompress(outline), _STORED).reshape(2, -1)
    except zlib.error as error:
        raise ValueError(f"no outline: {error}") from error
    return np.ascontiguousarray(steps.cumsum(axis=1, dtype=np.int16).T)


def _box(
    strokes: Mask, origin: tuple[int, int], px_per_mm: float
) -> tuple[float, float, float, float]:
    ys, xs = np.nonzero(strokes)
    left, right = ((quantile(xs, share) + origin[0]) / px_per_mm for share in (WISPS, 1 - WISPS))
    top, bottom = ((quantile(ys, share) + origin[1]) / px_per_mm for share in (WISPS, 1 - WISPS))
    return left, top, right, bottom


def _large_strokes(pieces: Mask, px_per_mm: float) -> Mask:
    """Return the strokes that are no dirt, their small gaps filled; 0 and 1."""
    joined = cv2.dilate(pieces, disc(BRIDGE_MM * px_per_mm))
    count, strokes = cv2.connectedComponents(joined)
    areas = np.bincount(strokes[pieces > 0], minlength=count)
    kept = areas >= STROKE_SHARE * areas.max()
    large = pieces & kept[strokes]
    return 1 - without_specks(large == 0, px_per_mm, HOLE_MM2)


def _cells(points: Points, shape: tuple[int, ...], px_per_mm: float) -> tuple[int, int]:
    """Return the coarse grid's cells on the outline, and about it, packed into whole numbers."""
    side = CELL_MM * px_per_mm
    grid = np.zeros((int(shape[0] // side) + 1, int(shape[1] // side) + 1), np.uint8)
    x, y = (points * GRID_MM // CELL_MM).astype(np.intp).T
    grid[y, x] = 1
    wide = np.asarray(cv2.dilate(grid, np.ones((3, 3), np.uint8)), np.uint8)
    packed = (np.packbits(cells).tobytes() for cells in (grid, wide))
    on, about = (int.from_bytes(data, "big") for data in packed)
    return on, about


def may_share(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether a glance at the coarse grid leaves it open that two outlines are the same."""
    return _strays(one, other) <= STRAY_SHARE and _strays(other, one) <= STRAY_SHARE


def _strays(one: Fingerprint, other: Fingerprint) -> float:
    return (one.cells & ~other.about).bit_count() / max(1, one.cells.bit_count())


class Sought:
    """A fingerprint to be held against many others."""

    def __init__(self, print_: Fingerprint) -> None:
        self.print = print_

    @cached_property
    def _surface(self) -> "_Surface":
        """Made when it is first needed: most slips are like none before them."""
        return _Surface.under(self.print.points)

    def overlap(self, other: Fingerprint) -> Overlap | None:
        """Return how far the two outlines lie on each other, None if a glance shows them apart."""
        if self._surface.shares(other, ASKED_FIRST).max() < HOPELESS:
            return None
        there = _Surface.under(other.points).shares(self.print, ASKED_AT_MOST)
        # Moving the one to the left is moving the other to the right.
        back = self._surface.shares(other, ASKED_AT_MOST)[::-1]
        least, most = np.minimum(there, back), np.maximum(there, back)
        best = int(least.argmax())
        return Overlap(float(least[best]), float(most[best]), float(least[len(least) // 2]))


@dataclass(frozen=True, slots=True)
class _Surface:
    """The grid about an outline, on which to lay others: 1 within ONE_STEP of it, else 0.

    `origin`: x and y of its first point; `shifts`: all places to which another is moved, as
    steps through `hit`, that for no move in their middle.
    """

    origin: NDArray[np.intp]
    hit: Mask
    shifts: NDArray[np.intp]

    @staticmethod
    def under(points: Points) -> "_Surface":
        x, y, across, down = cv2.boundingRect(points.astype(np.int32))
        low = np.array([x - MARGIN, y - MARGIN], np.intp)
        width, height = across + 2 * MARGIN, down + 2 * MARGIN
        hit = np.zeros((height, width), np.uint8)
        hit[points[:, 1] - low[1], points[:, 0] - low[0]] = 1
        steps = np.arange(-REACH, REACH + 1)
        shifts = (steps[:, None] * width + steps).ravel()
        return _Surface(low, np.asarray(cv2.dilate(hit, ONE_STEP), np.uint8), shifts)

    def shares(self, of: Fingerprint, at_most: int) -> NDArray[np.float64]:
        """Return for each shift the share of an outline that lies on this one, asking so many
        points of it.
        """
        height, width = self.hit.shape
        every = max(1, -(-of.asked // at_most))
        points = of.points[: of.asked : every] - self.origin
        # What lies further off than the margin misses wherever it is moved to, and so does this.
        furthest = np.array([width - 1 - REACH, height - 1 - REACH], np.intp)
        x, y = np.minimum(np.maximum(points, REACH), furthest).T
        found = self.hit.ravel().take(self.shifts[:, None] + (y * width + x))
        return np.asarray(found.sum(axis=1, dtype=np.int32) / found.shape[1], np.float64)


def _on_grid(outline: Bools, origin: tuple[int, int], px_per_mm: float) -> Points:
    """Return the places of the outline on the grid, each once, shape (N, 2).

    `origin`: where the outline's top left corner lies, x and y in px.
    """
    ys, xs = np.nonzero(outline)
    step = GRID_MM * px_per_mm
    x, y = ((xs + origin[0]) // step).astype(np.int32), ((ys + origin[1]) // step).astype(np.int32)
    # As one number each they are sorted ten times as quickly as in pairs.
    places = np.unique((x << 16) + y)
    return np.column_stack([places >> 16, places & 0xFFFF]).astype(np.int16)
