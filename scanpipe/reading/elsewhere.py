"""Owns the measuring of ink away from the faces: beyond them, over the rows' words, in the comment
box. Never decides.
"""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.layout import Layout
from scanpipe.reading.attribution import SLIGHT_MM2
from scanpipe.reading.bare_paper import Paper, find_paper
from scanpipe.reading.objects import find_objects
from scanpipe.reading.overwriting import line_across_mm, tallest_piece_mm
from scanpipe.reading.places import STRAY_EDGE_MM, Where, band_on, faces_on, slices_of
from scanpipe.reading.strokes import SPECK_MM2, without_specks

Grey = NDArray[np.uint8]
Bools = NDArray[np.bool_]

STRONG_DARKNESS = 0.30
"""A stroke that nowhere reaches this is pale: a stain's rim, or writing on the back."""

COMMENT_INSET_MM = 1.0
"""Keeps the comment box's own line out of what is measured in it."""

AROUND_WORDS_MM = 4.0
"""What is drawn over words reaches so far beyond them, or no further."""


def ink_elsewhere_mm2(
    slip: Grey, paper: Paper, layout: Layout, px_per_mm: float, threshold: float
) -> float:
    """Return how much ink lies outside the band and outside all print, mm²."""
    light = paper.light(slice(None), 8)
    ink = slip <= np.uint8(float(light.max()) * (1 - threshold))
    ink[band_on(layout, slip.shape, px_per_mm)] = False
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


def without_objects(slip: Grey, paper: Paper, px_per_mm: float, threshold: float) -> Grey | None:
    """Return the slip with bare paper where staples and holes lie near its edge, and touch no
    print; None if there are none. They are darker than the paper by `threshold`.
    """
    light = paper.light(slice(None))
    darkness = np.asarray(1 - slip / light, np.float32)
    pieces = (darkness >= threshold).view(np.uint8)
    objects = find_objects(pieces, darkness, px_per_mm)
    if not objects.any():
        return None
    return np.asarray(np.where(objects, light, slip), np.uint8)


def over_words_mm(
    slip: Grey, paper: Paper, layout: Layout, px_per_mm: float, threshold: float
) -> tuple[float, float]:
    """Return the tallest piece over the rows' words, and the longest line across them, mm, of what
    is darker than the paper by `threshold`.
    """
    if not layout.words:
        return 0.0, 0.0
    where, words, faces = _words_of_rows(layout, slip.shape, px_per_mm)
    light = paper.light(where[0])[:, where[1]]
    dark = slip[where] < light * (1 - threshold)
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


def comment_ink_mm2(slip: Grey, layout: Layout, px_per_mm: float) -> float:
    """Return how much ink there is in the comment box of a rectified slip; 0 if it has none."""
    if layout.comment is None:
        return 0.0
    rows, columns = slices_of(layout.comment.inset(COMMENT_INSET_MM), px_per_mm)
    paper = find_paper(slip, px_per_mm).light(rows)[:, columns]
    ink = slip[rows, columns] < paper * (1 - STRONG_DARKNESS)
    return float(np.count_nonzero(without_specks(ink, px_per_mm, SPECK_MM2)) / px_per_mm**2)
