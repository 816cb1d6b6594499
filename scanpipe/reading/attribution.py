"""Owns the way from strokes to faces: what each stroke counts for at the face that it is about."""

import math
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter

import cv2
import numpy as np

from scanpipe.reading.apart import apart_px
from scanpipe.reading.beside import goes_round, is_of_mark
from scanpipe.reading.faces import Row, faces_of_stroke
from scanpipe.reading.greys import quantile
from scanpipe.reading.objects import is_hole, is_staple
from scanpipe.reading.strikes import struck_mm
from scanpipe.reading.strokes import (
    OUTSIDE_MM2,
    Bools,
    Floats,
    Mask,
    Points,
    Stroke,
    depths_px,
    each_stroke,
    hull_of,
    sides_px,
    surroundings,
)

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

BLOT_HALF_WIDTH_MM = 1.75
BLOT_FULL = 0.85
BLOT_SHARE = 0.2
"""Ink thicker than any pen, as full as this within its convex hull, that covers less of the face
than somebody who fills it: a drop, or a hole in the paper."""

AIMED = 0.35
"""Whoever marks a face with one straight line, or fills it in part, aims at it: the middle of that
lies no further from the face's, in face radii. Staples and holes lie anywhere."""

FILLED = 0.5
"""And whoever fills a face fills more of its width than this."""


def thresholds() -> dict[str, float]:
    """Return the measures in force by which ink is attributed, for the record of a run."""
    return {
        "dust_mm2": DUST_MM2,
        "rim_mm2": RIM_MM2,
        "dab_span_mm": DAB_SPAN_MM,
        "slight_mm2": SLIGHT_MM2,
        "dab_mm2": DAB_MM2,
        "dab_half_width_mm": DAB_HALF_WIDTH_MM,
        "hair_half_width_mm": HAIR_HALF_WIDTH_MM,
        "hair_span_mm": HAIR_SPAN_MM,
        "hair_breadth_mm": HAIR_BREADTH_MM,
        "blot_half_width_mm": BLOT_HALF_WIDTH_MM,
        "blot_full": BLOT_FULL,
        "blot_share": BLOT_SHARE,
        "aimed": AIMED,
        "filled": FILLED,
    }


@dataclass(frozen=True, slots=True)
class Inked:
    """Ink about one face, px. `dark_px`: all strokes with a dark part; of these `dab_px`,
    `hair_px` and `aside_px` may be no marks: round or half hidden by print, thin, and beside the
    face, from the slip's edge, blots, staples or holes. `inside_px`: dark ink within the face, and
    `inside_depth_px` the sum of its distances from the ink's edge. `pale_px`: strokes that are
    pale throughout. `apart_px`: beside a mark, and none of it.
    `struck_mm`: how far a line through it reaches.
    """

    dark_px: int = 0
    dab_px: int = 0
    hair_px: int = 0
    aside_px: int = 0
    inside_px: int = 0
    inside_depth_px: float = 0.0
    pale_px: int = 0
    apart_px: int = 0
    struck_mm: float = 0.0

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
    found = [_AtFace() for _ in row.centres]
    stray_px = dust = 0
    depth = depths_px(pieces)
    for rows, columns in each_stroke(pieces, px_per_mm):
        area_mm2 = len(rows) / px_per_mm**2
        dark = quantile(darkness[rows, columns], 0.9) >= strong
        free = not rim[rows, columns].any()
        if _is_dust(rows, columns, free, px_per_mm):
            dust += free
            continue
        thin = free or _lies_like_a_hair(rows, columns, px_per_mm)
        owners = faces_of_stroke(rows, columns, row)
        gaps = np.hypot(columns - row.centres[owners, 0], rows - row.centres[owners, 1])
        if (gaps > row.response_px[owners]).all():
            stray_px += len(rows) if area_mm2 >= SLIGHT_MM2 else 0
            continue
        touches = bool((gaps < row.face_px[owners]).any())
        undrawn = dark and _is_object(rows, columns, darkness, touches, row, px_per_mm)
        for face in np.unique(owners).tolist():
            own = owners == face
            inside = own & (gaps < row.face_px[face])
            depths = depth[rows[inside], columns[inside]]
            px = int(np.count_nonzero(own))
            beside = Inked(px, aside_px=px, inside_px=int(inside.sum()))
            if not dark:
                found[face].add(Inked(pale_px=px))
            elif undrawn:
                drawn = _ink_of_stroke(px, depths, area_mm2, thin, px_per_mm)
                found[face].objects.append((beside, drawn))
            elif _is_blot(rows, columns, depth, float(row.face_px[face]), px_per_mm):
                found[face].add(beside)
            elif row.reaches_edge(columns) and not goes_round(rows, columns, row, face):
                found[face].add(beside)
                found[face].from_edge.append((rows[own], columns[own]))
            else:
                found[face].add(_ink_of_stroke(px, depths, area_mm2, thin, px_per_mm))
                if len(depths) or area_mm2 >= OUTSIDE_MM2:
                    strokes = found[face].touching if len(depths) else found[face].beside
                    strokes.append((rows[own], columns[own]))
    faces = [_in_all(each, rim, row, face, px_per_mm) for face, each in enumerate(found)]
    return faces, stray_px, dust


