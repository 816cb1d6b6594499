"""What a run that was stopped has read, and what the next one makes of it."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from scanpipe.form import Form
from scanpipe.reading import crews, pipeline
from scanpipe.reading.kinds import kinds_of
from scanpipe.reading.pages import SeenPage, lost_page
from scanpipe.reading.record import Note, PageReading
from scanpipe.reading.scans import ScanFile
from scanpipe.simulation.hands import PENS, mark
from scanpipe.simulation.paper import foreign_page, make_slip
from scanpipe.simulation.scanner import SCANNERS, scan
from scanpipe.simulation.strokes import Kind
from scanpipe.vocabulary import Reason, Status


class Remembering(dict[tuple[str, int], bytes]):
    """A memory, and what was asked of it."""

    def __init__(self) -> None:
        self.kept: list[list[int]] = []

    def recall(self, scan: str, pages: Sequence[int]) -> list[bytes] | None:
        found = [self.get((scan, page)) for page in pages]
        return None if None in found else found

    def keep(self, scan: str, pages: Mapping[int, bytes]) -> None:
        self.kept.append(list(pages))
        self.update({(scan, page): data for page, data in pages.items()})


@pytest.fixture(scope="module")
def box(form: Form, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three slips, the first of them fed a second time, and a page of text."""
    rng = np.random.default_rng(6)
    scanner = replace(SCANNERS["office_grey"], dpi=100)
    cross = {"kind": Kind.CROSS, "pen": PENS["ballpoint_black"]}
    slips = [make_slip(form, i, [mark(i + 2, rng, **cross)], rng, dpi=200) for i in range(3)]
    path = tmp_path_factory.mktemp("box") / "box.pdf"
    with pikepdf.new() as pdf:
        for paper in (*slips, slips[0], foreign_page((148.0, 105.0), 200)):
            packed = io.BytesIO()
            Image.fromarray(scan(paper, scanner, rng)).save(packed, "PDF", resolution=100)
            with pikepdf.open(packed) as one:
                pdf.pages.extend(one.pages)
        pdf.save(path)
    return path


@pytest.fixture(scope="module", autouse=True)
def two_pages_at_a_time_and_no_worker_to_wait_for(without_workers: Callable) -> Iterator[None]:
    with without_workers(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "PAGES_AT_A_TIME", 2)
        yield


@pytest.fixture(scope="module")
def first(form: Form, box: Path) -> tuple[list[PageReading], list[Note], Remembering]:
    """A run that was not stopped, and what it remembers."""
    return read(form, box, Remembering())


def read(
    form: Form, box: Path, memory: Remembering
) -> tuple[list[PageReading], list[Note], Remembering]:
    notes: list[Note] = []
    stack = pipeline.open_stack([box])
    return list(pipeline.read_stack(kinds_of(form), stack, 1, notes, memory)), notes, memory


def test_every_page_is_remembered_with_its_job(first) -> None:
    pages, _, memory = first
    assert memory.kept == [[1, 2], [3, 4], [5]]
    assert pages[3].slips[0].same_as == pages[0].slips[0].slip
    assert pages[4].slips[0].picture


def test_what_is_remembered_needs_no_worker_and_reads_the_same(form, box, first, monkeypatch):
    def no_worker(*_: object) -> None:
        raise AssertionError("a worker was asked for")

    monkeypatch.setattr(crews.Pool, "submit", no_worker)

    again, notes, memory = read(form, box, copy(first[2]))

    assert (again, notes) == first[:2]
    assert memory.kept == []


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda memory, key: memory.pop(key), id="missing"),
        pytest.param(lambda memory, key: memory.update({key: b"{}"}), id="damaged"),
    ],
)
def test_a_job_of_which_a_page_is_gone_is_read_again_whole(form, box, first, spoil) -> None:
    memory = copy(first[2])
    (key,) = (key for key in memory if key[1] == 4)
    spoil(memory, key)

    again, notes, _ = read(form, box, memory)

    assert (again, notes) == first[:2]
    assert memory.kept == [[3, 4]]
    assert memory == first[2]


def copy(memory: Remembering) -> Remembering:
    again = Remembering()
    again.update(memory)
    return again


def job(file: ScanFile, pages: int) -> pipeline._Job:
    return pipeline._Job(file, range(1, pages + 1))


@pytest.mark.parametrize("reason", [Reason.INTERNAL_ERROR, Reason.FILE_CHANGED])
def test_what_may_be_read_the_next_time_is_not_remembered(form, first, box, reason) -> None:
    (file,) = pipeline.open_stack([box]).files
    lost = lost_page(kinds_of(form), file, 2)
    (slip,) = lost.reading.slips
    lost = replace(lost, reading=replace(lost.reading, slips=(replace(slip, reasons=(reason,)),)))
    memory, good = Remembering(), first[2][file.sha256, 1]

    pipeline._keep(memory, job(file, 1), [pipeline._Packed(file, 1, good)])
    pipeline._keep(
        memory,
        job(file, 2),
        [pipeline._Packed(file, 1, good), pipeline._Packed(file, 2, pipeline.pack(lost))],
    )

    assert memory.kept == [[1]]


def test_a_file_that_cannot_be_opened_is_not_remembered_as_the_one_it_copies(form, box, tmp_path):
    twin = tmp_path / "twin.pdf"
    twin.write_bytes(box.read_bytes())
    stack = pipeline.open_stack([box, twin])
    memory = Remembering()
    seen = lost_page(kinds_of(form), stack.files[1], 1)

    pipeline._keep(memory, job(stack.files[1], 1), [packed_of(stack.files[1], seen)])

    assert stack.files[1].problem is Reason.DUPLICATE
    assert memory.kept == []
    assert pipeline._recall(memory, job(stack.files[1], 1)) is None


def packed_of(file: ScanFile, seen: SeenPage) -> pipeline._Packed:
    return pipeline._Packed(file, 1, pipeline.pack(seen))


def test_another_tesseract_another_form_or_other_thresholds_remember_nothing(form, monkeypatch):
    tools = {"Tesseract": "5.3.0", "poppler": "22.12.0"}
    before = pipeline.circumstances(kinds_of(form), tools)
    sessions = (form.sessions[0].model_copy(update={"name": "Other"}), *form.sessions[1:])
    assert pipeline.circumstances(kinds_of(form), dict(tools)) == before
    others = {
        pipeline.circumstances(kinds_of(form), tools | {"Tesseract": "5.4.0"}),
        pipeline.circumstances(kinds_of(form.model_copy(update={"sessions": sessions})), tools),
    }
    monkeypatch.setattr(pipeline, "thresholds", lambda: {"fill": 0.1})
    others.add(pipeline.circumstances(kinds_of(form), tools))
    assert len(others - {before}) == 3


def test_the_number_of_slips_handed_in_changes_nothing_that_was_read(form) -> None:
    counted = (session.model_copy(update={"expected": 12}) for session in form.sessions)
    other = form.model_copy(update={"sessions": tuple(counted)})
    assert pipeline.circumstances(kinds_of(other), {}) == pipeline.circumstances(kinds_of(form), {})


def test_a_rejected_slip_keeps_its_picture(first) -> None:
    (slip,) = first[0][4].slips
    assert slip.status is Status.REJECTED
    assert slip.picture.startswith(b"\x89PNG")
