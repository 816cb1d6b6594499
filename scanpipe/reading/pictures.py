"""Owns the pictures that a person is shown: PNG, no larger than a screen."""

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.layout import Box

Grey = NDArray[np.uint8]

PICTURE_SIDE_PX = 1400


def part_of(slip: Grey, box: Box, px_per_mm: float) -> Grey:
    """Cut `box` out of a rectified slip, shape (H, W)."""
    x0, y0, x1, y1 = (
        round(value * px_per_mm) for value in (box.x_mm, box.y_mm, box.right_mm, box.bottom_mm)
    )
    return slip[y0:y1, x0:x1]


def png(image: Grey) -> bytes:
    """Return `image`, shape (H, W), as a PNG, reduced if it is larger than need be."""
    factor = min(1.0, PICTURE_SIDE_PX / max(image.shape))
    small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    done, data = cv2.imencode(".png", small)
    if not done:
        raise ValueError(f"an image of shape {image.shape} cannot be saved as PNG")
    return data.tobytes()
