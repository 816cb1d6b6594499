"""Owns the workbook's tables of results: percentages by session or question, mean and spread."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from scanpipe.reporting.dialect import Cell
from scanpipe.reporting.report import book_charts
from scanpipe.reporting.report.book import PERCENT, TWO, Book, exact_mean, name_of, shares
from scanpipe.reporting.report.findings import Findings
from scanpipe.reporting.report.sheet import TITLE_ROWS
from scanpipe.reporting.report.topics import Line

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet


def add(book: Book, findings: Findings) -> None:
    """Add the tables as organisers make them: percent of each answer, slips, mean, spread.

    Of one question there is one; of several one of their totals, and one of each by session.
    """
    first, title = findings.topics[0], findings.form.title
    if not book.form.questions:
        if first.sessions:
            _add_lines(book, book.t("Result"), first.lines, title)
        else:
            _add_whole(book, first.total, title)
        return
    _add_questions(book, findings)
    for number, topic in enumerate(findings.topics, start=1):
        if topic.question and topic.sessions:
            text = topic.question.text
            _add_lines(book, name_of(topic, number), topic.lines, text, above=text)


def _add_lines(
    book: Book, name: str, lines: Sequence[Line], title: str, *, above: str = ""
) -> None:
    rows = [_cells(line, line.name) for line in lines]
    head = book.form.words.session
    sheet = _table(book, name, head, rows, last_is_total=True, above=above)
    top = TITLE_ROWS if above else 0
    if book.form.scale.numbers:
        total = f"{title} – {lines[-1].name}"
        book_charts.across(book, sheet, total, len(book.answers), top, top + len(lines) + 2)
    else:
        book_charts.stacked(book, sheet, title, len(lines), top)


def _add_questions(book: Book, findings: Findings) -> None:
    rows = [_cells(topic.total, topic.question.text) for topic in findings.topics if topic.question]
    sheet = _table(book, book.t("Result"), book.t("Question"), rows)
    book_charts.stacked(book, sheet, findings.form.title, len(rows))


def _table(
    book: Book,
    name: str,
    head: str,
    rows: Iterable[Sequence[Cell]],
    *,
    last_is_total: bool = False,
    above: str = "",
) -> "Worksheet":
    count, t = len(book.answers), book.t
    columns = [head, *book.labels, book.slips_head]
    looks = dict.fromkeys(range(1, count + 1), PERCENT)
    if book.form.is_scale:
        columns += [t("Mean"), t("Spread")]
        looks |= {count + 2: TWO, count + 3: TWO}
    return book.sheets.add(
        name,
        columns,
        [cells[: len(columns)] for cells in rows],
        looks=looks,
        heads=book.colours(1),
        last_is_total=last_is_total,
        title=above,
    )


def _cells(line: Line, name: str) -> tuple[Cell, ...]:
    return (name, *shares(line), line.rated, exact_mean(line), line.spread)


def _add_whole(book: Book, line: Line, title: str) -> None:
    """Add a table of a row for each answer, as slips know of no session."""
    t = book.t
    rows: list[tuple[Cell, ...]] = [
        (label, count, share)
        for label, count, share in zip(book.labels, line.counts, shares(line), strict=True)
    ]
    rows.append((t("Slips with a mark"), line.rated, None))
    if book.form.is_scale:
        rows += [(t("Mean"), line.mean, None), (t("Spread"), line.spread, None)]
    columns = (t("Answer"), t("Slips"), t("Percent"))
    sheet = book.sheets.add(t("Result"), columns, rows, looks={2: PERCENT})
    book_charts.upright(book, sheet, title, 2, 0, len(rows) + 2)
