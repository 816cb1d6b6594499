"""Owns what the sheets of one workbook share: the form, its answers, the heads of their columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from scanpipe.form import Form
from scanpipe.messages import Messages
from scanpipe.reporting.report.answers import Answer
from scanpipe.reporting.report.bounds import Range, Share
from scanpipe.reporting.report.colours import Colour
from scanpipe.reporting.report.sheet import Sheets
from scanpipe.reporting.report.topics import Line, Topic

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

PERCENT, TWO = "0.0%", "0.00"

LONGEST_NAME = 31
"""Letters of a sheet's name."""


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook that is being written, in the language of `t`."""

    workbook: "Workbook"
    sheets: Sheets
    form: Form
    answers: tuple[Answer, ...]
    t: Messages

    @property
    def labels(self) -> list[str]:
        """The heads of the answers' columns; the outer smileys stand in theirs as letters."""
        labels = [answer.label for answer in self.answers]
        if self.form.scale.smileys:
            labels[0], labels[-1] = f"☹ {labels[0]}", f"{labels[-1]} ☺"
        return labels

    def colours(self, first: int) -> dict[int, Colour]:
        """Return the colours of the answers' heads, by their columns, from the column `first`."""
        if self.form.scale.choose:
            return {}
        return {first + place: answer.colour for place, answer in enumerate(self.answers)}

    @property
    def slips_head(self) -> str:
        """What the counts of the tables are: answers, on a card with a row for each session."""
        return self.t("Answers") if self.form.slip.session == "rows" else self.t("Slips")


def name_of(topic: Topic, number: int, ending: str = "") -> str:
    """Return the name of a question's sheet; its number keeps it apart from all others."""
    key = topic.question.id if topic.question else ""
    return f"{number} {key}"[: LONGEST_NAME - len(ending)] + ending


def shares(line: Line) -> Sequence[Decimal | None]:
    """Return which share of the slips has each answer, 0-1."""
    return [Decimal(count) / line.rated if line.rated else None for count in line.counts]


def exact_mean(line: Line) -> Decimal | None:
    """Return the mean with all its decimals, None where there is none."""
    if line.mean is None:
        return None
    points = sum(rating * count for rating, count in enumerate(line.counts, start=1))
    return Decimal(points) / line.rated


def ends(found: Range | None, unit: int = 1) -> tuple[Decimal | None, Decimal | None]:
    """Return the least and the most of a range, in units of `unit`."""
    if found is None:
        return None, None
    low, high = found.low, found.high
    return (
        Decimal(low.numerator) / low.denominator / unit,
        Decimal(high.numerator) / high.denominator / unit,
    )


def limits(share: Share) -> tuple[Decimal | None, Decimal | None]:
    """Return the least and the most that a share (0-1) may become."""
    return ends(share.range, 100)
