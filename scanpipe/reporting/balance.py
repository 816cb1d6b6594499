"""Owns the balance: every page and every slip that came in stands in the files that go out."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from scanpipe.form import Form
from scanpipe.messages import Messages, messages_for
from scanpipe.reading.record import PageKind, PageReading
from scanpipe.reporting.dialect import Dialect
from scanpipe.reporting.slip_names import has_rows, row_of, slip_of
from scanpipe.reporting.summary import TOTAL, SummaryRow, summary_rows
from scanpipe.reporting.tables import Table
from scanpipe.vocabulary import Status


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What the reading room handed over, counted page by page as it came.

    `rows`: slips and unreadable pages; `pages_without_row`: pages that should have had one.
    """

    pages: int = 0
    pages_with_slips: int = 0
    blank_backs: int = 0
    unreadable: int = 0
    rows: int = 0
    pages_without_row: int = 0

    def with_page(self, page: PageReading) -> "Arrivals":
        """Return the count with `page` added."""
        kind = page.kind
        lost = not page.slips and kind is not PageKind.BLANK_BACK
        return replace(
            self,
            pages=self.pages + 1,
            pages_with_slips=self.pages_with_slips + (kind is PageKind.SLIPS),
            blank_backs=self.blank_backs + (kind is PageKind.BLANK_BACK),
            unreadable=self.unreadable + (kind is PageKind.UNREADABLE),
            rows=self.rows + len(page.slips),
            pages_without_row=self.pages_without_row + lost,
        )


@dataclass(frozen=True, slots=True)
class Balance:
    """Pages and slips in, rows out. `slips` leaves out what is still rejected; `statuses` holds
    the rows of every status; `gaps` says, in the form's language, what does not add up; `added`
    counts the rows for further slips that a person entered on unreadable pages. Where slips have
    several rows, `answers` counts these, as `statuses` does, and `slips` the slips; otherwise it is
    None.
    """

    pages: int
    pages_with_slips: int
    blank_backs: int
    unreadable: int
    slips: int
    statuses: Mapping[Status, int]
    gaps: tuple[str, ...] = ()
    added: int = 0
    answers: int | None = None

    @property
    def adds_up(self) -> bool:
        """Whether nothing was lost and nothing counted twice."""
        return not self.gaps


def strike_balance(
    arrivals: Arrivals,
    results: Table,
    summary: Table,
    form: Form,
    dialect: Dialect,
    promised_pages: int | None = None,
    added: int = 0,
) -> Balance:
    """Count anew in `results` and `summary`, the tables as they stand in the files, and compare.

    `promised_pages`: how many pages the scans said to have, None if that is not known; `added`:
    rows for further slips that a person entered on unreadable pages.
    """
    found = Counter(results.column("status"))
    statuses = {status: found[status.value] for status in Status}
    t = messages_for(form.language)
    gaps = (
        *_page_gaps(arrivals, promised_pages, t),
        *_row_gaps(arrivals.rows + added, results, t),
        *_slip_gaps(results, form, t),
        *_summary_gaps(results, summary, form, dialect, t),
    )
    answers = arrivals.rows + added - statuses[Status.REJECTED]
    return Balance(
        arrivals.pages,
        arrivals.pages_with_slips,
        arrivals.blank_backs,
        arrivals.unreadable,
        len(_rows_of_slips(results, form)) if has_rows(form) else answers,
        statuses,
        gaps,
        added,
        answers if has_rows(form) else None,
    )


def _page_gaps(arrivals: Arrivals, promised: int | None, t: Messages) -> Iterator[str]:
    if promised is not None and promised != arrivals.pages:
        yield t(
            "the scans have {promised} pages, but {pages} came in: look which of the files under "
            "inputs in run.json lack pages in results.csv",
            promised=promised,
            pages=arrivals.pages,
        )
    parts = arrivals.pages_with_slips + arrivals.blank_backs + arrivals.unreadable
    if parts != arrivals.pages:
        yield t(
            "{pages} pages came in, but {parts} are accounted for: look at counts in run.json",
            pages=arrivals.pages,
            parts=parts,
        )
    if arrivals.pages_without_row:
        yield t.plural(
            "{count} page left no row in results.csv",
            "{count} pages left no row in results.csv",
            arrivals.pages_without_row,
        )


