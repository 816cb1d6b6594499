"""Owns the way from ink pixels to faces: pieces joined into strokes, each counted where it belongs.

A stroke belongs whole to the face that it is about, so that a circle or a tick's tail that reaches
over to the neighbour is one mark, not two.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from operator import attrgetter

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.reading.greys import quantile

Bools = NDArray[np.bool_]
Mask = NDArray[np.uint8]
Points = NDArray[np.intp]
Float = NDArray[np.float64]
Floats = NDArray[np.float32]
Labels = NDArray[np.int32]
Stroke = tuple[Points, Points]
"""The rows and columns of a stroke's pixels."""

BRIDGE_MM = 0.6
"""Pieces of a stroke cut apart by a masked line lie no further apart than twice this."""

SPECK_MM2 = 0.05
"""Smaller pieces are noise of the scanner."""

DUST_MM2 = 0.5
"""Smaller strokes that lie free are dust; a dab of the pen is twice that."""

RIM_MM2 = 0.12
"""Smaller strokes that touch a printed line are its ragged edge; larger ones may be the rim of
a dab that the line hides..."""

DAB_SPAN_MM = 0.8
"""...but not dust that is nowhere so long: a dab of 1 mm, however much of it a line hides, spans
0.9 mm along the line."""

SLIGHT_MM2 = 1.0
"""Smaller strokes are slight: a hair, dirt, or what print leaves to be seen of a dab..."""

DAB_MM2 = 0.7
DAB_HALF_WIDTH_MM = 0.35
"""...but not a round dab within the face, as a pen of 1 mm leaves it."""

HAIR_HALF_WIDTH_MM = 0.27
"""A slight stroke that lies free and is nowhere wider is a hair rather than a dab..."""

HAIR_SPAN_MM = 1.4
HAIR_BREADTH_MM = 0.85
"""...and so is one that touches print, if it reaches further along than a dab that the print
hides, and no further across."""

OUTSIDE_MM2 = 2.5
"""A smaller stroke that nowhere touches the face is slight too: people dab into the face."""

ROUND_SHARE = 0.6
"""A larger one is a mark if it goes round the face, in so many of the directions from its
middle..."""

UNDER_HEIGHT, UNDER_WIDTH, UNDER_ASIDE = 0.5, 0.9, 0.6
"""...or lies under it as a line, no higher, no shorter and no further aside than this, in face
radii. Anything else beside a face may be a word, a crease, a staple, or the rim of a stain."""

DIRECTIONS = 24
"""So many are told apart from the middle of a face."""

OUTLINE_MM = 1.0
OUTLINE_SHARE = 0.67
ARC_SHARE = 0.85
"""Strokes are a circle if the ink so near their common outline lies in so many of the directions
from its middle; a piece of it has so much of its own ink there."""

BLOT_HALF_WIDTH_MM = 1.75
BLOT_FULL = 0.85
BLOT_SHARE = 0.2
"""Ink thicker than any pen, as full as this within its convex hull, that covers less of the face
than somebody who fills it: a drop, or a hole in the paper."""

DARK_SHARE = 0.30
"""A thin dark line is so much of what is seen of it once noise is smoothed; of faint pencil, less
is dark."""

OWN_SHARE = 0.72
"""A stroke with this share of its ink nearest to one face is about that face..."""

NEIGHBOUR_HULL = 0.30
"""...unless its convex hull takes in so much of another face."""


