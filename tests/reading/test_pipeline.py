import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from scanpipe.errors import MissingToolError
from scanpipe.form import Form
from scanpipe.reading import backs, pipeline, registration, scans, session
from scanpipe.reading.kinds import kinds_of
from scanpipe.reading.record import PageKind, PageReading
from scanpipe.simulation.hands import PENS, mark
from scanpipe.simulation.paper import back_of, empty_paper, foreign_page, make_slip
from scanpipe.simulation.scanner import SCANNERS, scan
from scanpipe.simulation.strokes import Kind
from scanpipe.vocabulary import Reason, Status

DPI = 150
SCANNER = replace(SCANNERS["office_grey"], dpi=DPI)
A6_MM = (148.0, 105.0)


def save_pdf(path: Path, pages: Sequence[np.ndarray]) -> Path:
    with pikepdf.new() as pdf:
        for page in pages:
            packed = io.BytesIO()
            Image.fromarray(page).save(packed, "PDF", resolution=DPI, quality=80)
            with pikepdf.open(packed) as one:
                pdf.pages.extend(one.pages)
        pdf.save(path)
    return path


@pytest.fixture(scope="module")
def pages(form: Form) -> list[np.ndarray]:
    """Four slips, the first one's back, and a page of text."""
    rng = np.random.default_rng(6)
    cross = {"kind": Kind.CROSS, "pen": PENS["ballpoint_black"]}
    slips = [
        make_slip(form, i, [mark(i + 1, rng, **cross)] if i else [], rng, dpi=200) for i in range(4)
    ]
    text = foreign_page(A6_MM, 200)
    return [scan(paper, SCANNER, rng) for paper in (*slips, back_of(slips[0]), text)]


