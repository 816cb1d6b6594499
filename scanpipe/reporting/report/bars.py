"""Owns the stacked bars: how wide each smiley's part of a bar is, and what stands on it."""

from dataclasses import dataclass

from scanpipe.reporting.report.faces import Face
from scanpipe.reporting.report.spelling import Numbers
from scanpipe.reporting.summary import SummaryRow

ROOM_FOR_A_LABEL = 7.0
"""Percent of a bar: narrower parts have no room for a figure on a telephone; the table tells it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One smiley's part of a bar, from `start` on and `width` wide, both in percent of the bar.

    `label` is empty where there is no room for it.
    """

    face: Face
    start: float
    width: float
    label: str

    @property
    def middle(self) -> float:
        """Where a label stands."""
        return self.start + self.width / 2


def parts_of(row: SummaryRow, faces: tuple[Face, ...], numbers: Numbers) -> tuple[Part, ...]:
    """Return the parts of the bar of `row`, saddest first, without those of no slip."""
    parts: list[Part] = []
    before = 0
    for face, count, percent in zip(faces, row.ratings, row.percents, strict=True):
        if count:
            start, width = 100 * before / row.rated, 100 * count / row.rated
            label = numbers.bare_percent(percent) if width >= ROOM_FOR_A_LABEL else ""
            parts.append(Part(face, start, width, label))
        before += count
    return tuple(parts)


def told(row: SummaryRow, faces: tuple[Face, ...], numbers: Numbers) -> str:
    """Return the bar of `row` in words."""
    percents = zip(faces, row.percents, strict=True)
    return "; ".join(f"{face.name}: {numbers.percent(percent)}" for face, percent in percents)
