"""How many slips a sheet takes, which ones, and where to cut."""

import itertools
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanpipe.errors import FormError, UsageError
from scanpipe.printing.sheets import NO_CUT_MM, Sheet, arrange, fill_sheets

A6, A5, QUARTER = (148.0, 105.0), (210.0, 148.0), (139.7, 107.9)
PAPER_MM = {Sheet.A4: (210.0, 297.0), Sheet.LETTER: (215.9, 279.4)}
SLIPS = st.tuples(st.floats(95, 300), st.floats(90, 300))


@pytest.mark.parametrize(
    ("sheet", "slip", "page_mm", "count"),
    [
        (Sheet.A4, A6, (297.0, 210.0), 4),
        (Sheet.A4, A5, (210.0, 297.0), 2),
        (Sheet.A4, QUARTER, (210.0, 297.0), 2),
        (Sheet.LETTER, QUARTER, (279.4, 215.9), 4),
        (Sheet.LETTER, A6, (215.9, 279.4), 2),
        (Sheet.A4, (250.0, 200.0), (297.0, 210.0), 1),
        (Sheet.A4, (105.0, 148.0), (210.0, 297.0), 4),
        (Sheet.SLIP, A6, A6, 1),
    ],
)
def test_a_sheet_takes_as_many_slips_as_fit(
    sheet: Sheet,
    slip: tuple[float, float],
    page_mm: tuple[float, float],
    count: int,
) -> None:
    found = arrange(sheet, slip)
    assert (found.width_mm, found.height_mm) == page_mm
    assert found.per_sheet == count


@given(st.sampled_from([Sheet.A4, Sheet.LETTER]), SLIPS)
def test_slips_lie_on_the_sheet_side_by_side_in_true_size(
    sheet: Sheet, slip: tuple[float, float]
) -> None:
    try:
        found = arrange(sheet, slip)
    except UsageError:
        assert max(slip) > max(PAPER_MM[sheet]) or min(slip) > min(PAPER_MM[sheet])
        return
    for place in found.places:
        assert (place.width_mm, place.height_mm) == slip
        assert place.x_mm >= -0.01
        assert place.y_mm >= -0.01
        assert place.right_mm <= found.width_mm + 0.01
        assert place.bottom_mm <= found.height_mm + 0.01
    for one, other in itertools.combinations(found.places, 2):
        beside = one.right_mm <= other.x_mm + 1e-6 or other.right_mm <= one.x_mm + 1e-6
        below = one.bottom_mm <= other.y_mm + 1e-6 or other.bottom_mm <= one.y_mm + 1e-6
        assert beside or below


def test_a_slip_larger_than_the_sheet_says_what_to_do() -> None:
    with pytest.raises(UsageError, match="300 x 300 mm does not fit on a sheet of a4") as caught:
        arrange(Sheet.A4, (300.0, 300.0))
    assert "--sheet slip" in caught.value.hint


@given(st.integers(1, 8), st.integers(1, 40), st.integers(1, 4))
def test_every_session_gets_its_copies_in_the_forms_order(
    sessions: int, copies: int, per_sheet: int
) -> None:
    sheets = list(fill_sheets(sessions, copies, per_sheet))
    assert all(1 <= len(sheet) <= per_sheet for sheet in sheets)
    flat = [session for sheet in sheets for session in sheet]
    assert flat == sorted(flat)
    assert Counter(flat) == dict.fromkeys(range(sessions), copies)
    if copies >= per_sheet:
        assert all(len(set(sheet)) == 1 for sheet in sheets)


def test_few_copies_share_a_sheet_so_that_no_paper_is_wasted() -> None:
    assert list(fill_sheets(5, 1, 4)) == [(0, 1, 2, 3), (4,)]
    assert list(fill_sheets(2, 5, 4)) == [(0, 0, 0, 0), (0,), (1, 1, 1, 1), (1,)]


def test_cuts_run_between_slips_and_not_along_the_sheets_edge() -> None:
    full = arrange(Sheet.A4, A6)
    edges = full.cut_lines(4)
    assert {x1 for x1, _, x2, _ in edges if x1 == x2} == {148.5}
    assert {y1 for _, y1, _, y2 in edges if y1 == y2} == {105.0}
    assert sum(abs(x2 - x1) + abs(y2 - y1) for x1, y1, x2, y2 in edges) == pytest.approx(506)


def test_a_part_empty_sheet_is_cut_only_around_its_slips() -> None:
    first = arrange(Sheet.A4, A6).cut_lines(1)
    assert first == ((0.5, 105.0, 148.5, 105.0), (148.5, 0.0, 148.5, 105.0))
    wide_margin = arrange(Sheet.LETTER, A6).cut_lines(2)
    assert all(x1 > NO_CUT_MM and x2 < 215.9 - NO_CUT_MM for x1, _, x2, _ in wide_margin)
    assert len(wide_margin) == 7


def test_paper_of_the_slips_own_size_is_not_cut() -> None:
    assert arrange(Sheet.SLIP, A6).cut_lines(1) == ()


@pytest.mark.parametrize(
    ("slip", "columns", "page_mm", "count"),
    [
        (A6, 1, (210.0, 297.0), 2),
        (A6, 2, (297.0, 210.0), 4),
        ((105.0, 74.0), 1, (210.0, 297.0), 4),
        ((105.0, 74.0), 2, (210.0, 297.0), 8),
        ((100.0, 70.0), 2, (210.0, 297.0), 8),
        ((99.0, 70.0), 3, (297.0, 210.0), 9),
        ((95.0, 105.0), 3, (297.0, 210.0), 6),
    ],
)
def test_slips_lie_in_as_many_columns_as_the_form_says(
    slip: tuple[float, float], columns: int, page_mm: tuple[float, float], count: int
) -> None:
    found = arrange(Sheet.A4, slip, columns)
    assert (found.width_mm, found.height_mm, found.per_sheet) == (*page_mm, count)
    lefts = sorted({place.x_mm for place in found.places})
    assert len(lefts) == columns
    assert lefts[0] == pytest.approx(found.width_mm - lefts[-1] - slip[0])


def test_more_columns_than_fit_are_refused_with_how_many_do() -> None:
    with pytest.raises(FormError, match=r"3 columns .* 148 mm wide .* at most 2"):
        arrange(Sheet.A4, A6, 3)
    assert arrange(Sheet.SLIP, A6, 3).per_sheet == 1


def test_three_columns_that_do_not_fit_are_told_how_narrow_slips_would() -> None:
    with pytest.raises(FormError, match=r"100 mm wide .* at most 2") as caught:
        arrange(Sheet.A4, (100.0, 70.0), 3)
    assert caught.value.hint.startswith("Make the slip at most 99 mm wide (slip.width_mm), or ")
    for sheet, slip in ((Sheet.LETTER, (95.0, 70.0)), (Sheet.A4, (95.0, 250.0))):
        with pytest.raises(FormError, match="at most 2") as caught:
            arrange(sheet, slip, 3)
        assert caught.value.hint.startswith("Leave look.columns out")
