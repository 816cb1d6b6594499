"""Owns the reading of a stack: its pages to workers, their readings held against each other."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from scanpipe.form import Form
from scanpipe.reading import decision, ink, scans
from scanpipe.reading.condition import PageCondition
from scanpipe.reading.duplicates import SlipsBefore, doubting_repeats
from scanpipe.reading.identity import digest_of
from scanpipe.reading.memory import Memory, pack, unpack
from scanpipe.reading.notes import notes_on
from scanpipe.reading.pages import lost_page, see_pages, slip_picture
from scanpipe.reading.processes import temporary_files_in
from scanpipe.reading.record import Note, PageReading
from scanpipe.reading.scans import ScanFile
from scanpipe.reading.workers import Task, in_order
from scanpipe.vocabulary import Reason

PAGES_AT_A_TIME = 12
"""Tesseract's start is shared by so many pages; more would only make the progress bar jump."""

PASSING = {Reason.INTERNAL_ERROR, Reason.FILE_CHANGED, Reason.UNREADABLE_FILE}
"""A page rejected for one of these may be read the next time."""


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


@dataclass(frozen=True, slots=True)
class _Packed:
    """A page as it comes from a worker, or out of the memory."""

    file: ScanFile
    page: int
    data: bytes


def open_stack(paths: Sequence[Path]) -> Stack:
    """Look at the scans in `paths`, files or folders; raise UsageError for a missing one."""
    return Stack(scans.find_scans(paths))


def thresholds() -> dict[str, float]:
    """Return the thresholds in force, for the record of a run."""
    return decision.thresholds() | ink.thresholds()


def circumstances(form: Form, tools: Mapping[str, str]) -> str:
    """Return a digest of all that a reading depends on besides its scan.

    `tools`: the versions of Tesseract, its models, and poppler.
    """
    return digest_of(form, thresholds() | {"pages_at_a_time": PAGES_AT_A_TIME}, tools)


def read_stack(
    form: Form,
    stack: Stack,
    workers: int,
    notes: list[Note] | None = None,
    memory: Memory | None = None,
    folder: Path | None = None,
) -> Generator[PageReading, None, None]:
    """Read `stack` in `workers` processes and yield its pages in their order.

    The readings do not depend on `workers`, nor on what is in the `memory`: a page that is there
    is not read again, and every other is put there. Temporary files lie in `folder`, or where the
    system keeps such. `notes` is given what there is to say of the stack once all pages have
    come. Raises MissingToolError.
    """
    before = SlipsBefore(decision.same_slip)
    conditions: list[PageCondition] = []
    task = _task(form, memory)
    with closing(in_order(_jobs(stack), task, workers, folder=folder)) as packed:
        for page in packed:
            seen = unpack(page.data, page.file, page.page)
            conditions.append(seen.condition)
            picture = partial(_picture, form, page.file, folder)
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


def _task(form: Form, memory: Memory | None) -> Task[_Job, _Packed]:
    work = Task(partial(_read, form), _single_pages, partial(_lost, form))
    if memory is None:
        return work
    return replace(work, known=partial(_recall, memory), done=partial(_keep, memory))


def _read(form: Form, job: _Job) -> list[_Packed]:
    seen = see_pages(form, job.file, job.pages)
    return [_Packed(job.file, page, pack(each)) for page, each in zip(job.pages, seen, strict=True)]


def _single_pages(job: _Job) -> list[_Job]:
    return [_Job(job.file, range(page, page + 1)) for page in job.pages]


def _lost(form: Form, job: _Job) -> _Packed:
    page = job.pages[0]
    return _Packed(job.file, page, pack(lost_page(form, job.file, page)))


def _recall(memory: Memory, job: _Job) -> list[_Packed] | None:
    """Return a whole job or nothing: Tesseract may read a field otherwise in other company."""
    found = memory.recall(job.file.sha256, job.pages) if job.file.problem is None else None
    if found is None:
        return None
    pages = [_Packed(job.file, *each) for each in zip(job.pages, found, strict=True)]
    try:
        for page in pages:
            unpack(page.data, page.file, page.page)
    except ValueError:
        return None
    return pages


def _keep(memory: Memory, job: _Job, pages: Sequence[_Packed]) -> None:
    """Remember a job, unless it is done at once or may come out better the next time."""
    if job.file.problem is not None:
        return
    readings = [unpack(page.data, page.file, page.page).reading for page in pages]
    reasons = {reason for page in readings for slip in page.slips for reason in slip.reasons}
    if not reasons & PASSING:
        memory.keep(job.file.sha256, {page.page: page.data for page in pages})


def _picture(
    form: Form, file: ScanFile, folder: Path | None, page: int, place: int
) -> bytes | None:
    with temporary_files_in(folder):
        return slip_picture(form, file, page, place)
