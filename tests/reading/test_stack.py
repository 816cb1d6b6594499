"""A stack of a few pages, read as `scanpipe run` reads it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest

from scanpipe.form import Form
from scanpipe.reading import pipeline
from scanpipe.reading.kinds import kinds_of
from scanpipe.reading.pipeline import Stack, open_stack, read_stack
from scanpipe.reading.record import Note, NoteKind, PageKind
from scanpipe.reading.scanfiles import ScanFile
from scanpipe.reading.workers import Task
from scanpipe.simulation.files import add_page
from scanpipe.simulation.hands import mark
from scanpipe.simulation.paper import make_slip
from scanpipe.simulation.scanner import SCANNERS, feed
from scanpipe.vocabulary import Reason, Status


@pytest.fixture(scope="module")
def scan(form: Form, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four slips, scanned at 100 dpi."""
    rng = np.random.default_rng(8)
    path = tmp_path_factory.mktemp("scans") / "coarse.pdf"
    scanner = replace(SCANNERS["coarse"], jpeg_quality=None)
    with pikepdf.new() as pdf:
        for number in range(4):
            paper = make_slip(form, number, [mark(number + 1, rng)], rng)
            add_page(pdf, feed(paper, scanner, rng).image, 100, 75)
        pdf.save(path)
    return path


def here(jobs: Iterable[Any], task: Task[Any, Any], _crew: object) -> Iterator[Any]:
    """Do in this process what workers do, but for the second page, on which they all die."""
    for job in jobs:
        for number, part in enumerate(task.parts(job), start=1):
            yield from [task.lost(part)] if number == 2 else task.run(part)


@pytest.mark.usefixtures("in_this_process")
def test_a_page_on_which_every_worker_dies_is_rejected_in_its_place(
    form: Form, scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = open_stack([scan])
    whole = list(read_stack(kinds_of(form), stack, 1))
    monkeypatch.setattr(pipeline, "in_order", here)
    damaged = list(read_stack(kinds_of(form), stack, 1))
    assert damaged[:1] + damaged[2:] == whole[:1] + whole[2:]
    lost = damaged[1]
    assert (lost.file, lost.page, lost.kind) == ("coarse.pdf", 2, PageKind.UNREADABLE)
    (reading,) = lost.slips
    assert (reading.status, reading.reasons) == (Status.REJECTED, (Reason.INTERNAL_ERROR,))
    assert reading.slip == whole[1].slips[0].slip.removesuffix("-1") + "-0"


@pytest.mark.usefixtures("in_this_process")
def test_notes_come_with_the_last_page(form: Form, scan: Path) -> None:
    notes: list[Note] = []
    pages = read_stack(kinds_of(form), open_stack([scan]), 1, notes)
    for _ in range(4):
        next(pages)
    assert notes == []
    assert next(pages, None) is None
    assert [note.kind for note in notes] == [NoteKind.COARSE]


@pytest.mark.parametrize(
    ("pages", "jobs"),
    [
        (1, [1]),
        (9, [4, 3, 2]),
        (100, [13] * 6 + [11] * 2),
        (600, [75] * 7 + [38, 19, 18]),
        (1280, [128] * 9 + [64, 32, 16, 16]),
    ],
)
def test_a_small_stack_is_divided_further_so_that_every_worker_has_work(
    pages: int, jobs: list[int]
) -> None:
    stack = Stack((ScanFile(Path("box.pdf"), "box.pdf", "00", True, pages),))
    assert [len(job.pages) for job in pipeline._jobs(stack)] == jobs


def test_how_a_file_is_divided_does_not_depend_on_what_else_is_read() -> None:
    scan = ScanFile(Path("box.pdf"), "box.pdf", "00", True, 9)
    more = ScanFile(Path("more.pdf"), "more.pdf", "01", True, 900)
    assert list(pipeline._jobs(Stack((scan, more))))[:3] == list(pipeline._jobs(Stack((scan,))))


def test_a_file_that_is_cut_short_is_so_however_often_it_is_opened(tmp_path: Path) -> None:
    cut = tmp_path / "cut.pdf"
    with pikepdf.new() as pdf:
        for _ in range(3):
            pdf.add_blank_page()
        pdf.save(cut)
    cut.write_bytes(cut.read_bytes()[:-300])
    assert [open_stack([cut]).files[0].missing for _ in range(3)] == [True] * 3
