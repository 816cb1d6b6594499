from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from scanpipe.form import Form
from scanpipe.layout import Layout
from scanpipe.marks import MarkCode
from scanpipe.reading.backs import is_blank_back
from scanpipe.simulation.hands import mark
from scanpipe.simulation.paper import back_of, blank_slip, empty_paper, foreign_page, make_slip
from scanpipe.simulation.pens import Pen, draw
from scanpipe.simulation.scanner import SCANNERS, Scanner, scan
from scanpipe.simulation.strokes import Kind, draw_kind

A6_MM = (148.0, 105.0)
DPI = 200
PX_PER_MM = DPI / 25.4


def blank(page: np.ndarray, code: MarkCode) -> bool:
    return is_blank_back(page, PX_PER_MM, code)


@pytest.mark.parametrize("grey", [255, 240, 190])
def test_bare_paper_is_a_blank_back(grey: int, code: MarkCode) -> None:
    assert blank(np.full((827, 1165), grey, np.uint8), code)


@pytest.mark.parametrize(
    "name", ["office_grey", "office_fine", "office_1bit", "black_lid", "grey_lid", "hard_jpeg"]
)
def test_empty_paper_is_a_blank_back_on_every_scanner(
    name: str, code: MarkCode, rng: np.random.Generator
) -> None:
    scanner = SCANNERS[name]

    page = scan(empty_paper(A6_MM, DPI), scanner, rng)

    assert is_blank_back(page, scanner.dpi / 25.4, code)


def test_off_white_noisy_paper_is_a_blank_back(code: MarkCode, rng: np.random.Generator) -> None:
    dull = Scanner(paper=214, noise=5, contrast=0.8, shade=0.1, skew_deg=2)

    assert blank(scan(empty_paper(A6_MM, DPI), dull, rng), code)


def test_a_little_dust_does_not_make_a_back_a_page(
    code: MarkCode, rng: np.random.Generator
) -> None:
    assert blank(scan(empty_paper(A6_MM, DPI), replace(SCANNERS["office_grey"], dust=8), rng), code)


@pytest.mark.parametrize("strength", [0.04, 0.08, 0.14])
@pytest.mark.parametrize("name", ["office_grey", "black_lid"])
def test_a_back_with_the_front_shining_through_is_a_blank_back(
    name: str, strength: float, form: Form, code: MarkCode, rng: np.random.Generator
) -> None:
    front = make_slip(form, 1, [mark(3, rng)], rng, dpi=DPI)

    assert blank(scan(back_of(front, strength), SCANNERS[name], rng), code)


@pytest.mark.parametrize("name", ["office_grey", "office_1bit", "black_lid", "coarse"])
def test_a_page_of_text_is_not_blank(name: str, code: MarkCode, rng: np.random.Generator) -> None:
    scanner = SCANNERS[name]

    page = scan(foreign_page(A6_MM, DPI), scanner, rng)

    assert not is_blank_back(page, scanner.dpi / 25.4, code)


@pytest.mark.parametrize("grey", [0, 60])
def test_a_black_page_is_not_blank(grey: int, code: MarkCode) -> None:
    assert not blank(np.full((827, 1165), grey, np.uint8), code)


def test_a_photo_is_not_blank(code: MarkCode, rng: np.random.Generator) -> None:
    rough = cv2.resize(rng.integers(0, 256, (12, 16)).astype(np.uint8), (1165, 827))

    assert not blank(rough, code)


def test_noise_is_not_blank(code: MarkCode, rng: np.random.Generator) -> None:
    assert not blank(rng.integers(0, 256, (827, 1165)).astype(np.uint8), code)


@pytest.mark.parametrize("kind", [Kind.CROSS, Kind.SCRIBBLE, Kind.CIRCLE])
def test_a_back_with_handwriting_is_not_blank(
    kind: Kind, code: MarkCode, rng: np.random.Generator
) -> None:
    paper = empty_paper(A6_MM, DPI)
    ink = draw(paper.grey, draw_kind(kind, rng), (600, 400), 160, Pen(0.6, 0.8), paper.dpi, rng)

    assert not blank(scan(replace(paper, grey=ink), SCANNERS["office_grey"], rng), code)


def test_a_slip_whose_marks_are_all_gone_is_not_blank(
    form: Form, code: MarkCode, layout: Layout
) -> None:
    slip = blank_slip(form, 0, DPI)
    for _, box in layout.marks():
        x, y = (round(value * PX_PER_MM) for value in (box.x_mm - 1, box.y_mm - 1))
        slip[y : y + 72, x : x + 72] = 255

    assert not blank(slip, code)


def test_a_front_seen_from_the_front_is_no_back(form: Form, code: MarkCode, lay: Callable) -> None:
    assert not blank(lay([blank_slip(form, 0, DPI)], [(95, 95, 0)], DPI).pixels, code)


@pytest.mark.parametrize("shape", [(1, 1), (5, 400), (40, 30), (300, 2)])
def test_tiny_pages_do_not_raise(shape: tuple[int, int], code: MarkCode) -> None:
    assert isinstance(blank(np.full(shape, 255, np.uint8), code), bool)
