"""Owns the reading of a stack: its pages to workers, their readings held against each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scanpipe.form import Form
from scanpipe.reading import decision, ink, scans
from scanpipe.reading.condition import PageCondition
from scanpipe.reading.duplicates import SlipsBefore, doubting_repeats
from scanpipe.reading.notes import notes_on
from scanpipe.reading.pages import SeenPage, lost_page, see_pages, slip_picture
from scanpipe.reading.record import Note, PageReading
from scanpipe.reading.scans import ScanFile
from scanpipe.reading.workers import Task, in_order

PAGES_AT_A_TIME = 12
"""Tesseract's start is shared by so many pages; more would only make the progress bar jump."""


@dataclass(frozen=True, slots=True)
class Stack:
    """The scans of one run."""

    files: tuple[ScanFile, ...]

    @property
    def page_count(self) -> int:
        """Pages in all files; a file that cannot be opened counts as one."""
        return sum(file.pages for file in self.files)

    @property
    def inputs(self) -> list[tuple[str, str]]:
        """Name and SHA-256 of every file."""
        return [(file.name, file.sha256) for file in self.files]


@dataclass(frozen=True, slots=True)
class _Job:
    """Some pages of one file."""

    file: ScanFile
    pages: range


def open_stack(paths: Sequence[Path]) -> Stack:
    """Look at the scans in `paths`, files or folders; raise UsageError for a missing one."""
    return Stack(scans.find_scans(paths))


def thresholds() -> dict[str, float]:
    """Return the thresholds in force, for the record of a run."""
    return decision.thresholds() | ink.thresholds()


def read_stack(
    form: Form, stack: Stack, workers: int, notes: list[Note] | None = None
) -> Iterator[PageReading]:
    """Read `stack` in `workers` processes and yield its pages in their order.

    The readings do not depend on `workers`. `notes` is given what there is to say of the stack
    once all pages have come. Raises MissingToolError.
    """
    task = Task(partial(_read, form), _single_pages, partial(_lost, form))
    before = SlipsBefore(decision.same_slip)
    conditions: list[PageCondition] = []
    for file, seen in in_order(_jobs(stack), task, workers):
        conditions.append(seen.condition)
        picture = partial(slip_picture, form, file)
        yield doubting_repeats(seen.reading, seen.prints, before, picture)
    if notes is not None:
        notes += notes_on(conditions)


def read_pages(form: Form, file: ScanFile, pages: Sequence[int]) -> list[PageReading]:
    """Read some pages of one file. Trouble with a page is told in that page's reading."""
    return [seen.reading for seen in see_pages(form, file, pages)]


def _jobs(stack: Stack) -> Iterator[_Job]:
    for file in stack.files:
        for first in range(1, file.pages + 1, PAGES_AT_A_TIME):
            yield _Job(file, range(first, min(first + PAGES_AT_A_TIME, file.pages + 1)))


def _read(form: Form, job: _Job) -> list[tuple[ScanFile, SeenPage]]:
    return [(job.file, seen) for seen in see_pages(form, job.file, job.pages)]


def _single_pages(job: _Job) -> list[_Job]:
    return [_Job(job.file, range(page, page + 1)) for page in job.pages]


def _lost(form: Form, job: _Job) -> tuple[ScanFile, SeenPage]:
    return job.file, lost_page(form, job.file, job.pages[0])
