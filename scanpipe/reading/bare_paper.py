"""Owns the light of a slip's bare paper, against which all that is on it is dark."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.reading.greys import quantile

Grey = NDArray[np.uint8]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]
Where = tuple[slice, slice]

PAPER_STEP_MM = 2.0
"""Grid on which the paper's light is taken."""

FAR_APART_PX = 32
"""The paper's light, which changes slowly, is told well enough at one pixel in so many."""


@dataclass(frozen=True, slots=True, eq=False)
class Paper:
    """The light of a slip's bare paper: 1, x, y, x², xy and y² times `terms`, where x and y go
    from -1 to 1 over `shape`.
    """

    terms: Floats
    shape: tuple[int, int]

    def light(self, rows: slice, every: int = 1) -> Floats:
        """Return the grey level of the paper in some rows, at one pixel in `every` each way."""
        height, width = self.shape
        x = np.linspace(-1, 1, width, dtype=np.float32)[None, ::every]
        y = np.linspace(-1, 1, height, dtype=np.float32)[rows, None][::every]
        one, of_x, of_y, xx, xy, yy = self.terms
        along = one + of_x * x + xx * x * x
        light = along + (of_y * y + yy * y * y)
        light += (xy * y) * x
        return np.asarray(np.clip(light, 32, 255, out=light), np.float32)


def find_paper(slip: Grey, px_per_mm: float) -> Paper:
    """Find the light of the bare paper: a quadratic surface through the lightest places."""
    height, width = slip.shape
    step_px = PAPER_STEP_MM * px_per_mm
    size = (max(8, round(width / step_px)), max(8, round(height / step_px)))
    small = cv2.resize(_halved(_halved(slip)), size, interpolation=cv2.INTER_AREA)
    light = cv2.dilate(small, np.ones((3, 3), np.uint8)).astype(np.float64).ravel()
    terms = _quadratic_terms(*size)
    keep = light >= quantile(light, 0.3)
    for _ in range(3):
        kept = terms[keep]
        fitted = np.linalg.solve(kept.T @ kept, kept.T @ light[keep])
        surface = terms @ fitted
        keep = light > surface - max(6.0, float(np.std(light[keep] - surface[keep])))
    return Paper(fitted.astype(np.float32), (height, width))


def _halved(grey: Grey) -> Grey:
    """Return every two by two pixels as one: what OpenCV does ten times as fast as any other."""
    height, width = (side // 2 for side in grey.shape)
    even = grey[: 2 * height, : 2 * width]
    return np.asarray(cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


@lru_cache(maxsize=4)
def _quadratic_terms(width: int, height: int) -> NDArray[np.float64]:
    """Return 1, x, y, x², xy and y² of every place of a grid, shape (height * width, 6)."""
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    return np.column_stack([each.ravel() for each in (x**0, x, y, x * x, x * y, y * y)])


def darker_than(slip: Grey, paper: Paper, where: Where, threshold: float) -> Bools:
    """Return where in a part of the slip it is darker than the paper by `threshold`."""
    rows, columns = where
    darkest = np.asarray(paper.light(rows, FAR_APART_PX) * (1 - threshold), np.uint8)
    part = slip[rows]
    return np.asarray((part <= cv2.resize(darkest, part.shape[::-1]))[:, columns], np.bool_)
