"""Owns what happens to a slip between the printer and the scanner: toner, knife, coffee, tears."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.marks import Corner
from scanpipe.simulation.pens import Image, Pen, as_image, draw
from scanpipe.simulation.strokes import Generator, Kind, draw_kind

TEAR_MM = (19.0, 27.0)
"""How far along the edges a torn corner reaches: it takes the registration mark with it."""

STAPLE_MM = (12.0, 0.5)
STAPLE_GREY = 60

HOLE_MM = 5.5
HOLE_GREY = 20
"""A punch for files makes holes of 5 to 6 mm; the lid of many a feeder is black."""


@dataclass(frozen=True, slots=True)
class Wear:
    """The state of one printed slip.

    `toner` (0-1): how black the print is. `scale`: what the printer made of the page when it
    fitted it to the paper. `torn`: corners that are gone. `crooked_mm`: how far the knife
    strayed inwards. `stains`: how many. `show_through` (0-1): how strongly writing on the
    back is seen. `copies`: how many times the print was photocopied, one from the other. `duplex`
    (0-1): how strongly the same slip printed on the back is seen.
    """

    toner: float = 1.0
    scale: float = 1.0
    torn: tuple[Corner, ...] = ()
    crooked_mm: float = 0.0
    stains: int = 0
    fold: bool = False
    show_through: float = 0.0
    copies: int = 0
    duplex: float = 0.0


FRESH = Wear()


def faint_toner(print_: Image, toner: float, dpi: float, rng: Generator) -> Image:
    """Return the print with its black reduced to `toner`, unevenly, as an empty cartridge does."""
    if toner >= 1:
        return print_
    # In place: new memory for millions of numbers takes longer than the sums.
    strength = _patches(print_.shape, 12 * dpi / 25.4, rng)
    strength -= 0.5
    strength *= 0.25 * (1 - toner)
    strength += toner
    np.clip(strength, 0, 1, out=strength)
    strength *= 255 - print_
    return as_image(np.subtract(255, strength, out=strength))


def resized(image: Image, scale: float) -> Image:
    """Return the image `scale` times as big."""
    if scale == 1:
        return image
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, size, interpolation=smooth), dtype=np.uint8)


def stained(image: Image, count: int, dpi: float, rng: Generator) -> Image:
    """Return the image with `count` stains: pale blots whose rims are darker."""
    for _ in range(count):
        blot = np.zeros(image.shape, dtype=np.float32)
        centre = rng.uniform(0, 1, 2) * (image.shape[1], image.shape[0])
        axes = np.exp(rng.normal(np.log(6), 0.5, 2)) * dpi / 25.4
        box = (tuple(centre.tolist()), tuple((2 * axes).tolist()), float(rng.uniform(0, 180)))
        cv2.ellipse(blot, box, 1.0, -1, cv2.LINE_AA)
        cv2.ellipse(blot, box, 2.0, max(round(0.4 * dpi / 25.4), 1), cv2.LINE_AA)
        blot = np.asarray(cv2.GaussianBlur(blot, (0, 0), 0.25 * dpi / 25.4), dtype=np.float32)
        image = _darkened(image, blot * rng.uniform(0.04, 0.16))
    return image


def stapled(image: Image, at_mm: tuple[float, float], turn_deg: float, dpi: float) -> Image:
    """Return the image with a staple whose middle is `at_mm`, as it lies on the slip's front."""
    pinned = image.copy()
    length_px, breadth_px, x_px, y_px = (mm * dpi / 25.4 for mm in (*STAPLE_MM, *at_mm))
    corners = cv2.boxPoints(((x_px, y_px), (length_px, breadth_px), turn_deg))
    cv2.fillPoly(pinned, [np.rint(corners * 16).astype(np.int32)], STAPLE_GREY, cv2.LINE_AA, 4)
    return pinned


def punched(image: Image, at_mm: tuple[float, float], dpi: float, lid: int = HOLE_GREY) -> Image:
    """Return the image with a hole through which the scanner's `lid` (0-255) is seen."""
    holed = image.copy()
    centre = tuple(round(mm * dpi / 25.4 * 16) for mm in at_mm)
    cv2.circle(holed, centre, round(HOLE_MM / 2 * dpi / 25.4 * 16), lid, -1, cv2.LINE_AA, 4)
    return holed


