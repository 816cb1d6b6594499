"""Owns the measuring of ink on printed words: what is dark among them where no letter is.

Only where the words are found as they would be printed now: the slip may be older than the form.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.layout import RESPONSE_SHARE, Layout
from scanpipe.lettering import Words
from scanpipe.reading.attribution import SLIGHT_MM2
from scanpipe.reading.bare_paper import FAR_APART_PX, Paper, darker_than
from scanpipe.reading.letters import Letters, letters_of
from scanpipe.reading.places import Where, faces_on, off_all_edges, slices_of
from scanpipe.reading.strokes import each_stroke, without_specks

Grey = NDArray[np.uint8]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]
Labels = NDArray[np.int32]

FOUND_SHARE = 0.7
"""Less of any word found dark: something else is printed there. Of the words that are, 0.85 are
found in the worst scans; of the same words in a smaller size, 0.5."""

FIRST_MM2 = 0.5
"""With less that is dark off the letters' places at first, nothing was drawn there."""

PIECE_MM2 = 0.1
"""Smaller pieces are the ragged edge of a letter; of a pen's line that crosses letters larger ones
are left between them."""

SHIFT_MM = 0.5
"""So far from its place a text is sought."""

CLEAR_MM = 0.15
"""How much further from a letter ink is told from its edge than print spreads."""

FIRST_CLEAR_MM = 0.4
"""At first ink is sought this far from the letters' places: hardly any print spreads there."""

FRAME_MM = 0.2
"""Lines are printed along some boxes, and may lie so far within these in a scan."""


def thresholds() -> dict[str, float]:
    """Return the measures in force by which ink on words is told, for the record of a run."""
    return {
        "found_share": FOUND_SHARE,
        "first_mm2": FIRST_MM2,
        "piece_mm2": PIECE_MM2,
        "clear_mm": CLEAR_MM,
        "first_clear_mm": FIRST_CLEAR_MM,
    }


@dataclass(frozen=True, slots=True, eq=False)
class _Text:
    """A text with its letters. `of_row`: whether it is about a row. `inner`: where in its box ink
    is looked for; `first`: where at first.
    """

    letters: Letters
    of_row: bool
    inner: Bools
    first: Bools


def ink_on_words_mm2(
    slip: Grey,
    paper: Paper,
    layout: Layout,
    words: tuple[Words, ...],
    px_per_mm: float,
    threshold: float,
    spread_px: float,
) -> tuple[float, float]:
    """Return how much of what is darker than the paper by `threshold` lies on the `words` printed
    on a slip, and is none of their letters: on those about its rows, and on others, mm².

    `spread_px`: how much wider than drawn the print is on each side. What is about a face is left
    out: the tail of a mark.
    """
    light = paper.light(slice(None), FAR_APART_PX)
    off: list[tuple[_Text, Bools]] = []
    for text in _texts(layout, words, slip.shape, px_per_mm):
        if not _may_have_ink(slip, text, light, px_per_mm, threshold):
            continue
        dark = darker_than(slip, paper, text.letters.where, threshold)
        away_mm = _found_at(text.letters, slip[text.letters.where], dark, px_per_mm)
        if away_mm is not None:
            ink = dark & text.inner & (away_mm > spread_px / px_per_mm + CLEAR_MM)
            off.append((text, ink))
    of_rows_px = others_px = 0
    if any(np.count_nonzero(ink) >= SLIGHT_MM2 * px_per_mm**2 for _, ink in off):
        pieces = _pieces_about_no_face(slip, paper, layout, px_per_mm, threshold)
        for text, ink in off:
            px = _drawn_px(ink, pieces[text.letters.where], px_per_mm)
            of_rows_px += px if text.of_row else 0
            others_px += 0 if text.of_row else px
    return of_rows_px / px_per_mm**2, others_px / px_per_mm**2


