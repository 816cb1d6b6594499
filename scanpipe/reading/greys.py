"""Owns quantiles of many values: of grey levels by counting, of others without sorting them all.

numpy's own give the same, and cost ten times as much.
"""

import math
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]


def grey_quantiles(image: Grey, shares: Sequence[float]) -> list[float]:
    """Return the grey levels below which `shares` (0-1) of the pixels of `image` lie.

    Between two pixels linear, as numpy's quantiles are (type 7 of Hyndman and Fan 1996).
    """
    counts = cv2.calcHist([np.ascontiguousarray(image)], [0], None, [256], [0, 256]).ravel()
    up_to = np.cumsum(counts.astype(np.int64))
    place = np.asarray(shares) * (up_to[-1] - 1)
    low = np.searchsorted(up_to, np.floor(place), side="right")
    high = np.searchsorted(up_to, np.ceil(place), side="right")
    return [float(value) for value in low + (high - low) * (place - np.floor(place))]


def quantile(values: NDArray[Any], share: float) -> float:
    """Return the value below which `share` (0-1) of `values`, shape (N,), lies; NaN if N is 0.

    Between two values linear, as `grey_quantiles`.
    """
    if not values.size:
        return math.nan
    place = share * (values.size - 1)
    low = int(place)
    parted = np.partition(values, low)
    below, part = float(parted[low]), place - low
    if part == 0:
        return below
    return below + (float(parted[low + 1 :].min()) - below) * part


def median(values: NDArray[Any]) -> float:
    """Return the median of `values`, shape (N,); NaN if N is 0."""
    return quantile(values, 0.5)
