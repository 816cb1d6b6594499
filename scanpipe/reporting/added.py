"""Owns slips that a person enters by hand: further ones on a page that could not be read.

The first slip of such a page is entered in the page's own row, bcdfgh-007-0; further ones get rows
of their own, named by a letter behind it: bcdfgh-007-0b, bcdfgh-007-0c. Where slips have several
rows, so has the page: bcdfgh-007-0-1, bcdfgh-007-0-2; then a further slip, bcdfgh-007-0-1b, has
them all, whichever of them was entered first.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from scanpipe.form import Form
from scanpipe.reporting.review import Review
from scanpipe.reporting.rows import Row
from scanpipe.reporting.slip_names import slip_of
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


def with_added(rows: Sequence[Row], review: Review, form: Form) -> tuple[Row, ...]:
    """Return `rows`, and after each unreadable page those of every further slip entered on it."""
    letters = defaultdict(set)
    for slip in added_slips(rows, review):
        if not review.entries[slip].is_empty:
            letters[slip_of(page_of(slip), form)].add(slip[-1])
    found: list[Row] = []
    for page, own in groupby(rows, key=lambda row: slip_of(row.reading.slip, form)):
        found += (together := [*own])
        for letter in sorted(letters.pop(page, ())):
            found += (
                further_slip(row, row.reading.slip + letter)
                for row in together
                if row.reading.status is Status.REJECTED
            )
    return tuple(found)


def further_slip(page: Row, slip: str) -> Row:
    """Return the row of a further slip on `page`, called `slip`, that nobody has decided."""
    return replace(page, reading=replace(page.reading, slip=slip))
