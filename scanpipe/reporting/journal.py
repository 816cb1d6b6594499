"""Owns journal.csv: who changed which slip, when, from what and to what."""

import datetime
import getpass
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass

from scanpipe.form import Form
from scanpipe.reporting.answers import written
from scanpipe.reporting.dialect import Dialect
from scanpipe.reporting.review import Review
from scanpipe.reporting.rows import Row
from scanpipe.reporting.tables import read_table, table_bytes
from scanpipe.vocabulary import Status

COLUMNS = ("time", "who", "slip", "what", "from", "to")

WHAT = ("session", "rating", "status", "note")
"""What of a slip a person can change."""

State = Mapping[str, str]
"""What a slip counts as: a text for each of `WHAT`."""


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the journal. `time`: local, with its offset from UTC; `who`: may be empty."""

    time: str
    who: str
    slip: str
    what: str
    old: str
    new: str


def changes(
    before: Mapping[str, State], after: Mapping[str, State], rows: Sequence[Row], form: Form
) -> tuple[Change, ...]:
    """Return what changed between two states of corrections, as `decisions` gives them.

    `rows` are uncorrected: what holds for a slip that a person has not decided. A slip that is
    not among them was nothing before a person added it, and has become nothing without an entry.
    """
    read = {row.reading.slip: _state(row, form) | {"note": ""} for row in rows}
    slips = [slip for slip in read if slip in before or slip in after]
    slips += [slip for slip in {**before, **after} if slip not in read]
    found = [
        (slip, what, old, new)
        for slip in slips
        for what, old, new in _differences(read.get(slip, {}), before, after, slip)
    ]
    if not found:
        return ()
    time, who = now().isoformat(" ", "seconds"), user()
    return tuple(Change(time, who, *change) for change in found)


def decisions(rows: Sequence[Row], review: Review, form: Form) -> dict[str, State]:
    """Return what a person has decided, by slip; `rows` are those that `review` corrected."""
    return {
        row.reading.slip: {**(_state(row, form) if _is_decided(row) else {}), "note": entry.note}
        for row in rows
        if (entry := review.entries.get(row.reading.slip))
    }


def journal_bytes(journal: Sequence[Change], dialect: Dialect) -> bytes:
    """Return journal.csv."""
    return table_bytes(COLUMNS, [astuple(change) for change in journal], dialect)


def is_damaged(data: bytes, journal: Sequence[Change]) -> bool:
    """Tell whether `data`, found in journal.csv, holds anything but the beginning of `journal`.

    A beginning is what a run leaves that is stopped just before it replaces the file.
    """
    try:
        table = read_table(data, COLUMNS)
    except ValueError:
        return True
    if not table.columns:
        return bool(data.strip())
    found = [line.cells for line in table.lines]
    return table.columns != COLUMNS or found != [*map(astuple, journal)][: len(found)]


def now() -> datetime.datetime:
    """Return the time, local and with its offset from UTC."""
    return datetime.datetime.now().astimezone()


def user() -> str:
    """Return the name by which the system knows the person at the computer, empty if it does not.

    Bytes in it that are no characters are escaped.
    """
    try:
        return getpass.getuser().encode("utf-8", "backslashreplace").decode()
    except (OSError, KeyError, ImportError):
        return ""


def _differences(
    read: State, before: Mapping[str, State], after: Mapping[str, State], slip: str
) -> Iterator[tuple[str, str, str]]:
    was, is_ = {**read, **before.get(slip, {})}, {**read, **after.get(slip, {})}
    for what in WHAT:
        old, new = was.get(what, ""), is_.get(what, "")
        if old != new:
            yield what, old, new


def _is_decided(row: Row) -> bool:
    return row.status in (Status.CORRECTED, Status.VOID)


def _state(row: Row, form: Form) -> dict[str, str]:
    rating = _rating(row, form)
    return {"session": row.session or "", "rating": rating, "status": row.status.value}


def _rating(row: Row, form: Form) -> str:
    if row.rating is not None:
        return written(row.rating, form)
    return "blank" if row.status in (Status.BLANK, Status.CORRECTED) else ""
