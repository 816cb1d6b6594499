"""Owns the order of the stages, the workers, and the isolation of one page from the next."""

import contextlib
import logging
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.errors import ScanpipeError
from scanpipe.form import Form
from scanpipe.layout import Layout, layout_of
from scanpipe.marks import MarkCode, mark_code
from scanpipe.reading import backs, decision, ink, registration, scans, session, streaks
from scanpipe.reading.measures import FieldText, Placement, SlipInk
from scanpipe.reading.record import PageKind, PageReading, SlipReading
from scanpipe.reading.scans import PageImage, ScanFile
from scanpipe.vocabulary import Reason, Status

PX_PER_MM = 8.0
"""Resolution of a rectified slip: half a pen line's width is a pixel or more."""

PAGES_AT_A_TIME = 12
"""Tesseract's start is shared by so many pages; more would only make the progress bar jump."""

PICTURE_SIDE_PX = 1400

_log = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())

Grey = NDArray[np.uint8]


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
class _Slip:
    """A slip measured, its session field not yet read."""

    name: str
    x_mm: float
    y_mm: float
    ink: SlipInk
    placement: Placement
    marked_session: int | None
    field: Grey
    image: Grey


@dataclass(frozen=True, slots=True)
class _Page:
    """A page measured: its slips, or why there are none; a picture where a person must look."""

    file: str
    page: int | None
    name: str
    slips: tuple[_Slip, ...] = ()
    problem: Reason | None = None
    image: Grey | None = None


def open_stack(paths: Sequence[Path]) -> Stack:
    """Look at the scans in `paths`, files or folders; raise UsageError for a missing one."""
    return Stack(scans.find_scans(paths))


def thresholds() -> dict[str, float]:
    """Return the thresholds in force, for the record of a run."""
    return decision.thresholds() | ink.thresholds()


def read_stack(form: Form, stack: Stack, workers: int) -> Iterator[PageReading]:
    """Read `stack` in `workers` processes and yield its pages in their order.

    The readings do not depend on `workers`. Raises MissingToolError.
    """
    jobs = iter(_jobs(stack))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker) as pool:
        ahead: deque[Future[list[PageReading]]] = deque()
        try:
            for file, pages in jobs:
                with _deaf_to_interrupts():
                    ahead.append(pool.submit(read_pages, form, file, pages))
                if len(ahead) > 2 * workers:
                    yield from ahead.popleft().result()
            while ahead:
                yield from ahead.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@contextlib.contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Start workers that Ctrl-C does not reach: their parent stops them, without a traceback."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _start_worker() -> None:
    """Keep libraries from starting threads of their own: the workers fill the cores already."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    cv2.setNumThreads(1)


def _jobs(stack: Stack) -> Iterator[tuple[ScanFile, range]]:
    for file in stack.files:
        for first in range(1, file.pages + 1, PAGES_AT_A_TIME):
            yield file, range(first, min(first + PAGES_AT_A_TIME, file.pages + 1))


def read_pages(form: Form, file: ScanFile, pages: Sequence[int]) -> list[PageReading]:
    """Read some pages of one file. Trouble with a page is told in that page's reading."""
    layout, code = layout_of(form), mark_code(form.id, len(form.sessions))
    measured = [_measure_safely(file, page, layout, code) for page in pages]
    slips = [slip for page in measured for slip in page.slips]
    texts = iter(session.recognise([slip.field for slip in slips], form.words.tesseract))
    names = [each.name for each in form.sessions]
    return [_reading(page, [next(texts) for _ in page.slips], names, form) for page in measured]


def _measure_safely(file: ScanFile, page: int, layout: Layout, code: MarkCode) -> _Page:
    name = f"{_letters(file.sha256)}-{page:03d}"
    if file.problem is not None:
        return _Page(file.name, None, name, problem=file.problem)
    try:
        return _measure_page(file, page, name, layout, code)
    except ScanpipeError:
        raise
    except Exception:
        _log.exception("page %d of %s", page, file.name)
        return _Page(file.name, page, name, problem=Reason.INTERNAL_ERROR)


