"""Owns the measuring of new ink: what a person added to the printed faces. Never decides.

Darkness is measured against the slip's own paper, and what counts as dark against its own print,
so that one setting serves every scanner and pen.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import count, islice

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.layout import RESPONSE_SHARE, Layout
from scanpipe.lettering import Words
from scanpipe.reading.art import PrintedArt, find_art, line_spread_px
from scanpipe.reading.attribution import Inked, attribute, count_crumbs
from scanpipe.reading.bare_paper import Paper, find_paper
from scanpipe.reading.creases import find_creases
from scanpipe.reading.elsewhere import (
    STRONG_DARKNESS,
    ink_elsewhere_mm2,
    over_words_mm,
    without_objects,
)
from scanpipe.reading.faces import Row
from scanpipe.reading.greys import median
from scanpipe.reading.measures import FaceInk, SlipInk
from scanpipe.reading.on_words import ink_on_words_mm2
from scanpipe.reading.passages import about_passages
from scanpipe.reading.places import Where, band_on, slices_of
from scanpipe.reading.smudges import Look, without_smudges
from scanpipe.reading.strokes import beyond_dark, disc, runs_through, without_specks

Grey = NDArray[np.uint8]
Bools = NDArray[np.bool_]
Mask = NDArray[np.uint8]
Floats = NDArray[np.float32]

EDGE_MM = 3.0
"""A crooked cut shows the lid this far in."""

FULL_TONER = 0.85
"""Darkness of print in an ordinary grey scan; where it is less, ink is paler too."""

INK_DARKNESS = 0.16
"""Ink is at least so much darker than paper, at full toner; blur takes the most from thin lines."""

FAINT_DARKNESS = 0.065
"""The palest ink that is looked for, once noise is smoothed: a pencil that hardly touched."""

NOISE_SIGMAS = 6.0
GRAIN = 0.004
"""Paper with less noise than this, one grey level, has had its grain taken away, and with it the
faint marks: only crumbs are left of them."""

NOISE_STEP = 17
"""One pixel in so many tells the noise well enough."""

FAINT_EXTRA_MM = 0.28
"""Smoothing widens the print for the faint look, by nearly twice its sigma of 0.15 mm."""

LOST_MARGIN_MM = 0.2
"""What lies beside a lost line is not to be trusted either."""

RIM_MM = 0.25
"""Ink so near to the masked print touches it: a pixel askew beyond the mask is so far off."""

STRAY_DARKNESS = 0.45
"""Ink beyond the faces must be so dark: folds and stains lie everywhere."""

AROUND_MARK_MM = 0.5
"""A registration mark is blurred so far out at most."""

LOOKED_AT_FILL = 0.005
LOOKED_AT_MM2 = 2.0
"""So much pale ink at a face, or ink about none, is looked at closely: whether somebody drew it."""

PALE_ALONE = 4
"""A mark is seen palely too, as its own soft edge; what is so much more than dark is no mark."""

BESIDE_INK_MM = 0.3
"""The soft edge of ink reaches so far."""

CREASE_DARKNESS = 0.38
"""A straight line through the whole band that is paler than this is a fold in the paper."""


def thresholds() -> dict[str, float]:
    """Return the thresholds of measuring in force, for the record of a run."""
    return {
        "ink_darkness": INK_DARKNESS,
        "strong_darkness": STRONG_DARKNESS,
        "faint_darkness": FAINT_DARKNESS,
        "noise_sigmas": NOISE_SIGMAS,
        "crease_darkness": CREASE_DARKNESS,
        "stray_darkness": STRAY_DARKNESS,
        "grain": GRAIN,
    }


@dataclass(frozen=True, slots=True, eq=False)
class _Band:
    """The band of faces: how dark it is, and where in it ink can be told from print.

    `scale`: how dark the print is, as a share of what is usual. `threshold`: darkness of ink.
    `spread_px`: how much wider than drawn the print is on each side.
    `clear`: where ink is looked for; `covered`: where pale ink is not; `rim`: where ink touches
    what is masked. `words`: where words are printed. All but the numbers are of one shape.
    """

    darkness: Floats
    art: PrintedArt
    row: Row
    scale: float
    noise: float
    threshold: float
    spread_px: float
    inner: Bools
    clear: Bools
    covered: Bools
    rim: Bools
    words: Bools
    hidden: Bools


@dataclass(frozen=True, slots=True)
class _Away:
    """Ink away from the faces: what is about none, and what lies over and among words."""

    stray_mm2: float
    over_words_mm: float
    line_over_words_mm: float
    on_words_mm2: float


def measure_and_show_ink(
    slip: Grey,
    layout: Layout,
    px_per_mm: float,
    lost: Grey | None = None,
    words: tuple[Words, ...] = (),
) -> tuple[SlipInk, Floats, Floats]:
    """Measure a rectified slip, shape (H, W) at `px_per_mm`. Return also by how much the new ink in
    the band of faces stands out, above 0 where there is some, and how many px from the nearest
    print each place is.

    `lost`, shape of `slip`, is not 0 where the scan does not say what is on the paper. `words`:
    what is known to be printed on it.
    """
    paper = find_paper(slip, px_per_mm)
    band = _look(slip, paper, layout, px_per_mm, lost)
    smooth = np.asarray(cv2.GaussianBlur(band.darkness, (0, 0), 0.15 * px_per_mm), np.float32)
    pale = band.inner & _pale_ink(smooth, band.covered, band.scale, px_per_mm)
    creases = find_creases(pale, band.darkness, CREASE_DARKNESS * band.scale, px_per_mm)
    flat = band.clear & ~creases
    threshold = np.float32(band.threshold)
    relief = np.where(flat, band.darkness - threshold, -threshold)
    ink = relief > 0
    pieces = without_specks(ink, px_per_mm)
    paler = beyond_dark(without_specks(pale & flat, px_per_mm), ink, px_per_mm)
    inked, pale_px, drawn_px, stray_px, drawn_stray_px, dust = _counted(
        band, pieces, paler, smooth, px_per_mm
    )
    crumbs = count_crumbs(ink, band.rim, band.row) if band.noise < GRAIN else [0] * len(inked)
    paled = zip(pale_px, drawn_px, strict=True)
    lost_shares = _lost_shares(band.hidden, band.row)
    faces = map(
        partial(_face_ink, band.row, px_per_mm),
        count(),
        inked,
        paled,
        crumbs,
        band.art.seen,
        lost_shares,
    )
    away = drawn = _ink_away(slip, paper, layout, words, px_per_mm, band)
    if away.stray_mm2 >= LOOKED_AT_MM2:
        cleared = without_objects(slip, paper, px_per_mm, STRAY_DARKNESS * band.scale)
        if cleared is not None:
            drawn = _ink_away(cleared, paper, layout, words, px_per_mm, band)
    # A line down the page goes on under the words.
    through = runs_through(pieces | band.words, px_per_mm)
    measured = SlipInk(
        tuple(faces),
        stray_px / px_per_mm**2 + away.stray_mm2,
        through,
        dust,
        drawn.over_words_mm,
        drawn.line_over_words_mm,
        drawn_stray_px / px_per_mm**2 + drawn.stray_mm2,
        drawn.on_words_mm2,
    )
    return measured, relief, band.art.distance_px


def _ink_away(
    slip: Grey,
    paper: Paper,
    layout: Layout,
    words: tuple[Words, ...],
    px_per_mm: float,
    band: _Band,
) -> _Away:
    """Measure what lies on a slip away from its faces."""
    darkest = STRAY_DARKNESS * band.scale
    strong = STRONG_DARKNESS * band.scale
    elsewhere_mm2 = ink_elsewhere_mm2(slip, paper, layout, px_per_mm, darkest)
    over_passages_mm, beside_mm2 = about_passages(slip, paper, layout, px_per_mm, darkest)
    on_words_mm2, on_passages_mm2 = ink_on_words_mm2(
        slip, paper, layout, words, px_per_mm, strong, band.spread_px
    )
    over_rows_mm, line_mm = over_words_mm(slip, paper, layout, px_per_mm, strong)
    return _Away(
        elsewhere_mm2 + max(beside_mm2, on_passages_mm2),
        max(over_rows_mm, over_passages_mm),
        line_mm,
        on_words_mm2,
    )


def _look(slip: Grey, paper: Paper, layout: Layout, px_per_mm: float, lost: Grey | None) -> _Band:
    """Find the print in the band of faces, and where ink can be told from it."""
    where = band_on(layout, slip.shape, px_per_mm)
    rows, columns = where
    darkness = _darkness(slip[where], np.ascontiguousarray(paper.light(rows)[:, columns]))
    art = find_art(darkness, layout, px_per_mm, rows.start, columns.start)
    scale = min(max(art.toner / FULL_TONER, 0.5), 1.0)
    noise = _noise(darkness, art.mask(px_per_mm))
    threshold = max(INK_DARKNESS * scale, NOISE_SIGMAS * noise)
    spread_px = line_spread_px(darkness, art, threshold, px_per_mm)
    hidden = _hidden(lost, where, darkness, px_per_mm)
    words = _words(layout, slip.shape, px_per_mm)
    inner = _off_the_edge(slip.shape, where, px_per_mm)
    rim_px = RIM_MM * px_per_mm
    return _Band(
        darkness,
        art,
        _row(layout, px_per_mm, slip.shape, where),
        scale,
        noise,
        threshold,
        spread_px,
        inner,
        clear=inner & ~art.mask(spread_px) & ~hidden & ~words,
        covered=art.mask(spread_px + FAINT_EXTRA_MM * px_per_mm) | words,
        rim=art.mask(spread_px + rim_px) | _widened(hidden | words, rim_px),
        words=words,
        hidden=hidden,
    )


def _counted(
    band: _Band, pieces: Mask, paler: Mask, smooth: Floats, px_per_mm: float
) -> tuple[list[Inked], list[int], list[int], int, int, int]:
    """Return what of the dark `pieces` and of the `paler` ones counts for each face, and how many
    px of pale ink, at first sight and of what is drawn; how many px count for none, likewise; and
    how many pieces are dust. What may be smudges is looked at only where that matters.
    """
    strong = STRONG_DARKNESS * band.scale
    attributed = partial(_attributed, band, smooth, strong, px_per_mm)
    inked, pale_px, stray_px, dust = attributed(pieces, paler)
    suspect = stray_px >= LOOKED_AT_MM2 * px_per_mm**2
    if not suspect and not _hangs_on_pale_ink(inked, pale_px, band.row):
        return inked, pale_px, pale_px, stray_px, stray_px, dust
    near_ink = _widened(pieces > 0, BESIDE_INK_MM * px_per_mm)
    bare = band.inner & ~band.covered & ~near_ink
    look = Look(smooth, band.darkness >= strong, bare, band.scale, px_per_mm)
    lines = without_smudges(pieces, look), without_smudges(paler, look)
    _, drawn_px, drawn_stray_px, _ = attributed(*lines)
    return inked, pale_px, drawn_px, stray_px, drawn_stray_px, dust


def ink_of_rows(ink: SlipInk, layout: Layout) -> tuple[SlipInk, ...]:
    """Return the ink of each of the layout's rows, from the top; what lies about none is told with
    each of them.
    """
    faces = iter(ink.faces)
    return tuple(replace(ink, faces=tuple(islice(faces, len(r.targets)))) for r in layout.all_rows)


def _darkness(grey: Grey, light: Floats) -> Floats:
    """Return how much darker than the paper's `light` each pixel is, 0-1."""
    darkness = np.divide(grey, light, out=light)
    return np.subtract(1, darkness, out=darkness)


