from collections.abc import Callable, Sequence

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanpipe.form import Form
from scanpipe.layout import Layout
from scanpipe.marks import Corner, MarkCode, mark_code
from scanpipe.reading.decision import RESIDUAL_MM
from scanpipe.reading.registration import Registration, find_slips, project, rectify
from scanpipe.simulation.paper import blank_slip, make_slip
from scanpipe.simulation.scanner import SCANNERS, feed

Lay = Callable[..., object]
MIDDLE = (95.0, 95.0)


def corners_mm(layout: Layout) -> np.ndarray:
    return np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * [layout.width_mm, layout.height_mm]


def error_mm(found: Registration, truth: np.ndarray, layout: Layout) -> float:
    """How far the transform puts the worst of the slip's corners from where it lies."""
    corners = corners_mm(layout)
    off = project(found.to_page, corners) - project(truth, corners)
    return float(np.linalg.norm(off, axis=1).max()) / found.px_per_mm


def without_marks(
    slip: np.ndarray, dpi: float, layout: Layout, lost: Sequence[Corner]
) -> np.ndarray:
    torn = slip.copy()
    for corner in lost:
        box = layout.mark(corner).inset(-2)
        x0, y0, x1, y1 = (
            round(v * dpi / 25.4) for v in (box.x_mm, box.y_mm, box.right_mm, box.bottom_mm)
        )
        torn[y0:y1, x0:x1] = 255
    return torn


# A quarter turn closely, and what the other three might do otherwise.
@pytest.mark.parametrize("turn_deg", [*range(0, 91, 15), 120, 180, 225, 270, 330])
def test_a_slip_is_found_whatever_way_it_lies(
    turn_deg: int, form: Form, layout: Layout, code: MarkCode, lay: Lay
) -> None:
    page = lay([blank_slip(form, 2, 100)], [(*MIDDLE, turn_deg)], 100)

    (slip,) = find_slips(page.pixels, page.px_per_mm, [layout] * code.sessions, code)

    assert slip.session_index == 2
    assert len(slip.marks) == 4
    assert error_mm(slip, page.to_page[0], layout) < 0.2


@pytest.mark.parametrize("threshold", [None, 110, 165, 210])
@pytest.mark.parametrize("dpi", [100, 200, 300])
def test_a_slip_is_placed_to_a_fifth_of_a_millimetre_at_every_resolution(
    dpi: int, threshold: int | None, form: Form, layout: Layout, code: MarkCode, lay: Lay
) -> None:
    page = lay([blank_slip(form, 0, dpi)], [(*MIDDLE, 7)], dpi)
    pixels = page.pixels
    if threshold is not None:
        pixels = np.where(pixels >= threshold, 255, 0).astype(np.uint8)

    (slip,) = find_slips(pixels, page.px_per_mm, [layout] * code.sessions, code)

    assert slip.session_index == 0
    coarsest = dpi == 100 and threshold is not None
    assert error_mm(slip, page.to_page[0], layout) < (0.25 if coarsest else 0.2)
    assert slip.px_per_mm == pytest.approx(dpi / 25.4, rel=0.005)
    assert slip.residual_mm < RESIDUAL_MM, "a sound slip must not count as badly registered"


@pytest.mark.parametrize("lost", list(Corner))
@pytest.mark.parametrize("turn_deg", [4, 184])
def test_one_lost_corner_does_not_lose_the_page(
    turn_deg: float, lost: Corner, form: Form, layout: Layout, code: MarkCode, lay: Lay
) -> None:
    torn = without_marks(blank_slip(form, 3, 200), 200, layout, [lost])
    page = lay([torn], [(*MIDDLE, turn_deg)], 200)

    (slip,) = find_slips(page.pixels, page.px_per_mm, [layout] * code.sessions, code)

    assert {mark.corner for mark in slip.marks} == set(Corner) - {lost}
    assert error_mm(slip, page.to_page[0], layout) < 0.2


@pytest.mark.parametrize(
    "lost",
    [
        (Corner.TOP_LEFT, Corner.TOP_RIGHT),
        (Corner.TOP_LEFT, Corner.BOTTOM_RIGHT),
        (Corner.TOP_RIGHT, Corner.BOTTOM_RIGHT),
    ],
)
def test_two_marks_are_enough_for_place_and_way_up(
    lost: tuple[Corner, Corner], form: Form, layout: Layout, code: MarkCode, lay: Lay
) -> None:
    torn = without_marks(blank_slip(form, 1, 200), 200, layout, lost)
    page = lay([torn], [(*MIDDLE, 173)], 200)

    (slip,) = find_slips(page.pixels, page.px_per_mm, [layout] * code.sessions, code)

    assert slip.session_index == 1
    assert error_mm(slip, page.to_page[0], layout) < 0.5


def test_four_equal_corners_would_leave_180_degrees_open_but_ours_do_not(
    form: Form, layout: Layout, code: MarkCode, lay: Lay
) -> None:
    upright, turned = (
        find_slips(page.pixels, page.px_per_mm, [layout] * code.sessions, code)[0].to_page
        for page in (lay([blank_slip(form, 0, 100)], [(*MIDDLE, t)], 100) for t in (0, 180))
    )

    assert upright[0, 0] > 0
    assert turned[0, 0] < 0


