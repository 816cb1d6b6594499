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
from scanpipe.simulation.counts import Counts, plausible_counts
from scanpipe.simulation.files import add_page, replacing, save_pdf, write_truth
from scanpipe.simulation.hands import mark
from scanpipe.simulation.paper import WORK_DPI
from scanpipe.simulation.scanner import SCANNERS, Scanner
from scanpipe.simulation.strokes import Generator
from scanpipe.simulation.subjects import Page, Subject, fed_page, marked, marked_twice, unmarked
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
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write a scanned stack to `target` (PDF) and what is on it to `truth` (CSV).

    `counts` fixes how many slips of each session say what; without, `slips` of them (100 if
    None) are marked plausibly. `awkward` makes the awkward stack instead, whose slips are
    fixed. The same arguments give the same bytes. `progress` is told pages done, and all.

    Raises UsageError for arguments that contradict each other, OutputError when a file
    cannot be written; neither file is then changed.
    """
    _check(target, truth, counts, slips, dpi, awkward)
    office = SCANNERS["office_grey" if image == "grey" else "office_1bit"]
    scanner = replace(office, dpi=dpi, jpeg_quality=None)
    paper_dpi = max(WORK_DPI, dpi)
    rng = np.random.default_rng(seed)
    if awkward:
        total, pages = AWKWARD_PAGES, awkward_pages(form, scanner, rng, paper_dpi)
    else:
        counts = counts or plausible_counts(form, slips or DEFAULT_SLIPS, rng)
        total = sum(session.slips for session in counts)
        pages = _ordinary_pages(form, counts, scanner, rng, paper_dpi)
    with replacing(target, truth) as (pdf_path, truth_path), pikepdf.new() as pdf:
        rows = []
        for done, page in enumerate(pages, start=1):
            add_page(pdf, page.image, page.dpi, office.jpeg_quality)
            rows.append(page.rows)
            if progress:
                progress(done, total)
        save_pdf(pdf, pdf_path)
        write_truth(truth_path, rows)


def _check(
    target: Path, truth: Path, counts: Counts | None, slips: int | None, dpi: int, awkward: bool
) -> None:
    if target.absolute() == truth.absolute():
        raise UsageError(f"the stack and its truth cannot both be {target}")
    if sum(given is not None for given in (counts, slips)) + awkward > 1:
        raise UsageError("counts, a number of slips and the awkward stack exclude each other")
    if slips is not None and slips < 1:
        raise UsageError(f"a stack of {slips} slips cannot be made")
    if counts is not None and not any(session.slips for session in counts):
        raise UsageError("the counts add up to no slip at all")
    if not MIN_DPI <= dpi <= MAX_DPI:
        raise UsageError(f"{dpi} dpi is not between {MIN_DPI} and {MAX_DPI}")


def _ordinary_pages(
    form: Form, counts: Counts, scanner: Scanner, rng: Generator, paper_dpi: float
) -> Iterator[Page]:
    """Yield the slips that `counts` asks for, shuffled, one to a page."""
    wanted = list(_wanted(counts))
    for place in rng.permutation(len(wanted)).tolist():
        session_index, rating = wanted[place]
        upside_down = rng.random() < _UPSIDE_DOWN
        subject = _subject(session_index, rating, form, rng)
        if upside_down:
            subject = replace(subject, note=", ".join(filter(None, [subject.note, "upside down"])))
        lying = replace(scanner, turns=(180 if upside_down else 0,))
        yield fed_page(subject, form, lying, rng, paper_dpi)


def _wanted(counts: Counts) -> Iterator[tuple[int, int | None]]:
    """Yield session and rating of every slip; rating 0 stands for blank, None for two marks."""
    for index, session in enumerate(counts):
        for rating, number in enumerate(session.ratings, start=1):
            yield from [(index, rating)] * number
        yield from [(index, 0)] * session.blank
        yield from [(index, None)] * session.overvote


def _subject(session_index: int, rating: int | None, form: Form, rng: Generator) -> Subject:
    if rating is None:
        return marked_twice(session_index, form.scale.smileys, rng)
    if rating == 0:
        return unmarked(session_index)
    worn = Wear(crooked_mm=0.6, toner=rng.uniform(0.9, 1.0))
    return marked(session_index, mark(rating, rng), wear=worn)
