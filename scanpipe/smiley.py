"""Owns the smileys' art as geometry in mm: printing draws it, reading masks it out."""

from dataclasses import dataclass

OUTLINE_MM = 0.5
LINE_MM = 0.55

# Shares of the face's radius, from its centre, y downwards. Eyes are lines and not dots: no print
# is wide enough to hide a dab of the pen.
EYE_HALF_HEIGHT_SHARE = 0.085
EYE_PLACE_SHARE = (0.32, -0.22)
MOUTH_Y_SHARE = 0.36
MOUTH_HALF_WIDTH_SHARE = (0.42, 0.54)
MOUTH_BEND_SHARE = 0.34


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the slip in mm, from its top left corner, y downwards."""

    x_mm: float
    y_mm: float


@dataclass(frozen=True, slots=True)
class Ring:
    """A circle's line; `radius_mm` reaches to the middle of the line."""

    centre: Point
    radius_mm: float
    width_mm: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A quadratic Bezier curve drawn with a round pen."""

    start: Point
    control: Point
    end: Point
    width_mm: float

    def points(self, count: int = 24) -> tuple[Point, ...]:
        """Return `count` points along the curve, ends included."""
        return tuple(self._at(i / (count - 1)) for i in range(count))

    def _at(self, t: float) -> Point:
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
        return Point(
            a * self.start.x_mm + b * self.control.x_mm + c * self.end.x_mm,
            a * self.start.y_mm + b * self.control.y_mm + c * self.end.y_mm,
        )


@dataclass(frozen=True, slots=True)
class Smiley:
    """One face; `mood` runs from -1 (saddest) to +1 (happiest)."""

    centre: Point
    radius_mm: float
    mood: float

    def outline(self) -> Ring:
        """Return the face's outline, which ends at the face's radius."""
        return Ring(self.centre, self.radius_mm - OUTLINE_MM / 2, OUTLINE_MM)

    def eyes(self) -> tuple[Curve, Curve]:
        """Return the two eyes: short upright lines."""
        x, y = EYE_PLACE_SHARE
        left, right = (
            Curve(
                self._at(side * x, y - EYE_HALF_HEIGHT_SHARE),
                self._at(side * x, y),
                self._at(side * x, y + EYE_HALF_HEIGHT_SHARE),
                LINE_MM,
            )
            for side in (-1, 1)
        )
        return left, right

    def mouth(self) -> Curve:
        """Return the mouth: one curve whose bend is the mood, wider the stronger the mood."""
        bend = self.mood * MOUTH_BEND_SHARE
        calm, moved = MOUTH_HALF_WIDTH_SHARE
        half = calm + (moved - calm) * abs(self.mood)
        ends_y = MOUTH_Y_SHARE - bend / 2
        return Curve(
            self._at(-half, ends_y),
            self._at(0.0, ends_y + 2 * bend),
            self._at(half, ends_y),
            LINE_MM,
        )

    def lines(self) -> tuple[Curve, ...]:
        """Return all that is drawn within the outline."""
        return (*self.eyes(), self.mouth())

    def _at(self, x_share: float, y_share: float) -> Point:
        return Point(
            self.centre.x_mm + x_share * self.radius_mm, self.centre.y_mm + y_share * self.radius_mm
        )


def mood_of(rating: int, smileys: int) -> float:
    """Return the mood of the face for `rating` (1 = saddest) in a row of `smileys`."""
    return 2 * (rating - 1) / (smileys - 1) - 1
