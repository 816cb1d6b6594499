"""Owns which session fields look the same everywhere, so that one reading of them serves for all.

Recognising a line of text costs as much as everything else on a slip together, and a stack shows
the same few lines over and over. Two names may differ in one glyph, so fields are alike only where
no place of the one is unlike the other, and only among slips whose marks say the same session.
"""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.reading.measures import FieldText

Grey = NDArray[np.uint8]
Float = NDArray[np.float64]

SHIFT_PX = 4
"""Registration puts a line down again within half a millimetre."""

UNLIKE = 32.0
"""Grey levels, of 255, by which two fields may differ in any spot of 3 x 3 px once a line's edge
may lie a pixel off. Scans of one field differ by 10 in grey, or 0 in black and white at 300 dpi;
the capital I and the small l, the nearest two glyphs, by 45."""

MOST_KINDS = 8
"""A field is compared with so many others of its session: dirt makes each of its own kind."""


Recognise = Callable[[Sequence[Grey]], list[FieldText]]
Bears = Callable[[FieldText, int], bool]
Anew = Callable[[int], Grey | None]


class Fields:
    """The session fields of some pages. Of those that look the same one image is held."""

    def __init__(self) -> None:
        self._images: dict[int, Grey] = {}
        self._of_session: dict[int, list[int]] = {}
        self._marked: list[int | None] = []
        self._first: list[int] = []

    def add(self, image: Grey, marked: int | None) -> None:
        """Take in a field's `image` (see `session.field_image`) and the session that the slip's
        marks say, None if they say none.
        """
        number = len(self._first)
        before = [] if marked is None else self._of_session.setdefault(marked, [])
        like = next((each for each in before if alike(self._images[each], image)), number)
        if like == number:
            self._images[number] = image
            if len(before) < MOST_KINDS:
                before.append(number)
        self._first.append(like)
        self._marked.append(marked)

    def texts(self, recognise: Recognise, bears_out: Bears, anew: Anew) -> list[FieldText]:
        """Return the text of every field, having those that look the same recognised once.

        `bears_out`: whether a text is that of the session that the marks say. One that is not
        serves for its own field alone. `anew` gives the image of a field, by its number from 0,
        that is not held; None if it cannot be had any more.
        """
        found = dict(zip(self._images, recognise([*self._images.values()]), strict=True))
        again = {
            number: image
            for number, like in enumerate(self._first)
            if number != like
            and not self._serves(found[like], number, bears_out)
            and (image := anew(number)) is not None
        }
        found |= zip(again, recognise([*again.values()]), strict=True)
        return [found.get(number, found[like]) for number, like in enumerate(self._first)]

    def _serves(self, text: FieldText, number: int, bears_out: Bears) -> bool:
        marked = self._marked[number]
        return marked is not None and bears_out(text, marked)


def alike(one: Grey, other: Grey) -> bool:
    """Whether two field images show the same in every place."""
    return one.shape == other.shape and _unlikeness(*_laid_on_each_other(one, other)) < UNLIKE


def _unlikeness(one: Grey, other: Grey) -> float:
    """Return by how many grey levels two images differ where they differ most."""
    square = np.ones((3, 3), np.uint8)
    missing = (
        cv2.subtract(cv2.erode(one, square), other),
        cv2.subtract(cv2.erode(other, square), one),
    )
    differs = cv2.max(*missing)
    return float(cv2.boxFilter(differs, cv2.CV_32F, (3, 3)).max())


def _laid_on_each_other(one: Grey, other: Grey) -> tuple[Grey, Grey]:
    """Return what two images have in common once the second is shifted to fit the first."""
    down, across = (_shift(_profile(one, axis), _profile(other, axis)) for axis in (1, 0))
    rows, columns = _overlap(down, len(one)), _overlap(across, one.shape[1])
    return one[rows[0], columns[0]], other[rows[1], columns[1]]


def _profile(image: Grey, axis: int) -> Float:
    return np.asarray(cv2.reduce(image, axis, cv2.REDUCE_AVG, dtype=cv2.CV_64F).ravel())


def _shift(one: Float, other: Float) -> int:
    """Return by how many steps `other` lies further along than `one`, at most SHIFT_PX."""
    core = one[SHIFT_PX:-SHIFT_PX]
    steps = range(2 * SHIFT_PX + 1)
    misfits = [float(np.square(other[s : s + len(core)] - core).sum()) for s in steps]
    return int(np.argmin(misfits)) - SHIFT_PX


def _overlap(shift: int, length: int) -> tuple[slice, slice]:
    """Return which part of the first, and of the second, lies on the other."""
    return slice(max(-shift, 0), length - max(shift, 0)), slice(
        max(shift, 0), length - max(-shift, 0)
    )