def thresholds() -> dict[str, float]:
    """Return the measures in force by which strokes are told apart, for the record of a run."""
    return {
        "bridge_mm": BRIDGE_MM,
        "speck_mm2": SPECK_MM2,
        "dust_mm2": DUST_MM2,
        "rim_mm2": RIM_MM2,
        "dab_span_mm": DAB_SPAN_MM,
        "slight_mm2": SLIGHT_MM2,
        "dab_mm2": DAB_MM2,
        "dab_half_width_mm": DAB_HALF_WIDTH_MM,
        "hair_half_width_mm": HAIR_HALF_WIDTH_MM,
        "hair_span_mm": HAIR_SPAN_MM,
        "hair_breadth_mm": HAIR_BREADTH_MM,
        "outside_mm2": OUTSIDE_MM2,
        "directions": DIRECTIONS,
        "outline_mm": OUTLINE_MM,
        "outline_share": OUTLINE_SHARE,
        "arc_share": ARC_SHARE,
        "round_share": ROUND_SHARE,
        "under_height": UNDER_HEIGHT,
        "under_width": UNDER_WIDTH,
        "under_aside": UNDER_ASIDE,
        "blot_half_width_mm": BLOT_HALF_WIDTH_MM,
        "blot_full": BLOT_FULL,
        "blot_share": BLOT_SHARE,
        "dark_share": DARK_SHARE,
        "own_share": OWN_SHARE,
        "neighbour_hull": NEIGHBOUR_HULL,
    }


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """The faces, or whatever else is to be marked, in px of the band: `centres` of shape (N, 2),
    and the radii of each and of its response area, of shape (N,). `columns`: those of the band
    that do not lie along the slip's edge.
    """

    centres: Float
    face_px: Float
    response_px: Float
    columns: range

    def reaches_edge(self, columns: Points) -> bool:
        """Whether something in these columns may come from beyond the slip's edge."""
        return bool(columns.min() <= self.columns.start or columns.max() >= self.columns.stop - 1)


@dataclass(frozen=True, slots=True)
class Inked:
    """Ink about one face, px. `dark_px`: all strokes with a dark part; of these `dab_px`,
    `hair_px` and `aside_px` may be no marks: round or half hidden by print, thin, and beside the
    face, from the slip's edge, or blots. `inside_px`: dark ink within the face, and
    `inside_depth_px` the sum of its distances from the ink's edge. `pale_px`: strokes that are
    pale throughout.
    """

    dark_px: int = 0
    dab_px: int = 0
    hair_px: int = 0
    aside_px: int = 0
    inside_px: int = 0
    inside_depth_px: float = 0.0
    pale_px: int = 0

    @property
    def line_px(self) -> float:
        """Length of line within the face.

        The pixels of a line `w` wide lie (w/2 + 1) / 2 from its edge on the average.
        """
        if not self.inside_px:
            return 0.0
        width = max(4 * self.inside_depth_px / self.inside_px - 2, 1.0)
        return self.inside_px / width


def attribute(
    pieces: Mask, rim: Bools, darkness: Floats, strong: float, row: Row, px_per_mm: float
) -> tuple[list[Inked], int, int]:
    """Return what of the ink counts for each face of `row`, the px that are about no face, and how
    many strokes are dust that lies free.

    `pieces` is the ink without its specks, as 0 and 1; `rim` is where ink touches print, or what
    else hides it. A stroke is dark when part of it, by `darkness`, reaches `strong`.
    """
    faces = [Inked() for _ in row.centres]
    touching: list[list[Stroke]] = [[] for _ in row.centres]
    beside: list[list[Stroke]] = [[] for _ in row.centres]
    stray_px = dust = 0
    depth = _depths(pieces)
    for rows, columns in each_stroke(pieces, px_per_mm):
        area_mm2 = len(rows) / px_per_mm**2
        dark = quantile(darkness[rows, columns], 0.9) >= strong
        free = not rim[rows, columns].any()
        if _is_dust(rows, columns, free, px_per_mm):
            dust += free
            continue
        thin = free or _lies_like_a_hair(rows, columns, px_per_mm)
        owners = _faces_of_stroke(rows, columns, row)
        gaps = np.hypot(columns - row.centres[owners, 0], rows - row.centres[owners, 1])
        if (gaps > row.response_px[owners]).all():
            stray_px += len(rows) if area_mm2 >= SLIGHT_MM2 else 0
            continue
        for face in np.unique(owners).tolist():
            own = owners == face
            inside = own & (gaps < row.face_px[face])
            depths = depth[rows[inside], columns[inside]]
            px = int(np.count_nonzero(own))
            if not dark:
                more = Inked(pale_px=px)
            elif _is_blot(rows, columns, depth, float(row.face_px[face]), px_per_mm) or (
                row.reaches_edge(columns) and not _goes_round(rows, columns, row, face)
            ):
                more = Inked(px, aside_px=px, inside_px=int(inside.sum()))
            else:
                more = _ink_of_stroke(px, depths, area_mm2, thin, px_per_mm)
                if len(depths) or area_mm2 >= OUTSIDE_MM2:
                    (touching if len(depths) else beside)[face].append((rows[own], columns[own]))
            faces[face] = _sum(faces[face], more)
    for face, strokes in enumerate(beside):
        if strokes and not _is_of_mark(strokes, touching[face], row, face, px_per_mm):
            faces[face] = _sum(faces[face], Inked(aside_px=sum(len(rows) for rows, _ in strokes)))
    return faces, stray_px, dust