def folded(image: Image, dpi: float, rng: Generator) -> Image:
    """Return the image with a fold across: a dark hairline and a soft shadow to one side."""
    height, width = image.shape
    angle = rng.normal(0 if rng.random() < 0.5 else np.pi / 2, 0.05)
    x0, y0 = rng.uniform(0.3, 0.7, 2) * (width, height)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    away_mm = ((x - x0) * np.sin(angle) - (y - y0) * np.cos(angle)) * 25.4 / dpi
    line = 0.3 * np.exp(-((away_mm / 0.12) ** 2))
    shadow = 0.08 * np.exp(-np.abs(away_mm) / 2.5) * (away_mm > 0)
    return _darkened(image, line + shadow)


def written_back(shape: tuple[int, ...], dpi: float, rng: Generator) -> Image:
    """Return a slip's back of `shape` with some lines of handwriting on it."""
    back = np.full(shape, 255, dtype=np.uint8)
    pen = Pen(0.5, 0.85)
    for y in np.arange(0.2, 0.8, 0.12) * shape[0]:
        for x in np.arange(0.15, rng.uniform(0.5, 0.85), 0.14) * shape[1]:
            size_px = rng.uniform(12, 17) * dpi / 25.4
            strokes = draw_kind(Kind.SCRIBBLE, rng)
            back = draw(back, strokes, (float(x), float(y)), size_px, pen, dpi, rng)
    return back


def shown_through(front: Image, back: Image, strength: float) -> Image:
    """Return `front` with the mirrored and softened `back` seen through the paper."""
    seen = cv2.GaussianBlur(back[:, ::-1], (0, 0), 2.0)
    return _darkened(front, strength * (255 - np.asarray(seen, dtype=np.float32)) / 255)


def torn(cover: Image, corner: Corner, dpi: float, rng: Generator) -> Image:
    """Return where there is paper after `corner` is torn off along a ragged line."""
    height, width = cover.shape
    along_x, along_y = rng.uniform(*TEAR_MM, 2) * dpi / 25.4
    share = np.linspace(0, 1, 40)
    ragged = rng.normal(0, 0.25 * dpi / 25.4, (40, 2)).cumsum(axis=0) * 0.35
    edge = np.stack([along_x * share, along_y * (1 - share)], axis=1) + ragged
    outside = np.concatenate([[[-50, along_y]], edge, [[along_x, -50], [-50, -50]]])
    if corner in (Corner.TOP_RIGHT, Corner.BOTTOM_RIGHT):
        outside[:, 0] = width - 1 - outside[:, 0]
    if corner in (Corner.BOTTOM_LEFT, Corner.BOTTOM_RIGHT):
        outside[:, 1] = height - 1 - outside[:, 1]
    left = cover.copy()
    cv2.fillPoly(left, [np.rint(outside * 16).astype(np.int32)], 0, cv2.LINE_AA, 4)
    return left


def cut_crooked(cover: Image, crooked_mm: float, dpi: float, rng: Generator) -> Image:
    """Return where there is paper after each edge was cut up to `crooked_mm` too far in."""
    height, width = cover.shape
    inset = rng.uniform(0, crooked_mm * dpi / 25.4, (4, 2))
    inwards = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]]) + inset * inwards
    paper = np.zeros_like(cover)
    cv2.fillPoly(paper, [np.rint(corners * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return np.minimum(cover, paper)


def _darkened(image: Image, by: NDArray[np.floating]) -> Image:
    return as_image(image * (1 - np.clip(by, 0, 1)))


def _patches(shape: tuple[int, ...], patch_px: float, rng: Generator) -> NDArray[np.float64]:
    """Return slow changes between 0 and 1 over an image of `shape`."""
    small = (int(shape[0] / patch_px) + 2, int(shape[1] / patch_px) + 2)
    return np.asarray(cv2.resize(rng.random(small), (shape[1], shape[0])), dtype=np.float64)
