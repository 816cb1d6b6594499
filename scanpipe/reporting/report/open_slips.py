"""Owns the count of what is still undecided: slips by session, and pages that may hold some."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scanpipe.reporting.report.bounds import Tally
from scanpipe.reporting.rows import Row
from scanpipe.reporting.summary import SummaryRow
from scanpipe.vocabulary import Reason, Status

_PARTS_GONE = frozenset({Reason.PAGES_MISSING, Reason.FILE_CHANGED})


@dataclass(frozen=True, slots=True)
class OpenSlips:
    """What a person has still to decide. `known`: slips in review, by the session that is certain;
    `unknown`: those whose session is undecided too; `pages` that could not be read, of which each
    may hold `slips_per_page`, the most that were found on any page; `files` of which a part or
    all is missing, so that nobody knows how many slips they hold.
    """

    known: Mapping[str, int]
    unknown: int
    pages: int
    slips_per_page: int
    files: int

    @property
    def anywhere(self) -> int:
        """How many slips may yet come to any of the sessions."""
        return self.unknown + self.pages * self.slips_per_page

    @property
    def total(self) -> int:
        """How many slips may yet be counted."""
        return sum(self.known.values()) + self.anywhere

    def tallies(self, summary: Sequence[SummaryRow]) -> tuple[Tally, ...]:
        """Return a tally for each row of `summary`, whose last is the total."""
        *sessions, total = summary
        return (
            *(
                Tally(row.ratings, self.known.get(row.session, 0) + self.anywhere)
                for row in sessions
            ),
            Tally(total.ratings, self.total),
        )


def open_slips(rows: Sequence[Row]) -> OpenSlips:
    """Count what is undecided in `rows`."""
    known = Counter(row.session for row in rows if row.status is Status.REVIEW)
    unknown = known.pop(None, 0)
    rejected = [row for row in rows if row.status is Status.REJECTED]
    return OpenSlips(
        {session: count for session, count in known.items() if session is not None},
        unknown,
        len(rejected),
        _most_on_a_page(rows),
        sum(_hides_slips(row) for row in rejected),
    )


def card_tallies(rows: Sequence[Row], summary: Sequence[SummaryRow]) -> tuple[Tally, ...]:
    """Return a tally for each row of `summary` where a slip has an answer for every session.

    An unread page may hold answers to all of them at once.
    """
    *sessions, total = summary
    undecided = [
        open_slips([row for row in rows if row.session in (session.session, None)]).total
        for session in sessions
    ]
    return (
        *(Tally(row.ratings, count) for row, count in zip(sessions, undecided, strict=True)),
        Tally(total.ratings, sum(undecided)),
    )


def _most_on_a_page(rows: Sequence[Row]) -> int:
    places = Counter(
        (row.reading.file, row.reading.page) for row in rows if row.status is not Status.REJECTED
    )
    return max(places.values(), default=1)


def _hides_slips(row: Row) -> bool:
    """Tell whether more than a page is unread; a file that was given twice holds nothing new."""
    reasons = row.reading.reasons
    if Reason.DUPLICATE in reasons:
        return False
    return row.reading.page is None or not _PARTS_GONE.isdisjoint(reasons)
