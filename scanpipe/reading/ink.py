"""Owns the measuring of new ink: what a person added to the printed faces. Never decides.

Darkness is measured against the slip's own paper, and what counts as dark against its own print,
so that one setting serves every scanner and pen.
"""

import math
from dataclasses import replace
from functools import lru_cache, partial
from itertools import count, islice

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.layout import RESPONSE_SHARE, Layout
from scanpipe.reading.art import find_art, line_spread_px
from scanpipe.reading.attribution import SLIGHT_MM2, Inked, attribute, count_crumbs
from scanpipe.reading.bare_paper import Paper, find_paper
from scanpipe.reading.creases import find_creases
from scanpipe.reading.faces import Row
from scanpipe.reading.greys import median
from scanpipe.reading.measures import FaceInk, SlipInk
from scanpipe.reading.overwriting import line_across_mm, tallest_piece_mm
from scanpipe.reading.passages import about_passages
from scanpipe.reading.places import STRAY_EDGE_MM, faces_on, slices_of
from scanpipe.reading.smudges import Look, without_smudges
from scanpipe.reading.strokes import SPECK_MM2, beyond_dark, disc, runs_through, without_specks

Grey = NDArray[np.uint8]
Bools = NDArray[np.bool_]
Mask = NDArray[np.uint8]
Floats = NDArray[np.float32]
Where = tuple[slice, slice]

BAND_SHARE = 2.1
"""Half height of the measured band in face radii; beyond it stands other print."""

EDGE_MM = 3.0
"""A crooked cut shows the lid this far in."""

FULL_TONER = 0.85
"""Darkness of print in an ordinary grey scan; where it is less, ink is paler too."""

INK_DARKNESS = 0.16
"""Ink is at least so much darker than paper, at full toner; blur takes the most from thin lines."""

STRONG_DARKNESS = 0.30
"""A stroke that nowhere reaches this is pale: a stain's rim, or writing on the back."""

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

COMMENT_INSET_MM = 1.0
"""Keeps the comment box's own line out of what is measured in it."""

AROUND_MARK_MM = 0.5
"""A registration mark is blurred so far out at most."""

AROUND_WORDS_MM = 4.0
"""What is drawn over words reaches so far beyond them, or no further."""

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


def measure_and_show_ink(
    slip: Grey, layout: Layout, px_per_mm: float, lost: Grey | None = None
) -> tuple[SlipInk, Floats, Floats]:
    """Measure a rectified slip, shape (H, W) at `px_per_mm`. Return also by how much the new ink in
    the band of faces stands out, above 0 where there is some, and how many px from the nearest
    print each place is.

    `lost`, shape of `slip`, is not 0 where the scan does not say what is on the paper.
    """
    paper = find_paper(slip, px_per_mm)
    where = _band(layout, slip.shape, px_per_mm)
    rows, columns = where
    band = _darkness(slip[where], np.ascontiguousarray(paper.light(rows)[:, columns]))
    art = find_art(band, layout, px_per_mm, rows.start, columns.start)
    scale = min(max(art.toner / FULL_TONER, 0.5), 1.0)
    noise = _noise(band, art.mask(px_per_mm))
    threshold = max(INK_DARKNESS * scale, NOISE_SIGMAS * noise)
    spread = line_spread_px(band, art, threshold, px_per_mm)
    row = _row(layout, px_per_mm, slip.shape, where)
    hidden = _hidden(lost, where, band, px_per_mm)
    words = _words(layout, slip.shape, px_per_mm)
    inner = _off_the_edge(slip.shape, where, px_per_mm)
    clear = inner & ~art.mask(spread) & ~hidden & ~words
    rim = art.mask(spread + RIM_MM * px_per_mm) | _widened(hidden | words, RIM_MM * px_per_mm)
    smooth = np.asarray(cv2.GaussianBlur(band, (0, 0), 0.15 * px_per_mm), np.float32)
    covered = art.mask(spread + FAINT_EXTRA_MM * px_per_mm) | words
    pale = inner & _pale_ink(smooth, covered, scale, px_per_mm)
    flat = clear & ~find_creases(pale, band, CREASE_DARKNESS * scale, px_per_mm)
    relief = np.where(flat, band - np.float32(threshold), np.float32(-threshold))
    ink = relief > 0
    pieces = without_specks(ink, px_per_mm)
    paler = beyond_dark(without_specks(pale & flat, px_per_mm), ink, px_per_mm)
    strong = STRONG_DARKNESS * scale
    attributed = partial(_attributed, rim, band, smooth, strong, row, px_per_mm)
    inked, pale_px, stray_px, dust = attributed(pieces, paler)
    drawn_px, drawn_stray_px = pale_px, stray_px
    if _hangs_on_pale_ink(inked, pale_px, row) or stray_px >= LOOKED_AT_MM2 * px_per_mm**2:
        bare = inner & ~covered & ~_widened(pieces > 0, BESIDE_INK_MM * px_per_mm)
        look = Look(smooth, band >= strong, bare, scale, px_per_mm)
        lines = without_smudges(pieces, look), without_smudges(paler, look)
        _, drawn_px, drawn_stray_px, _ = attributed(*lines)
    crumbs = count_crumbs(ink, rim, row) if noise < GRAIN else [0] * len(inked)
    elsewhere = _ink_elsewhere(slip, paper, layout, px_per_mm, STRAY_DARKNESS * scale)
    lost_shares = _lost_shares(hidden, row)
    paled = zip(pale_px, drawn_px, strict=True)
    faces = map(partial(_face_ink, row), count(), inked, paled, crumbs, art.seen, lost_shares)
    over_passages_mm, beside_mm2 = about_passages(
        slip, paper, layout, px_per_mm, STRAY_DARKNESS * scale
    )
    stray_mm2, drawn_mm2 = (
        px / px_per_mm**2 + elsewhere + beside_mm2 for px in (stray_px, drawn_stray_px)
    )
    # A line down the page goes on under the words.
    through = runs_through(pieces | words, px_per_mm)
    over_words_mm, line_mm = _over_words_mm(slip, paper, layout, px_per_mm, scale)
    tallest_mm = max(over_words_mm, over_passages_mm)
    measured = SlipInk(tuple(faces), stray_mm2, through, dust, tallest_mm, line_mm, drawn_mm2)
    return measured, relief, art.distance_px


