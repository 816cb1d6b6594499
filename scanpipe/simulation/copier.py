"""Owns what a photocopier makes of a printed slip: softer, blacker, a little larger and askew."""

import cv2
import numpy as np

from scanpipe.simulation.pens import Image, as_image
from scanpipe.simulation.strokes import Generator

BLUR_MM = (0.03, 0.07)
"""Lens and toner."""

STRETCH = 0.007
"""Copies are so much longer or wider than what was copied, and not the same both ways."""

SKEW_DEG = 0.4
SHIFT_MM = 0.8
SPECKS = (4, 25)
SPECK_MM = (0.06, 0.2)
"""Half of a speck's width: dust on the glass."""

PAPER = (246, 255)
BLACK = (8, 45)
"""Grey levels that paper and print come out with."""

GRAIN = 6.0
"""Unevenness of the toner, in grey levels."""


def photocopied(print_: Image, dpi: float, rng: Generator) -> Image:
    """Return a copy of the paper `print_`, shape (H, W); what is moved off the sheet is lost."""
    moved = _moved(print_, dpi, rng)
    soft = cv2.GaussianBlur(moved, (0, 0), rng.uniform(*BLUR_MM) * dpi / 25.4)
    # A copier has but a few greys: what is dark becomes black, what is pale becomes white.
    middle, slope = rng.uniform(115, 165), rng.uniform(0.035, 0.06)
    light = 1 / (1 + np.exp(-(soft.astype(np.float64) - middle) * slope))
    black, paper = rng.uniform(*BLACK), rng.uniform(*PAPER)
    toned = black + (paper - black) * light
    grain = cv2.GaussianBlur(rng.normal(0, GRAIN, print_.shape), (0, 0), 1.2) * 3
    return _with_specks(as_image(toned + grain * (1 - light)), dpi, rng)


def _moved(print_: Image, dpi: float, rng: Generator) -> Image:
    height, width = print_.shape
    turn = np.deg2rad(rng.normal(0, SKEW_DEG / 2))
    across, down = 1 + rng.uniform(-STRETCH, STRETCH, 2)
    shift_px = rng.uniform(-SHIFT_MM, SHIFT_MM, 2) * dpi / 25.4
    cos, sin = np.cos(turn), np.sin(turn)
    linear = np.array([[cos * across, -sin * down], [sin * across, cos * down]])
    middle = np.array([width / 2, height / 2])
    matrix = np.column_stack([linear, middle - linear @ middle + shift_px])
    moved = cv2.warpAffine(
        print_, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=(255,)
    )
    return np.asarray(moved, np.uint8)


def _with_specks(copy: Image, dpi: float, rng: Generator) -> Image:
    height, width = copy.shape
    for _ in range(int(rng.integers(*SPECKS))):
        at = (int(rng.integers(width)), int(rng.integers(height)))
        radius_px = max(rng.uniform(*SPECK_MM) * dpi / 25.4, 0.5)
        cv2.circle(copy, at, round(radius_px), (int(rng.integers(20, 120)),), -1, cv2.LINE_AA)
    return copy
