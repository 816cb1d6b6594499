"""Owns the smileys as pictures: the art of the slips, in the report's colours."""

from dataclasses import dataclass

from scanpipe.messages import Messages
from scanpipe.reporting.report.colours import Colour, smiley_colours
from scanpipe.smiley import Curve, Point, Ring, Smiley, mood_of

RADIUS_MM = 5.0
"""About as large as on a slip, so that the lines are as strong for their size."""


@dataclass(frozen=True, slots=True)
class Face:
    """One smiley with its `rating` (from 1), its colour, and a name for who does not see it.

    Its art stands around the point (0, 0), y downwards, `RADIUS_MM` wide.
    """

    rating: int
    colour: Colour
    name: str
    outline: Ring
    curves: tuple[Curve, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """Eyes and mouth as SVG paths."""
        return tuple(_path(curve) for curve in self.curves)


def faces_of(smileys: int, t: Messages) -> tuple[Face, ...]:
    """Return the row of `smileys`, the saddest first, named in the language of `t`."""
    return tuple(
        _face(rating, colour, smileys, t)
        for rating, colour in enumerate(smiley_colours(smileys), start=1)
    )


def _face(rating: int, colour: Colour, smileys: int, t: Messages) -> Face:
    art = Smiley(Point(0.0, 0.0), RADIUS_MM, mood_of(rating, smileys))
    name = _name(rating, smileys, t)
    return Face(rating, colour, name, art.outline(), (*art.eyes(), art.mouth()))


def _name(rating: int, smileys: int, t: Messages) -> str:
    if rating == 1:
        return t("Smiley {number} of {count}, the saddest", number=rating, count=smileys)
    if rating == smileys:
        return t("Smiley {number} of {count}, the happiest", number=rating, count=smileys)
    return t("Smiley {number} of {count}", number=rating, count=smileys)


def _path(curve: Curve) -> str:
    points = (curve.start, curve.control, curve.end)
    start, control, end = (f"{point.x_mm:.3f} {point.y_mm:.3f}" for point in points)
    return f"M{start} Q{control} {end}"
