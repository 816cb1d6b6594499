"""Owns the report's sections as the page shows them: rows of figures, bars and limits, as text."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from scanpipe.form import Form
from scanpipe.messages import Messages
from scanpipe.reporting.report.answers import Answer
from scanpipe.reporting.report.bars import Part, parts_of, told
from scanpipe.reporting.report.bounds import (
    MEAN_DECIMALS,
    PERCENT_DECIMALS,
    Share,
    mean_range,
    percent_of,
)
from scanpipe.reporting.report.choosing import Combination, most_chosen, together
from scanpipe.reporting.report.colours import Colour, shades
from scanpipe.reporting.report.findings import Findings
from scanpipe.reporting.report.spelling import Numbers
from scanpipe.reporting.report.topics import Line, Topic, highest
from scanpipe.reporting.report.wording import cautions

MOST_COMBINATIONS = 15
"""Rows of combinations on the page; the workbook has all."""


@dataclass(frozen=True, slots=True)
class Column:
    """One upright bar: as high as its `share` (0-100) of the section's highest; `label` stands
    above it.
    """

    answer: Answer
    share: float
    label: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a section's tables and charts: a session, a question or the total.

    `told` is the chart's bar in words; `percents` and `mean` say what each may still become.
    """

    name: str
    line: Line
    total: bool
    parts: tuple[Part, ...]
    columns: tuple[Column, ...]
    told: str
    percents: tuple[str, ...]
    mean: str

    @property
    def mean_at(self) -> float | None:
        """Where the mean lies below upright bars, in percent of their width from the left."""
        mean = self.line.mean
        return None if mean is None else 100 * (float(mean) - 0.5) / len(self.columns)


@dataclass(frozen=True, slots=True)
class Made:
    """Choices made together: how often, in percent, and what that may still become."""

    combination: Combination
    percent: str
    width: float
    limits: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the square of choices, the darker the more slips; None on its diagonal."""

    count: int | None
    colour: Colour


@dataclass(frozen=True, slots=True)
class Section:
    """One question's part of the page; `key` tells it from the others, "" where there are none.

    `made`: the combinations, most chosen first, `further` of which are left out; `square`: how
    often each choice was made with each other, where a list of combinations does not show it.
    """

    key: str
    text: str
    topic: Topic
    entries: tuple[Entry, ...]
    few: tuple[str, ...]
    made: tuple[Made, ...] = ()
    further: int = 0
    square: tuple[tuple[Cell, ...], ...] = ()


def sections_of(
    findings: Findings, answers: tuple[Answer, ...], t: Messages, numbers: Numbers
) -> tuple[Section, ...]:
    """Return a section for each question."""
    form = findings.form
    return tuple(_section(form, topic, answers, t, numbers) for topic in findings.topics)


def overview(
    findings: Findings, answers: tuple[Answer, ...], numbers: Numbers
) -> tuple[Entry, ...]:
    """Return the total of every question, where there are several; else nothing."""
    most = highest([topic.total for topic in findings.topics])
    return tuple(
        _entry(topic.question.text, topic.total, answers, numbers, most)
        for topic in findings.topics
        if topic.question
    )


def _section(
    form: Form, topic: Topic, answers: tuple[Answer, ...], t: Messages, numbers: Numbers
) -> Section:
    most = highest(topic.lines)
    entries = tuple(
        _entry(line.name, line, answers, numbers, most, total=line is topic.total)
        for line in topic.lines
    )
    key, text = (topic.question.id, topic.question.text) if topic.question else ("", form.question)
    few = tuple(cautions(topic, form, t, numbers))
    if (form.scale.choose or 1) < 2:
        return Section(key, text, topic, entries, few)
    found = most_chosen(form, topic.total.summary.ratings)
    made = tuple(_made(each, topic.total, found, numbers) for each in found[:MOST_COMBINATIONS])
    shows_all = form.scale.choose == 2 and len(found) <= MOST_COMBINATIONS
    square = () if shows_all else tuple(_square(form, topic.total))
    return Section(key, text, topic, entries, few, made, len(found) - len(made), square)


def _entry(
    name: str,
    line: Line,
    answers: tuple[Answer, ...],
    numbers: Numbers,
    most: Decimal,
    *,
    total: bool = False,
) -> Entry:
    mean = mean_range(line.tally)
    ends = mean.rounded(MEAN_DECIMALS) if mean else None
    return Entry(
        name,
        line,
        total,
        parts_of(line, answers, numbers),
        tuple(_columns(line, answers, numbers, most)),
        told(line, answers, numbers),
        tuple(_limits(share, numbers) for share in line.shares),
        numbers.interval(ends, MEAN_DECIMALS),
    )


def _columns(
    line: Line, answers: tuple[Answer, ...], numbers: Numbers, most: Decimal
) -> Iterable[Column]:
    for answer, percent in zip(answers, line.percents, strict=True):
        label = numbers.bare_percent(percent) if percent else ""
        yield Column(answer, float(100 * (percent or 0) / most), label)


def _made(
    combination: Combination, line: Line, found: tuple[Combination, ...], numbers: Numbers
) -> Made:
    share = Share(combination.count, line.rated, line.tally.undecided)
    percent = numbers.percent(percent_of(combination.count, line.rated))
    width = 100 * combination.count / found[0].count
    return Made(combination, percent, width, _limits(share, numbers))


def _square(form: Form, line: Line) -> Iterable[tuple[Cell, ...]]:
    counts = together(form, line.summary.ratings)
    most = max((count for row in counts for count in row if count), default=1)
    for row in counts:
        yield tuple(Cell(count, shades((count or 0) / most)) for count in row)


def _limits(share: Share, numbers: Numbers) -> str:
    found = share.range
    ends = found.rounded(PERCENT_DECIMALS) if found else None
    return numbers.interval(ends, PERCENT_DECIMALS)