def _measure_page(file: ScanFile, number: int, name: str, layout: Layout, code: MarkCode) -> _Page:
    page = scans.load_page(file, number)
    if isinstance(page, Reason):
        return _Page(file.name, number, name, problem=page)
    page = replace(page, pixels=streaks.remove_streaks(page.pixels).pixels)
    found = registration.find_slips(page.pixels, page.px_per_mm, layout, code)
    slips = tuple(
        _measure_slip(page, each, f"{name}-{i}", layout) for i, each in enumerate(found, start=1)
    )
    if slips:
        return _Page(file.name, number, name, slips)
    if backs.is_blank_back(page.pixels, page.px_per_mm, code):
        return _Page(file.name, number, name)
    return _Page(file.name, number, name, problem=Reason.NO_SLIP, image=page.pixels)


def _measure_slip(
    page: PageImage, found: registration.Registration, name: str, layout: Layout
) -> _Slip:
    upright = registration.rectify(page.pixels, found, layout, PX_PER_MM)
    x_px, y_px = found.centre_px(layout)
    scale = _page_scale(page.px_per_mm, found.px_per_mm)
    return _Slip(
        name,
        x_px / scale,
        y_px / scale,
        ink.measure_ink(upright, layout, PX_PER_MM),
        Placement(len(found.marks), found.residual_mm),
        found.session_index,
        session.field_image(upright, layout, PX_PER_MM),
        upright,
    )


def _page_scale(of_file: float | None, of_marks: float) -> float:
    """Return the page's px per mm: the file's word, unless the marks give it the lie."""
    if of_file is not None and 0.85 < of_file / of_marks < 1.18:
        return of_file
    return of_marks


def _reading(page: _Page, texts: list[FieldText], names: Sequence[str], form: Form) -> PageReading:
    if page.problem is not None:
        rejected = SlipReading(
            f"{page.name}-0",
            page.file,
            page.page,
            Status.REJECTED,
            (page.problem,),
            picture=_png(page.image) if page.image is not None else None,
        )
        return PageReading(page.file, page.page, PageKind.UNREADABLE, (rejected,))
    if not page.slips:
        return PageReading(page.file, page.page, PageKind.BLANK_BACK, ())
    read = tuple(
        _slip_reading(page, slip, text, names, form)
        for slip, text in zip(page.slips, texts, strict=True)
    )
    return PageReading(page.file, page.page, PageKind.SLIPS, read)


def _slip_reading(
    page: _Page, slip: _Slip, text: FieldText, names: Sequence[str], form: Form
) -> SlipReading:
    match = session.match_session(text.text, names)
    verdict = decision.judge(slip.ink, slip.placement, text, match, slip.marked_session)

    def session_id(index: int | None) -> str | None:
        return None if index is None else form.sessions[index].id

    return SlipReading(
        slip.name,
        page.file,
        page.page,
        verdict.status,
        verdict.reasons,
        slip.x_mm,
        slip.y_mm,
        session_id(verdict.session),
        verdict.rating,
        session_id(verdict.read_session),
        verdict.read_rating,
        text.text,
        verdict.session_confidence,
        verdict.rating_confidence,
        tuple(face.fill for face in slip.ink.faces),
        _png(slip.image) if verdict.status is Status.REVIEW else None,
    )


def _png(image: Grey) -> bytes:
    factor = min(1.0, PICTURE_SIDE_PX / max(image.shape))
    small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    done, data = cv2.imencode(".png", small)
    if not done:
        raise ValueError(f"an image of shape {image.shape} cannot be saved as PNG")
    return data.tobytes()


def _letters(sha256: str) -> str:
    """Return six letters for a hash: a spreadsheet takes no such name for a number or a date."""
    value, letters = int(sha256, 16), "bcdfghjklmnpqrstvwxz"
    word = ""
    for _ in range(6):
        value, digit = divmod(value, len(letters))
        word += letters[digit]
    return word
