"""Owns slips that a person enters by hand: further ones on a page that could not be read.

The first slip of such a page is entered in the page's own row, bcdfgh-007-0; further ones get rows
of their own, named by a letter behind it: bcdfgh-007-0b, bcdfgh-007-0c.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from scanpipe.reporting.review import Review
from scanpipe.reporting.rows import Row
from scanpipe.vocabulary import Status

LETTERS = "bcdefghijklmnopqrstuvwxyz"

_NAME = re.compile(rf"(?P<page>.+[0-9])[{LETTERS}]")


def page_of(slip: str) -> str:
    """Return the name of the page that `slip` would be a further slip of, empty if of none."""
    named = _NAME.fullmatch(slip)
    return named["page"] if named else ""


def next_name(page: str, taken: Iterable[str]) -> str | None:
    """Return the name of the next slip on `page`; None if every letter is among those `taken`."""
    used = set(taken)
    return next((page + letter for letter in LETTERS if page + letter not in used), None)


def added_slips(rows: Sequence[Row], review: Review) -> set[str]:
    """Return the names in `review` of further slips on unreadable pages among `rows`."""
    read = {row.reading.slip for row in rows}
    pages = {row.reading.slip for row in rows if row.reading.status is Status.REJECTED}
    return {slip for slip in review.entries if slip not in read and page_of(slip) in pages}


def with_added(rows: Sequence[Row], review: Review) -> tuple[Row, ...]:
    """Return `rows`, and after each unreadable page a row for every further slip entered on it."""
    by_page = defaultdict(list)
    for slip in sorted(added_slips(rows, review)):
        if not review.entries[slip].is_empty:
            by_page[page_of(slip)].append(slip)
    found: list[Row] = []
    for row in rows:
        found.append(row)
        found += (further_slip(row, slip) for slip in by_page.get(row.reading.slip, ()))
    return tuple(found)


def further_slip(page: Row, slip: str) -> Row:
    """Return the row of a further slip on `page`, called `slip`, that nobody has decided."""
    return replace(page, reading=replace(page.reading, slip=slip))