def _row_gaps(rows: int, results: Table, t: Messages) -> Iterator[str]:
    names = results.column("slip")
    if len(names) != rows:
        yield t("{rows} rows came in, but results.csv has {found}", rows=rows, found=len(names))
    if len(set(names)) != len(names):
        yield t("results.csv names a slip twice")
    known = sum(status in set(Status) for status in results.column("status"))
    if known != len(names):
        yield t.plural(
            "{count} row of results.csv has no status",
            "{count} rows of results.csv have no status",
            len(names) - known,
        )


def _slip_gaps(results: Table, form: Form, t: Messages) -> Iterator[str]:
    """Yield the slips that lack a row: what stands between its first and its last must be there."""
    if not has_rows(form):
        return
    for slip, found in _rows_of_slips(results, form).items():
        rows = max((row for row in found if row), default=0)
        if found != {*range(1, rows + 1)}:
            yield t(
                "results.csv has {found} answers of slip {slip}, but should have {rows}",
                found=len(found),
                slip=slip,
                rows=rows,
            )


def _rows_of_slips(results: Table, form: Form) -> dict[str, set[int | None]]:
    """Return the numbers of the rows of each slip that was read, by a machine or by a person."""
    found: dict[str, set[int | None]] = {}
    slips = set()
    for name, status in zip(results.column("slip"), results.column("status"), strict=True):
        slip = slip_of(name, form)
        found.setdefault(slip, set()).add(row_of(name, form))
        if status != Status.REJECTED:
            slips.add(slip)
    return {slip: rows for slip, rows in found.items() if slip in slips}


def _summary_gaps(
    results: Table, summary: Table, form: Form, dialect: Dialect, t: Messages
) -> Iterator[str]:
    should_be, stand = _recounted(results, form), [line.cells for line in summary.lines]
    if len(should_be) != len(stand):
        yield t(
            "summary.csv has {found} rows, but should have {rows}",
            found=len(stand),
            rows=len(should_be),
        )
    cells = summary_rows(form, [row for row, _ in should_be])
    for (row, slips), own, found in zip(should_be, cells, stand, strict=False):
        if row.slips != slips or tuple(map(dialect.plain, own)) != found:
            named = f"{row.question} {row.session}" if row.question else row.session
            yield t("row {session} of summary.csv does not agree with results.csv", session=named)
    unasked = _without_question(results, form)
    if unasked:
        yield t.plural(
            "{count} answer in results.csv belongs to no question of the form",
            "{count} answers in results.csv belong to no question of the form",
            unasked,
        )


def _recounted(results: Table, form: Form) -> list[tuple[SummaryRow, int]]:
    """Return the summary as results.csv bears it out, and how many slips each of its rows has."""
    rows = tuple(zip(*map(results.column, ("session", "status", "rating")), strict=True))
    slips = [row for row in rows if row[1] != Status.REJECTED]
    if not form.questions:
        return _recounted_for(None, slips, form)
    asked = [
        question
        for question, row in zip(results.column("question"), rows, strict=True)
        if row[1] != Status.REJECTED
    ]
    return [
        line
        for question in form.questions
        for line in _recounted_for(
            question.id,
            [row for row, about in zip(slips, asked, strict=True) if about == question.id],
            form,
        )
    ]


def _recounted_for(
    question: str | None, slips: Sequence[tuple[str, ...]], form: Form
) -> list[tuple[SummaryRow, int]]:
    names = [(session.id, session.name) for session in form.sessions]
    owned = [[slip for slip in slips if slip[0] == session_id] for session_id, _ in names]
    return [
        (_recounted_row(*name, own, question, form), len(own))
        for name, own in zip([*names, (TOTAL, form.words.total)], [*owned, slips], strict=True)
    ]


def _recounted_row(
    session: str, name: str, slips: Sequence[tuple[str, ...]], question: str | None, form: Form
) -> SummaryRow:
    counted = Counter(_counts_as(status, rating) for _, status, rating in slips)
    ratings = tuple(counted[str(rating)] for rating in range(1, form.ratings + 1))
    others = (counted[Status.BLANK], counted[Status.REVIEW], counted[Status.VOID])
    return SummaryRow(session, name, ratings, *others, question, form.is_scale)


def _without_question(results: Table, form: Form) -> int:
    """Return how many answers that count no row of the summary has."""
    if not form.questions:
        return 0
    known = {question.id for question in form.questions}
    pairs = zip(results.column("question"), results.column("status"), strict=True)
    return sum(question not in known and status != Status.REJECTED for question, status in pairs)


def _counts_as(status: str, rating: str) -> str:
    if rating and status in (Status.READ, Status.CORRECTED):
        return rating
    return Status.BLANK if status == Status.CORRECTED else status
