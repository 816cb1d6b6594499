"""Owns the pictures that a person is shown: PNG, no larger than a screen."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.layout import Box

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]

PICTURE_SIDE_PX = 1400
PALE = 0.75
"""What needs no look is brought so near to white: still to be known, and out of the way."""


def part_of(slip: Grey, box: Box, px_per_mm: float) -> Grey:
    """Cut `box` out of a rectified slip, shape (H, W)."""
    x0, y0, x1, y1 = (
        round(value * px_per_mm) for value in (box.x_mm, box.y_mm, box.right_mm, box.bottom_mm)
    )
    return slip[y0:y1, x0:x1]


def paled(page: Grey, outlines_px: Sequence[Floats]) -> Grey:
    """Return `page`, shape (H, W), with what lies in the outlines, shape (4, 2), made pale."""
    inside = np.zeros(page.shape, np.uint8)
    for outline in outlines_px:
        cv2.fillConvexPoly(inside, np.rint(outline).astype(np.int32), (1,))
    pale = cv2.LUT(page, np.rint(255 - (1 - PALE) * (255 - np.arange(256))).astype(np.uint8))
    return np.where(inside > 0, np.asarray(pale, np.uint8), page)


def png(image: Grey) -> bytes:
    """Return `image`, shape (H, W), as a PNG, reduced if it is larger than need be."""
    factor = min(1.0, PICTURE_SIDE_PX / max(image.shape))
    small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    done, data = cv2.imencode(".png", small)
    if not done:
        raise ValueError(f"an image of shape {image.shape} cannot be saved as PNG")
    return data.tobytes()
