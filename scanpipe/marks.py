"""Owns the numbers in the registration marks: which corner, which session, which form.

The marks are AprilTags of the family 36h11 (Olson 2011; Wang and Olson 2016), 587 numbers.
Number = 4 * slot + corner. A form shifts the slots of each of its corners by amounts of its
own, so that two marks of one slip agree on a session only when they are of the same form.
"""

import hashlib
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

SLOTS = 146
MODULES = 8
"""A mark is 8 by 8 modules: 6 by 6 of data in a black border."""


class Corner(IntEnum):
    """A corner of the upright slip, clockwise from the top left."""

    TOP_LEFT = 0
    TOP_RIGHT = 1
    BOTTOM_RIGHT = 2
    BOTTOM_LEFT = 3


@dataclass(frozen=True, slots=True)
class MarkCode:
    """The numbering of one form's marks."""

    shifts: tuple[int, int, int, int]
    sessions: int

    def number(self, session_index: int, corner: Corner) -> int:
        """Return the number of the mark in `corner` of session `session_index` (from 0)."""
        return 4 * ((session_index + self.shifts[corner]) % SLOTS) + corner

    def session_index(self, number: int) -> int | None:
        """Return the session that mark `number` stands for; None if the form has no such mark."""
        slot, corner = divmod(number, 4)
        index = (slot - self.shifts[corner]) % SLOTS
        return index if slot < SLOTS and index < self.sessions else None


def mark_code(form_id: str, sessions: int, base: int = 0) -> MarkCode:
    """Return the numbering for the form `form_id` with so many `sessions` (at most 146), of which
    the first has the slot `base`.
    """
    digest = hashlib.sha256(form_id.encode()).digest()
    a, b, c, d = (int.from_bytes(digest[4 * i : 4 * i + 4]) % SLOTS for i in range(4))
    return MarkCode((a + base, b + base, c + base, d + base), sessions)


@cache
def mark_modules(number: int) -> tuple[tuple[bool, ...], ...]:
    """Return the mark's modules, 8 rows of 8, True where black."""
    import cv2

    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)
    image = cv2.aruco.generateImageMarker(dictionary, number, MODULES)
    return tuple(tuple(bool(value == 0) for value in row) for row in image)
