"""Owns whether somebody drew over printed words: lines longer, or pieces taller, than print has."""

import cv2
import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]

RUN_MM = 4.0
"""Shorter lines than this are not looked at: they are parts of letters."""

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
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark.astype(np.uint8), connectivity=8)
    touching = np.setdiff1d(labels[words], labels[others])
    heights = stats[touching[touching > 0], cv2.CC_STAT_HEIGHT]
    return float(heights.max(initial=0) / px_per_mm)
