"""Owns what a simulated stack is made of: slips and other pages, and the truth about each."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from scanpipe.form import Form
from scanpipe.simulation.hands import CLEAR, Crowd, correction, mark, struck_out
from scanpipe.simulation.paper import Paper, make_slip
from scanpipe.simulation.pens import Image, Marking
from scanpipe.simulation.scanner import Placed, Scanner, feed, scan_glass
from scanpipe.simulation.strokes import Generator
from scanpipe.simulation.wear import FRESH, Wear
from scanpipe.vocabulary import Reason, Status

GAP_MM = 6.0
"""Lid between slips that lie side by side on the glass."""


@dataclass(frozen=True, slots=True)
class TruthRow:
    """What a careful reader finds: a slip, or a page without one.

    `expected`: the status it should get; None where there is no slip to report (blank backs).
    For corrections `rating` is what the reader should propose.
    """

    session: str = ""
    rating: int | None = None
    kind: str = ""
    expected: Status | None = None
    reasons: tuple[Reason, ...] = ()
    centre_mm: tuple[float, float] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """One slip to be made: its session (from 0), the ink on it, and what it should be read as."""

    session_index: int
    marks: tuple[Marking, ...]
    kind: str
    rating: int | None
    expected: Status
    reasons: tuple[Reason, ...] = ()
    note: str = ""
    wear: Wear = FRESH

    def paper(self, form: Form, rng: Generator, dpi: float) -> Paper:
        """Make the slip."""
        return make_slip(form, self.session_index, self.marks, rng, wear=self.wear, dpi=dpi)

    def in_channel(self, channel: int) -> "Subject":
        """Return the slip as red (0), green (1) or blue (2) light sees it."""
        inked = tuple(replace(mark, pen=mark.pen.in_channel(channel)) for mark in self.marks)
        return replace(self, marks=inked)

    def truth(self, form: Form, centre_mm: tuple[float, float]) -> TruthRow:
        """Return the row about this slip, found at `centre_mm` of its page."""
        session = form.sessions[self.session_index].id
        return TruthRow(
            session, self.rating, self.kind, self.expected, self.reasons, centre_mm, self.note
        )


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


def marked_twice(session_index: int, smileys: int, rng: Generator, crowd: Crowd = CLEAR) -> Subject:
    """Return a slip with marks at two ratings."""
    first, second = (mark(rating, rng, crowd=crowd) for rating in _two_ratings(smileys, rng))
    kind = f"{first.kind}+{second.kind}"
    return Subject(
        session_index, (first, second), kind, None, Status.REVIEW, (Reason.OVERVOTE,), "two marks"
    )


def corrected(session_index: int, smileys: int, rng: Generator) -> Subject:
    """Return a slip on which one mark is scribbled out and another one stands."""
    abandoned, kept = _two_ratings(smileys, rng)
    marks = correction(abandoned, kept, rng)
    note = f"{abandoned} scribbled out"
    reasons = (Reason.CORRECTION,)
    return Subject(session_index, marks, "correction", kept, Status.REVIEW, reasons, note)


def changed(session_index: int, smileys: int, rng: Generator, crowd: Crowd = CLEAR) -> Subject:
    """Return a slip on which someone changed their mind, in one of many ways."""
    abandoned, kept = _two_ratings(smileys, rng)
    marks = struck_out(abandoned, kept, rng, crowd)
    kind = f"{marks[0].kind} struck out with {marks[1].kind}, {marks[-1].kind}"
    note = f"{abandoned} struck out"
    reasons = (Reason.CORRECTION,)
    return Subject(session_index, marks, kind, kept, Status.REVIEW, reasons, note)


def faintly_marked(session_index: int, marking: Marking) -> Subject:
    """Return a slip whose mark is so faint that a person should look."""
    reasons = (Reason.MARGINAL,)
    return Subject(
        session_index,
        (marking,),
        marking.kind,
        marking.rating,
        Status.REVIEW,
        reasons,
        "very faint pencil; reading it right is as good",
    )


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
    return Page(seen.image, scanner.dpi, (subject.truth(form, seen.centres_mm[0]),))


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
    rows = [s.truth(form, centre) for s, centre in zip(subjects, seen.centres_mm, strict=True)]
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
