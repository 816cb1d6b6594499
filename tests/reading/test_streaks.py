from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scanpipe.form import Form, load_form
from scanpipe.layout import Layout
from scanpipe.marks import MarkCode
from scanpipe.reading.decision import Verdict, judge, only_session
from scanpipe.reading.ink import measure_and_show_ink
from scanpipe.reading.kinds import kinds_of
from scanpipe.reading.measures import Placement
from scanpipe.reading.pages import PX_PER_MM
from scanpipe.reading.registration import find_slips, rectify
from scanpipe.reading.streaks import CleanPage, remove_streaks
from scanpipe.simulation.hands import PENS, mark
from scanpipe.simulation.paper import blank_slip, make_slip
from scanpipe.simulation.scanner import SCANNERS, scan
from scanpipe.simulation.strokes import Kind
from scanpipe.vocabulary import Reason, Status

FORMS = Path(__file__).parents[2] / "forms"
CLEAN = replace(SCANNERS["office_grey"], turns=(0,), skew_deg=0.6)


def count(clean: CleanPage) -> int:
    return len(clean.standing_px) + len(clean.lying_px)


def page_of(value: int = 245, shape: tuple[int, int] = (900, 1200)) -> np.ndarray:
    noise = np.random.default_rng(4).normal(0, 2, shape)
    return (value + noise).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("width", [2, 4, 8])
@pytest.mark.parametrize("grey", [0, 120, 225])
@pytest.mark.parametrize("lying", [False, True])
def test_a_streak_is_found_and_taken_out(lying: bool, grey: int, width: int) -> None:
    page = page_of()
    target = page.T if lying else page
    target[:, 400 : 400 + width] = np.minimum(target[:, 400 : 400 + width], grey)

    clean = remove_streaks(page)

    found, other = (clean.lying_px, clean.standing_px)[:: 1 if lying else -1]
    assert found == pytest.approx([400 + (width - 1) / 2], abs=1.5)
    assert other == ()
    assert clean.pixels.shape == page.shape
    assert clean.pixels.min() > 225


def test_the_page_that_was_given_is_left_as_it_was() -> None:
    page = page_of()
    page[:, 300:304] = 50
    before = page.copy()

    remove_streaks(page)

    assert np.array_equal(page, before)


def test_several_streaks_are_all_found() -> None:
    page = page_of()
    for x in (200, 500, 800):
        page[:, x : x + 3] = 90

    assert remove_streaks(page).standing_px == pytest.approx([201, 501, 801], abs=1.5)


@pytest.mark.parametrize("name", ["office_grey", "office_1bit", "black_lid", "grey_lid", "glass"])
def test_a_clean_slip_has_no_streaks_though_its_session_field_has_a_long_line(
    name: str, form: Form, rng: np.random.Generator
) -> None:
    page = scan(make_slip(form, 0, [], rng, dpi=200), replace(SCANNERS[name], skew_deg=0), rng)

    clean = remove_streaks(page)

    assert count(clean) == 0
    assert clean.pixels is page


def test_a_slip_without_a_margin_has_no_streaks(form: Form) -> None:
    assert count(remove_streaks(blank_slip(form, 2, 200))) == 0


@pytest.mark.parametrize(("first", "last"), [(0, 870), (30, 900), (60, 840)])
def test_a_line_that_ends_before_the_page_does_is_no_streak(first: int, last: int) -> None:
    page = page_of()
    page[first:last, 500:503] = 40

    assert count(remove_streaks(page)) == 0


def test_the_edge_of_the_paper_is_no_streak() -> None:
    page = page_of()
    page[:, 900:] = 20

    assert count(remove_streaks(page)) == 0


def test_a_dark_bar_is_too_wide_for_a_streak() -> None:
    page = page_of()
    page[:, 500:560] = 60

    assert count(remove_streaks(page)) == 0


