from collections.abc import Callable

import cv2
import numpy as np
import pytest

from scanpipe.form import Form
from scanpipe.layout import Layout
from scanpipe.marks import Corner, MarkCode, mark_code
from scanpipe.reading.fiducials import FoundMark, find_marks, looks, merged
from scanpipe.simulation.paper import blank_slip


def found_in(page: np.ndarray, px_per_mm: float | None, code: MarkCode) -> list[FoundMark]:
    """Return what the first look finds that is at the whole page."""
    whole = (look for look in looks(page, px_per_mm) if look.corner_px is None)
    return find_marks(next(whole), code)


@pytest.mark.parametrize("dpi", [100, 150, 200, 300])
def test_marks_are_found_at_the_first_look_where_they_are_printed(
    dpi: int, form: Form, layout: Layout, code: MarkCode, lay: Callable
) -> None:
    page = lay([blank_slip(form, 1, dpi)], [(95, 95, 0)], dpi)

    marks = found_in(page.pixels, page.px_per_mm, code)

    assert {mark.corner for mark in marks} == set(Corner)
    for mark in marks:
        assert mark.session_index == 1
        box = layout.mark(mark.corner)
        middle = page.to_page[0] @ [box.centre.x_mm, box.centre.y_mm, 1]
        assert np.linalg.norm(mark.corners_px.mean(axis=0) - middle[:2]) < 0.15 * page.px_per_mm


@pytest.mark.parametrize("dpi", [100, 200, 300])
@pytest.mark.parametrize("skew_deg", [-3, 0, 3])
def test_the_marks_of_a_slip_that_fills_its_page_are_found_at_the_corners_where_they_are(
    dpi: int, skew_deg: float, form: Form, code: MarkCode
) -> None:
    slip = blank_slip(form, 1, dpi)
    height, width = slip.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), skew_deg, 1)
    page = cv2.warpAffine(slip, turn, (width, height), borderValue=(255,))

    at_corners, at_all, *_ = looks(np.asarray(page), dpi / 25.4)
    marks, same = (find_marks(look, code) for look in (at_corners, at_all))

    assert at_corners.corner_px is not None
    assert {mark.corner for mark in marks} == set(Corner)
    for mark, other in zip(
        *(sorted(m, key=lambda m: m.corner) for m in (marks, same)), strict=True
    ):
        assert mark.session_index == other.session_index == 1
        assert mark.corners_px == pytest.approx(other.corners_px, abs=0.05)


def test_marks_of_another_form_are_no_marks_at_the_corners_but_found_on_the_page(
    form: Form,
) -> None:
    page = blank_slip(form, 1, 200)
    other = mark_code("another-form", 5)

    at_corners, at_all, *_ = looks(page, 200 / 25.4)

    assert find_marks(at_corners, other) == []
    assert len(find_marks(at_all, other)) == len(Corner)


def test_corners_of_a_mark_run_clockwise_from_its_own_top_left(
    form: Form, layout: Layout, code: MarkCode, lay: Callable
) -> None:
    page = lay([blank_slip(form, 0, 200)], [(95, 95, 30)], 200)

    for mark in found_in(page.pixels, page.px_per_mm, code):
        corners = layout.mark(mark.corner).corners()
        drawn = np.array([page.to_page[0] @ [p.x_mm, p.y_mm, 1] for p in corners])[:, :2]
        assert np.linalg.norm(mark.corners_px - drawn, axis=1).max() < 0.35 * page.px_per_mm


def test_the_page_is_looked_at_in_several_ways_each_with_its_own_scale() -> None:
    page = np.full((1500, 2000), 255, np.uint8)

    seen = list(looks(page, 11.8))

    assert len(seen) >= 3
    for look in seen:
        assert look.image.shape == pytest.approx((1500 * look.factor, 2000 * look.factor), abs=1)


@pytest.mark.parametrize("px_per_mm", [None, 0.1, 12.0, 300.0])
def test_no_look_is_too_small_for_marks_or_too_large_for_the_memory(
    px_per_mm: float | None,
) -> None:
    page = np.full((2480, 3508), 255, np.uint8)

    for look in looks(page, px_per_mm):
        assert 900 < max(look.image.shape) <= 3508


@pytest.mark.parametrize("px_per_mm", [0.1, 3.0, 12.0, 300.0])
def test_a_wrong_resolution_costs_no_mark(
    px_per_mm: float, form: Form, code: MarkCode, lay: Callable
) -> None:
    page = lay([blank_slip(form, 0, 150)], [(95, 95, 10)], 150).pixels

    whole = [look for look in looks(page, px_per_mm) if look.corner_px is None]

    assert {mark.corner for mark in find_marks(whole[1], code)} == set(Corner)


def test_a_faint_scan_is_made_out_by_a_later_look(
    form: Form, code: MarkCode, lay: Callable, rng: np.random.Generator
) -> None:
    page = lay([blank_slip(form, 0, 150)], [(95, 95, 10)], 150).pixels
    faint = 215 + (page.astype(np.float32) - 255) * 0.06 + rng.normal(0, 3, page.shape)
    faint = faint.clip(0, 255).astype(np.uint8)

    marks: list[FoundMark] = []
    for look in looks(faint, 150 / 25.4):
        marks = merged(marks, find_marks(look, code))

    assert {mark.corner for mark in marks} == set(Corner)


def mark_at(x: float, y: float, side: float = 40) -> FoundMark:
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * side + [x, y]
    return FoundMark(Corner.TOP_LEFT, 0, square)


def test_a_mark_seen_twice_stands_once() -> None:
    first, again, other = mark_at(100, 100), mark_at(101, 99), mark_at(300, 100)

    assert merged([first], [again, other]) == [first, other]
    assert merged([], [first, again]) == [first]
