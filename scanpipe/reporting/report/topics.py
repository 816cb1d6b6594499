"""Owns the topics of a report: each question with the figures of every session, and of all."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby

from scanpipe.form import Form, Question
from scanpipe.reporting.handed_in import is_handed_in
from scanpipe.reporting.report.bounds import Share, Tally, percent_of
from scanpipe.reporting.report.open_slips import card_tallies, open_slips
from scanpipe.reporting.report.slips import one_per_slip
from scanpipe.reporting.rows import Row
from scanpipe.reporting.summary import SummaryRow

FEW_SLIPS = 20
"""In a session with fewer, each slip moves the percentages by more than five points."""


@dataclass(frozen=True, slots=True)
class Line:
    """One session, or all: its figures, and what they may still become.

    `counts`: how many slips have each answer; a slip has several where people choose some.
    `spread`: the standard deviation of its ratings. `expected`: the slips handed in, None if
    nobody counted them; `arrived`: those of them that were read.
    """

    summary: SummaryRow
    counts: tuple[int, ...]
    mean: Decimal | None
    spread: Decimal | None
    expected: int | None
    arrived: int
    tally: Tally

    @property
    def name(self) -> str:
        """What the tables call it."""
        return self.summary.session_name

    @property
    def rated(self) -> int:
        """Slips with an answer."""
        return self.summary.rated

    @property
    def percents(self) -> tuple[Decimal | None, ...]:
        """Percent of the slips with an answer that have each, one decimal; None of no slips."""
        return tuple(percent_of(count, self.rated) for count in self.counts)

    @property
    def shares(self) -> tuple[Share, ...]:
        """What is settled of each answer, and what is not."""
        return tuple(Share(count, self.rated, self.tally.undecided) for count in self.counts)

    @property
    def arrived_percent(self) -> Decimal | None:
        """How many percent of the slips handed in were read, None if that is not known."""
        return percent_of(self.arrived, self.expected) if self.expected else None

    @property
    def has_few(self) -> bool:
        """Whether a single slip weighs so much that the percentages say little."""
        return 0 < self.rated < FEW_SLIPS


@dataclass(frozen=True, slots=True)
class Topic:
    """One question and its answers. `question` is None where the form has only one; `total` sums
    up the lines of `sessions`, of which there are none where slips know of no session.
    """

    question: Question | None
    sessions: tuple[Line, ...]
    total: Line

    @property
    def lines(self) -> tuple[Line, ...]:
        """The sessions in the form's order, then the total."""
        return (*self.sessions, self.total)

    @property
    def without_session(self) -> int:
        """How many slips count in the total only."""
        if not self.sessions:
            return 0
        return self.total.summary.slips - sum(line.summary.slips for line in self.sessions)


def topics_of(
    form: Form, rows: Sequence[Row], summary: Sequence[SummaryRow], expected: int | None
) -> tuple[Topic, ...]:
    """Return a topic for each question, in the form's order.

    `summary`: for each question a row per session, and a total; `expected`: slips handed in
    altogether, None if nobody counted them.
    """
    questions = {question.id: question for question in form.questions}
    return tuple(
        _topic(form, questions.get(key or ""), _about(rows, key), tuple(part), expected)
        for key, part in groupby(summary, key=lambda row: row.question)
    )


def highest(lines: Iterable[Line]) -> Decimal:
    """Return the highest percentage in `lines`, 1 at least: all bars of a chart have one scale."""
    percents = (percent for line in lines for percent in line.percents if percent)
    return max(percents, default=Decimal(1))


def spread_of(ratings: Sequence[int]) -> Decimal | None:
    """Return the standard deviation of the ratings, `ratings[i]` of them i + 1; None for none.

    Of the slips themselves (over n, not n - 1): nobody else is concluded upon.
    """
    slips = sum(ratings)
    if not slips:
        return None
    points = sum(rating * count for rating, count in enumerate(ratings, start=1))
    squares = sum(rating**2 * count for rating, count in enumerate(ratings, start=1))
    root = Decimal(slips * squares - points**2).sqrt()
    return (root / slips).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _about(rows: Sequence[Row], question: str | None) -> list[Row]:
    """Return the answers to `question`, and what could not be read, which may hold some."""
    return [row for row in rows if row.reading.question in (question, None)]


def _topic(
    form: Form,
    question: Question | None,
    rows: Sequence[Row],
    summary: tuple[SummaryRow, ...],
    expected: int | None,
) -> Topic:
    handed_in = [row for row in rows if is_handed_in(row)]
    arrived = Counter(row.session for row in handed_in)
    found = [*(arrived[each.id] for each in form.sessions), len(one_per_slip(form, handed_in))]
    own = [session.expected for session in form.sessions]
    on_card = form.slip.session == "rows"
    tallies = card_tallies(rows, summary) if on_card else open_slips(rows).tallies(summary)
    *sessions, total = [
        _line(form, *each)
        for each in zip(summary, [*own, _all_expected(expected, own)], found, tallies, strict=True)
    ]
    return Topic(question, () if form.slip.session == "none" else tuple(sessions), total)


def _line(form: Form, row: SummaryRow, expected: int | None, arrived: int, tally: Tally) -> Line:
    counts = row.times_chosen(form) if form.scale.choose else row.ratings
    mean, spread = (row.mean, spread_of(row.ratings)) if form.is_scale else (None, None)
    return Line(row, counts, mean, spread, expected, arrived, tally)


def _all_expected(expected: int | None, own: Sequence[int | None]) -> int | None:
    """Return how many slips were handed in altogether; the sessions' own numbers may tell."""
    if expected is not None:
        return expected
    counted = [number for number in own if number is not None]
    return sum(counted) if len(counted) == len(own) else None
