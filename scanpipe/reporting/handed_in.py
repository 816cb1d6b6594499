"""Owns the comparison of the slips that were handed in with those that were read."""

from collections.abc import Iterator, Sequence

from scanpipe.form import Form
from scanpipe.messages import Messages, messages_for
from scanpipe.reporting.rows import Row
from scanpipe.reporting.slip_names import slip_of
from scanpipe.vocabulary import Reason, Status


def shortfalls(form: Form, rows: Sequence[Row], expected: int | None) -> tuple[str, ...]:
    """Return a sentence for each session, and one for all slips, whose number is another.

    The sentences are in the form's language.

    `expected`: slips handed in altogether, None if nobody counted them; the sessions' own
    numbers stand in the form.
    """
    slips = [row for row in rows if is_handed_in(row)]
    # Handed in are slips, whatever the number of answers on each.
    slips = [*{(slip_of(row.reading.slip, form), row.session): row for row in slips}.values()]
    return tuple(_shortfalls(form, slips, expected, messages_for(form.language)))


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


def _shortfalls(
    form: Form, slips: Sequence[Row], expected: int | None, t: Messages
) -> Iterator[str]:
    known = {slip_of(row.reading.slip, form) for row in slips if row.session}
    unknown = len({slip_of(row.reading.slip, form) for row in slips} - known)
    for session in form.sessions:
        found = sum(row.session == session.id for row in slips)
        if session.expected is not None and found != session.expected:
            said = _sentence(t("Session {id}", id=session.id), found, session.expected, t)
            yield f"{said} {_not_counted(unknown, t)}" if unknown else said
    count = len({slip_of(row.reading.slip, form) for row in slips})
    if expected is not None and count != expected:
        yield _sentence(t("All sessions"), count, expected, t)


def _sentence(what: str, found: int, expected: int, t: Messages) -> str:
    values = {
        "what": what,
        "slips": t.plural("{count} slip", "{count} slips", found),
        "expected": expected,
        "difference": abs(found - expected),
    }
    if found > expected:
        return t(
            "{what}: {slips} read, {expected} handed in, {difference} too many. Perhaps some were "
            "scanned twice, or miscounted.",
            **values,
        )
    return t(
        "{what}: {slips} read, {expected} handed in, {difference} missing. Perhaps pages stuck "
        "together, or a pile was not scanned.",
        **values,
    )


def _not_counted(unknown: int, t: Messages) -> str:
    return t.plural(
        "Not counted here: {count} slip without a session.",
        "Not counted here: {count} slips without a session.",
        unknown,
    )