def _hidden(lost: Grey | None, where: Where, band: Floats, px_per_mm: float) -> Bools:
    """Return where in the band the scan does not say what is on the paper."""
    if lost is None:
        return np.zeros(band.shape, np.bool_)
    return _widened(lost[where] > 0, LOST_MARGIN_MM * px_per_mm)


def _widened(area: Bools, by_px: float) -> Bools:
    if not area.any():
        return area
    return np.asarray(cv2.dilate(area.astype(np.uint8), disc(by_px)) > 0, np.bool_)


def _lost_shares(hidden: Bools, row: Row) -> list[float]:
    """Return the share of each face that is `hidden`."""
    if not hidden.any():
        return [0.0] * len(row.centres)
    y, x = np.indices(hidden.shape)
    faces = (
        np.hypot(x - cx, y - cy) < radius
        for (cx, cy), radius in zip(row.centres, row.face_px, strict=True)
    )
    return [float(hidden[face].mean()) for face in faces]


def _attributed(
    band: _Band, smooth: Floats, strong: float, px_per_mm: float, pieces: Mask, paler: Mask
) -> tuple[list[Inked], list[int], int, int]:
    """Return what of the ink, and how many px of pale ink, count for each face; then as `attribute`
    does.
    """
    rim, row = band.rim, band.row
    inked, stray_px, dust = attribute(pieces, rim, band.darkness, strong, row, px_per_mm)
    paled, _, _ = attribute(paler, rim, smooth, math.inf, row, px_per_mm)
    pale_px = [max(one.pale_px, other.pale_px) for one, other in zip(paled, inked, strict=True)]
    return inked, pale_px, stray_px, dust


