"""Owns which slot each kind of slip is printed with: its own for good, never one used before."""

import datetime
from collections.abc import Sequence

from scanpipe.composing import layout_of
from scanpipe.errors import FormError
from scanpipe.form import Form, Session
from scanpipe.layout import Layout
from scanpipe.marks import SLOTS
from scanpipe.printed.answers import agreed, answers_of, lock_name
from scanpipe.printed.model import (
    Answers,
    Paper,
    Printed,
    PrintedSession,
    PrintedSlip,
    Printing,
    digest_of,
    same_layout,
)


def with_printing(printed: Printed | None, form: Form, date: datetime.date | None) -> Printed:
    """Return `printed` with a printing of `form` on `date` added.

    A kind of slip that was printed before, with the same id, name and layout, keeps its slot;
    every other gets the next one. The slots of this printing are the result's `last_slots`.

    Raises FormError if the slips have no room for what is on them, if the answers would not mean
    what they meant before, or if there are more kinds of slips than numbers for the marks.
    """
    answers = agreed(printed.answers, form) if printed else answers_of(form)
    layouts, layout = _with_layout(printed.layouts if printed else (), layout_of(form))
    slips = list(printed.slips if printed else ())
    slots: list[int] = []
    for kind in form.kinds:
        paper = _paper(form, kind, layout)
        slot = next((slip.slot for slip in slips if slip.paper == paper), None)
        if slot is None:
            slot = _next_slot(slips, form)
            slips.append(_slip(slot, paper))
        slots.append(slot)
    return Printed(
        form=form.id,
        printings=_with_slots(printed.printings if printed else (), date, tuple(slots)),
        slips=tuple(slips),
        answers=answers,
        layouts=layouts,
        base=printed.base if printed else _base(form, answers),
    )


def numbers_in_marks(form: Form) -> tuple[int, ...]:
    """Return the numbers in the marks of `form`'s kinds of slips at their first printing."""
    return rebuilt(form).numbers_in_marks


def rebuilt(form: Form) -> Printed:
    """Return what was printed if `form` has not changed since: for a lock file that is lost."""
    return with_printing(None, form, None)


def _base(form: Form, answers: Answers) -> int:
    """Return the first slot of a form: 0 where the session's name, read from the slip, says all."""
    listed = [(each.id, each.name) for each in form.sessions] if form.kinds == (None,) else []
    words = answers.words if answers.scale == "answers" else ()
    asked = [(each.id, each.texts) for each in (*answers.questions, *answers.choices) if each.id]
    on_slip = (listed, words, asked)
    return int(digest_of(on_slip), 16) % SLOTS if any(on_slip) else 0


def _with_layout(layouts: tuple[Layout, ...], layout: Layout) -> tuple[tuple[Layout, ...], int]:
    """Return the layouts with `layout` among them, and its place."""
    for place, each in enumerate(layouts):
        if same_layout(each, layout):
            return layouts, place
    return (*layouts, layout), len(layouts)


def _paper(form: Form, kind: Session | None, layout: int) -> Paper:
    """Return what stands on the slip of a session, or on the one for all."""
    if kind is not None:
        return kind.id, kind.name, (), layout
    on_it = () if form.slip.session == "none" else form.sessions
    return None, None, tuple(PrintedSession(id=each.id, name=each.name) for each in on_it), layout


def _slip(slot: int, paper: Paper) -> PrintedSlip:
    session, name, listed, layout = paper
    return PrintedSlip(slot=slot, session=session, name=name, listed=listed, layout=layout)


def _next_slot(slips: Sequence[PrintedSlip], form: Form) -> int:
    if len(slips) < SLOTS:
        return len(slips)
    raise FormError(
        f"form {form.id}: all {SLOTS} numbers that its marks can have are given to slips printed "
        "before, and a number is never given twice",
        hint="Give the form a new id for the new slips. If none of the slips printed before was "
        f"handed out, delete {lock_name(form.id)} and print again.",
    )


def _with_slots(
    printings: tuple[Printing, ...], date: datetime.date | None, slots: tuple[int, ...]
) -> tuple[Printing, ...]:
    """Add a printing, unless it only repeats the last one, on a day that is known of that too."""
    if printings and printings[-1].slots == slots and (printings[-1].date or not date):
        return printings
    return (*printings, Printing(date=date, slots=slots))
