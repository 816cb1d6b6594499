import csv
from collections import Counter
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pikepdf
import pytest

from scanpipe.errors import OutputError, UsageError
from scanpipe.form import Form
from scanpipe.marks import mark_code
from scanpipe.reading.scans import rasterise
from scanpipe.simulation import SessionCounts, simulate
from scanpipe.simulation.awkward import AWKWARD_PAGES

COUNTS = (SessionCounts((1, 0, 0, 0, 2), blank=1), SessionCounts((0, 0, 1, 0, 0), overvote=1))

Rows = list[dict[str, str]]


def made(folder: Path, form: Form, name: str = "stack", **options: Any) -> tuple[Path, Rows]:
    pdf, truth = folder / f"{name}.pdf", folder / f"{name}.csv"
    simulate(form, pdf, truth, **({"dpi": 100} | options))
    with truth.open(encoding="utf-8", newline="") as file:
        return pdf, list(csv.DictReader(file))


def encodings(pdf: Path) -> set[tuple[int, str, str]]:
    """Bits, filter and mode of every page's image."""
    with pikepdf.open(pdf) as opened:
        images = [
            pikepdf.PdfImage(page.resources.XObject[name])
            for page in opened.pages
            for name in page.resources.XObject
        ]
        return {(i.bits_per_component, i.filters[0], i.mode) for i in images}


@pytest.fixture(scope="module")
def awkward(tmp_path_factory: pytest.TempPathFactory, form: Form) -> tuple[Path, Rows]:
    return made(tmp_path_factory.mktemp("awkward"), form, awkward=True)


@pytest.mark.parametrize("image", ["grey", "1bit"])
def test_the_same_seed_gives_the_same_bytes(image: str, tmp_path: Path, form: Form) -> None:
    first, again, other = (
        made(tmp_path, form, name, slips=2, image=image, seed=seed)[0]
        for name, seed in (("first", 5), ("again", 5), ("other", 6))
    )

    assert first.read_bytes() == again.read_bytes()
    assert first.with_suffix(".csv").read_bytes() == again.with_suffix(".csv").read_bytes()
    assert first.read_bytes() != other.read_bytes()
    assert b"Date" not in first.read_bytes()


def test_the_truth_holds_exactly_the_counts_asked_for(tmp_path: Path, form: Form) -> None:
    pdf, rows = made(tmp_path, form, counts=COUNTS)

    told = Counter((row["session"], row["rating"], row["expected"]) for row in rows)
    assert told == {
        ("A", "1", "read"): 1,
        ("A", "5", "read"): 2,
        ("A", "", "blank"): 1,
        ("B", "3", "read"): 1,
        ("B", "", "review"): 1,
    }
    assert [row["page"] for row in rows] == [str(n) for n in range(1, 7)]
    with pikepdf.open(pdf) as opened:
        assert len(opened.pages) == 6


def test_slips_come_in_no_order(tmp_path: Path, form: Form) -> None:
    _, rows = made(tmp_path, form, counts=(SessionCounts((3, 0, 0, 0, 3)), SessionCounts((0,) * 5)))

    ratings = [row["rating"] for row in rows]
    assert ratings not in (sorted(ratings), sorted(ratings, reverse=True))


def test_every_page_shows_the_session_that_the_truth_names(tmp_path: Path, form: Form) -> None:
    pdf, rows = made(tmp_path, form, slips=4)
    code = mark_code(form.id, len(form.sessions))

    for row in rows:
        page = rasterise(pdf, int(row["page"]), 200)
        sessions = {code.session_index(number) for number, _ in found_marks(page)}
        assert sessions == {[each.id for each in form.sessions].index(row["session"])}


def test_1bit_pages_are_ccitt_and_keep_their_size(tmp_path: Path, form: Form) -> None:
    pdf, _ = made(tmp_path, form, slips=2, image="1bit")

    assert encodings(pdf) == {(1, "/CCITTFaxDecode", "1")}
    with pikepdf.open(pdf) as opened:
        width = float(opened.pages[0].mediabox[2])
    assert 150 < width / 72 * 25.4 < 165


def test_grey_pages_are_jpeg(tmp_path: Path, form: Form) -> None:
    pdf, _ = made(tmp_path, form, slips=2)

    assert encodings(pdf) == {(8, "/DCTDecode", "L")}


