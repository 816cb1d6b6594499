"""Owns the reading of a stack: its pages to workers, their readings held against each other."""

import math
from collections import ChainMap
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

import cv2
import numpy as np

from scanpipe import tools
from scanpipe.reading import (
    apart,
    attribution,
    beside,
    decision,
    faces,
    ink,
    objects,
    on_words,
    session,
    smudges,
    strikes,
    strokes,
)
from scanpipe.reading.condition import PageCondition
from scanpipe.reading.crews import Crew, LocalCrew
from scanpipe.reading.duplicates import SlipsBefore, doubting_repeats
from scanpipe.reading.identity import digest_of, facts_of
from scanpipe.reading.kinds import SlipKinds
from scanpipe.reading.limits import hand_back_memory
from scanpipe.reading.memory import Memory, pack, unpack
from scanpipe.reading.notes import notes_on
from scanpipe.reading.nursery import READERS
from scanpipe.reading.pages import SeenPage, lost_page, see_pages, slip_picture
from scanpipe.reading.processes import single_threaded, temporary_files_in
from scanpipe.reading.record import Note, PageKind, PageReading, Place
from scanpipe.reading.scanfiles import ScanFile
from scanpipe.reading.sides import face_down
from scanpipe.reading.stack import Stack, open_stack
from scanpipe.reading.workers import Task, in_order
from scanpipe.vocabulary import Reason

__all__ = [
    "Stack",
    "circumstances",
    "facts",
    "open_stack",
    "read_pages",
    "read_stack",
    "thresholds",
]

PAGES_AT_A_TIME = 128
"""Tesseract's start, which takes as long as five pages, and its reading of a session's name are
shared by so many pages; more would only make the progress bar jump."""

PROBES = 3
"""So many names tell one model of Tesseract's from another."""

FEWEST_AT_A_TIME = 4
JOBS_WANTED = 8
"""A small file is divided further, so that there is work for every worker; into more parts it
would cost more, for every part starts Tesseract."""

LAST_SHARE = 1 / 2
FEWEST_AT_LAST = 16
"""Of the last pages of a file a job is given so large a share, down to so few, so that its workers
come to the end at about the same time."""

PARTS = 8
"""Into so many the pages of a worker that died are divided, and again those of the part that did
it: every part starts Tesseract, and every one that fails costs a worker."""

PASSING = {Reason.INTERNAL_ERROR, Reason.FILE_CHANGED, Reason.UNREADABLE_FILE}
"""A page rejected for one of these may be read the next time."""


@dataclass(frozen=True, slots=True)
class _Job:
    """Some pages of one file; `copy` is where a worker elsewhere finds it."""

    file: ScanFile
    pages: range
    copy: ScanFile | None = None

    def with_copy(self, copy: ScanFile) -> "_Job":
        return replace(self, copy=copy)


@dataclass(frozen=True)
class _Packed:
    """A page as it comes from a worker, or out of the memory."""

    file: ScanFile
    page: int
    data: bytes

    @cached_property
    def seen(self) -> SeenPage:
        """The page itself. Raises ValueError if the data are damaged."""
        return unpack(self.data, self.file, self.page)


def thresholds() -> dict[str, float]:
    """Return the thresholds in force, for the record of a run."""
    marks = (strokes, faces, attribution, apart, beside, objects, strikes)
    owners = (decision, ink, *marks, smudges, on_words)
    return dict(ChainMap(*(owner.thresholds() for owner in owners)))


def circumstances(kinds: SlipKinds, found: Mapping[str, str]) -> str:
    """Return a digest of all that a reading of such slips depends on besides its scan.

    `found`: the versions of Tesseract, its models, and poppler.
    """
    return digest_of(kinds, thresholds(), found)


def facts(kinds: SlipKinds) -> dict[str, str]:
    """Return by name what a reading depends on besides its scan, wherever this is called: versions,
    digests, and what Tesseract makes of the sessions' names, which no version tells.

    Raises MissingToolError.
    """
    form = kinds.form
    found = tools.require(form.models)
    drawn = [_drawn(each.name) for each in form.sessions[:PROBES] if form.models]
    with single_threaded():
        read = session.recognise(drawn, form.words.tesseract)
    told = " ".join(f"{text.text} {text.confidence:.6f}" for text in read)
    return facts_of(kinds, thresholds(), found) | {"a reading by Tesseract": told}


def _drawn(text: str) -> session.Grey:
    """Return a picture of `text`, shape (60, W), black on white."""
    picture = np.full((60, 40 + 30 * len(text)), 255, np.uint8)
    cv2.putText(picture, text, (20, 42), cv2.FONT_HERSHEY_DUPLEX, 1.2, 0, 2, cv2.LINE_AA)
    return picture