@dataclass(slots=True)
class _AtFace:
    """What is found about one face: `ink`, and the dark strokes of it that touch the face, lie
    beside it or come from the slip's edge. `objects`: strokes that look like a staple or a hole,
    as what lies beside a mark, and as if drawn.
    """

    ink: Inked = field(default_factory=Inked)
    touching: list[Stroke] = field(default_factory=list)
    beside: list[Stroke] = field(default_factory=list)
    from_edge: list[Stroke] = field(default_factory=list)
    objects: list[tuple[Inked, Inked]] = field(default_factory=list)

    def add(self, more: Inked) -> None:
        self.ink = _sum(self.ink, more)


def _in_all(found: _AtFace, rim: Bools, row: Row, face: int, px_per_mm: float) -> Inked:
    """Return the ink `found` about a face, and what of it is no part of what somebody marked there,
    or strikes it out.
    """
    touching, beside = found.touching, found.beside
    for as_object, as_drawn in found.objects:
        # With more ink in the face it is the tail of a tick, or changes nothing.
        found.add(as_drawn if touching else as_object)
    if beside and not is_of_mark(beside, touching, row, face, px_per_mm):
        found.add(Inked(aside_px=sum(len(rows) for rows, _ in beside)))
    if touching or beside:
        apart = apart_px((*touching, *beside, *found.from_edge), rim, row, face, px_per_mm)
        struck = struck_mm((*touching, *beside), rim, row, face, px_per_mm)
        found.add(Inked(apart_px=apart, struck_mm=struck))
    return found.ink


def _is_blot(
    rows: Points, columns: Points, depth: Floats, face_px: float, px_per_mm: float
) -> bool:
    """Whether a stroke is a drop or a hole rather than something that was drawn."""
    if depth[rows, columns].max() < BLOT_HALF_WIDTH_MM * px_per_mm:
        return False
    if len(rows) >= BLOT_SHARE * math.pi * face_px**2:
        return False
    return len(rows) >= BLOT_FULL * cv2.contourArea(hull_of(rows, columns))


def _is_object(
    rows: Points, columns: Points, darkness: Floats, touches: bool, row: Row, px_per_mm: float
) -> bool:
    """Whether a stroke is a hole, or a staple that `touches` a face: a line beside one may be drawn
    under it.
    """
    x, y = (columns.min() + columns.max()) / 2, (rows.min() + rows.max()) / 2
    aimed = np.hypot(row.centres[:, 0] - x, row.centres[:, 1] - y) <= AIMED * row.face_px
    across_px = max(columns.max() - columns.min(), rows.max() - rows.min())
    stroke = rows, columns, darkness, px_per_mm
    if not (aimed & (across_px >= 2 * FILLED * row.face_px)).any() and is_hole(*stroke):
        return True
    return touches and not aimed.any() and is_staple(*stroke)


def _is_dust(rows: Points, columns: Points, free: bool, px_per_mm: float) -> bool:
    """Whether a stroke is too small to come from a pen, or is but the ragged edge of print."""
    area_mm2 = len(rows) / px_per_mm**2
    if free or area_mm2 >= DUST_MM2:
        return area_mm2 < DUST_MM2
    return area_mm2 < RIM_MM2 or sides_px(rows, columns)[1] < DAB_SPAN_MM * px_per_mm


def _lies_like_a_hair(rows: Points, columns: Points, px_per_mm: float) -> bool:
    across, along = sides_px(rows, columns)
    return along >= HAIR_SPAN_MM * px_per_mm and across < HAIR_BREADTH_MM * px_per_mm


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