def _hangs_on_pale_ink(inked: list[Inked], pale_px: list[int], row: Row) -> bool:
    """Whether pale ink at one face may speak against dark ink at another."""
    least_px = LOOKED_AT_FILL * math.pi * row.response_px**2
    pale_alone = (
        pale >= least and pale > PALE_ALONE * ink.dark_px
        for ink, pale, least in zip(inked, pale_px, least_px, strict=True)
    )
    return any(ink.dark_px for ink in inked) and any(pale_alone)


def _face_ink(
    row: Row,
    px_per_mm: float,
    place: int,
    ink: Inked,
    pale_px: tuple[int, int],
    crumbs: int,
    seen: float,
    lost: float,
) -> FaceInk:
    face_px = float(row.face_px[place])
    area_px = math.pi * float(row.response_px[place]) ** 2
    return FaceInk(
        ink.dark_px / area_px,
        ink.dab_px / area_px,
        ink.hair_px / area_px,
        ink.aside_px / area_px,
        pale_px[0] / area_px,
        pale_px[1] / area_px,
        ink.inside_px / (math.pi * face_px**2),
        ink.line_px / (2 * face_px),
        crumbs,
        seen,
        lost,
        ink.apart_px / px_per_mm**2,
        ink.struck_mm,
    )


def _pale_ink(smooth: Floats, art: Bools, scale: float, px_per_mm: float) -> Bools:
    """Return all that stands out from the paper, however little, outside the art."""
    relief = _against_surroundings(smooth, px_per_mm)
    palest = max(FAINT_DARKNESS * scale, NOISE_SIGMAS * _noise(relief, art))
    return np.asarray(~art & (relief > palest), np.bool_)


