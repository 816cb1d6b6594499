"""Owns which session fields look the same everywhere, so that one reading of them serves for all.

Recognising a line of text costs as much as everything else on a slip together, and a stack shows
the same few lines over and over. Two names may differ in one glyph, so fields are alike only where
no place of the one is unlike the other, and only among slips whose marks say the same session.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A session field's `image` (see `session.field_image`) and the session that the slip's marks
    say, None if they say none.
    """

    image: Grey
    marked: int | None


Recognise = Callable[[Sequence[Grey]], list[FieldText]]
Bears = Callable[[FieldText, int], bool]


def read_fields(fields: Sequence[Field], recognise: Recognise, bears_out: Bears) -> list[FieldText]:
    """Return the text of every field, having those that look the same recognised once.

    `bears_out`: whether a text is that of the session that the marks say. One that is not
    serves for its own field alone.
    """
    kinds = _kinds(fields)
    first = sorted(set(kinds))
    texts = dict(zip(first, recognise([fields[i].image for i in first]), strict=True))
    again = [
        i
        for i, kind in enumerate(kinds)
        if i != kind and not _serves(texts[kind], fields[i], bears_out)
    ]
    texts |= zip(again, recognise([fields[i].image for i in again]), strict=True)
    return [texts[i] if i in texts else texts[kind] for i, kind in enumerate(kinds)]


def _serves(text: FieldText, field: Field, bears_out: Bears) -> bool:
    return field.marked is not None and bears_out(text, field.marked)


def _kinds(fields: Sequence[Field]) -> list[int]:
    """Return for each field the first one that it is like: itself, if there is none before."""
    known: dict[int, list[int]] = {}
    kinds = []
    for i, field in enumerate(fields):
        before = [] if field.marked is None else known.setdefault(field.marked, [])
        like = next((j for j in before if alike(fields[j].image, field.image)), i)
        if like == i and len(before) < MOST_KINDS:
            before.append(i)
        kinds.append(like)
    return kinds


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