@pytest.fixture(scope="module")
def three(pages: list[np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The second to fourth slip."""
    return save_pdf(tmp_path_factory.mktemp("slips") / "three.pdf", pages[1:4])


@pytest.fixture
def stack_file(pages: list[np.ndarray], tmp_path: Path) -> Path:
    return save_pdf(tmp_path / "box.pdf", pages)


def read(form: Form, path: Path) -> list[PageReading]:
    (file,) = scans.find_scans([path])
    return pipeline.read_pages(kinds_of(form), file, range(1, file.pages + 1))


@pytest.fixture(scope="module")
def read_before(form: Form, three: Path) -> list[PageReading]:
    """What was read of the three slips when nothing went wrong."""
    return read(form, three)


@pytest.fixture
def no_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nobody wait for a Tesseract, which reads nothing."""
    nothing = session.FieldText("", 0.0)
    monkeypatch.setattr(session, "recognise", lambda fields, _: [nothing] * len(fields))


def test_every_page_becomes_what_it_is(form: Form, stack_file: Path) -> None:
    found = read(form, stack_file)

    assert [page.page for page in found] == [1, 2, 3, 4, 5, 6]
    assert [page.kind for page in found] == [
        *[PageKind.SLIPS] * 4,
        PageKind.BLANK_BACK,
        PageKind.UNREADABLE,
    ]
    slips = [page.slips[0] for page in found[:4]]
    assert [slip.session for slip in slips] == ["F", "P1", "P2", "P3"]
    assert [slip.rating for slip in slips] == [None, 2, 3, 4]
    assert [slip.status for slip in slips] == [Status.BLANK, *[Status.READ] * 3]
    assert found[5].slips[0].reasons == (Reason.NO_SLIP,)
    assert found[5].slips[0].picture


@pytest.mark.usefixtures("no_words")
def test_reading_twice_gives_the_same_names(form: Form, three: Path, tmp_path: Path) -> None:
    copy = tmp_path / "renamed.pdf"
    copy.write_bytes(three.read_bytes())

    first, second = (
        [slip.slip for page in read(form, path) for slip in page.slips] for path in (three, copy)
    )

    assert first == second
    assert len(set(first)) == len(first)


def test_a_fault_on_one_page_costs_that_page_and_not_its_neighbours(
    form: Form, three: Path, read_before: list[PageReading], monkeypatch: pytest.MonkeyPatch
) -> None:
    work, calls = registration.find_slips, []

    def fail_on_the_second(*args: object) -> object:
        calls.append(args)
        if len(calls) == 2:
            raise ZeroDivisionError("no such luck")
        return work(*args)

    monkeypatch.setattr(registration, "find_slips", fail_on_the_second)

    found = read(form, three)

    (lost,) = found[1].slips
    assert (found[1].page, found[1].kind) == (2, PageKind.UNREADABLE)
    assert (lost.status, lost.reasons) == (Status.REJECTED, (Reason.INTERNAL_ERROR,))
    assert [found[0], found[2]] == [read_before[0], read_before[2]]


def test_no_page_goes_without_a_row_unless_it_is_a_blank_back(
    form: Form, stack_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registration, "find_slips", lambda *_: ())
    monkeypatch.setattr(backs, "is_blank_back", lambda *_: False)

    found = read(form, stack_file)

    assert [len(page.slips) for page in found] == [1] * 6


@pytest.mark.usefixtures("no_words")
def test_a_page_is_in_memory_only_while_it_is_read(
    form: Form, three: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    load, find = scans.load_page, registration.find_slips

    def loading(*args: object) -> object:
        order.append("load")
        return load(*args)

    def finding(*args: object) -> object:
        order.append("find")
        return find(*args)

    monkeypatch.setattr(scans, "load_page", loading)
    monkeypatch.setattr(registration, "find_slips", finding)

    read(form, three)

    assert order == ["load", "find"] * 3


@pytest.mark.parametrize("content", [b"", b"no pdf", b"%PDF-1.4 and nothing"])
def test_a_file_that_cannot_be_opened_is_one_row(
    content: bytes, form: Form, tmp_path: Path
) -> None:
    path = tmp_path / "box.pdf"
    path.write_bytes(content)

    (page,) = read(form, path)

    assert (page.page, page.kind) == (None, PageKind.UNREADABLE)
    assert page.slips[0].reasons == (Reason.UNREADABLE_FILE,)


def test_a_white_page_from_a_damaged_image_is_rejected_and_no_blank_back(
    form: Form, three: Path, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.pdf"
    with pikepdf.open(three) as pdf:
        for image in pdf.pages[1].resources.XObject.values():
            image.write(image.read_raw_bytes()[:600], filter=pikepdf.Name.DCTDecode)
        pdf.save(damaged)

    found = read(form, damaged)

    assert found[1].kind is PageKind.UNREADABLE
    assert found[1].slips[0].reasons == (Reason.DAMAGED_IMAGE,)
    assert found[2].slips[0].rating == 4


def test_where_a_slip_lies_is_told_in_millimetres_of_the_page(
    form: Form, pages: list[np.ndarray], read_before: list[PageReading], tmp_path: Path
) -> None:
    wide = np.full((pages[1].shape[0] + 300, pages[1].shape[1] + 600), 238, np.uint8)
    wide[300:, 600:] = pages[1]

    alone = read_before[0].slips[0]
    moved = read(form, save_pdf(tmp_path / "moved.pdf", [wide]))[0].slips[0]

    assert moved.x_mm - alone.x_mm == pytest.approx(600 / DPI * 25.4, abs=0.3)
    assert moved.y_mm - alone.y_mm == pytest.approx(300 / DPI * 25.4, abs=0.3)
    assert (moved.session, moved.rating) == (alone.session, alone.rating) == ("P1", 2)


def test_without_tesseract_the_run_stops_and_says_so(
    form: Form, three: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> list:
        raise MissingToolError("Tesseract is not installed")

    monkeypatch.setattr(session, "recognise", missing)

    with pytest.raises(MissingToolError):
        read(form, three)


@pytest.mark.usefixtures("no_words")
def test_a_tesseract_that_reads_nothing_leaves_the_session_to_a_person(
    form: Form, three: Path
) -> None:
    for page in read(form, three):
        assert Reason.SESSION_UNREAD in page.slips[0].reasons


def test_an_empty_page_has_no_row(form: Form, tmp_path: Path) -> None:
    page = scan(empty_paper(A6_MM, 200), SCANNER, np.random.default_rng(1))

    (found,) = read(form, save_pdf(tmp_path / "empty.pdf", [page]))

    assert (found.kind, found.slips) == (PageKind.BLANK_BACK, ())


def test_slips_on_one_page_are_listed_from_top_to_bottom(
    form: Form, pages: list[np.ndarray], tmp_path: Path
) -> None:
    tall = np.full((sum(p.shape[0] for p in pages[1:4]), 1300), 238, np.uint8)
    y = 0
    for page in (pages[3], pages[1], pages[2]):
        tall[y : y + page.shape[0], : page.shape[1]] = page
        y += page.shape[0]

    (found,) = read(form, save_pdf(tmp_path / "tall.pdf", [tall]))

    assert [slip.session for slip in found.slips] == ["P3", "P1", "P2"]
    assert [slip.rating for slip in found.slips] == [4, 2, 3]


@given(pages=st.integers(0, 30_000))
def test_jobs_hold_all_pages_of_a_file_and_the_last_ones_keep_no_worker_waiting(pages: int) -> None:
    jobs = list(pipeline.pages_at_a_time(pages))
    assert sum(jobs) == pages
    assert max(jobs, default=0) <= pipeline.PAGES_AT_A_TIME
    assert jobs == sorted(jobs, reverse=True) or jobs[-1] < 1.5 * pipeline.FEWEST_AT_LAST
    if pages > 1000:
        assert jobs[-1] < pipeline.PAGES_AT_A_TIME / 2
        # As few as that allows: each starts Tesseract anew.
        assert len(jobs) <= pages / pipeline.PAGES_AT_A_TIME + 6