def ink_of_rows(ink: SlipInk, layout: Layout) -> tuple[SlipInk, ...]:
    """Return the ink of each of the layout's rows, from the top; what lies about none is told with
    each of them.
    """
    faces = iter(ink.faces)
    return tuple(replace(ink, faces=tuple(islice(faces, len(r.targets)))) for r in layout.all_rows)


def comment_ink_mm2(slip: Grey, layout: Layout, px_per_mm: float) -> float:
    """Return how much ink there is in the comment box of a rectified slip; 0 if it has none."""
    if layout.comment is None:
        return 0.0
    rows, columns = slices_of(layout.comment.inset(COMMENT_INSET_MM), px_per_mm)
    paper = find_paper(slip, px_per_mm).light(rows)[:, columns]
    ink = slip[rows, columns] < paper * (1 - STRONG_DARKNESS)
    return float(np.count_nonzero(without_specks(ink, px_per_mm, SPECK_MM2)) / px_per_mm**2)


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
    rim: Bools,
    band: Floats,
    smooth: Floats,
    strong: float,
    row: Row,
    px_per_mm: float,
    pieces: Mask,
    paler: Mask,
) -> tuple[list[Inked], list[int], int, int]:
    """Return what of the ink, and how many px of pale ink, count for each face; then as `attribute`
    does.
    """
    inked, stray_px, dust = attribute(pieces, rim, band, strong, row, px_per_mm)
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


def _band(layout: Layout, shape: tuple[int, ...], px_per_mm: float) -> Where:
    """Return the rows and columns that hold all faces, and nothing that is printed beside them."""
    first, last = layout.all_rows[0].targets[0], layout.all_rows[-1].targets[0]
    top_mm = first.centre.y_mm - first.radius_mm * BAND_SHARE
    bottom_mm = last.centre.y_mm + last.radius_mm * BAND_SHARE
    labels = [row.label.right_mm for row in layout.all_rows if row.label]
    left_mm = min(labels) if len(labels) == len(layout.all_rows) else 0.0
    bottom_px = min(round(bottom_mm * px_per_mm), shape[0])
    return slice(round(top_mm * px_per_mm), bottom_px), slice(round(left_mm * px_per_mm), shape[1])


@lru_cache(maxsize=8)
def _words(layout: Layout, shape: tuple[int, ...], px_per_mm: float) -> Bools:
    """Return where in the band words are printed, or a registration mark reaches into it."""
    printed = np.zeros(shape, np.bool_)
    marks = [box.inset(-AROUND_MARK_MM) for _, box in layout.marks()]
    for box in (*layout.texts, *marks):
        printed[slices_of(box, px_per_mm)] = True
    return printed[_band(layout, shape, px_per_mm)]


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


def _ink_elsewhere(
    slip: Grey, paper: Paper, layout: Layout, px_per_mm: float, threshold: float
) -> float:
    """Return how much ink lies outside the band and outside all print, mm²."""
    light = paper.light(slice(None), 8)
    ink = slip <= np.uint8(float(light.max()) * (1 - threshold))
    ink[_band(layout, slip.shape, px_per_mm)] = False
    edge = round(STRAY_EDGE_MM * px_per_mm)
    ink[:edge], ink[-edge:], ink[:, :edge], ink[:, -edge:] = False, False, False, False
    marks = [box for _, box in layout.marks()]
    for box in (*layout.texts, *marks):
        ink[slices_of(box.inset(-1.5), px_per_mm)] = False
    if np.count_nonzero(ink) < SLIGHT_MM2 * px_per_mm**2:
        return 0.0  # as on nearly all slips, even by the light of the lightest place
    darkest = np.asarray(light * (1 - threshold), np.uint8)
    ink &= slip <= cv2.resize(darkest, slip.shape[::-1])
    return float(np.count_nonzero(without_specks(ink, px_per_mm, SLIGHT_MM2)) / px_per_mm**2)


def _over_words_mm(
    slip: Grey, paper: Paper, layout: Layout, px_per_mm: float, scale: float
) -> tuple[float, float]:
    """Return what lies over the words of the rows: the tallest piece, the longest line."""
    if not layout.words:
        return 0.0, 0.0
    where, words, faces = _words_of_rows(layout, slip.shape, px_per_mm)
    light = paper.light(where[0])[:, where[1]]
    dark = slip[where] < light * (1 - STRONG_DARKNESS * scale)
    return tallest_piece_mm(dark, words, faces, px_per_mm), line_across_mm(dark & words, px_per_mm)


@lru_cache(maxsize=8)
def _words_of_rows(
    layout: Layout, shape: tuple[int, ...], px_per_mm: float
) -> tuple[Where, Bools, Bools]:
    """Return a part of the slip, and where in it the words of the rows stand, and the faces."""
    words = np.zeros(shape, np.bool_)
    for box in layout.words:
        words[slices_of(box, px_per_mm)] = True
    x, y, width, height = cv2.boundingRect(words.view(np.uint8))
    more = round(AROUND_WORDS_MM * px_per_mm)
    where = slice(max(y - more, 0), y + height + more), slice(max(x - more, 0), x + width + more)
    return where, words[where], faces_on(layout, shape, px_per_mm)[where]
