"""Owns pens: how a line of ink looks on paper, and putting a mark where a hand would."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.simulation.strokes import Generator, Polyline, Strokes

Image = NDArray[np.uint8]
"""A grey image of shape (height, width); 255 is white."""

_SUBPIXEL_BITS = 4

_SOFT_RIM_PX = 0.6
"""By so much OpenCV's anti-aliased discs are larger than their radius, measured."""


def as_image(values: NDArray[np.floating]) -> Image:
    """Return grey values of any precision as an image."""
    # OpenCV rounds as numpy does and keeps to the limits, in one pass without a copy between.
    rounded = cv2.add(values, np.zeros(4), dtype=cv2.CV_8U)
    return np.asarray(rounded, dtype=np.uint8).reshape(values.shape)


@dataclass(frozen=True, slots=True)
class Pen:
    """A pen as a grey scan sees it.

    `width_mm` is the line's width; `darkness` (0-1) how much light the ink takes;
    `grain` (0-1) how much of the paper's tooth shows through; `pressure` how much width
    and darkness vary along a line; `tint` how much of `darkness` the ink has in red, green
    and blue light.
    """

    width_mm: float
    darkness: float
    grain: float = 0.1
    pressure: float = 0.12
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)

    def in_channel(self, channel: int) -> "Pen":
        """Return the pen as red (0), green (1) or blue (2) light sees it."""
        return replace(self, darkness=min(self.darkness * self.tint[channel], 0.97))


@dataclass(frozen=True, slots=True)
class Marking:
    """Ink that one person put at the face of `rating`.

    `size`: longer side of the strokes in face widths. `offset`: the middle of the strokes
    from the face's middle, in face widths, right and down. `kind` is for the truth only.
    """

    rating: int
    strokes: Strokes
    pen: Pen
    size: float = 1.0
    offset: tuple[float, float] = (0.0, 0.0)
    kind: str = ""


def draw(
    image: Image,
    strokes: Strokes,
    centre_px: tuple[float, float],
    size_px: float,
    pen: Pen,
    dpi: float,
    rng: Generator,
) -> Image:
    """Return `image` with the strokes inked on it; ink only ever darkens.

    The middle of the strokes' bounding box comes to `centre_px`, its longer side is
    `size_px` long.
    """
    lines = _placed(strokes, centre_px, size_px)
    width_px = max(pen.width_mm / 25.4 * dpi, 1.0)
    left, top, right, bottom = _reach(lines, width_px, image.shape)
    if left >= right or top >= bottom:
        return image.copy()
    light = np.ones((bottom - top, right - left), dtype=np.float32)
    tooth = _tooth(light.shape, dpi, rng)
    for line in lines:
        ink = _coverage(line - [left, top], light.shape, width_px, pen.pressure, rng)
        strength = pen.darkness * (1 + rng.normal(0, pen.pressure / 3))
        light *= 1 - np.clip(ink * strength * (1 - pen.grain * tooth), 0, 0.98)
    inked = image.copy()
    part = inked[top:bottom, left:right]
    part[:] = as_image(part * light)
    return inked


def _placed(strokes: Strokes, centre_px: tuple[float, float], size_px: float) -> list[Polyline]:
    lines = [np.asarray(line, dtype=np.float64).reshape(-1, 2) for line in strokes]
    points = np.concatenate(lines)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    return [(line - middle) * size_px + centre_px for line in lines]


def _reach(
    lines: Sequence[Polyline], width_px: float, shape: tuple[int, ...]
) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom of the pixels that ink may reach, within the image."""
    points = np.concatenate(lines)
    low = np.floor(points.min(axis=0) - width_px - 2).astype(int)
    high = np.ceil(points.max(axis=0) + width_px + 3).astype(int)
    return (
        max(int(low[0]), 0),
        max(int(low[1]), 0),
        min(int(high[0]), shape[1]),
        min(int(high[1]), shape[0]),
    )


def _coverage(
    line: Polyline, shape: tuple[int, ...], width_px: float, pressure: float, rng: Generator
) -> NDArray[np.float32]:
    """Return how much of each pixel the line covers, 0-1: round stamps along it."""
    stamps = _resampled(line, max(width_px / 8, 0.6))
    slow = np.interp(
        np.linspace(0, 1, len(stamps)), np.linspace(0, 1, 7), rng.normal(1, pressure, 7)
    )
    radii = np.clip(width_px / 2 * slow - _SOFT_RIM_PX, 0.25, None)
    taper = min(len(stamps) // 4, 6)
    if taper:
        radii[-taper:] *= np.linspace(1, 0.6, taper)
    mask = np.zeros(shape, dtype=np.uint8)
    scale = 1 << _SUBPIXEL_BITS
    centres, reaches = (np.rint(each * scale).astype(int).tolist() for each in (stamps, radii))
    for centre, radius in zip(centres, reaches, strict=True):
        cv2.circle(mask, centre, radius, 255, -1, cv2.LINE_AA, _SUBPIXEL_BITS)
    return np.asarray(mask, dtype=np.float32) / np.float32(255)


def _resampled(line: Polyline, step_px: float) -> Polyline:
    """Return points along the line, `step_px` apart, both ends included."""
    lengths = np.hypot(*np.diff(line, axis=0).T)
    reach = np.concatenate([[0.0], np.cumsum(lengths)])
    if reach[-1] == 0:
        return line[:1]
    at = np.linspace(0, reach[-1], max(int(reach[-1] / step_px) + 1, 2))
    return np.stack([np.interp(at, reach, line[:, axis]) for axis in (0, 1)], axis=1)


def _tooth(shape: tuple[int, ...], dpi: float, rng: Generator) -> NDArray[np.float32]:
    """Return the paper's tooth, 0-1: specks of about a tenth of a millimetre."""
    speck_px = max(dpi / 25.4 * 0.1, 1.0)
    small = (max(int(shape[0] / speck_px), 1), max(int(shape[1] / speck_px), 1))
    specks = rng.random(small, dtype=np.float32)
    grown = cv2.resize(specks, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(grown, dtype=np.float32).reshape(shape[0], shape[1])
