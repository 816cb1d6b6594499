"""Owns the balance: every page and every slip that came in stands in the files that go out."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from scanpipe.reading.record import PageKind, PageReading
from scanpipe.reporting.summary import SummaryRow
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
    the rows of every status; `gaps` says in words what does not add up.
    """

    pages: int
    pages_with_slips: int
    blank_backs: int
    unreadable: int
    slips: int
    statuses: Mapping[Status, int]
    gaps: tuple[str, ...] = ()

    @property
    def adds_up(self) -> bool:
        """Whether nothing was lost and nothing counted twice."""
        return not self.gaps


def strike_balance(arrivals: Arrivals, results: Table, summary: Sequence[SummaryRow]) -> Balance:
    """Count anew in `results`, which is results.csv as it stands in the file, and compare."""
    found = Counter(results.column("status"))
    statuses = {status: found[status.value] for status in Status}
    return Balance(
        arrivals.pages,
        arrivals.pages_with_slips,
        arrivals.blank_backs,
        arrivals.unreadable,
        arrivals.rows - statuses[Status.REJECTED],
        statuses,
        (*_page_gaps(arrivals), *_row_gaps(arrivals, results), *_summary_gaps(results, summary)),
    )


def _page_gaps(arrivals: Arrivals) -> Iterator[str]:
    parts = arrivals.pages_with_slips + arrivals.blank_backs + arrivals.unreadable
    if parts != arrivals.pages:
        yield f"{arrivals.pages} pages came in, but {parts} are accounted for"
    if arrivals.pages_without_row:
        yield f"{arrivals.pages_without_row} pages left no row in results.csv"


def _row_gaps(arrivals: Arrivals, results: Table) -> Iterator[str]:
    names = results.column("slip")
    if len(names) != arrivals.rows:
        yield f"{arrivals.rows} rows came in, but results.csv has {len(names)}"
    if len(set(names)) != len(names):
        yield "results.csv names a slip twice"
    known = sum(status in set(Status) for status in results.column("status"))
    if known != len(names):
        yield f"{len(names) - known} rows of results.csv have no status"


def _summary_gaps(results: Table, summary: Sequence[SummaryRow]) -> Iterator[str]:
    rows = tuple(zip(*map(results.column, ("session", "status", "rating")), strict=True))
    slips = [row for row in rows if row[1] != Status.REJECTED]
    for row in summary:
        # The total is known by its place: a session may have its name.
        own = [slip for slip in slips if row is summary[-1] or slip[0] == row.session]
        counted = Counter(_counts_as(status, rating) for _, status, rating in own)
        ratings = tuple(counted[str(i)] for i in range(1, len(row.ratings) + 1))
        others = (counted[Status.BLANK], counted[Status.REVIEW], counted[Status.VOID])
        said = (row.ratings, (row.blank, row.review, row.void), row.slips)
        if (ratings, others, len(own)) != said:
            yield f"the summary's row {row.session} does not agree with results.csv"


def _counts_as(status: str, rating: str) -> str:
    if rating and status in (Status.READ, Status.CORRECTED):
        return rating
    return Status.BLANK if status == Status.CORRECTED else status