def _is_blot(
    rows: Points, columns: Points, depth: Floats, face_px: float, px_per_mm: float
) -> bool:
    """Whether a stroke is a drop or a hole rather than something that was drawn."""
    if depth[rows, columns].max() < BLOT_HALF_WIDTH_MM * px_per_mm:
        return False
    if len(rows) >= BLOT_SHARE * math.pi * face_px**2:
        return False
    return len(rows) >= BLOT_FULL * cv2.contourArea(_hull(rows, columns))


def _hull(rows: Points, columns: Points) -> Floats:
    points = np.column_stack([columns, rows]).astype(np.float32)
    return np.asarray(cv2.convexHull(points), np.float32)


def _is_of_mark(
    beside: Sequence[Stroke], touching: Sequence[Stroke], row: Row, face: int, px_per_mm: float
) -> bool:
    """Whether strokes that nowhere touch a face are a mark, or part of the one that touches it."""
    if _is_mark_beside(beside, row, face):
        return True
    return bool(touching) and _is_rest_of_circle(beside, touching, px_per_mm)


def _is_mark_beside(strokes: Sequence[Stroke], row: Row, face: int) -> bool:
    """Whether strokes that nowhere touch a face are a circle about it, or a line under it."""
    rows, columns = (np.concatenate(each) for each in zip(*strokes, strict=True))
    if _goes_round(rows, columns, row, face):
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
    hull = np.rint(_hull(rows - top, columns - left)).astype(np.int32)
    cv2.fillConvexPoly(within, hull, 1)
    outline = cv2.distanceTransform(within, cv2.DIST_L2, 3) <= OUTLINE_MM * px_per_mm
    if any(outline[ys - top, xs - left].mean() < ARC_SHARE for ys, xs in beside):
        return False
    near = outline[rows - top, columns - left]
    moments = cv2.moments(within, binaryImage=True)
    down = rows[near] - top - moments["m01"] / moments["m00"]
    right = columns[near] - left - moments["m10"] / moments["m00"]
    return _directions(down, right) >= OUTLINE_SHARE * DIRECTIONS


def _directions(down: Float, right: Float) -> int:
    """Return in how many directions from a middle pixels lie, so far down and right of it."""
    return len(np.unique(np.floor(np.arctan2(down, right) / math.tau * DIRECTIONS)))


def _goes_round(rows: Points, columns: Points, row: Row, face: int) -> bool:
    x, y = row.centres[face]
    return _directions(rows - y, columns - x) >= ROUND_SHARE * DIRECTIONS


def _is_dust(rows: Points, columns: Points, free: bool, px_per_mm: float) -> bool:
    """Whether a stroke is too small to come from a pen, or is but the ragged edge of print."""
    area_mm2 = len(rows) / px_per_mm**2
    if free or area_mm2 >= DUST_MM2:
        return area_mm2 < DUST_MM2
    return area_mm2 < RIM_MM2 or sides_px(rows, columns)[1] < DAB_SPAN_MM * px_per_mm


def _lies_like_a_hair(rows: Points, columns: Points, px_per_mm: float) -> bool:
    across, along = sides_px(rows, columns)
    return along >= HAIR_SPAN_MM * px_per_mm and across < HAIR_BREADTH_MM * px_per_mm


