"""Owns whether somebody drew over printed words, or beside them: lines longer, or pieces taller,
than print has, and ink where no print is.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]

RUN_MM = 4.0
"""Shorter lines than this are not looked at: they are parts of letters."""

GAP_MM = 5.0
"""Words of one text stand nearer to each other."""

WAVER_MM = 0.8
"""So far a line drawn by hand may rise or fall meanwhile, with its own thickness."""


def line_across_mm(dark: Bools, px_per_mm: float) -> float:
    """Return how long the longest line is that crosses a picture of words, shape (H, W).

    Letters stand apart; where a coarse scan makes them touch, they do so for a few mm.
    """
    waver, run = round(WAVER_MM * px_per_mm) | 1, round(RUN_MM * px_per_mm)
    near = cv2.dilate(dark.astype(np.uint8), np.ones((waver, 1), np.uint8))
    runs = cv2.morphologyEx(near, cv2.MORPH_OPEN, np.ones((1, run), np.uint8))
    if not runs.any():  # as on nearly all slips
        return 0.0
    _, _, stats, _ = cv2.connectedComponentsWithStats(runs, connectivity=8)
    return float(stats[1:, cv2.CC_STAT_WIDTH].max(initial=0) / px_per_mm)


def tallest_piece_mm(dark: Bools, words: Bools, others: Bools, px_per_mm: float) -> float:
    """Return the height of the tallest dark piece that touches `words` and nothing of `others`."""
    mask = np.ascontiguousarray(dark).view(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    touching = np.zeros(count, np.bool_)
    touching[labels[words]] = True
    touching[labels[others]] = False
    touching[0] = False
    return float(stats[touching, cv2.CC_STAT_HEIGHT].max(initial=0) / px_per_mm)


def tallest_of_all_mm(dark: Bools, px_per_mm: float) -> float:
    """Return the height of the tallest dark piece, whatever it touches."""
    mask = np.ascontiguousarray(dark).view(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return float(stats[1:, cv2.CC_STAT_HEIGHT].max(initial=0) / px_per_mm)


def beside_text(dark: Bools, px_per_mm: float) -> Bools | None:
    """Return what stands apart from the text in a picture of its box, to the left or the right of
    it; None if nothing does, as on nearly all slips.
    """
    columns = np.flatnonzero(dark.any(axis=0))
    ends = np.flatnonzero(np.diff(columns) > GAP_MM * px_per_mm)
    if not ends.size:
        return None
    starts_px = columns[[0, *(ends + 1)]]
    ends_px = columns[[*ends, -1]] + 1
    runs = [slice(*each) for each in zip(starts_px, ends_px, strict=True)]
    text = max(runs, key=lambda run: np.count_nonzero(dark[:, run]))
    beside = dark.copy()
    beside[:, text] = False
    return beside
