"""Owns the results table beside the slip: the summary as `apply` would write it now."""

from collections.abc import Iterator
from dataclasses import dataclass

from babel import Locale
from babel.numbers import format_decimal, format_percent

from scanpipe.reporting.standing import Standing
from scanpipe.reporting.summary import SummaryRow

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Line:
    """A session's figures, or the total's, as they are shown; `left`: slips still in review."""

    session: str
    name: str
    shares: tuple[str, ...]
    rated: str
    mean: str
    left: str


def lines_of(stands: Standing) -> tuple[Line, ...]:
    """Return the table of `stands`, the total last."""
    return tuple(_lines(stands.summary, Locale.parse(stands.form.language)))


def percent(share: float, locale: Locale) -> str:
    """Return `share` (0-1) in percent with one decimal, as `locale` writes it."""
    pattern = locale.percent_formats[None].pattern.replace("#,##0", "#,##0.0")
    return format_percent(share, pattern, locale)


def _lines(summary: tuple[SummaryRow, ...], locale: Locale) -> Iterator[Line]:
    for row in summary:
        yield Line(
            row.session,
            row.session_name,
            tuple(
                NOTHING if share is None else format_decimal(share, "0.0", locale)
                for share in row.percents
            ),
            format_decimal(row.rated, locale=locale),
            NOTHING if row.mean is None else format_decimal(row.mean, "0.00", locale),
            format_decimal(row.review, locale=locale),
        )
