"""Fine scans are read at half their resolution, and at all of it where that is not enough."""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from scanpipe.form import Form
from scanpipe.reading import looking, scans
from scanpipe.reading.kinds import kinds_of
from scanpipe.reading.looking import Looked, look_at
from scanpipe.reading.pages import see_pages
from scanpipe.simulation.hands import PENS, mark
from scanpipe.simulation.paper import Paper, back_of, make_slip
from scanpipe.simulation.scanner import SCANNERS, scan
from scanpipe.simulation.strokes import Kind
from scanpipe.simulation.wear import resized
from scanpipe.vocabulary import Status

SCANNER = replace(SCANNERS["office_grey"], dpi=300, skew_deg=1.0)

LookAt = Callable[..., Looked]


def scanned(
    path: Path, papers: Sequence[Paper], dpi: float = 300, mode: str = "L"
) -> scans.ScanFile:
    """Scan `papers` at 300 dpi into a PDF that says it is of so many `dpi`."""
    rng = np.random.default_rng(8)
    with pikepdf.new() as pdf:
        for paper in papers:
            packed = io.BytesIO()
            page = Image.fromarray(scan(paper, SCANNER, rng)).convert(mode)
            page.save(packed, "PDF", resolution=dpi, quality=85)
            with pikepdf.open(packed) as one:
                pdf.pages.extend(one.pages)
        pdf.save(path)
    return scans.open_scan(path)


def crossed(form: Form, rating: int) -> Paper:
    rng = np.random.default_rng(rating)
    cross = mark(rating, rng, kind=Kind.CROSS, pen=PENS["ballpoint_blue"])
    return make_slip(form, rating % 5, [cross], rng, dpi=200)


def printed_smaller(paper: Paper) -> Paper:
    return replace(paper, grey=resized(paper.grey, 0.75))


def without_a_mark(paper: Paper) -> Paper:
    corner_px = round(12 / 25.4 * paper.dpi)
    grey = paper.grey.copy()
    grey[:corner_px, :corner_px] = 255
    return replace(paper, grey=grey)


def looked_at(form: Form, file: scans.ScanFile) -> Looked:
    looked = look_at(file, 1, kinds_of(form))
    assert isinstance(looked, Looked)
    return looked


def test_of_a_scan_of_300_dpi_half_is_decoded_and_its_own_resolution_is_told(
    form: Form, tmp_path: Path
) -> None:
    file = scanned(tmp_path / "fine.pdf", [crossed(form, 4)])
    looked = looked_at(form, file)
    assert looked.scanned.halved
    assert max(looked.scanned.pixels.shape) == pytest.approx(148 / 25.4 * 150, rel=0.1)

    (seen,) = see_pages(kinds_of(form), file, [1])
    (slip,) = seen.reading.slips
    assert (slip.status, slip.rating) == (Status.READ, 4)
    assert slip.figures["px_per_mm"][0] == pytest.approx(300 / 25.4, rel=0.03)
    told = seen.condition.slips[0].px_per_mm
    assert told == pytest.approx(slip.figures["px_per_mm"][0], abs=1e-4)
    assert (slip.x_mm, slip.y_mm) == pytest.approx((74, 52.5), abs=6)


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_half_a_scan_is_read_as_the_whole_of_it(
    mode: str, form: Form, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = [crossed(form, rating) for rating in (1, 3, 5)]
    file, kinds = scanned(tmp_path / "fine.pdf", papers, mode=mode), kinds_of(form)
    halves = see_pages(kinds, file, range(1, 4))
    monkeypatch.setattr(scans, "ENOUGH_DPI", float("inf"))
    wholes = see_pages(kinds, file, range(1, 4))

    def told(seen: Sequence[object]) -> list[object]:
        return [(s.status, s.session, s.rating) for each in seen for s in each.reading.slips]

    assert told(halves) == told(wholes)
    assert [rating for _, _, rating in told(halves)] == [1, 3, 5]


@pytest.mark.parametrize(
    "damage",
    [printed_smaller, without_a_mark],
)
def test_the_whole_of_a_scan_is_read_where_half_may_hide_something(
    damage: Callable[[Paper], Paper], form: Form, tmp_path: Path
) -> None:
    looked = looked_at(form, scanned(tmp_path / "fine.pdf", [damage(crossed(form, 3))]))
    assert looked.slips
    assert not looked.scanned.halved


def test_a_blank_back_is_not_read_twice(
    form: Form, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = scanned(tmp_path / "back.pdf", [back_of(crossed(form, 1))])
    loads: list[object] = []
    load = scans.load_page
    monkeypatch.setattr(
        looking.scans, "load_page", lambda *a, **k: loads.append(a) or load(*a, **k)
    )
    assert looked_at(form, file).is_blank
    assert len(loads) == 1


def test_a_scan_of_less_than_its_file_says_is_not_halved(form: Form, tmp_path: Path) -> None:
    small = Image.fromarray(
        scan(crossed(form, 2), replace(SCANNER, dpi=150), np.random.default_rng(1))
    )
    small.save(tmp_path / "small.pdf", resolution=300)
    looked = looked_at(form, scans.open_scan(tmp_path / "small.pdf"))
    assert not looked.scanned.halved
    assert len(looked.slips) == 1


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_of_a_jpeg_file_of_300_dpi_half_is_decoded_too(
    mode: str, form: Form, tmp_path: Path
) -> None:
    page = Image.fromarray(scan(crossed(form, 2), SCANNER, np.random.default_rng(1))).convert(mode)
    sideways = Image.Exif()
    sideways[0x0112] = 6
    page.save(tmp_path / "fine.jpg", dpi=(300, 300), quality=85, exif=sideways)
    file = scans.open_scan(tmp_path / "fine.jpg")

    looked = looked_at(form, file)
    assert looked.scanned.halved
    assert looked.scanned.px_per_mm == pytest.approx(150 / 25.4, rel=0.01)
    assert looked.scanned.pixels.shape == pytest.approx([s / 2 for s in page.size], abs=1)
    (seen,) = see_pages(kinds_of(form), file, [1])
    (slip,) = seen.reading.slips
    assert (slip.status, slip.rating) == (Status.READ, 2)
    assert slip.figures["px_per_mm"][0] == pytest.approx(300 / 25.4, rel=0.03)
