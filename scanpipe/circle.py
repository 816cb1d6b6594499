"""Owns the art of a circle to be marked, with a number in it or empty, as geometry in mm.

The digits are lines of one width with round ends, as the faces' eyes and mouths are: no print is
wide enough to hide a dab of the pen, and printing and reading draw the same.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from scanpipe.smiley import OUTLINE_MM, Curve, Point, Ring

DIGIT_LINE_MM = (0.45, 0.6)
"""Thinnest and widest line; in a large circle a thin one looks lost."""

DIGIT_LINE_SHARE = 0.09
"""Width of the line in radii of the circle, between these."""

DIGIT_HEIGHT_SHARE = 0.92
"""Height of the only digit in radii of the circle; of two digits less, so that both fit."""

TWO_DIGITS_SHARE = 0.8
ADVANCE = 0.68
"""From one digit to the next, in heights of a digit."""

_Stroke = tuple[tuple[float, float], ...]


def _arc(
    x: float, y: float, across: float, down: float, first_deg: float, last_deg: float
) -> _Stroke:
    """Return an ellipse's arc as start, control, end, control, end ... of quadratic curves."""
    pieces = max(1, math.ceil(abs(last_deg - first_deg) / 45))
    step = math.radians(last_deg - first_deg) / pieces
    angles = [math.radians(first_deg) + i * step for i in range(pieces + 1)]
    beyond = 1 / math.cos(step / 2)
    points = [(x + across * math.cos(angles[0]), y + down * math.sin(angles[0]))]
    for one, other in pairwise(angles):
        middle = (one + other) / 2
        points.append(
            (x + across * beyond * math.cos(middle), y + down * beyond * math.sin(middle))
        )
        points.append((x + across * math.cos(other), y + down * math.sin(other)))
    return tuple(points)


def _line(*corners: tuple[float, float]) -> _Stroke:
    """Return straight lines through `corners` as quadratic curves."""
    points = [corners[0]]
    for (x1, y1), (x2, y2) in pairwise(corners):
        points += [((x1 + x2) / 2, (y1 + y2) / 2), (x2, y2)]
    return tuple(points)


_DIGITS: dict[str, tuple[_Stroke, ...]] = {
    "0": (_arc(0, 0, 0.28, 0.5, -90, 270),),
    "1": (_line((-0.16, -0.34), (0.06, -0.5), (0.06, 0.5)),),
    "2": (
        _arc(0, -0.23, 0.26, 0.27, -170, 35),
        _line((0.213, -0.075), (-0.28, 0.5), (0.29, 0.5)),
    ),
    "3": (
        _arc(-0.02, -0.26, 0.24, 0.24, -160, 90),
        _arc(-0.02, 0.23, 0.28, 0.27, -90, 155),
        _line((-0.1, -0.03), (-0.02, -0.03)),
    ),
    "4": (_line((0.1, -0.5), (-0.31, 0.2), (0.31, 0.2)), _line((0.13, -0.16), (0.13, 0.5))),
    "5": (
        _line((0.23, -0.5), (-0.19, -0.5), (-0.23, -0.05)),
        _arc(-0.02, 0.17, 0.29, 0.33, -138, 143),
    ),
    "6": (_arc(0, 0.2, 0.28, 0.3, -180, 180), ((-0.28, 0.2), (-0.3, -0.36), (0.17, -0.5))),
    "7": (_line((-0.28, -0.5), (0.28, -0.5), (-0.06, 0.5)),),
    "8": (_arc(0, -0.26, 0.22, 0.24, 90, 450), _arc(0, 0.24, 0.28, 0.26, -90, 270)),
    "9": (_arc(0, -0.2, 0.28, 0.3, 0, 360), ((0.28, -0.2), (0.3, 0.36), (-0.17, 0.5))),
}
"""Strokes of each digit, one high about the origin, y downwards."""


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle to be marked; `number` stands in it, None for nothing."""

    centre: Point
    radius_mm: float
    number: int | None

    def outline(self) -> Ring:
        """Return the circle's line, which ends at the circle's radius."""
        return Ring(self.centre, self.radius_mm - OUTLINE_MM / 2, OUTLINE_MM)

    def lines(self) -> tuple[Curve, ...]:
        """Return the lines of the number."""
        digits = "" if self.number is None else str(self.number)
        share = DIGIT_HEIGHT_SHARE * (TWO_DIGITS_SHARE if len(digits) > 1 else 1)
        height_mm = share * self.radius_mm
        first_x_mm = self.centre.x_mm - ADVANCE * height_mm * (len(digits) - 1) / 2
        return tuple(
            curve
            for place, digit in enumerate(digits)
            for stroke in _DIGITS[digit]
            for curve in self._curves(stroke, first_x_mm + place * ADVANCE * height_mm, height_mm)
        )

    def _curves(self, stroke: _Stroke, x_mm: float, height_mm: float) -> Iterator[Curve]:
        thinnest, widest = DIGIT_LINE_MM
        line_mm = min(max(thinnest, DIGIT_LINE_SHARE * self.radius_mm), widest)
        points = [Point(x_mm + x * height_mm, self.centre.y_mm + y * height_mm) for x, y in stroke]
        for start, control, end in zip(points[:-1:2], points[1::2], points[2::2], strict=True):
            yield Curve(start, control, end, line_mm)
