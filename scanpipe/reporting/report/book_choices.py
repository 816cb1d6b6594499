"""Owns the workbook's tables of sign-up slips: each choice, and what was chosen together."""

from collections.abc import Iterator
from decimal import Decimal

from scanpipe.reporting.dialect import Cell
from scanpipe.reporting.report import book_charts
from scanpipe.reporting.report.book import PERCENT, Book, limits, name_of, shares
from scanpipe.reporting.report.bounds import Share
from scanpipe.reporting.report.choosing import most_chosen, together
from scanpipe.reporting.report.findings import Findings
from scanpipe.reporting.report.sheet import TITLE_ROWS
from scanpipe.reporting.report.topics import Line, Topic

MOST_BARS = 10
"""Combinations in a chart; the table has all."""


def add(book: Book, findings: Findings) -> None:
    """Add, for each question, how many chose each, what they chose together, and by session."""
    for number, topic in enumerate(findings.topics, start=1):
        names = _names(book, topic, number)
        above = topic.question.text if topic.question else ""
        title = above or findings.form.title
        _add_choices(book, names[0], topic.total, above, title)
        if (book.form.scale.choose or 1) > 1:
            _add_together(book, names[1], topic.total, above, title)
            _add_square(book, names[2], topic.total, above)
        if topic.sessions:
            _add_sessions(book, names[3], topic, above)


def _names(book: Book, topic: Topic, number: int) -> tuple[str, ...]:
    """Return the names of a question's sheets."""
    t = book.t
    endings = (t("Result"), t("Together"), t("Pairs"), t("By session"))
    if not topic.question:
        return endings
    return tuple(name_of(topic, number, f" {ending}") for ending in endings)


def _add_choices(book: Book, name: str, line: Line, above: str, title: str) -> None:
    t = book.t
    rows = [
        (answer.label, answer.words, count, share, *limits(open_))
        for answer, count, share, open_ in zip(
            book.answers, line.counts, shares(line), line.shares, strict=True
        )
    ]
    columns = (
        *(t("Choice"), t("Name"), t("Slips"), t("Percent")),
        *(t("{figure}, least", figure=t("Percent")), t("{figure}, most", figure=t("Percent"))),
    )
    looks = dict.fromkeys((3, 4, 5), PERCENT)
    sheet = book.sheets.add(name, columns, rows, looks=looks, title=above)
    top = TITLE_ROWS if above else 0
    book_charts.lying(book, sheet, title, 2, top, len(rows), top + len(rows) + 2)


def _add_together(book: Book, name: str, line: Line, above: str, title: str) -> None:
    t = book.t
    rows = list(_together_rows(book, line))
    columns = (
        *(t("Choices"), t("Names"), t("Slips"), t("Percent")),
        *(t("{figure}, least", figure=t("Percent")), t("{figure}, most", figure=t("Percent"))),
    )
    looks = dict.fromkeys((3, 4, 5), PERCENT)
    sheet = book.sheets.add(name, columns, rows, looks=looks, title=above)
    top, bars = TITLE_ROWS if above else 0, min(len(rows), MOST_BARS)
    if bars:
        book_charts.lying(book, sheet, title, 2, top, bars, top + len(rows) + 2)


def _together_rows(book: Book, line: Line) -> Iterator[tuple[Cell, ...]]:
    for each in most_chosen(book.form, line.summary.ratings):
        share = Share(each.count, line.rated, line.tally.undecided)
        yield (
            " + ".join(choice.id for choice in each.choices),
            " + ".join(choice.name for choice in each.choices),
            each.count,
            Decimal(each.count) / line.rated,
            *limits(share),
        )


def _add_square(book: Book, name: str, line: Line, above: str) -> None:
    """Add how many slips chose both: the choice of the row and that of the column."""
    square = together(book.form, line.summary.ratings)
    rows = [(answer.label, *cells) for answer, cells in zip(book.answers, square, strict=True)]
    sheet = book.sheets.add(name, (book.t("Choice"), *book.labels), rows, title=above)
    top, last = TITLE_ROWS if above else 0, len(rows)
    sheet.conditional_format(
        *(top + 1, 1, top + last, last),
        {"type": "2_color_scale", "min_color": "#ffffff", "max_color": "#8fb0d3"},
    )


def _add_sessions(book: Book, name: str, topic: Topic, above: str) -> None:
    count = len(book.answers)
    columns = (book.form.words.session, *book.labels, book.slips_head)
    rows = [(line.name, *shares(line), line.rated) for line in topic.lines]
    looks = dict.fromkeys(range(1, count + 1), PERCENT)
    book.sheets.add(name, columns, rows, looks=looks, last_is_total=True, title=above)
