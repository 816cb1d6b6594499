"""Owns what lies near a mark and is none of it: a word, or another mark, with strokes so close to
those of the mark that all pass for one.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.reading.beside import DIRECTIONS, ROUND_SHARE, directions_of
from scanpipe.reading.faces import Row
from scanpipe.reading.strokes import Bools, Points, Stroke

Float = NDArray[np.float64]

JOINED_MM = 0.8
"""A piece so near to its face goes on within it: the printed line between them is masked."""

LETTER_MM2 = 0.3
"""Smaller pieces are crumbs of a line, not letters."""

TAKEN_SHARE = 0.5
"""A piece is no part of a circle of which there is so much already in the piece's directions."""


def thresholds() -> dict[str, float]:
    """Return the measures in force by which that is told from a mark, for the record of a run."""
    return {"joined_mm": JOINED_MM, "letter_mm2": LETTER_MM2, "taken_share": TAKEN_SHARE}


def apart_px(strokes: Sequence[Stroke], rim: Bools, row: Row, face: int, px_per_mm: float) -> int:
    """Return how many px of the `strokes` about a face hang together neither with what is in it nor
    with print, which may hide what joins them, and are no part of a circle about it.

    0 if nothing is in the face nor goes round it: all of that is judged by where it lies.
    """
    rows, columns = (np.concatenate(each) for each in zip(*strokes, strict=True))
    down, right = rows - row.centres[face, 1], columns - row.centres[face, 0]
    away_px = np.hypot(right, down) - float(row.face_px[face])
    least_px = LETTER_MM2 * px_per_mm**2
    joined = away_px <= JOINED_MM * px_per_mm
    if np.count_nonzero(~joined) < least_px:
        return 0  # as of most marks
    joined |= rim[rows, columns]
    piece = _pieces(rows, columns)
    sizes = np.bincount(piece)
    free = (np.bincount(piece, joined) == 0) & (sizes >= least_px)
    free &= np.bincount(piece, row.at_edge(columns)) == 0
    apart = _off_the_circle(free, piece, directions_of(down, right), away_px > 0)
    return 0 if apart.sum() == np.count_nonzero(sizes) else int(sizes[apart].sum())


def _off_the_circle(free: Bools, piece: Points, direction: Points, outside: Bools) -> Bools:
    """Return which of the pieces that are `free` are none of the circle about a face, if there is
    one: what of a circle is cut off lies where there is none of it yet.
    """
    if len(np.unique(direction[outside])) < ROUND_SHARE * DIRECTIONS:
        return free
    apart = free.copy()
    taken = np.zeros(DIRECTIONS, np.bool_)
    taken[direction[outside & ~free[piece]]] = True
    for label in sorted(np.flatnonzero(free), key=lambda each: -np.count_nonzero(piece == each)):
        own = direction[piece == label]
        if taken[own].mean() < TAKEN_SHARE or _goes_round(own):
            apart[label] = False
            taken[own] = True
    return apart


def _goes_round(direction: Points) -> bool:
    return len(np.unique(direction)) >= ROUND_SHARE * DIRECTIONS


def _pieces(rows: Points, columns: Points) -> Points:
    """Return for each pixel which piece it is of, from 1."""
    top, left = rows.min(), columns.min()
    mask = np.zeros((np.ptp(rows) + 1, np.ptp(columns) + 1), np.uint8)
    mask[rows - top, columns - left] = 1
    _, labels = cv2.connectedComponents(mask, connectivity=8)
    return np.asarray(labels[rows - top, columns - left], np.intp)
