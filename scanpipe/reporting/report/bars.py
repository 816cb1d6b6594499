"""Owns the stacked bars: how wide each answer's part of a bar is, and what stands on it."""

from dataclasses import dataclass

from scanpipe.reporting.report.answers import Answer
from scanpipe.reporting.report.spelling import Numbers
from scanpipe.reporting.report.topics import Line

ROOM_FOR_A_LABEL = 7.0
"""Percent of a bar: narrower parts have no room for a figure on a telephone; the table tells it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One answer's part of a bar, from `start` on and `width` wide, both in percent of the bar.

    `label` is empty where there is no room for it.
    """

    answer: Answer
    start: float
    width: float
    label: str

    @property
    def middle(self) -> float:
        """Where a label stands."""
        return self.start + self.width / 2


def parts_of(line: Line, answers: tuple[Answer, ...], numbers: Numbers) -> tuple[Part, ...]:
    """Return the parts of the bar of `line`, the first answer first, without those of no slip."""
    parts: list[Part] = []
    before = 0
    for answer, count, percent in zip(answers, line.counts, line.percents, strict=True):
        if count:
            start, width = 100 * before / line.rated, 100 * count / line.rated
            label = numbers.bare_percent(percent) if width >= ROOM_FOR_A_LABEL else ""
            parts.append(Part(answer, start, width, label))
        before += count
    return tuple(parts)


def told(line: Line, answers: tuple[Answer, ...], numbers: Numbers) -> str:
    """Return the figures of `line` in words."""
    percents = zip(answers, line.percents, strict=True)
    return "; ".join(f"{answer.name}: {numbers.percent(percent)}" for answer, percent in percents)
