"""Owns the comparison of the slips that were handed in with those that were read."""

from collections.abc import Iterator, Sequence

from scanpipe.form import Form
from scanpipe.reporting.rows import Row
from scanpipe.vocabulary import Reason, Status

MISSING = "Perhaps pages stuck together, or a pile was not scanned."
TOO_MANY = "Perhaps some were scanned twice, or miscounted."
UNKNOWN = "Not counted here: {slips} without a session."


def shortfalls(form: Form, rows: Sequence[Row], expected: int | None) -> tuple[str, ...]:
    """Return a sentence for each session, and one for all slips, whose number is another.

    `expected`: slips handed in altogether, None if nobody counted them; the sessions' own
    numbers stand in the form.
    """
    return tuple(_shortfalls(form, [row for row in rows if is_handed_in(row)], expected))


def is_handed_in(row: Row) -> bool:
    """Tell whether `row` is a slip of this event that somebody handed in, whatever is on it.

    Not: a page without a slip, a second scan of the same slip, or a slip of another event. What
    seems to be a second scan counts until a person has decided; what a person has rated counts
    whatever the machine took it for.
    """
    reading = row.reading
    if row.status is Status.CORRECTED:
        return True
    if reading.status is Status.REJECTED or Reason.WRONG_FORM in reading.reasons:
        return False
    return row.status is not Status.VOID or Reason.DUPLICATE not in reading.reasons


def _shortfalls(form: Form, slips: Sequence[Row], expected: int | None) -> Iterator[str]:
    unknown = sum(row.session is None for row in slips)
    for session in form.sessions:
        found = sum(row.session == session.id for row in slips)
        if session.expected is not None and found != session.expected:
            text = _sentence(f"Session {session.id}", found, session.expected)
            yield f"{text} {UNKNOWN.format(slips=_counted(unknown))}" if unknown else text
    if expected is not None and len(slips) != expected:
        yield _sentence("All sessions", len(slips), expected)


def _sentence(what: str, found: int, expected: int) -> str:
    more = found - expected
    how, cause = ("too many", TOO_MANY) if more > 0 else ("missing", MISSING)
    return f"{what}: {_counted(found)} read, {expected} handed in, {abs(more)} {how}. {cause}"


def _counted(slips: int) -> str:
    return "1 slip" if slips == 1 else f"{slips} slips"
