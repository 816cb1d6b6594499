"""Owns where letters stand in a rectified slip: the words that were printed, drawn again."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from scanpipe.lettering import MM_PER_PT, Line, Words, font_file
from scanpipe.reading.places import Where, slices_of

Mask = NDArray[np.uint8]
Floats = NDArray[np.float32]
Labels = NDArray[np.int32]

FINER = 4
"""Letters are drawn so many times too large: their edge is then known to a fraction of a pixel."""

FULL = 200
"""A pixel so full, of 255, shows a letter in any scan."""

WORD_GAP_MM = 0.5
"""Letters of one word stand nearer to each other."""

SHORTEST_WORD_MM2 = 0.4
"""With less print than this, a dash or a dot, nothing can be told of a word."""

EM_PX = 1000
"""In this size a letter's advance is told to a thousandth of the font's size."""


@dataclass(frozen=True, slots=True, eq=False)
class Letters:
    """The words in one box of a slip, all of the shape of `where`.

    `image`: how full of print each pixel is, 0-255. `away_mm`: how far from the nearest letter it
    is. `word`: which word (from 1) a pixel full of print is of; 0 for no pixel full of print.
    """

    where: Where
    image: Mask
    away_mm: Floats
    word: Labels


def letters_of(words: Words, px_per_mm: float) -> Letters | None:
    """Return where letters stand in a slip with such `words` on it; None if there are none."""
    where = slices_of(words.box, px_per_mm)
    height, width = (side.stop - side.start for side in where)
    fine = _drawn(words, where, px_per_mm)
    image = np.asarray(cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    word = _words_in(image, px_per_mm)
    if not word.any():
        return None
    bare = (fine < 128).astype(np.uint8)
    away_px = cv2.distanceTransform(bare, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    away_px = cv2.resize(away_px, (width, height), interpolation=cv2.INTER_AREA)
    return Letters(where, image, np.asarray(away_px / (FINER * px_per_mm), np.float32), word)


def _words_in(image: Mask, px_per_mm: float) -> Labels:
    gap_px = 2 * round(WORD_GAP_MM * px_per_mm) + 1
    joined = cv2.dilate((image >= FULL).view(np.uint8), np.ones((3, gap_px), np.uint8))
    _, labels = cv2.connectedComponents(joined, connectivity=8)
    word = np.where(image >= FULL, labels, 0)
    sizes = np.bincount(word.ravel())
    word[(sizes < SHORTEST_WORD_MM2 * px_per_mm**2)[word]] = 0
    return np.asarray(word, np.int32)


def _drawn(words: Words, where: Where, px_per_mm: float) -> Mask:
    """Return the words as white letters in a picture FINER times as large as `where`."""
    scale = px_per_mm * FINER
    (top, left), (bottom, right) = ((s.start for s in where), (s.stop for s in where))
    picture = Image.new("L", ((right - left) * FINER, (bottom - top) * FINER))
    pen = ImageDraw.Draw(picture)
    for line in words.lines:
        font = _font(line.font, line.size_pt * MM_PER_PT * scale)
        y = line.middle.y_mm * scale - top * FINER
        for letter, x_mm in _set(line):
            # Each letter by itself: a word drawn at once would have all widths rounded.
            pen.text((x_mm * scale - left * FINER, y), letter, 255, font, anchor="ls")
    return np.asarray(picture, np.uint8)


def _set(line: Line) -> Iterator[tuple[str, float]]:
    """Yield each letter of a line, and the x at which it begins, mm."""
    em_mm = line.size_pt * MM_PER_PT
    advances_mm = [_advance_em(line.font, letter) * em_mm for letter in line.text]
    x_mm = line.middle.x_mm - sum(advances_mm) / 2
    for letter, advance_mm in zip(line.text, advances_mm, strict=True):
        yield letter, x_mm
        x_mm += advance_mm


@lru_cache(maxsize=1024)
def _advance_em(name: str, letter: str) -> float:
    return _font(name, EM_PX).getlength(letter) / EM_PX


@lru_cache(maxsize=32)
def _font(name: str, size_px: float) -> ImageFont.FreeTypeFont:
    file = io.BytesIO(font_file(name))
    return ImageFont.truetype(file, size_px, layout_engine=ImageFont.Layout.BASIC)
