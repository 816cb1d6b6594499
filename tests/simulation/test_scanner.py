from dataclasses import replace

import cv2
import numpy as np
import pytest

from scanpipe.form import Form
from scanpipe.simulation.hands import mark
from scanpipe.simulation.paper import Paper, empty_paper, make_slip
from scanpipe.simulation.scanner import SCANNERS, Placed, Scanner, feed, scan, scan_glass

DPI = 100
STILL = Scanner(dpi=DPI, skew_deg=0, noise=0, blur_px=0, jpeg_quality=None, margin_mm=3)


@pytest.fixture
def slip(form: Form, rng: np.random.Generator) -> Paper:
    return make_slip(form, 0, [mark(2, rng)], rng, dpi=DPI)


def alike(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


@pytest.mark.parametrize("dpi", [75, 100, 150])
def test_the_page_is_the_slip_and_a_margin(dpi: int, slip: Paper, rng: np.random.Generator) -> None:
    height, width = scan(slip, replace(STILL, dpi=dpi), rng).shape

    assert width / dpi * 25.4 == pytest.approx(154, abs=0.5)
    assert height / dpi * 25.4 == pytest.approx(111, abs=0.5)


def test_paper_and_lid_have_their_greys(rng: np.random.Generator) -> None:
    page = scan(empty_paper((100, 60), DPI), replace(STILL, lid=30, paper=240), rng)

    assert page[2, 2] == pytest.approx(30, abs=2)
    assert page[page.shape[0] // 2, page.shape[1] // 2] == 240


@pytest.mark.parametrize(("turn", "quarters"), [(90, 3), (180, 2), (270, 1)])
def test_turns_are_clockwise(
    turn: int, quarters: int, slip: Paper, rng: np.random.Generator
) -> None:
    upright, turned = (scan(slip, replace(STILL, turns=(t,)), rng) for t in (0, turn))

    expected = np.rot90(upright, quarters)
    fitted = np.asarray(cv2.resize(turned, expected.shape[::-1]))
    assert alike(fitted, expected) > 0.85


def test_a_slip_at_any_angle_needs_a_larger_page(slip: Paper, rng: np.random.Generator) -> None:
    page = scan(slip, replace(STILL, turns=(37,)), rng)

    cos, sin = np.cos(np.deg2rad(37)), np.sin(np.deg2rad(37))
    assert page.shape[1] / DPI * 25.4 == pytest.approx(148 * cos + 105 * sin + 6, abs=0.6)
    assert page.shape[0] / DPI * 25.4 == pytest.approx(148 * sin + 105 * cos + 6, abs=0.6)


def test_skew_differs_from_page_to_page_and_stays_small(
    slip: Paper, rng: np.random.Generator
) -> None:
    widths = {scan(slip, replace(STILL, skew_deg=1.5), rng).shape for _ in range(6)}

    assert len(widths) > 1
    assert max(height for height, _ in widths) < (105 + 148 * np.sin(np.deg2rad(4.5)) + 8) * 4


@pytest.mark.parametrize("name", sorted(SCANNERS))
def test_every_named_scanner_shows_the_slip_where_it_says(name: str, slip: Paper) -> None:
    first, again = (
        feed(slip, replace(SCANNERS[name], dpi=DPI), np.random.default_rng(5)) for _ in range(2)
    )

    assert np.array_equal(first.image, again.image)
    assert first.image.std() > 5
    ((x_mm, y_mm),) = first.centres_mm
    height, width = first.image.shape
    assert x_mm == pytest.approx(width / DPI * 12.7, rel=0.1)
    assert y_mm == pytest.approx(height / DPI * 12.7, rel=0.1)


def test_one_bit_scans_know_black_and_white_only(slip: Paper, rng: np.random.Generator) -> None:
    assert set(np.unique(scan(slip, SCANNERS["office_1bit"], rng))) == {0, 255}


def test_a_torn_off_corner_shows_the_lid(rng: np.random.Generator) -> None:
    paper = empty_paper((100, 60), DPI)
    paper.cover[:80, :80] = 0
    page = scan(paper, replace(STILL, lid=40), rng)

    assert page[40, 40] == pytest.approx(40, abs=2)
    assert page[150, 200] == 247


def test_papers_on_the_glass_lie_where_they_were_put(rng: np.random.Generator) -> None:
    paper = empty_paper((40, 20), DPI)
    placed = [Placed(paper, 30, 30, 0), Placed(paper, 100, 60, 90)]
    seen = scan_glass(placed, (130, 90), replace(STILL, lid=0), rng)

    def extent_mm(part: np.ndarray) -> list[float]:
        rows, columns = np.nonzero(part > 128)
        return [round(float(np.ptp(at)) / DPI * 25.4) for at in (columns, rows)]

    assert np.array(seen.centres_mm) == pytest.approx(np.array([(30, 30), (100, 60)]))
    middle = round(65 / 25.4 * DPI)
    assert extent_mm(seen.image[:, :middle]) == [40, 20]
    assert extent_mm(seen.image[:, middle:]) == [20, 40]


def test_paper_may_lie_over_the_edge_of_the_glass(rng: np.random.Generator) -> None:
    seen = scan_glass(
        [Placed(empty_paper((40, 20), DPI), 0, 0, 10)], (60, 60), replace(STILL, lid=0), rng
    )

    assert seen.image[2, 2] == 247
    assert seen.image[-2, -2] == 0
