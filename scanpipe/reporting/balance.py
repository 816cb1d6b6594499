"""Owns the balance: every page and every slip that came in stands in the files that go out."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from scanpipe.form import Form
from scanpipe.messages import Messages, messages_for
from scanpipe.reading.record import PageKind, PageReading
from scanpipe.reporting.dialect import Dialect
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
    counts the rows for further slips that a person entered on unreadable pages.
    """

    pages: int
    pages_with_slips: int
    blank_backs: int
    unreadable: int
    slips: int
    statuses: Mapping[Status, int]
    gaps: tuple[str, ...] = ()
    added: int = 0

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
        *_summary_gaps(results, summary, form, dialect, t),
    )
    return Balance(
        arrivals.pages,
        arrivals.pages_with_slips,
        arrivals.blank_backs,
        arrivals.unreadable,
        arrivals.rows + added - statuses[Status.REJECTED],
        statuses,
        gaps,
        added,
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
    cells = summary_rows([row for row, _ in should_be])
    for (row, slips), own, found in zip(should_be, cells, stand, strict=False):
        if row.slips != slips or tuple(map(dialect.plain, own)) != found:
            yield t(
                "row {session} of summary.csv does not agree with results.csv", session=row.session
            )


def _recounted(results: Table, form: Form) -> list[tuple[SummaryRow, int]]:
    """Return the summary as results.csv bears it out, and how many slips each of its rows has."""
    rows = tuple(zip(*map(results.column, ("session", "status", "rating")), strict=True))
    slips = [row for row in rows if row[1] != Status.REJECTED]
    names = [(session.id, session.name) for session in form.sessions]
    owned = [[slip for slip in slips if slip[0] == session_id] for session_id, _ in names]
    return [
        (_recounted_row(*name, own, form.scale.smileys), len(own))
        for name, own in zip([*names, (TOTAL, form.words.total)], [*owned, slips], strict=True)
    ]


def _recounted_row(
    session: str, name: str, slips: Sequence[tuple[str, ...]], smileys: int
) -> SummaryRow:
    counted = Counter(_counts_as(status, rating) for _, status, rating in slips)
    ratings = tuple(counted[str(rating)] for rating in range(1, smileys + 1))
    others = (counted[Status.BLANK], counted[Status.REVIEW], counted[Status.VOID])
    return SummaryRow(session, name, ratings, *others)


def _counts_as(status: str, rating: str) -> str:
    if rating and status in (Status.READ, Status.CORRECTED):
        return rating
    return Status.BLANK if status == Status.CORRECTED else status