def read_stack(
    kinds: SlipKinds,
    stack: Stack,
    workers: int,
    notes: list[Note] | None = None,
    memory: Memory | None = None,
    folder: Path | None = None,
    crew: Crew | None = None,
) -> Generator[PageReading, None, None]:
    """Have `crew`, or `workers` processes here, read `stack`; yield its pages in their order.

    The readings do not depend on who reads, nor on what is in the `memory`: a page that is there
    is not read again, and every other is put there. Temporary files lie in `folder`, or where the
    system keeps such. `notes` is given what there is to say of the stack once all pages have
    come. The crew is stopped at the end. Raises MissingToolError.
    """
    before = SlipsBefore(decision.same_slip, decision.same_numbered_slip)
    conditions: list[PageCondition] = []
    pages: list[tuple[Place, PageKind]] = []
    crew = crew or LocalCrew(workers, folder, READERS)
    with closing(in_order(_jobs(stack), _task(kinds, memory), crew)) as packed:
        for page in packed:
            seen = page.seen
            conditions.append(seen.condition)
            if seen.reading.page is not None:
                pages.append((Place(seen.reading.file, seen.reading.page), seen.reading.kind))
            picture = partial(_picture, kinds, page.file, folder)
            yield doubting_repeats(seen.reading, seen.prints, before, picture)
    if notes is not None:
        notes += notes_on(
            conditions, marginal_fill=decision.MARGINAL_FILL, faint_fill=decision.FAINT_FILL
        )
        notes += filter(None, [face_down(pages)])


def read_pages(kinds: SlipKinds, file: ScanFile, pages: Sequence[int]) -> list[PageReading]:
    """Read some pages of one file. Trouble with a page is told in that page's reading."""
    return [seen.reading for seen in see_pages(kinds, file, pages)]


def _jobs(stack: Stack) -> Iterator[_Job]:
    for file in stack.files:
        first = 1
        for some in pages_at_a_time(file.pages):
            yield _Job(file, range(first, first + some))
            first += some


def pages_at_a_time(pages: int) -> Iterator[int]:
    """Yield how many of a file's `pages` make a job, whoever works and whatever else is read."""
    most = min(max(math.ceil(pages / JOBS_WANTED), FEWEST_AT_A_TIME), PAGES_AT_A_TIME)
    left = pages
    while left:
        share = max(math.ceil(left * LAST_SHARE), FEWEST_AT_LAST)
        if left < 1.5 * FEWEST_AT_LAST:  # no crumbs: each would cost a start of Tesseract
            share = left if left <= most else math.ceil(left / 2)
        some = min(most, share)
        yield some
        left -= some


def _task(kinds: SlipKinds, memory: Memory | None) -> Task[_Job, _Packed]:
    work = Task(partial(_read, kinds), _parts, partial(_lost, kinds))
    if memory is None:
        return work
    return replace(work, known=partial(_recall, memory), done=partial(_keep, memory))


def _read(kinds: SlipKinds, job: _Job) -> list[_Packed]:
    seen = see_pages(kinds, job.copy or job.file, job.pages)
    return [_Packed(job.file, page, pack(each)) for page, each in zip(job.pages, seen, strict=True)]


def _parts(job: _Job) -> list[_Job]:
    """Divide a job that cost a worker, and which of whose pages is to blame is to be found out."""
    some = math.ceil(len(job.pages) / PARTS)
    return [_Job(job.file, job.pages[i : i + some]) for i in range(0, len(job.pages), some)]


def _lost(kinds: SlipKinds, job: _Job) -> _Packed:
    page = job.pages[0]
    return _Packed(job.file, page, pack(lost_page(kinds, job.file, page)))


def _recall(memory: Memory, job: _Job) -> list[_Packed] | None:
    """Return a whole job or nothing: Tesseract may read a field otherwise in other company."""
    found = memory.recall(job.file.sha256, job.pages) if job.file.problem is None else None
    if found is None:
        return None
    pages = [_Packed(job.file, *each) for each in zip(job.pages, found, strict=True)]
    try:
        whole = [page.seen is not None for page in pages]
    except ValueError:
        return None
    return pages if all(whole) else None


def _keep(memory: Memory, job: _Job, pages: Sequence[_Packed]) -> None:
    """Remember a job, unless it is done at once or may come out better the next time."""
    if job.file.problem is not None:
        return
    slips = [slip for page in pages for slip in page.seen.reading.slips]
    reasons = {reason for slip in slips for reason in slip.reasons}
    if not reasons & PASSING:
        memory.keep(job.file.sha256, {page.page: page.data for page in pages})


def _picture(
    kinds: SlipKinds, file: ScanFile, folder: Path | None, page: int, place: int
) -> bytes | None:
    with temporary_files_in(folder):
        picture = slip_picture(kinds, file, page, place)
    hand_back_memory()  # this process seldom has a page to hold
    return picture