def test_progress_is_told_after_every_page(tmp_path: Path, form: Form) -> None:
    told: list[tuple[int, int]] = []
    made(tmp_path, form, slips=3, progress=lambda done, total: told.append((done, total)))

    assert told == [(1, 3), (2, 3), (3, 3)]


def test_what_breaks_off_leaves_what_was_there(tmp_path: Path, form: Form) -> None:
    pdf, _ = made(tmp_path, form, slips=1)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made(tmp_path, form, slips=2, seed=9, progress=stop)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert pdf.name in before


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, form: Form) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(OutputError, match=r"stack\.pdf"):
        simulate(form, tmp_path / "file" / "stack.pdf", tmp_path / "t.csv", slips=1, dpi=100)


@pytest.mark.parametrize(
    "options",
    [
        {"slips": 3, "counts": COUNTS},
        {"slips": 3, "awkward": True},
        {"slips": 0},
        {"dpi": 10},
        {"counts": (SessionCounts((0,) * 5),) * 2},
        {"truth": "stack.pdf"},
    ],
)
def test_what_cannot_be_made_is_refused(
    options: dict[str, Any], tmp_path: Path, form: Form
) -> None:
    truth = tmp_path / options.pop("truth", "truth.csv")

    with pytest.raises(UsageError):
        simulate(form, tmp_path / "stack.pdf", truth, **options)
    assert list(tmp_path.iterdir()) == []


def test_the_awkward_stack_holds_what_it_promises(awkward: tuple[Path, Rows]) -> None:
    pdf, rows = awkward

    with pikepdf.open(pdf) as opened:
        assert len(opened.pages) == AWKWARD_PAGES
    notes = Counter(row["note"].partition(";")[0] for row in rows)
    assert notes["upside down"] == 3
    assert notes["one corner torn off"] == notes["two corners torn off"] == 2
    assert notes["loose on the glass"] == 6
    assert notes["very faint pencil"] == notes["two marks"] == notes["an empty page"] == 1
    statuses = Counter((row["expected"], row["reasons"]) for row in rows)
    assert statuses[("review", "overvote")] == statuses[("review", "correction")] == 1
    assert statuses[("blank", "")] == statuses[("rejected", "no_slip")] == 1
    assert statuses[("", "")] == 2


def test_pages_without_a_slip_have_no_place_or_number(awkward: tuple[Path, Rows]) -> None:
    others = [row for row in awkward[1] if row["kind"] in ("blank_back", "foreign")]

    assert [row["kind"] for row in others] == ["blank_back", "blank_back", "foreign"]
    for row in others:
        assert {row[name] for name in ("slip_on_page", "session", "rating", "x_mm", "y_mm")} == {""}


def test_loose_slips_lie_where_the_truth_says(awkward: tuple[Path, Rows], form: Form) -> None:
    pdf, rows = awkward
    code = mark_code(form.id, len(form.sessions))
    marks = found_marks(rasterise(pdf, AWKWARD_PAGES, 200))
    loose = [row for row in rows if row["page"] == str(AWKWARD_PAGES)]

    assert len(marks) == 4 * len(loose) == 24
    for row in loose:
        centre = np.array([float(row["x_mm"]), float(row["y_mm"])])
        nearest = sorted(marks, key=lambda mark: float(np.hypot(*(mark[1] - centre))))[:4]
        middle = np.mean([at for _, at in nearest], axis=0)
        assert middle == pytest.approx(centre, abs=1)
        sessions = {code.session_index(number) for number, _ in nearest}
        assert sessions == {[each.id for each in form.sessions].index(row["session"])}


def found_marks(page: np.ndarray, dpi: float = 200) -> list[tuple[int, np.ndarray]]:
    """Numbers of the registration marks on a page, and their middles in mm."""
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)
    corners, numbers, _ = cv2.aruco.ArucoDetector(dictionary).detectMarkers(page)
    if numbers is None:
        return []
    middles = [quad.reshape(4, 2).mean(axis=0) / dpi * 25.4 for quad in corners]
    return list(zip(np.ravel(numbers).tolist(), middles, strict=True))
