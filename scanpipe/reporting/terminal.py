"""Owns what the terminal shows at the end: the table, the balance, and what to do next."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from babel import Locale
from babel.numbers import format_decimal, format_percent
from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from scanpipe.form import Form
from scanpipe.reporting.stack_notes import sentence
from scanpipe.reporting.summary import SummaryRow
from scanpipe.vocabulary import Status

if TYPE_CHECKING:
    from scanpipe.reporting.balance import Balance
    from scanpipe.reporting.outcome import Outcome, Rejected

NOTHING = "–"
RATED, MEAN = "Rated", "Mean"
PAGES = "Pages: {pages} = {with_slips} with slips + {blank_backs} {backs} + {unreadable} unreadable"
SLIPS = "Slips: {slips} = {parts}"
BLANK_BACK, BLANK_BACKS = "blank back", "blank backs"
UNBALANCED = "The figures do not add up. Do not use them; please report this, with run.json:"
REJECTED = "Not read (scan again, or decide in review.csv):"
NOTE = "Note:"
WHOLE_FILE = "whole file"
SLIP, PAGE, FILE = "slip", "page", "file"
NEXT = "{what} {need} a look: open {review}, then run `scanpipe apply {folder}`."
NOTHING_LEFT = "Nothing is left to decide. The tables are in {folder}."


def terminal_report(outcome: "Outcome") -> RenderableType:
    """Return the summary table, the balance, the pages not read, notes and the next step.

    To be printed with `soft_wrap=True`: then a path that is to be copied is not broken.
    """
    return Group(
        _table(outcome.form, outcome.summary),
        Text(),
        *map(Text, _balance_lines(outcome.balance)),
        *map(Text, _rejected_lines(outcome.rejected)),
        *(Text(f"{NOTE} {sentence(note)}", "yellow") for note in outcome.notes),
        *(Text(f"{NOTE} {warning}", "yellow") for warning in outcome.warnings),
        *(Text(text, "bold red") for text in _alarm_lines(outcome.balance)),
        Text(),
        Text(_next_step(outcome), "bold"),
    )


def _table(form: Form, summary: tuple[SummaryRow, ...]) -> Table:
    locale = Locale.parse(form.language)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column()
    table.add_column(Text(form.words.session))
    for face in range(1, form.scale.smileys + 1):
        table.add_column(Text(str(face)), justify="right", no_wrap=True)
    table.add_column(RATED, justify="right", no_wrap=True)
    table.add_column(MEAN, justify="right", no_wrap=True)
    for row in summary[:-1]:
        table.add_row(*_cells(row, row.session, locale))
    table.add_section()
    table.add_row(*_cells(summary[-1], "", locale), style="bold")
    return table


def _cells(row: SummaryRow, session: str, locale: Locale) -> Iterator[Text]:
    yield Text(session)
    yield Text(row.session_name)
    for percent in row.percents:
        yield Text(_percent(percent, locale))
    yield Text(format_decimal(row.rated, locale=locale))
    yield Text(NOTHING if row.mean is None else format_decimal(row.mean, "0.00", locale))


def _percent(percent: Decimal | None, locale: Locale) -> str:
    if percent is None:
        return NOTHING
    pattern = locale.percent_formats[None].pattern.replace("#,##0", "#,##0.0")
    return format_percent(percent.scaleb(-2), pattern, locale)


def _balance_lines(balance: "Balance") -> Iterator[str]:
    yield PAGES.format(
        pages=balance.pages,
        with_slips=balance.pages_with_slips,
        blank_backs=balance.blank_backs,
        backs=BLANK_BACK if balance.blank_backs == 1 else BLANK_BACKS,
        unreadable=balance.unreadable,
    )
    slips = (status for status in Status if status is not Status.REJECTED)
    parts = " + ".join(f"{balance.statuses[status]} {status.value}" for status in slips)
    yield SLIPS.format(slips=balance.slips, parts=parts)


def _alarm_lines(balance: "Balance") -> Iterator[str]:
    if not balance.adds_up:
        yield UNBALANCED
        yield from (f"  - {gap}" for gap in balance.gaps)


def _rejected_lines(rejected: tuple["Rejected", ...]) -> Iterator[str]:
    if rejected:
        yield REJECTED
    for item in rejected:
        where = WHOLE_FILE if item.page is None else f"page {item.page}"
        yield f"  - {item.file}, {where}: {', '.join(item.reasons)}"


def _next_step(outcome: "Outcome") -> str:
    folder = str(outcome.folder)
    if not outcome.undecided:
        return NOTHING_LEFT.format(folder=folder)
    typed = f'"{folder}"' if " " in folder else folder
    need = "needs" if outcome.undecided == 1 else "need"
    what = _listed(_to_look_at(outcome))
    return NEXT.format(what=what, need=need, review=outcome.review, folder=typed)


def _to_look_at(outcome: "Outcome") -> Iterator[str]:
    """Yield how many slips wait for a person, how many pages, and how many whole files."""
    files = sum(item.page is None for item in outcome.rejected)
    pages = len(outcome.rejected) - files
    slips = outcome.undecided - pages - files
    for count, noun in ((slips, SLIP), (pages, PAGE), (files, FILE)):
        if count:
            yield f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _listed(parts: Iterable[str]) -> str:
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last