def _against_surroundings(smooth: Floats, px_per_mm: float) -> Floats:
    """Return how much darker each pixel is than what lies about it: lines stay, stains go."""
    side = 2 * round(1.5 * px_per_mm) + 1
    square = np.ones((side, side), np.uint8)
    return np.asarray(cv2.morphologyEx(smooth, cv2.MORPH_TOPHAT, square), np.float32)


def _row(layout: Layout, px_per_mm: float, shape: tuple[int, ...], where: Where) -> Row:
    centres = np.array([[f.centre.x_mm, f.centre.y_mm] for f in layout.faces]) * px_per_mm
    radii = np.array([face.radius_mm for face in layout.faces])
    edge, left = round(EDGE_MM * px_per_mm), where[1].start
    return Row(
        centres - [left, where[0].start],
        radii * px_per_mm,
        radii * RESPONSE_SHARE * px_per_mm,
        range(max(edge - left, 0), shape[1] - edge - left),
    )


@lru_cache(maxsize=8)
def _words(layout: Layout, shape: tuple[int, ...], px_per_mm: float) -> Bools:
    """Return where in the band words are printed, or a registration mark reaches into it."""
    printed = np.zeros(shape, np.bool_)
    marks = [box.inset(-AROUND_MARK_MM) for _, box in layout.marks()]
    for box in (*layout.texts, *marks):
        printed[slices_of(box, px_per_mm)] = True
    return printed[band_on(layout, shape, px_per_mm)]


def _off_the_edge(shape: tuple[int, ...], where: Where, px_per_mm: float) -> Bools:
    """Return what of the band does not lie along the slip's left or right edge."""
    edge = round(EDGE_MM * px_per_mm)
    inner = np.zeros((1, shape[1]), np.bool_)
    inner[:, edge:-edge] = True
    return inner[:, where[1]]


def _noise(band: Floats, covered: Bools) -> float:
    """Return the spread of bare paper (scaled median absolute deviation)."""
    values = band.ravel()[::NOISE_STEP][~covered.ravel()[::NOISE_STEP]]
    return 1.4826 * median(np.abs(values - np.float32(median(values))))