GRID = [(x, y) for y in (60.0, 172.0, 284.0) for x in (80.0, 235.0)]


@pytest.mark.parametrize("sessions", [(0, 0, 0, 0, 0, 0), (0, 1, 2, 3, 4, 0)])
def test_slips_on_one_page_are_never_mixed_up(
    sessions: tuple[int, ...], form: Form, layout: Layout, code: MarkCode, lay: Lay
) -> None:
    slips = [blank_slip(form, session, 150) for session in sessions]
    turns = (3, 180, -5, 178, 0, 2)
    places = [(x, y, turn) for (x, y), turn in zip(GRID, turns, strict=True)]
    page = lay(slips, places, 150, (315, 345))

    found = find_slips(page.pixels, page.px_per_mm, [layout] * code.sessions, code)

    assert len(found) == len(slips)
    for slip in found:
        errors = [error_mm(slip, truth, layout) for truth in page.to_page]
        assert min(errors) < 0.2
        assert slip.session_index == sessions[errors.index(min(errors))]
    heights = [slip.centre_px()[1] for slip in found]
    assert heights == sorted(heights)


def test_a_slip_found_at_once_does_not_hide_one_that_needs_a_closer_look(
    form: Form, layout: Layout, code: MarkCode, lay: Lay
) -> None:
    whole = blank_slip(form, 0, 200)
    small = cv2.resize(blank_slip(form, 1, 200), None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    page = lay([whole, small], [(80, 60, 0), (80, 180, 0)], 200, page_mm=(190, 260))

    found = find_slips(page.pixels, page.px_per_mm, [layout] * code.sessions, code)

    assert [(slip.session_index, len(slip.marks)) for slip in found] == [(0, 4), (1, 4)]


def test_torn_slips_side_by_side_keep_their_own_marks(
    form: Form, layout: Layout, code: MarkCode, lay: Lay
) -> None:
    whole = blank_slip(form, 4, 150)
    left = without_marks(whole, 150, layout, [Corner.TOP_RIGHT, Corner.BOTTOM_RIGHT])
    right = without_marks(whole, 150, layout, [Corner.TOP_LEFT, Corner.BOTTOM_LEFT])
    page = lay([left, right], [(80, 60, 0), (230, 60, 0)], 150, (310, 120))

    found = find_slips(page.pixels, page.px_per_mm, [layout] * code.sessions, code)

    assert [len(slip.marks) for slip in found] == [2, 2]
    for slip in found:
        assert min(error_mm(slip, truth, layout) for truth in page.to_page) < 0.5


def test_slips_of_another_event_have_no_session(
    form: Form, layout: Layout, code: MarkCode, lay: Lay
) -> None:
    other = form.model_copy(update={"id": "hadeland-2017"})
    page = lay([blank_slip(other, 0, 100)], [(*MIDDLE, 0)], 100)

    found = find_slips(page.pixels, page.px_per_mm, [layout] * code.sessions, code)

    assert found
    assert all(slip.session_index is None for slip in found)


def test_another_event_never_looks_like_this_one_by_its_marks(code: MarkCode) -> None:
    """Two marks of one slip would have to agree on a session."""
    for year in range(200):
        other = mark_code(f"event-{year}", 5)
        for session in range(5):
            seen = [code.session_index(other.number(session, corner)) for corner in Corner]
            ours = [index for index in seen if index is not None]
            assert len(ours) == len(set(ours)) or len(ours) < 3


@pytest.mark.parametrize("believed", [None, 0.5, 2.0, 20.0, 400.0])
def test_a_wrong_resolution_in_the_file_does_no_harm(
    believed: float | None, form: Form, layout: Layout, code: MarkCode, lay: Lay
) -> None:
    page = lay([blank_slip(form, 1, 150)], [(*MIDDLE, 40)], 150)

    (slip,) = find_slips(page.pixels, believed, [layout] * code.sessions, code)

    assert error_mm(slip, page.to_page[0], layout) < 0.2


@pytest.mark.parametrize("fit_to_page", [0.9, 0.97, 1.03])
def test_a_slip_printed_fit_to_page_is_still_laid_out_right(
    fit_to_page: float, form: Form, layout: Layout, code: MarkCode
) -> None:
    dpi = 200
    slip = blank_slip(form, 0, dpi)
    shrunk = cv2.resize(slip, None, fx=fit_to_page, fy=fit_to_page, interpolation=cv2.INTER_AREA)
    page = np.full((1400, 1600), 255, np.uint8)
    page[100 : 100 + shrunk.shape[0], 150 : 150 + shrunk.shape[1]] = shrunk

    (found,) = find_slips(page, dpi / 25.4, [layout] * code.sessions, code)

    expected = corners_mm(layout) * fit_to_page * dpi / 25.4 + [150, 100]
    off = np.linalg.norm(project(found.to_page, corners_mm(layout)) - expected, axis=1)
    assert off.max() / found.px_per_mm < 0.2


def test_a_photo_is_straightened(
    form: Form, layout: Layout, code: MarkCode, rng: np.random.Generator
) -> None:
    phone = SCANNERS["phone"]
    seen = feed(make_slip(form, 0, [], rng), phone, rng)

    (slip,) = find_slips(seen.image, None, [layout] * code.sessions, code)

    middle = np.array(seen.centres_mm[0]) * phone.dpi / 25.4
    assert np.linalg.norm(middle - slip.centre_px()) / slip.px_per_mm < 0.5
    assert slip.residual_mm < RESIDUAL_MM
    upright = rectify(seen.image, slip, 4)
    for _, mark in layout.marks():
        rows, columns = (
            slice(round(start * 4), round((start + mark.width_mm) * 4))
            for start in (mark.y_mm, mark.x_mm)
        )
        border = upright[rows, columns][[1, -2]].mean()
        assert border < 0.6 * np.median(upright), "a mark's black border is not where it belongs"


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_an_empty_page_has_no_slips(grey: int, layout: Layout, code: MarkCode) -> None:
    page = np.full((900, 1200), grey, np.uint8)
    assert find_slips(page, 8, [layout] * code.sessions, code) == ()


def test_noise_has_no_slips(layout: Layout, code: MarkCode, rng: np.random.Generator) -> None:
    noise = rng.integers(0, 256, (900, 1200)).astype(np.uint8)

    assert find_slips(noise, 8, [layout] * code.sessions, code) == ()


def test_a_mirrored_slip_is_no_slip(form: Form, layout: Layout, code: MarkCode, lay: Lay) -> None:
    page = lay([blank_slip(form, 0, 100)], [(*MIDDLE, 0)], 100)

    assert (
        find_slips(np.ascontiguousarray(page.pixels[:, ::-1]), 4, [layout] * code.sessions, code)
        == ()
    )


@pytest.mark.parametrize("turn_deg", [0, 90, 200])
def test_the_rectified_slip_is_the_slip_as_printed(
    turn_deg: float, form: Form, layout: Layout, code: MarkCode, lay: Lay
) -> None:
    page = lay([blank_slip(form, 3, 200)], [(*MIDDLE, turn_deg)], 200)
    (slip,) = find_slips(page.pixels, page.px_per_mm, [layout] * code.sessions, code)

    upright = rectify(page.pixels, slip, 200 / 25.4)

    printed = blank_slip(form, 3, 200)
    assert np.abs(np.subtract(upright.shape, printed.shape)).max() <= 1
    height, width = np.minimum(upright.shape, printed.shape)
    both = (upright[:height, :width].ravel(), printed[:height, :width].ravel())
    assert np.corrcoef(*both)[0, 1] > 0.97


def test_beyond_the_page_a_rectified_slip_is_white(
    form: Form, layout: Layout, code: MarkCode, lay: Lay
) -> None:
    page = lay([blank_slip(form, 0, 100)], [(*MIDDLE, 0)], 100, lid=0)
    (slip,) = find_slips(page.pixels, page.px_per_mm, [layout] * code.sessions, code)
    cut_off = page.pixels[: round(slip.centre_px()[1])]

    upright = rectify(cut_off, slip, 4)

    assert upright[-100:].min() == 255


turns = st.floats(0, 2 * np.pi)
scales = st.floats(2, 20)
shifts = st.floats(-2000, 2000)
tilts = st.floats(-4e-4, 4e-4)


@given(turns, scales, shifts, shifts, tilts, tilts)
@settings(max_examples=100, deadline=None)
def test_millimetres_come_back_from_pixels_unchanged(
    turn: float, scale: float, x: float, y: float, tilt_x: float, tilt_y: float
) -> None:
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)
    transform = np.array([[cos, -sin, x], [sin, cos, y], [tilt_x, tilt_y, 1]])
    points = np.array([[0, 0], [148, 0], [148, 105], [0, 105], [74, 52.5]])

    there = project(transform, points)
    back = project(np.linalg.inv(transform), there)

    assert np.allclose(back, points, atol=1e-6)


@pytest.mark.parametrize("px_per_mm", [4.0, 8.0])
@pytest.mark.parametrize("at_mm", [(8.0, 9.0), (74.0, 52.5), (139.0, 12.0), (20.3, 96.1)])
def test_a_dot_on_the_page_is_where_it_should_be_on_the_rectified_slip(
    at_mm: tuple[float, float], px_per_mm: float, layout: Layout
) -> None:
    to_page = np.array([[5.0, 1.0, 120.0], [-1.0, 5.0, 200.0], [0, 0, 1]])
    slip = Registration(to_page, (), 0, 0.0, 5.1, layout)
    (at,) = project(to_page, np.array([at_mm]))
    y, x = np.mgrid[0:800, 0:970] + 0.5
    page = 255 - 250 * np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / 32)

    upright = rectify(np.rint(page).astype(np.uint8), slip, px_per_mm)

    weight = 255.0 - upright
    rows, columns = np.mgrid[0 : upright.shape[0], 0 : upright.shape[1]] + 0.5
    found_mm = [(weight * axis).sum() / weight.sum() / px_per_mm for axis in (columns, rows)]
    assert found_mm == pytest.approx(at_mm, abs=0.1)
