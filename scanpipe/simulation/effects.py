"""Owns single effects of scanning: each takes a grey page image and gives a new one."""

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.simulation.pens import Image, as_image
from scanpipe.simulation.strokes import Generator

Homography = NDArray[np.float64]


def blurred(image: Image, sigma_px: float) -> Image:
    """Return the image softened by a Gaussian of `sigma_px`."""
    if sigma_px <= 0:
        return image
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma_px), dtype=np.uint8)


def noisy(image: Image, sigma: float, rng: Generator) -> Image:
    """Return the image with sensor noise of standard deviation `sigma` in grey values."""
    if sigma <= 0:
        return image
    seen = rng.standard_normal(image.shape, dtype=np.float32)
    seen *= sigma
    seen += image
    return as_image(seen)


def weak_contrast(image: Image, contrast: float, pivot: float = 190.0) -> Image:
    """Return the image with every grey drawn towards `pivot` by `contrast` (1 = unchanged)."""
    if contrast == 1:
        return image
    greys = as_image(pivot + (np.arange(256) - pivot) * contrast)
    return np.asarray(greys[image], dtype=np.uint8)


def streaked(image: Image, x_mm: float, dpi: float, darkness: float = 0.55) -> Image:
    """Return the image with the line that dirt on a feeder's glass draws down the page."""
    x = np.arange(image.shape[1]) / dpi * 25.4
    line = darkness * np.exp(-(((x - x_mm) / 0.18) ** 2))
    return as_image(image * (1 - line))


def dusty(image: Image, specks: int, dpi: float, rng: Generator) -> Image:
    """Return the image with `specks` of dust, one in eight of them a hair."""
    dirt = np.zeros(image.shape, dtype=np.uint8)
    for _ in range(specks):
        x, y = rng.uniform(0, 1, 2) * (image.shape[1], image.shape[0])
        shade = int(rng.integers(90, 230))
        if rng.random() < 0.125:
            turns = rng.normal(0, 0.5, 12).cumsum() + rng.uniform(0, 6.3)
            hair = np.stack([np.cos(turns), np.sin(turns)], 1).cumsum(0) * 0.25 * dpi / 25.4
            points = np.rint((hair + np.array([x, y])) * 16).astype(np.int32)
            cv2.polylines(dirt, [points], False, shade, 1, cv2.LINE_AA, 4)
        else:
            radius = np.exp(rng.normal(np.log(0.12), 0.4)) * dpi / 25.4
            place = (int(x * 16), int(y * 16))
            cv2.circle(dirt, place, max(int(radius * 16), 6), shade, -1, cv2.LINE_AA, 4)
    return np.minimum(image, 255 - dirt)


def tabletop(shape: tuple[int, int], level: int, depth: float, rng: Generator) -> Image:
    """Return a table of about the grey `level`, with a grain `depth` (0-1) deep along it."""
    rows = rng.normal(0, 1, (max(shape[0] // 12, 2), max(shape[1] // 160, 2))).astype(np.float32)
    grain = np.asarray(cv2.resize(rows, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC))
    return as_image(level * (1 + depth * grain))


def shaded(image: Image, depth: float, rng: Generator) -> Image:
    """Return the image in uneven light: up to `depth` (0-1) darker away from the lamp."""
    if depth <= 0:
        return image
    lamp_x, lamp_y = rng.uniform(0, 1, 2)
    y, x = np.mgrid[0 : image.shape[0], 0 : image.shape[1]].astype(np.float32)
    away = np.hypot(x / image.shape[1] - lamp_x, y / image.shape[0] - lamp_y)
    return as_image(image * (1 - depth * away / float(away.max())))


def bilevel(image: Image, threshold: int) -> Image:
    """Return the image with nothing but 0 and 255, white from `threshold` on."""
    return np.where(image >= threshold, 255, 0).astype(np.uint8)


def jpeg(image: Image, quality: int) -> Image:
    """Return the image as it comes out of a JPEG file of `quality` (1-100)."""
    packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def tilt(shape: tuple[int, ...], strength: float, rng: Generator) -> Homography:
    """Return a homography as a hand-held camera causes: corners move by `strength` of a side."""
    height, width = shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    inwards = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]], dtype=np.float32)
    moved = corners + inwards * rng.uniform(0, strength, (4, 2)) * (width, height)
    found = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    return np.asarray(found, dtype=np.float64)


def warped(image: Image, homography: Homography, background: int | None) -> Image:
    """Return the image under `homography`, `background` where nothing of it falls.

    A `background` of None goes on as the image's edge does.
    """
    size = (image.shape[1], image.shape[0])
    how = cv2.BORDER_REFLECT if background is None else cv2.BORDER_CONSTANT
    out = cv2.warpPerspective(
        image,
        homography,
        size,
        flags=cv2.INTER_AREA,
        borderMode=how,
        borderValue=(float(background or 0),),
    )
    return np.asarray(out, dtype=np.uint8)
