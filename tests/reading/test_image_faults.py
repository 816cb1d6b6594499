"""Bad images, one of each kind in a file on disk, and how every page of them ends."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scanpipe.form import Form
from scanpipe.reading import scans
from scanpipe.reading.scans import load_page, open_scan
from scanpipe.simulation.faults import FAULTS, Group, good_stack
from scanpipe.simulation.faults.images import PACKINGS
from scanpipe.simulation.faults.pdfs import PdfPage, pdf_of
from scanpipe.vocabulary import Reason

IMAGES = [name for name, (group, _) in FAULTS.items() if group is Group.IMAGE]


@pytest.mark.parametrize("name", IMAGES)
def test_every_page_with_a_bad_image_ends_as_it_should(
    name: str, ends_of: Callable, capfd: pytest.CaptureFixture[str]
) -> None:
    fault = FAULTS[name][1]

    found = ends_of(fault)

    assert fault.ends_as_it_should(found), found
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("share", [0.2, 0.8, 0.97])
@pytest.mark.parametrize("told", PACKINGS)
def test_an_image_cut_short_is_never_half_a_page(
    told: str, share: float, form: Form, tmp_path: Path
) -> None:
    """Poppler fills up what is missing with white; of a JPEG in four inks it says no word."""
    path = tmp_path / "cut.pdf"
    path.write_bytes(pdf_of(PdfPage([PACKINGS[told](good_stack(form).pages[0]).cut(share)])))

    assert load_page(open_scan(path), 1) is Reason.DAMAGED_IMAGE


def test_two_scans_beside_each_other_keep_their_resolution(form: Form, tmp_path: Path) -> None:
    """They were drawn as if each covered the page: at half their resolution."""
    (path,) = FAULTS["two scans on one PDF page"][1].make(tmp_path, good_stack(form))

    page = load_page(open_scan(path), 1)

    assert page.px_per_mm == pytest.approx(150 / 25.4, rel=0.01)


def test_text_without_a_font_behind_a_scan_does_not_make_it_damaged(
    form: Form, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = FAULTS["a scan with text behind it"][1].make(tmp_path, good_stack(form))
    draw = scans.pdf2image.convert_from_path

    def missing_a_font(*args: object, strict: bool, **options: object) -> object:
        if strict:
            raise scans.PDFSyntaxError("Syntax Error: No display font for 'Symbol'\n")
        return draw(*args, strict=strict, **options)

    monkeypatch.setattr(scans.pdf2image, "convert_from_path", missing_a_font)

    assert not isinstance(load_page(open_scan(path), 1), Reason)


def test_a_page_that_memory_does_not_suffice_for_is_too_large(
    form: Form, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(good_stack(form).pdf(0))

    def greedy(*_: object) -> object:
        raise MemoryError

    monkeypatch.setattr(scans, "page_content", greedy)

    assert load_page(open_scan(path), 1) is Reason.TOO_LARGE


def test_a_page_of_very_many_pixels_is_reduced_whatever_its_resolution(tmp_path: Path) -> None:
    Image.fromarray(np.full((6000, 8000), 200, np.uint8)).save(tmp_path / "scan.tif", dpi=(40, 40))

    page = load_page(open_scan(tmp_path / "scan.tif"), 1)

    assert page.pixels.size <= scans.WORKING_PIXELS
    assert page.pixels.shape[1] / page.px_per_mm == pytest.approx(8000 / 40 * 25.4, rel=0.01)
