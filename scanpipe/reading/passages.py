"""Owns what lies over the texts of a slip that are about no row, or beside them in their boxes.

They are printed where nothing is to be marked, and all of it is print but what is taller than
letters are, or stands apart.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scanpipe.layout import Box, Layout
from scanpipe.reading.attribution import SLIGHT_MM2
from scanpipe.reading.bare_paper import FAR_APART_PX, Paper, darker_than
from scanpipe.reading.overwriting import beside_text, tallest_of_all_mm, tallest_piece_mm
from scanpipe.reading.places import faces_on, off_all_edges, slices_of
from scanpipe.reading.strokes import without_specks

Grey = NDArray[np.uint8]
Where = tuple[slice, slice]

AROUND_PASSAGE_MM = 2.0
"""Ink over a text about no row is looked for so far beyond it at first."""

COARSE = 2
"""It is sought at one pixel in so many each way, and looked at closely where it is found."""

TALLEST_PRINT_MM = 4.0
"""What is taller than this is no letter, nor letters of two lines that touch."""


def about_passages(
    slip: Grey, paper: Paper, layout: Layout, px_per_mm: float, threshold: float
) -> tuple[float, float]:
    """Return what lies over the texts that are about no row: the height of the tallest piece, mm;
    and how much ink stands beside them in their boxes, mm². Both are darker than the paper by
    `threshold`.
    """
    light = float(paper.light(slice(None), FAR_APART_PX).max())
    darkest = np.uint8(light * (1 - threshold))
    tallest_mm = beside_mm2 = 0.0
    for box, where, within in _passages(layout, slip.shape, px_per_mm):
        # By the light of the lightest place more is dark than by that of each: nothing is missed.
        coarse = slip[where][::COARSE, ::COARSE] <= darkest
        if not tallest_mm and tallest_of_all_mm(coarse, px_per_mm / COARSE) > TALLEST_PRINT_MM:
            tallest_mm = _over_passages_mm(slip, paper, layout, px_per_mm, threshold)
        if beside_text(coarse[within], px_per_mm / COARSE) is not None:
            beside_mm2 += _beside_passage_mm2(slip, paper, box, px_per_mm, threshold)
    return tallest_mm, beside_mm2


def _beside_passage_mm2(
    slip: Grey, paper: Paper, box: Box, px_per_mm: float, threshold: float
) -> float:
    where = off_all_edges(*slices_of(box, px_per_mm), slip.shape, px_per_mm)
    dark = darker_than(slip, paper, where, threshold)
    beside = beside_text(dark, px_per_mm)
    if beside is None:
        return 0.0
    pieces = without_specks(beside, px_per_mm, SLIGHT_MM2)
    return float(np.count_nonzero(pieces) / px_per_mm**2)


def _over_passages_mm(
    slip: Grey, paper: Paper, layout: Layout, px_per_mm: float, threshold: float
) -> float:
    """Return the height of the tallest piece over the texts that are about no row, and over no
    face: a long tail of a mark in a face is none.
    """
    height, width = slip.shape
    whole = off_all_edges(slice(height), slice(width), slip.shape, px_per_mm)
    words = np.zeros(slip.shape, np.bool_)
    for box in layout.passages:
        words[slices_of(box, px_per_mm)] = True
    faces = faces_on(layout, slip.shape, px_per_mm)
    dark = darker_than(slip, paper, whole, threshold)
    return tallest_piece_mm(dark, words[whole], faces[whole], px_per_mm)


@lru_cache(maxsize=8)
def _passages(
    layout: Layout, shape: tuple[int, ...], px_per_mm: float
) -> tuple[tuple[Box, Where, Where], ...]:
    """Return each text that is about no row: its box, a part of the slip about it, and where in
    that part, seen coarsely, it stands.
    """
    found = []
    for box in layout.passages:
        around = slices_of(box.inset(-AROUND_PASSAGE_MM), px_per_mm)
        where = off_all_edges(*around, shape, px_per_mm)
        rows, columns = off_all_edges(*slices_of(box, px_per_mm), shape, px_per_mm)
        within = (_coarsely(rows, where[0].start), _coarsely(columns, where[1].start))
        found.append((box, where, within))
    return tuple(found)


def _coarsely(part: slice, start: int) -> slice:
    """Return the place of `part` in what begins at `start` and is seen at one pixel in COARSE."""
    return slice((part.start - start) // COARSE, (part.stop - start) // COARSE)
