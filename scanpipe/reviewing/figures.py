"""Owns the results table beside the slip: the summary as `apply` would write it now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from babel import Locale
from babel.numbers import format_decimal

from scanpipe.form import Form
from scanpipe.reporting.percents import NOTHING
from scanpipe.reporting.standing import Standing
from scanpipe.reporting.summary import TOTAL, SummaryRow

ROOM_FOR_DECIMALS = 7
"""With more columns than this, whole percents are enough beside the slip."""


@dataclass(frozen=True, slots=True)
class Line:
    """A session's figures, or the total's, as they are shown; `left`: slips still in review."""

    session: str
    name: str
    shares: tuple[str, ...]
    rated: str
    mean: str
    left: str


@dataclass(frozen=True, slots=True)
class Result:
    """One table, its total last; `question` is what it is about, empty where there is only one."""

    question: str
    lines: tuple[Line, ...]


def results_of(stands: Standing) -> tuple[Result, ...]:
    """Return the table of `stands`, or one for each question."""
    form = stands.form
    asked: list[tuple[str | None, str]] = [(each.id, each.text) for each in form.questions]
    # Where slips know of no session, the total says it all.
    summary = [row for row in stands.summary if form.slip.session != "none" or row.session == TOTAL]
    return tuple(
        Result(text, tuple(_lines([row for row in summary if row.question == id_], form)))
        for id_, text in asked or [(None, "")]
    )


def _lines(summary: Sequence[SummaryRow], form: Form) -> Iterator[Line]:
    locale = Locale.parse(form.language)
    decimals = "0.0" if form.targets <= ROOM_FOR_DECIMALS else "0"
    for row in summary:
        yield Line(
            row.session,
            row.session_name,
            tuple(
                NOTHING if share is None else format_decimal(share, decimals, locale)
                for share in (row.chosen_percents(form) if form.choices else row.percents)
            ),
            format_decimal(row.rated, locale=locale),
            NOTHING if row.mean is None else format_decimal(row.mean, "0.00", locale),
            format_decimal(row.review, locale=locale),
        )