def sides_px(rows: Points, columns: Points) -> tuple[float, float]:
    """Return the sides of the narrowest rectangle about some pixels, the shorter one first."""
    points = np.column_stack([columns, rows]).astype(np.float32)
    one, other = cv2.minAreaRect(points)[1]
    return min(one, other) + 1, max(one, other) + 1


def _ink_of_stroke(
    px: int, inside_depths: Floats, area_mm2: float, thin: bool, px_per_mm: float
) -> Inked:
    """Return what `px` of a dark stroke's pixels say; those in the face lie so deep in the ink.

    `thin`: it may be a hair, for all that is known of its outline.
    """
    inside = len(inside_depths)
    half_width_mm = float(inside_depths.max(initial=0)) / px_per_mm
    ink = Inked(px, inside_px=inside, inside_depth_px=float(inside_depths.sum()))
    if not inside:
        return replace(ink, aside_px=px) if area_mm2 < OUTSIDE_MM2 else ink
    if area_mm2 >= (DAB_MM2 if half_width_mm >= DAB_HALF_WIDTH_MM else SLIGHT_MM2):
        return ink
    if thin and half_width_mm < HAIR_HALF_WIDTH_MM:
        return replace(ink, hair_px=px)
    return replace(ink, dab_px=px)


def _sum(one: Inked, other: Inked) -> Inked:
    return Inked(*(a + b for a, b in zip(_values(one), _values(other), strict=True)))


_values = attrgetter(*(each.name for each in fields(Inked)))
"""As dataclasses.astuple, which copies each number twenty times as slowly."""


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


def _depths(pieces: Mask) -> Floats:
    """Return how deep in the ink each pixel lies, px."""
    depth = np.zeros(pieces.shape, np.float32)
    where = surroundings(pieces)
    depth[where] = cv2.distanceTransform(pieces[where], cv2.DIST_L2, 3)
    return depth


def count_crumbs(ink: Bools, rim: Bools, row: Row) -> list[int]:
    """Return how many pieces of ink, however small, lie free about each face of `row`.

    A light black-and-white scan leaves of a pencil line only crumbs.
    """
    free = (ink & ~rim).view(np.uint8)
    where = surroundings(free)
    _, _, _, middles = cv2.connectedComponentsWithStats(free[where])
    centres = row.centres - (where[1].start, where[0].start)
    away = np.linalg.norm(middles[1:, None] - centres[None], axis=2)
    return [int(count) for count in (away < row.response_px).sum(axis=0)]


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


def _nearest_faces(rows: Points, columns: Points, row: Row) -> Points:
    """Return for each pixel the face nearest to it, by the size of its response area."""
    across = columns[:, None] - row.centres[None, :, 0]
    down = rows[:, None] - row.centres[None, :, 1]
    away = (across * across + down * down) / np.square(row.response_px)
    return np.asarray(np.argmin(away, axis=1), np.intp)


def _faces_of_stroke(rows: Points, columns: Points, row: Row) -> Points:
    """Return for each pixel of a stroke the face that it counts for.

    A stroke that is mostly one face's and does not take in another counts there whole; any
    other counts where it lies.
    """
    own = _nearest_faces(rows, columns, row)
    shares = np.bincount(own, minlength=len(row.centres)) / len(own)
    main = int(np.argmax(shares))
    if shares[main] == 1 or shares[main] < OWN_SHARE:
        return own
    hull = _hull(rows, columns)
    others = (i for i in np.flatnonzero(shares).tolist() if i != main)
    if any(
        _hull_share(hull, row.centres[i], float(row.face_px[i])) >= NEIGHBOUR_HULL for i in others
    ):
        return own
    return np.full(len(own), main, np.intp)


def _hull_share(hull: Floats, centre: Float, radius_px: float) -> float:
    """Return how much of a face lies within a convex hull, 0-1."""
    if len(hull) < 3:
        return 0.0
    whole = round(radius_px)
    circle = np.asarray(cv2.ellipse2Poly((0, 0), (whole, whole), 0, 0, 360, 10), np.float32)
    area, _ = cv2.intersectConvexConvex(hull, circle + centre.astype(np.float32))
    return float(area / (math.pi * radius_px**2))
