"""Owns report.xlsx: tables with real numbers, charts that Excel draws, the slips, the review."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO

from scanpipe.messages import messages_for
from scanpipe.reporting.dialect import Cell
from scanpipe.reporting.report import book_choices, book_results, wording
from scanpipe.reporting.report.answers import answers_of
from scanpipe.reporting.report.book import PERCENT, TWO, Book, ends, limits
from scanpipe.reporting.report.bounds import mean_range
from scanpipe.reporting.report.findings import Findings
from scanpipe.reporting.report.prospects import open_sentences
from scanpipe.reporting.report.scale_words import how_read
from scanpipe.reporting.report.sheet import Sheets
from scanpipe.reporting.report.spelling import Numbers
from scanpipe.reporting.report.topics import Line, Topic
from scanpipe.reporting.review import review_columns, review_rows
from scanpipe.reporting.rows import results_columns, results_rows
from scanpipe.reporting.slip_names import has_rows

CREATED = datetime.datetime(2000, 1, 1)
"""Stands in every workbook as the time at which it was made: the same tables, the same bytes."""


def workbook_bytes(findings: Findings) -> bytes:
    """Return report.xlsx of `findings`, in the language of the form."""
    from xlsxwriter import Workbook

    form, file = findings.form, BytesIO()
    t = messages_for(form.language)
    with Workbook(file, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": form.title, "created": CREATED})
        book = Book(workbook, Sheets(workbook), form, answers_of(form, t), t)
        (book_choices if form.scale.choose else book_results).add(book, findings)
        _counts(book, findings)
        _limits(book, findings)
        _sure(book, findings)
        rows, review = findings.rows, findings.run.review
        book.sheets.add(t("All slips"), results_columns(form), results_rows(form, rows))
        book.sheets.add(t("Review"), review_columns(review, form), review_rows(rows, review, form))
    return file.getvalue()


def _counts(book: Book, findings: Findings) -> None:
    """Add how many slips gave each answer, and what became of the others."""
    t, answers = book.t, len(book.answers)
    before = _heads_before(book, findings)
    columns = (
        *(*before, *book.labels, t("With a mark"), t("Blank")),
        *(t("Undecided"), t("Void"), _read_head(book), t("Handed in"), t("Read of these")),
    )
    shown = len(columns) if findings.counts_handed_in else len(columns) - 2
    rows = [
        (*_cells_before(topic, line), *_counted(line))[:shown]
        for topic in findings.topics
        for line in topic.lines
    ]
    first = len(before)
    looks = {first + answers + 6: PERCENT}
    heads, last_is_total = book.colours(first), not book.form.questions
    book.sheets.add(
        t("Counts"), columns[:shown], rows, looks=looks, heads=heads, last_is_total=last_is_total
    )


def _read_head(book: Book) -> str:
    on_card = book.form.slip.session == "rows"
    return book.t("Answers read") if on_card else book.t("Slips read")


def _counted(line: Line) -> tuple[Cell, ...]:
    row = line.summary
    share = Decimal(line.arrived) / line.expected if line.expected else None
    became = (row.rated, row.blank, row.review, row.void, row.slips)
    return (*line.counts, *became, line.expected, share)


def _heads_before(book: Book, findings: Findings) -> list[str]:
    """Return the heads of what a line is about: its question, its session or both."""
    heads = [book.t("Question")] if book.form.questions else []
    if findings.topics[0].sessions or not heads:
        heads.append(book.form.words.session)
    return heads


def _cells_before(topic: Topic, line: Line) -> tuple[str, ...]:
    if not topic.question:
        return (line.name,)
    return (topic.question.text, line.name) if topic.sessions else (topic.question.text,)


def _limits(book: Book, findings: Findings) -> None:
    """Add what each figure may still become: its least and its most."""
    t, answers = book.t, len(book.answers)
    columns = _heads_before(book, findings)
    first = len(columns)
    for figure in (*book.labels, *([t("Mean")] if book.form.is_scale else [])):
        columns += [t("{figure}, least", figure=figure), t("{figure}, most", figure=figure)]
    looks = dict.fromkeys(range(first, first + 2 * answers), PERCENT)
    looks |= dict.fromkeys((first + 2 * answers, first + 2 * answers + 1), TWO)
    rows = [
        (*_cells_before(topic, line), *_ends(line))[: len(columns)]
        for topic in findings.topics
        for line in topic.lines
    ]
    last_is_total = not book.form.questions
    book.sheets.add(t("Limits"), columns, rows, looks=looks, last_is_total=last_is_total)


def _ends(line: Line) -> Iterator[Cell]:
    for share in line.shares:
        yield from limits(share)
    yield from ends(mean_range(line.tally))


def _sure(book: Book, findings: Findings) -> None:
    """Add how sure the figures are: the counts, then sentences."""
    t, numbers = book.t, Numbers(book.form.language)
    said = [
        *(wording.banner(findings, t), wording.balance(findings, t, numbers)),
        *findings.balance.gaps,
        *findings.notes,
        *findings.shortfalls,
        *open_sentences(findings, t, numbers),
        wording.audit(findings, t, numbers),
    ]
    rows = [*wording.became(findings, t), *((text, None) for text in said if text)]
    heads = (how_read(book.form, t), t("Answers") if has_rows(book.form) else t("Slips"))
    book.sheets.add(t("How sure"), heads, rows)
