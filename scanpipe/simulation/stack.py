"""Owns making a whole simulated stack: form in, scanned PDF and its truth out."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pikepdf

from scanpipe.errors import UsageError
from scanpipe.form import Form
from scanpipe.simulation.awkward import AWKWARD_PAGES, awkward_pages
from scanpipe.simulation.counts import Counts, SessionCounts, plausible_counts
from scanpipe.simulation.files import (
    add_page,
    mark_simulated,
    save_pdf,
    write_truth,
    written_as_one,
)
from scanpipe.simulation.paper import WORK_DPI
from scanpipe.simulation.scanner import SCANNERS, Scanner
from scanpipe.simulation.strokes import Generator
from scanpipe.simulation.subjects import (
    Page,
    Subject,
    answered,
    fed_page,
    filled_in,
    marked_twice,
    unmarked,
)
from scanpipe.simulation.wear import Wear

DEFAULT_SLIPS = 100
MIN_DPI, MAX_DPI = 75, 600

_UPSIDE_DOWN = 0.12
"""Share of slips that go through the feeder the wrong way round."""

ImageKind = Literal["grey", "1bit"]


def simulate(
    form: Form,
    target: Path,
    truth: Path,
    *,
    counts: Counts | None = None,
    slips: int | None = None,
    seed: int = 1,
    image: ImageKind = "grey",
    dpi: int = 200,
    awkward: bool = False,
    slots: tuple[int, ...] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write a scanned stack to `target` (PDF) and what is on it to `truth` (CSV).

    `counts` fixes how many slips of each session say what; without, `slips` of them (100 if
    None) are marked plausibly. `awkward` makes the awkward stack instead, whose slips are
    fixed. `slots`: the numbers of the kinds of slips in their marks, by default those of a first
    printing. The same arguments give the same bytes. `progress` is told pages done, and all.

    Raises UsageError for arguments that contradict each other, OutputError when a file
    cannot be written; neither file is then changed.
    """
    _check(target, truth, counts, slips, dpi, awkward)
    office = SCANNERS["office_grey" if image == "grey" else "office_1bit"]
    scanner = replace(office, dpi=dpi, jpeg_quality=None)
    paper_dpi = max(WORK_DPI, dpi)
    rng = np.random.default_rng(seed)
    if awkward:
        total, pages = AWKWARD_PAGES, awkward_pages(form, scanner, rng, paper_dpi, slots)
    else:
        counts = counts or plausible_counts(form, slips or DEFAULT_SLIPS, rng)
        of_sessions = [session.slips for session in counts]
        total = max(of_sessions) if form.slip.session == "rows" else sum(of_sessions)
        pages = _ordinary_pages(form, counts, scanner, rng, paper_dpi, slots)
    with written_as_one(target, truth) as (pdf_path, truth_path), pikepdf.new() as pdf:
        rows = []
        for done, page in enumerate(pages, start=1):
            add_page(pdf, page.image, page.dpi, office.jpeg_quality)
            rows.append(page.rows)
            if progress:
                progress(done, total)
        mark_simulated(pdf)
        save_pdf(pdf, pdf_path)
        write_truth(truth_path, rows)


def _check(
    target: Path, truth: Path, counts: Counts | None, slips: int | None, dpi: int, awkward: bool
) -> None:
    if target.absolute() == truth.absolute():
        raise UsageError(f"the stack and its truth cannot both be {target}")
    if sum(given is not None for given in (counts, slips)) + awkward > 1:
        raise UsageError(
            "--counts, --slips and --awkward each say what is in the stack", "Give one of them."
        )
    if slips is not None and slips < 1:
        raise UsageError(f"a stack of {slips} slips cannot be made")
    if counts is not None and not any(session.slips for session in counts):
        raise UsageError("the counts add up to no slip at all")
    if not MIN_DPI <= dpi <= MAX_DPI:
        raise UsageError(f"{dpi} dpi is not between {MIN_DPI} and {MAX_DPI}")


def _ordinary_pages(
    form: Form,
    counts: Counts,
    scanner: Scanner,
    rng: Generator,
    paper_dpi: float,
    slots: tuple[int, ...] | None,
) -> Iterator[Page]:
    """Yield the slips that `counts` asks for, shuffled, one to a page."""
    slips = _card_rows(counts, rng) if form.slip.session == "rows" else _wanted(counts)
    wanted = list(slips)
    for place in rng.permutation(len(wanted)).tolist():
        session_index, answers = wanted[place]
        upside_down = rng.random() < _UPSIDE_DOWN
        rows = [_subject(session_index, rating, form, rng) for rating in answers]
        subject = _slip(rows, form, rng)
        if upside_down:
            subject = replace(subject, note=", ".join(filter(None, [subject.note, "upside down"])))
        lying = replace(scanner, turns=(180 if upside_down else 0,))
        yield fed_page(replace(subject, slots=slots), form, lying, rng, paper_dpi)


_Wanted = tuple[int, tuple[int | None, ...]]
"""A slip's session, from 0, and the ratings to be marked on it; rating 0 stands for blank, None for
two marks.
"""


def _wanted(counts: Counts) -> Iterator[_Wanted]:
    """Yield session and rating of every slip."""
    for index, session in enumerate(counts):
        yield from ((index, (rating,)) for rating in _ratings(session))


def _ratings(session: SessionCounts) -> Iterator[int | None]:
    for rating, number in enumerate(session.ratings, start=1):
        yield from [rating] * number
    yield from [0] * session.blank
    yield from [None] * session.overvote


def _card_rows(counts: Counts, rng: Generator) -> Iterator[_Wanted]:
    """Yield the ratings on every card with a row for each session; some rows are left blank."""
    columns = [list(_ratings(session)) for session in counts]
    most = max(len(column) for column in columns)
    shuffled = []
    for column in columns:
        padded = column + [0] * (most - len(column))
        shuffled.append([padded[i] for i in rng.permutation(most).tolist()])
    yield from ((0, answers) for answers in zip(*shuffled, strict=True))


def _slip(rows: list[Subject], form: Form, rng: Generator) -> Subject:
    """Return the slip with what was asked for on it, and whatever else its form has."""
    if len(rows) == 1:
        return filled_in(rows[0], form, rng)
    first, *below = rows
    alone = form.model_copy(update={"slip": form.slip.model_copy(update={"session": "none"})})
    return replace(filled_in(first, alone, rng), below=tuple(below))


def _subject(session_index: int, rating: int | None, form: Form, rng: Generator) -> Subject:
    if rating is None:
        return marked_twice(session_index, form, rng)
    if rating == 0:
        return unmarked(session_index)
    worn = Wear(crooked_mm=0.6, toner=rng.uniform(0.9, 1.0))
    return replace(answered(form, session_index, rating, rng), wear=worn)
