"""Owns what an entry in review.csv means for its slip: a verdict, or problems to mend."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

from scanpipe.errors import ReviewError
from scanpipe.form import Form
from scanpipe.reading.record import SlipReading
from scanpipe.reporting.added import added_slips, with_added
from scanpipe.reporting.answers import folded, possible, rating_of
from scanpipe.reporting.review import HOW_TO_MEND, Entry, Problem, Review
from scanpipe.reporting.rows import UNDECIDED, Row
from scanpipe.reporting.slip_names import has_rows, slip_of
from scanpipe.vocabulary import Reason, Status

_COUNTED = (Status.READ, Status.BLANK, Status.CORRECTED)

_NOT_ABOUT_MARKS = frozenset(
    {Reason.SESSION_UNREAD, Reason.SESSION_CONFLICT, Reason.SESSION_STRUCK}
    | {Reason.DUPLICATE, Reason.PHOTOCOPIED}
)
"""With no other reason than these, and no rating read, the machine saw a slip without a mark."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    status: Status
    session: str | None
    rating: int | None


def corrected(rows: Sequence[Row], review: Review, form: Form, path: Path) -> list[Row]:
    """Return `rows` as `judged` does; `path` is for the messages.

    Raises:
        ReviewError: entries cannot be taken, or are for slips that are not among `rows`.
    """
    done, problems = judged(rows, review, form)
    if problems:
        noun = "entry" if len(problems) == 1 else "entries"
        message = f"{path} has {len(problems)} {noun} that cannot be taken:"
        raise ReviewError(message, tuple(map(str, sorted(problems))), HOW_TO_MEND)
    return done


def judged(rows: Sequence[Row], review: Review, form: Form) -> tuple[list[Row], list[Problem]]:
    """Return `rows` with the entries of `review` taken in, and every entry that cannot be taken.

    After an unreadable page stand the further slips that were entered on it. A row whose entry
    cannot be taken stays as the machine read it.
    """
    known = {row.reading.slip for row in rows} | added_slips(rows, review)
    problems = [*_strangers(known, review), *review.problems]
    done = []
    for row in with_added(rows, review, form):
        own: list[Problem] = []
        now = _row(row, review.entries.get(row.reading.slip), form, own)
        done.append(row if own else now)
        problems += own
    problems += _split_slips(done, review, form)
    return done, problems


def _strangers(slips: Set[str], review: Review) -> Iterator[Problem]:
    """Yield a problem for each entry for a slip that is not among `slips`; one if none is."""
    strange = [entry for entry in review.entries.values() if entry.slip not in slips]
    if len(strange) > 1 and len(strange) == len(review.entries):
        text = f"none of the {len(strange)} slips is in this folder's results.csv: "
        yield Problem(strange[0].row, "slip", f"{text}this review.csv belongs to another run")
        return
    for entry in strange:
        text = f"{entry.slip!r} is not a slip in this folder's results.csv"
        yield Problem(entry.row, "slip", text)


def _row(row: Row, entry: Entry | None, form: Form, problems: list[Problem]) -> Row:
    verdict = _verdict(row.reading, entry, form, problems) if entry else None
    if verdict is None:
        return row
    return replace(row, status=verdict.status, session=verdict.session, rating=verdict.rating)


def _verdict(
    reading: SlipReading, entry: Entry, form: Form, problems: list[Problem]
) -> _Verdict | None:
    """Return what `entry` decides, None if it leaves the slip as the machine read it."""
    session = _session(reading, entry, form, problems)
    word = folded(entry.rating)
    if not word:
        _refuse_half_a_correction(reading, entry, session, problems)
        return None
    if word == "void":
        return _Verdict(Status.VOID, session, None)
    if session is None and not entry.session.strip():
        text = f"is empty, and none was read; expected one of: {_session_ids(form)}"
        problems.append(Problem(entry.row, "session", text))
    if form.questions and reading.question is None:
        text = "belongs to no question of the form, so that no answer can be entered; expected void"
        problems.append(Problem(entry.row, "rating", text))
    rating = _rating(word, reading, entry, form, problems)
    return _Verdict(Status.CORRECTED, session, rating)


def _refuse_half_a_correction(
    reading: SlipReading, entry: Entry, session: str | None, problems: list[Problem]
) -> None:
    """Note the problem of a new session, without a rating, for a slip that the machine settled."""
    if reading.status not in UNDECIDED and session != reading.session and entry.session.strip():
        text = f"is empty, so that the session {entry.session.strip()!r} has no effect; "
        problems.append(Problem(entry.row, "rating", f"{text}type the rating too, or ok"))


def _session(reading: SlipReading, entry: Entry, form: Form, problems: list[Problem]) -> str | None:
    """Return the id of the session that was typed; if none was, of the one that was read.

    Slips that know of no session are all of the only one; in a row for each session, it is the
    row's.
    """
    typed = folded(entry.session)
    if not typed:
        only = form.sessions[0].id if form.slip.session == "none" else None
        return reading.read_session or only
    for names in (
        {folded(session.id): session.id for session in form.sessions},
        {folded(session.name): session.id for session in form.sessions},
    ):
        if typed in names:
            if form.slip.session == "rows" and reading.read_session not in (None, names[typed]):
                text = f"{entry.session!r}: this row of the slip is about {reading.read_session}"
                problems.append(Problem(entry.row, "session", f"{text}; leave it empty"))
            return names[typed]
    text = f"{entry.session!r} is not a session of the form; expected one of: {_session_ids(form)}"
    problems.append(Problem(entry.row, "session", text))
    return None


def _rating(
    word: str, reading: SlipReading, entry: Entry, form: Form, problems: list[Problem]
) -> int | None:
    """Return the rating that `word` stands for, None for a blank slip."""
    if word == "blank":
        return None
    if word == "ok" and (reading.read_rating is not None or _read_as_blank(reading)):
        return reading.read_rating
    rating = rating_of(entry.rating, form)
    if rating is not None:
        return rating
    if word == "ok":
        text = f"'ok' accepts what was read, but nothing was; expected {possible(form)}"
        problems.append(Problem(entry.row, "rating", f"{text}, blank or void"))
    else:
        text = f"{entry.rating!r} is none of: {possible(form)}, blank, void, ok"
        problems.append(Problem(entry.row, "rating", text))
    return None


def _split_slips(rows: Sequence[Row], review: Review, form: Form) -> Iterator[Problem]:
    """Yield a problem for each entry for a slip whose answers would count for several sessions."""
    if not has_rows(form) or form.slip.session == "rows":
        return
    counted = [row for row in rows if row.session and row.status in _COUNTED]
    sessions: dict[str, list[str]] = {}
    for row in counted:
        sessions.setdefault(slip_of(row.reading.slip, form), []).append(row.session or "")
    for row in counted:
        slip = slip_of(row.reading.slip, form)
        entry = review.entries.get(row.reading.slip)
        if entry and entry.rating.strip() and len(set(sessions[slip])) > 1:
            found = " and ".join(sorted(set(sessions[slip])))
            text = f"the answers of slip {slip} would count for {found}; enter one session for all"
            yield Problem(entry.row, "session", text)


def _read_as_blank(reading: SlipReading) -> bool:
    if reading.status is Status.REVIEW:
        return bool(reading.fills) and _NOT_ABOUT_MARKS.issuperset(reading.reasons)
    return reading.status is Status.BLANK


def _session_ids(form: Form) -> str:
    return ", ".join(session.id for session in form.sessions)
