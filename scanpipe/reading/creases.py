"""Owns creases: straight pale lines through the whole band of faces, where the paper was folded."""

import cv2
import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Mask = NDArray[np.uint8]
Floats = NDArray[np.float32]

CREASE_MM = 0.9
"""Width that is taken out along a crease."""

ACROSS_SHARE = 0.85
DOWN_SHARE = 0.93
"""Share of the band's width, or height, that a crease runs through; pen marks are shorter."""

SEEN_SHARE = 0.45
"""Share of a crease that must be seen all the same."""

GAP_MM = 14.0
"""A crease fades, and print hides it, for no longer than this: it may touch a face's outline."""


def find_creases(ink: Bools, darkness: Floats, darkest: float, px_per_mm: float) -> Bools:
    """Return which pixels of the band lie on a crease; `ink` is all that stands out from paper.

    A line whose middle darkness reaches `darkest` was drawn by a pen, and stays.
    """
    height, width = ink.shape
    creases = np.zeros(ink.shape, np.uint8)
    if not _may_run_through(ink):
        return creases > 0
    shortest = min(DOWN_SHARE * height, ACROSS_SHARE * width)
    lines = cv2.HoughLinesP(
        ink.astype(np.uint8) * 255,
        rho=1,
        theta=np.pi / 720,
        threshold=round(SEEN_SHARE * shortest),
        minLineLength=shortest,
        maxLineGap=GAP_MM * px_per_mm,
    )
    for x0, y0, x1, y1 in [] if lines is None else np.reshape(lines, (-1, 4)).astype(int).tolist():
        if not _runs_through(x1 - x0, y1 - y0, ink.shape):
            continue
        line = np.zeros(ink.shape, np.uint8)
        # Half as long again on either side: to the edges of the paper.
        dx, dy = (x1 - x0) // 2, (y1 - y0) // 2
        cv2.line(line, (x0 - dx, y0 - dy), (x1 + dx, y1 + dy), 255, round(CREASE_MM * px_per_mm))
        if float(np.median(darkness[(line > 0) & ink])) < darkest:
            creases |= line
    return creases > 0


def _may_run_through(ink: Bools) -> bool:
    """Whether there is ink far enough apart, which is seldom and quickly seen."""
    _, _, width, height = cv2.boundingRect(ink.view(np.uint8))
    return _runs_through(width - 1, height - 1, ink.shape)


def _runs_through(across_px: int, down_px: int, shape: tuple[int, ...]) -> bool:
    height, width = shape
    return abs(across_px) >= ACROSS_SHARE * width or abs(down_px) >= DOWN_SHARE * height