def test_a_tilted_line_is_no_streak() -> None:
    page = page_of()
    for y in range(page.shape[0]):
        page[y, 300 + y // 4 : 304 + y // 4] = 30

    assert count(remove_streaks(page)) == 0


@pytest.mark.parametrize("shape", [(1, 1), (40, 40), (5, 3000), (3000, 5)])
def test_tiny_pages_are_left_alone(shape: tuple[int, int]) -> None:
    assert count(remove_streaks(np.zeros(shape, np.uint8))) == 0


@pytest.mark.parametrize("x_mm", [18.0, 46.0, 77.0, 112.0])
def test_a_slip_with_a_streak_gives_the_mark_that_it_gives_without(
    x_mm: float, form: Form, layout: Layout, code: MarkCode, rng: np.random.Generator
) -> None:
    cross = mark(4, rng, kind=Kind.CROSS, pen=PENS["ballpoint_blue"])
    paper = make_slip(form, 0, [cross], rng, dpi=200)
    fills = []
    for streaks in ((), (x_mm,)):
        page = scan(paper, replace(CLEAN, streaks_mm=streaks), np.random.default_rng(8))
        clean = remove_streaks(page)
        assert count(clean) == len(streaks)
        (slip,) = find_slips(clean.pixels, 200 / 25.4, [layout] * code.sessions, code)
        upright = rectify(clean.pixels, slip, PX_PER_MM)
        fills.append(
            [face.fill for face in measure_and_show_ink(upright, layout, PX_PER_MM)[0].faces]
        )

    assert fills[1] == pytest.approx(fills[0], abs=0.02)
    assert int(np.argmax(fills[1])) == 3
    assert max(fills[1][:3] + fills[1][4:]) < 0.003


def judged(page: np.ndarray, layout: Layout, code: MarkCode) -> Verdict:
    clean = remove_streaks(page)
    (slip,) = find_slips(clean.pixels, 200 / 25.4, [layout] * code.sessions, code)
    upright = rectify(clean.pixels, slip, PX_PER_MM)
    lost = None if clean.lost is None else rectify(clean.lost, slip, PX_PER_MM, beyond=0)
    ink, _, _ = measure_and_show_ink(upright, layout, PX_PER_MM, lost)
    return judge(ink, Placement(4, 0.05, 8.0), only_session(0, 4))


def with_line(page: np.ndarray, x_mm: float, width_mm: float) -> np.ndarray:
    """The page with a line that lets no light through."""
    left, right = (round(x * 200 / 25.4) for x in (x_mm, x_mm + width_mm))
    lined = page.copy()
    lined[:, left:right] = 0
    return lined


@pytest.mark.parametrize("width_mm", [0.6, 1.0, 2.5, 4.0])
@pytest.mark.parametrize("at", [0, 3])
def test_an_empty_slip_with_a_black_line_through_a_face_is_neither_read_nor_blank(
    at: int, width_mm: float, form: Form, layout: Layout, code: MarkCode, rng: np.random.Generator
) -> None:
    page = scan(make_slip(form, 0, [], rng, dpi=200), replace(CLEAN, skew_deg=0), rng)

    verdict = judged(
        with_line(page, layout.faces[at].centre.x_mm - width_mm / 2, width_mm), layout, code
    )

    assert verdict.status is Status.REVIEW
    assert Reason.STREAK in verdict.reasons


@pytest.mark.parametrize(
    "name", ["warsztaty-pl", "school-day", "course-questions", "service-1-10", "conference-general"]
)
def test_a_black_line_is_known_where_it_runs_on_under_the_words_too(
    name: str, rng: np.random.Generator
) -> None:
    kinds = kinds_of(load_form(FORMS / f"{name}.toml"))
    page = scan(make_slip(kinds.form, 0, [], rng, dpi=200), replace(CLEAN, skew_deg=0), rng)
    lined = with_line(page, kinds.layouts[0].faces[-1].centre.x_mm - 1.25, 2.5)
    (slip,) = find_slips(lined, 200 / 25.4, kinds.layouts, kinds.code)
    assert measure_and_show_ink(rectify(lined, slip, PX_PER_MM), slip.layout, PX_PER_MM)[0].through


def test_a_marked_slip_is_read_through_a_thin_black_line_at_the_mark(
    form: Form, layout: Layout, code: MarkCode, rng: np.random.Generator
) -> None:
    cross = mark(4, rng, kind=Kind.CROSS, pen=PENS["ballpoint_blue"])
    page = scan(make_slip(form, 0, [cross], rng, dpi=200), replace(CLEAN, skew_deg=0), rng)

    verdict = judged(with_line(page, layout.faces[3].centre.x_mm, 0.6), layout, code)

    assert (verdict.status, verdict.rating) == (Status.READ, 4)