def _may_have_ink(
    slip: Grey, text: _Text, light: Floats, px_per_mm: float, threshold: float
) -> bool:
    """Whether so much of a text's box is dark, by the light of the lightest place, as ink is."""
    rows, columns = (
        slice(each.start // FAR_APART_PX, each.stop // FAR_APART_PX + 2)
        for each in text.letters.where
    )
    darkest = np.uint8(float(light[rows, columns].max()) * (1 - threshold))
    dark = (slip[text.letters.where] <= darkest) & text.first
    return bool(np.count_nonzero(dark) >= FIRST_MM2 * px_per_mm**2)


def _found_at(letters: Letters, slip: Grey, dark: Bools, px_per_mm: float) -> Floats | None:
    """Return how far from the nearest letter, where that was found, each pixel lies, mm; None if
    not all words are found. `slip` and `dark` show the box of the `letters`.
    """
    reach = round(SHIFT_MM * px_per_mm)
    x, y, width, height = cv2.boundingRect(letters.image)
    drawn = letters.image[y : y + height, x : x + width]
    edge = (reach, reach, reach, reach)
    about = cv2.copyMakeBorder(cv2.bitwise_not(slip), *edge, cv2.BORDER_REPLICATE)
    window = about[y : y + height + 2 * reach, x : x + width + 2 * reach]
    likeness = cv2.matchTemplate(window, drawn, cv2.TM_CCOEFF_NORMED)
    _, _, _, (best_x, best_y) = cv2.minMaxLoc(likeness)
    moved = np.array([[1, 0, best_x - reach], [0, 1, best_y - reach]], np.float32)
    size = dark.shape[::-1]
    word = cv2.warpAffine(letters.word.astype(np.float32), moved, size, flags=cv2.INTER_NEAREST)
    if _least_found(word.astype(np.int32), dark) < FOUND_SHARE:
        return None
    away_mm = cv2.warpAffine(letters.away_mm, moved, size, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(away_mm, np.float32)


def _least_found(word: Labels, dark: Bools) -> float:
    """Return which share of its print was found `dark`, of the word of which least was."""
    near = cv2.dilate(dark.view(np.uint8), np.ones((3, 3), np.uint8))
    print_px = np.bincount(word.ravel())[1:]
    found_px = np.bincount(word.ravel(), near.ravel())[1:]
    return float((found_px[print_px > 0] / print_px[print_px > 0]).min(initial=1.0))


def _drawn_px(ink: Bools, dark_pieces: Labels, px_per_mm: float) -> int:
    """Return how many px of the `ink` lie in strokes that are no specks.

    What letters cut a stroke into lies near each other, or hangs together by the letters:
    is of one of the `dark_pieces`, which are 0 where ink does not count.
    """
    pieces = without_specks(ink & (dark_pieces > 0), px_per_mm, PIECE_MM2)
    least_px = SLIGHT_MM2 * px_per_mm**2
    if np.count_nonzero(pieces) < least_px:
        return 0
    inked = pieces > 0
    together_px = np.bincount(dark_pieces[inked], minlength=int(dark_pieces.max()) + 1)
    drawn = inked & (together_px >= least_px)[dark_pieces]
    for rows, columns in each_stroke(pieces, px_per_mm):
        drawn[rows, columns] |= len(rows) >= least_px
    return int(np.count_nonzero(drawn))


def _pieces_about_no_face(
    slip: Grey, paper: Paper, layout: Layout, px_per_mm: float, threshold: float
) -> Labels:
    """Return for each pixel of the slip which dark piece (from 1) it is of; 0 for what is not dark,
    and for what hangs together with a face, or with something beside one off the words.
    """
    whole = slice(slip.shape[0]), slice(slip.shape[1])
    dark = darker_than(slip, paper, whole, threshold)
    _, labels = cv2.connectedComponents(dark.view(np.uint8), connectivity=8)
    at_faces = np.unique(labels[_about_faces(layout, slip.shape, px_per_mm)])
    labels[np.isin(labels, at_faces)] = 0
    return np.asarray(labels, np.int32)


@lru_cache(maxsize=8)
def _about_faces(layout: Layout, shape: tuple[int, ...], px_per_mm: float) -> Bools:
    about = faces_on(layout, shape, px_per_mm, RESPONSE_SHARE)
    for box in layout.texts:
        about[slices_of(box, px_per_mm)] = False
    return about | faces_on(layout, shape, px_per_mm)


@lru_cache(maxsize=8)
def _texts(
    layout: Layout, words: tuple[Words, ...], shape: tuple[int, ...], px_per_mm: float
) -> tuple[_Text, ...]:
    found = []
    for each in words:
        letters = letters_of(each, px_per_mm)
        if letters is None:
            continue
        inner = _part_of(letters.where, _inner(each, shape, px_per_mm))
        first = inner & (letters.away_mm > FIRST_CLEAR_MM)
        found.append(_Text(letters, each.box in layout.words, inner, first))
    return tuple(found)


def _inner(words: Words, shape: tuple[int, ...], px_per_mm: float) -> Where:
    return off_all_edges(*slices_of(words.box.inset(FRAME_MM), px_per_mm), shape, px_per_mm)


def _part_of(where: Where, inner: Where) -> Bools:
    """Return which pixels of `where` lie in `inner`."""
    (rows, columns), (inner_rows, inner_columns) = where, inner
    y, x = np.arange(rows.start, rows.stop), np.arange(columns.start, columns.stop)
    of_rows = (y >= inner_rows.start) & (y < inner_rows.stop)
    of_columns = (x >= inner_columns.start) & (x < inner_columns.stop)
    return np.asarray(of_rows[:, None] & of_columns, np.bool_)
