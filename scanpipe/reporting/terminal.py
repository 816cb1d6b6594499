"""Owns what the terminal shows at the end: the table, the balance, and what to do next.

In the form's language, as everything that is told of an event.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from babel import Locale
from babel.numbers import format_decimal
from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from scanpipe.form import Form
from scanpipe.messages import Messages, later, messages_for
from scanpipe.reporting import percents
from scanpipe.reporting.percents import NOTHING
from scanpipe.reporting.reasons import sentences
from scanpipe.reporting.stack_notes import sentence
from scanpipe.reporting.summary import SummaryRow
from scanpipe.shell import quoted
from scanpipe.vocabulary import Status

if TYPE_CHECKING:
    from scanpipe.reporting.balance import Balance
    from scanpipe.reporting.outcome import Outcome

_SLIPS = later(
    "Slips: {slips} = {read} read + {blank} blank + {review} in review + {corrected} corrected "
    "+ {void} void"
)
_ANSWERS = later(
    "Answers: {answers} = {read} read + {blank} blank + {review} in review + {corrected} corrected "
    "+ {void} void"
)


def terminal_report(outcome: "Outcome") -> RenderableType:
    """Return the summary table, the balance, the pages not read, notes and the next step.

    To be printed with `soft_wrap=True`: then a path that is to be copied is not broken.
    """
    t, locale = messages_for(outcome.form.language), Locale.parse(outcome.form.language)
    said = (*(sentence(note, t) for note in outcome.notes), *outcome.warnings)
    return Group(
        *_tables(outcome.form, outcome.summary, t, locale),
        Text(),
        *map(Text, _balance_lines(outcome.balance, t, locale)),
        *map(Text, _rejected_lines(outcome, t)),
        *(Text(t("Note: {note}", note=text), "yellow") for text in said),
        *(Text(text, "bold red") for text in _alarm_lines(outcome.balance, t)),
        Text(),
        Text(_next_step(outcome, t), "bold"),
    )


def _tables(
    form: Form, summary: tuple[SummaryRow, ...], t: Messages, locale: Locale
) -> Iterator[RenderableType]:
    """Yield the table or, where there are several questions, one for each below its text."""
    if not form.questions:
        yield _table(form, summary, t, locale)
    for number, question in enumerate(form.questions):
        if number:
            yield Text()
        yield Text(question.text, "bold")
        yield _table(form, tuple(r for r in summary if r.question == question.id), t, locale)


def _table(
    form: Form, summary: tuple[SummaryRow, ...], t: Messages, locale: Locale
) -> RenderableType:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column()
    table.add_column(Text(form.words.session))
    for name in (choice.id for choice in form.choices) if form.choices else form.answer_names:
        table.add_column(Text(name), justify="right", no_wrap=form.is_scale)
    table.add_column(t("Rated") if form.is_scale else t("Answered"), justify="right", no_wrap=True)
    if form.is_scale:
        table.add_column(t("Mean"), justify="right", no_wrap=True)
    for row in summary[:-1]:
        table.add_row(*_cells(row, row.session, form, locale))
    table.add_section()
    table.add_row(*_cells(summary[-1], "", form, locale), style="bold")
    if (form.scale.choose or 1) > 1:
        return Group(table, Text(), _combinations(form, summary[-1], t, locale))
    return table


def _combinations(form: Form, total: SummaryRow, t: Messages, locale: Locale) -> Table:
    """Return which choices were made together, the most frequent first; none that nobody made."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column(t("Chosen together"))
    table.add_column(t("Slips"), justify="right", no_wrap=True)
    table.add_column("%", justify="right", no_wrap=True)
    made = zip(form.answer_names, total.ratings, total.percents, strict=True)
    for name, count, percent in sorted(made, key=lambda each: -each[1]):
        if count:
            table.add_row(
                name, format_decimal(count, locale=locale), percents.percent(percent, locale)
            )
    return table


def _cells(row: SummaryRow, session: str, form: Form, locale: Locale) -> Iterator[Text]:
    yield Text(session)
    yield Text(row.session_name)
    for percent in row.chosen_percents(form) if form.choices else row.percents:
        yield Text(percents.percent(percent, locale))
    yield Text(format_decimal(row.rated, locale=locale))
    if form.is_scale:
        yield Text(NOTHING if row.mean is None else format_decimal(row.mean, "0.00", locale))


def _balance_lines(balance: "Balance", t: Messages, locale: Locale) -> Iterator[str]:
    def number(count: int) -> str:
        return format_decimal(count, locale=locale)

    yield t.plural(
        "Pages: {pages} = {with_slips} with slips + {backs} blank back + {unreadable} unreadable",
        "Pages: {pages} = {with_slips} with slips + {backs} blank backs + {unreadable} unreadable",
        balance.blank_backs,
        pages=number(balance.pages),
        with_slips=number(balance.pages_with_slips),
        backs=number(balance.blank_backs),
        unreadable=number(balance.unreadable),
    )
    if balance.answers is not None:
        yield t("Slips: {slips}", slips=number(balance.slips))
    yield t(
        _SLIPS if balance.answers is None else _ANSWERS,
        slips=number(balance.slips),
        answers=number(balance.answers or 0),
        read=number(balance.statuses[Status.READ]),
        blank=number(balance.statuses[Status.BLANK]),
        review=number(balance.statuses[Status.REVIEW]),
        corrected=number(balance.statuses[Status.CORRECTED]),
        void=number(balance.statuses[Status.VOID]),
    )


def _alarm_lines(balance: "Balance", t: Messages) -> Iterator[str]:
    if not balance.adds_up:
        yield t("The figures do not add up. Do not use them; please report this, with run.json:")
        yield from (f"  - {gap}" for gap in balance.gaps)


def _rejected_lines(outcome: "Outcome", t: Messages) -> Iterator[str]:
    if outcome.rejected:
        yield t("Not read (scan again, or decide in review.csv):")
    for item in outcome.rejected:
        of_file = item.page is None
        where = t("whole file") if of_file else t("page {page}", page=item.page)
        why = sentences(item.reasons, outcome.form, t, of_file=of_file)
        yield f"  - {item.file}, {where}: {' '.join(why)}"


def _next_step(outcome: "Outcome", t: Messages) -> str:
    if not outcome.undecided:
        return t("Nothing is left to decide. The tables are in {folder}.", folder=outcome.folder)
    what = _listed(_to_look_at(outcome, t), t)
    return t.plural(
        "{what} needs a look: type `scanpipe review {folder}`; or open {review}, then type "
        "`scanpipe apply {folder}`.",
        "{what} need a look: type `scanpipe review {folder}`; or open {review}, then type "
        "`scanpipe apply {folder}`.",
        outcome.undecided,
        what=what,
        review=outcome.review,
        folder=quoted(outcome.folder),
    )


def _to_look_at(outcome: "Outcome", t: Messages) -> Iterator[str]:
    """Yield how many slips wait for a person, how many pages, and how many whole files."""
    files = sum(item.page is None for item in outcome.rejected)
    pages = len(outcome.rejected) - files
    slips = outcome.undecided - pages - files
    if slips:
        yield t.plural("{count} slip", "{count} slips", slips)
    if pages:
        yield t.plural("{count} page", "{count} pages", pages)
    if files:
        yield t.plural("{count} file", "{count} files", files)


def _listed(parts: Iterable[str], t: Messages) -> str:
    *first, last = parts
    return t("{several} and {last}", several=", ".join(first), last=last) if first else last
