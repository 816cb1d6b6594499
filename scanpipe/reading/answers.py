"""Owns the way from a slip that was measured to its readings: one for each of its rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scanpipe.form import Form, Question
from scanpipe.layout import Layout
from scanpipe.reading import decision, session
from scanpipe.reading.condition import SlipCondition
from scanpipe.reading.decision import SessionVerdict, Verdict
from scanpipe.reading.fingerprint import Fingerprint
from scanpipe.reading.ink import ink_of_rows
from scanpipe.reading.kinds import SlipKinds
from scanpipe.reading.measures import (
    UNALTERED,
    FieldText,
    NameInk,
    Placement,
    PrintedName,
    SessionMatch,
    SlipInk,
    figures,
)
from scanpipe.reading.record import SlipReading
from scanpipe.vocabulary import Status

Grey = NDArray[np.uint8]

NO_TEXT = FieldText("", 0.0)
NO_MATCH = SessionMatch(0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredSlip:
    """A slip measured, its session `field` not yet read; None where it has none, or it is put away.

    `name` and `x_mm`, `y_mm` as in SlipReading. `kind`: which of the kinds of slips its marks say,
    None for another form's. `ink`: of all the rows of its `layout`. `name_ink`: what else lies in
    the session field. `picture`: of a slip that is for a person whatever its session field says.
    """

    name: str
    x_mm: float
    y_mm: float
    ink: SlipInk
    placement: Placement
    kind: int | None
    layout: Layout
    field: Grey | None
    name_ink: NameInk
    print: Fingerprint | None
    condition: SlipCondition
    comment: bytes | None
    serial: str | None
    picture: bytes | None = None


def is_for_review(ink: SlipInk, placement: Placement, layout: Layout, kinds: SlipKinds) -> bool:
    """Whether a person must look at a slip with such `ink`, whatever is to be read of its session.

    False says nothing yet.
    """
    rows = ink_of_rows(ink, layout)[1 if layout.choice else 0 :]
    known = decision.only_session(0, decision.MARKS_NEEDED)
    verdicts = (decision.judge(row, placement, known, kinds.form.scale.choose) for row in rows)
    return any(verdict.status is Status.REVIEW for verdict in verdicts)


def readings_of(
    slip: MeasuredSlip, text: FieldText, kinds: SlipKinds, file: str, page: int | None
) -> tuple[SlipReading, ...]:
    """Judge a slip on page `page` of `file`, whose session field says `text`."""
    rows = ink_of_rows(slip.ink, slip.layout)
    choice = rows[0] if slip.layout.choice else None
    of_rows = rows[1:] if choice else rows
    match, name = _match(slip, text, kinds), _printed_name(slip, text, kinds)
    unread = SlipReading(
        slip.name,
        file,
        page,
        Status.REVIEW,
        (),
        slip.x_mm,
        slip.y_mm,
        session_text=text.text,
        serial=slip.serial,
    )
    found = []
    for place, ink in enumerate(of_rows):
        about = _session(slip, place, choice, text, match, name, kinds)
        verdict = decision.judge(ink, slip.placement, about, kinds.form.scale.choose)
        measured = figures(ink, slip.placement, text, match, name, slip.name_ink)
        if choice:
            measured |= {"session_fill": tuple(round(face.sure, 5) for face in choice.faces)}
        read = _told(unread, verdict, kinds.form)
        fills = tuple(face.fill for face in ink.faces)
        found.append(replace(read, fills=fills, figures=measured))
    first, *others = named_by_rows(found, slip.layout, kinds.form)
    return (replace(first, comment=slip.comment), *others)


def unread_rows(unread: SlipReading, form: Form) -> tuple[SlipReading, ...]:
    """Return a reading for each row of a slip that is not to be seen: a person may enter them."""
    rows = [unread] * len(form.rows)
    if form.slip.session == "rows":
        rows = [replace(unread, read_session=each.id) for each in form.sessions]
    return tuple(named_by_rows(rows, None, form))


def named_by_rows(
    rows: Sequence[SlipReading], layout: Layout | None, form: Form
) -> list[SlipReading]:
    """Return readings with the number of their row in their names, if there are several, and the
    question that they answer.
    """
    questions = [each.id if isinstance(each, Question) else None for each in form.rows]
    if layout is not None and form.questions:
        questions = [row.key for row in layout.rows]
    if len(form.rows) == 1 and len(rows) == 1:
        return [replace(row, question=questions[0]) for row in rows]
    asked = questions if form.questions else [None] * len(rows)
    return [
        replace(row, slip=f"{row.slip}-{number}", row=number, question=question)
        for number, (row, question) in enumerate(zip(rows, asked, strict=True), start=1)
    ]


def _match(slip: MeasuredSlip, text: FieldText, kinds: SlipKinds) -> SessionMatch:
    if not slip.layout.has_session_field:
        return NO_MATCH
    return match_field(text, kinds.field(slip.kind or 0).names, kinds.form)


def _printed_name(slip: MeasuredSlip, text: FieldText, kinds: SlipKinds) -> PrintedName:
    if slip.kind is None or not slip.layout.has_session_field:
        return UNALTERED
    field = kinds.field(slip.kind)
    return session.printed_name(text.text, field.names[field.place[slip.kind]])


def match_field(text: FieldText, names: Sequence[str], form: Form) -> SessionMatch:
    """Return which of `names` stands in a session field, as `session.match_session` does."""
    return session.match_session(text.text, names, own_model=not form.words.borrowed_from)


def _session(
    slip: MeasuredSlip,
    row: int,
    choice: SlipInk | None,
    text: FieldText,
    match: SessionMatch,
    name: PrintedName,
    kinds: SlipKinds,
) -> SessionVerdict:
    """Return which session a row of the slip is about."""
    if slip.kind is None:
        return decision.another_form()
    marks, on_slip = slip.placement.marks, kinds.sessions(slip.kind)
    if choice:
        return decision.chosen_session(choice, on_slip)
    if not slip.layout.has_session_field:
        return decision.only_session(on_slip[row] if on_slip else 0, marks)
    field = kinds.field(slip.kind)
    found = decision.printed_session(
        text, match, field.place[slip.kind], marks, slip.name_ink, name
    )
    place = found.proposal
    return found if place is None else replace(found, proposal=field.sessions[place])


def _told(unread: SlipReading, verdict: Verdict, form: Form) -> SlipReading:
    def session_id(index: int | None) -> str | None:
        return None if index is None else form.sessions[index].id

    return replace(
        unread,
        status=verdict.status,
        reasons=verdict.reasons,
        session=session_id(verdict.session),
        rating=verdict.rating,
        read_session=session_id(verdict.read_session),
        read_rating=verdict.read_rating,
        session_confidence=verdict.session_confidence,
        rating_confidence=verdict.rating_confidence,
    )
