"""Owns what a simulated stack is made of: slips and other pages, and the truth about each."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from scanpipe.form import Form
from scanpipe.simulation.hands import (
    CLEAR,
    Crowd,
    correction,
    handwriting,
    mark,
    struck_out,
)
from scanpipe.simulation.paper import Paper, make_slip
from scanpipe.simulation.pens import Image, Marking, Pen
from scanpipe.simulation.scanner import Placed, Scanner, feed, scan_glass
from scanpipe.simulation.strokes import Generator, Kind
from scanpipe.simulation.wear import FRESH, Wear
from scanpipe.vocabulary import Reason, Status

WRITE_SHARE = 0.3
"""So many people write something where there is room for it."""

GAP_MM = 6.0
"""Lid between slips that lie side by side on the glass."""


@dataclass(frozen=True, slots=True)
class TruthRow:
    """What a careful reader finds: a slip, or a page without one.

    `expected`: the status it should get; None where there is no slip to report (blank backs).
    For corrections `rating` is what the reader should propose. On slips with several rows there is
    one for each `row`, from 1. `comment`: whether something is written in the slip's box.
    """

    session: str = ""
    rating: int | None = None
    kind: str = ""
    expected: Status | None = None
    reasons: tuple[Reason, ...] = ()
    centre_mm: tuple[float, float] | None = None
    note: str = ""
    row: int | None = None
    question: str = ""
    comment: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """One slip to be made: its session (from 0), the ink on it, and what it should be read as.

    `below`: the same for each further row of the slip. `chosen`: the mark by which people say which
    session they were in. `written`: what stands in the comment box. `slots`: the numbers of the
    kinds of slips in their marks, if they are not the usual ones.
    """

    session_index: int
    marks: tuple[Marking, ...]
    kind: str
    rating: int | None
    expected: Status
    reasons: tuple[Reason, ...] = ()
    note: str = ""
    wear: Wear = FRESH
    below: tuple["Subject", ...] = ()
    chosen: Marking | None = None
    written: Marking | None = None
    serial: str = ""
    slots: tuple[int, ...] | None = None

    @property
    def rows(self) -> tuple["Subject", ...]:
        """What is on each row of the slip, from the top."""
        return (self, *self.below)

    def paper(self, form: Form, rng: Generator, dpi: float) -> Paper:
        """Make the slip."""
        return make_slip(
            form,
            self.session_index if len(form.kinds) > 1 else 0,
            self.all_marks(form),
            rng,
            wear=self.wear,
            dpi=dpi,
            written=self.written,
            serial=self.serial,
            slots=self.slots,
        )

    def all_marks(self, form: Form) -> tuple[Marking, ...]:
        """Return every mark on the slip; ratings run on through all its rows."""
        chosen: tuple[Marking, ...] = ()
        if self.chosen is not None:
            chosen = (replace(self.chosen, rating=self.session_index + 1),)
        first = len(form.sessions) if form.slip.session == "marked" else 0
        in_rows = (
            replace(mark, rating=first + place * form.targets + mark.rating)
            for place, row in enumerate(self.rows)
            for mark in row.marks
        )
        return (*chosen, *in_rows)

    def in_channel(self, channel: int) -> "Subject":
        """Return the slip as red (0), green (1) or blue (2) light sees it."""

        def seen(marking: Marking | None) -> Marking | None:
            return marking and replace(marking, pen=marking.pen.in_channel(channel))

        return replace(
            self,
            marks=tuple(replace(mark, pen=mark.pen.in_channel(channel)) for mark in self.marks),
            below=tuple(row.in_channel(channel) for row in self.below),
            chosen=seen(self.chosen),
            written=seen(self.written),
        )

    def truth(self, form: Form, centre_mm: tuple[float, float]) -> tuple[TruthRow, ...]:
        """Return the rows about this slip, found at `centre_mm` of its page."""
        return tuple(
            TruthRow(
                form.sessions[place if form.slip.session == "rows" else self.session_index].id,
                row.rating,
                row.kind,
                row.expected,
                row.reasons,
                centre_mm,
                self.note,
                place + 1 if self.below else None,
                form.questions[place].id if form.questions else "",
                self.written is not None and place == 0,
            )
            for place, row in enumerate(self.rows)
        )

    def changed_in_all_rows(self, **changes: Any) -> "Subject":
        """Return the slip with `changes` in what is to be read of each of its rows."""
        below = tuple(replace(row, **changes) for row in self.below)
        return replace(self, below=below, **changes)


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """One scanned page at `dpi`, and the truth about it: a row per slip from top to bottom, or
    one row saying what the page is instead. `image` is grey, shape (H, W), or RGB, (H, W, 3).
    """

    image: Image
    dpi: float
    rows: tuple[TruthRow, ...]


def marked(session_index: int, marking: Marking, note: str = "", wear: Wear = FRESH) -> Subject:
    """Return a slip with one clear mark."""
    return Subject(
        session_index, (marking,), marking.kind, marking.rating, Status.READ, (), note, wear
    )


def unmarked(session_index: int, note: str = "") -> Subject:
    """Return a slip without a mark."""
    return Subject(session_index, (), "blank", None, Status.BLANK, note=note)


def answered(
    form: Form,
    session_index: int,
    rating: int,
    rng: Generator,
    crowd: Crowd = CLEAR,
    kind: Kind | None = None,
    pen: Pen | None = None,
) -> Subject:
    """Return a slip that gives one clear answer: one mark, or as many as are to be chosen."""
    if not form.scale.choose:
        return marked(session_index, mark(rating, rng, crowd=crowd, kind=kind, pen=pen))
    face, *others = list(combinations(range(1, form.targets + 1), form.scale.choose))[rating - 1]
    first = mark(face, rng, crowd=crowd, kind=kind, pen=pen)
    # Whoever marks several things marks them alike.
    like = partial(mark, rng=rng, crowd=crowd, kind=Kind(first.kind), pen=first.pen)
    marks = (first, *map(like, others))
    kinds = "+".join(each.kind for each in marks)
    return Subject(session_index, marks, kinds, rating, Status.READ)


def marked_twice(session_index: int, form: Form, rng: Generator, crowd: Crowd = CLEAR) -> Subject:
    """Return a slip with marks at two ratings; where some are to be chosen, one too many or few."""
    choose = form.scale.choose
    if not choose:
        faces: tuple[int, ...] = _two_ratings(form.targets, rng)
        reason, note = Reason.OVERVOTE, "two marks"
    else:
        few = choose > 1 and rng.random() < 0.5
        count = choose - 1 if few else choose + 1
        faces = tuple(
            sorted(rng.choice(np.arange(1, form.targets + 1), count, replace=False).tolist())
        )
        reason = Reason.UNDERVOTE if few else Reason.OVERVOTE
        note = "one mark too few" if few else "one mark too many"
    marks = tuple(mark(rating, rng, crowd=crowd) for rating in faces)
    kind = "+".join(each.kind for each in marks)
    return Subject(session_index, marks, kind, None, Status.REVIEW, (reason,), note)


def corrected(session_index: int, form: Form, rng: Generator) -> Subject:
    """Return a slip on which one mark is scribbled out and another one stands."""
    if form.scale.choose:
        return marked_twice(session_index, form, rng)
    abandoned, kept = _two_ratings(form.targets, rng)
    marks = correction(abandoned, kept, rng)
    note = f"{abandoned} scribbled out"
    reasons = (Reason.CORRECTION,)
    return Subject(session_index, marks, "correction", kept, Status.REVIEW, reasons, note)


def changed(session_index: int, form: Form, rng: Generator, crowd: Crowd = CLEAR) -> Subject:
    """Return a slip on which someone changed their mind, in one of many ways."""
    if form.scale.choose:
        return marked_twice(session_index, form, rng, crowd)
    abandoned, kept = _two_ratings(form.targets, rng)
    marks = struck_out(abandoned, kept, rng, crowd)
    kind = f"{marks[0].kind} struck out with {marks[1].kind}, {marks[-1].kind}"
    note = f"{abandoned} struck out"
    reasons = (Reason.CORRECTION,)
    return Subject(session_index, marks, kind, kept, Status.REVIEW, reasons, note)


def faintly_marked(answer: Subject) -> Subject:
    """Return a slip whose mark is so faint that a person should look."""
    return replace(
        answer,
        expected=Status.REVIEW,
        reasons=(Reason.MARGINAL,),
        note="very faint pencil; reading it right is as good",
    )


def filled_in(subject: Subject, form: Form, rng: Generator, crowd: Crowd = CLEAR) -> Subject:
    """Return the slip with all else on it that the form asks for: a row is as `subject` has it,
    the others have clear answers.
    """
    rows = [subject]
    if len(form.rows) > 1:
        ratings = rng.integers(1, form.ratings + 1, len(form.rows) - 1).tolist()
        rows = [answered(form, subject.session_index, each, rng, crowd) for each in ratings]
        rows.insert(int(rng.integers(len(form.rows))), subject)
    first, *below = rows
    whole = replace(first, below=tuple(below), wear=subject.wear, note=subject.note)
    if form.slip.session == "marked":
        whole = replace(whole, chosen=mark(1, rng, crowd=crowd))
    if form.comment and rng.random() < WRITE_SHARE:
        whole = replace(whole, written=handwriting(rng))
    if form.slip.serial:
        whole = replace(whole, serial=f"{int(rng.integers(32**8)):08X}"[-8:])
    return whole


def fed_page(subject: Subject, form: Form, scanner: Scanner, rng: Generator, dpi: float) -> Page:
    """Return the page of one slip fed through `scanner`; the paper is made at `dpi`.

    A colour scan is made a channel at a time, each with the same luck.
    """
    if scanner.paper_rgb is not None:
        colours = enumerate(scanner.paper_rgb)
        grey = [
            (channel, replace(scanner, paper=paper, paper_rgb=None)) for channel, paper in colours
        ]
        red, green, blue = (
            fed_page(subject.in_channel(channel), form, eye, copy.deepcopy(rng), dpi)
            for channel, eye in grey
        )
        return replace(red, image=np.stack([red.image, green.image, blue.image], axis=-1))
    seen = feed(subject.paper(form, rng, dpi), scanner, rng)
    return Page(seen.image, scanner.dpi, subject.truth(form, seen.centres_mm[0]))


def other_page(paper: Paper, row: TruthRow, scanner: Scanner, rng: Generator) -> Page:
    """Return a page that is no slip, fed through `scanner`."""
    return Page(feed(paper, scanner, rng).image, scanner.dpi, (row,))


def glass_page(
    subjects: Sequence[Subject],
    angles_deg: Sequence[float],
    form: Form,
    scanner: Scanner,
    rng: Generator,
    dpi: float,
) -> Page:
    """Return one page of loose slips in rows of two, each turned by its angle (clockwise)."""
    papers = [subject.paper(form, rng, dpi) for subject in subjects]
    placed, page_mm = _in_rows(papers, angles_deg, rng)
    seen = scan_glass(placed, page_mm, scanner, rng)
    rows = [
        row
        for subject, centre in zip(subjects, seen.centres_mm, strict=True)
        for row in subject.truth(form, centre)
    ]
    rows.sort(key=lambda row: row.centre_mm[::-1] if row.centre_mm else (0.0, 0.0))
    return Page(seen.image, scanner.dpi, tuple(rows))


def _in_rows(
    papers: Sequence[Paper], angles_deg: Sequence[float], rng: Generator
) -> tuple[list[Placed], tuple[float, float]]:
    """Place the papers two to a row without touching; return them and the page they need."""
    placed: list[Placed] = []
    y_mm = width_mm = GAP_MM
    pairs = list(zip(papers, angles_deg, strict=True))
    for start in range(0, len(pairs), 2):
        x_mm, height_mm = GAP_MM, 0.0
        for paper, angle_deg in pairs[start : start + 2]:
            lying = paper.lying_mm(angle_deg)
            nudge_mm = rng.uniform(0, GAP_MM / 2)
            centre = (x_mm + nudge_mm + lying[0] / 2, y_mm + nudge_mm + lying[1] / 2)
            placed.append(Placed(paper, *centre, angle_deg))
            x_mm += lying[0] + nudge_mm + GAP_MM
            height_mm = max(height_mm, lying[1] + nudge_mm)
        y_mm += height_mm + GAP_MM
        width_mm = max(width_mm, x_mm)
    return placed, (width_mm, y_mm)


def _two_ratings(smileys: int, rng: Generator) -> tuple[int, int]:
    first, second = rng.choice(np.arange(1, smileys + 1), 2, replace=False).tolist()
    return first, second
