"""Circles to mark: their number stays inside, is legible, and leaves no place for a dab to hide."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanpipe.circle import Circle
from scanpipe.smiley import Point

CENTRE = Point(20.0, 30.0)


def drawn(number: int, radius_mm: float, per_mm: int = 8) -> np.ndarray:
    """The number's lines as pixels, True where there is ink."""
    side = round(2 * radius_mm * per_mm)
    ys, xs = np.mgrid[0:side, 0:side] / per_mm
    ink = np.zeros((side, side), dtype=bool)
    for line in Circle(Point(radius_mm, radius_mm), radius_mm, number).lines():
        for point in line.points(40):
            ink |= np.hypot(xs - point.x_mm, ys - point.y_mm) <= line.width_mm / 2
    return ink


@given(st.integers(1, 10), st.floats(3.5, 7.0))
def test_a_number_stays_inside_its_circle_with_clear_paper_around(
    number: int, radius_mm: float
) -> None:
    for line in Circle(CENTRE, radius_mm, number).lines():
        for point in line.points(9):
            away_mm = np.hypot(point.x_mm - CENTRE.x_mm, point.y_mm - CENTRE.y_mm)
            assert away_mm + line.width_mm / 2 < 0.8 * radius_mm


@given(st.integers(1, 10), st.floats(3.5, 7.0))
def test_a_number_stands_in_the_middle(number: int, radius_mm: float) -> None:
    lines = Circle(CENTRE, radius_mm, number).lines()
    points = [point for line in lines for point in line.points()]
    xs, ys = [point.x_mm for point in points], [point.y_mm for point in points]
    assert abs((min(xs) + max(xs)) / 2 - CENTRE.x_mm) < 0.1 * radius_mm
    assert abs((min(ys) + max(ys)) / 2 - CENTRE.y_mm) < 0.03 * radius_mm


def test_all_numbers_are_drawn_differently() -> None:
    pictures = {number: drawn(number, 3.5) for number in range(1, 11)}
    for one, other in itertools.combinations(pictures.values(), 2):
        assert (one ^ other).sum() > 0.25 * min(one.sum(), other.sum())


@pytest.mark.parametrize("radius_mm", [3.5, 5.0, 7.0])
def test_lines_are_strong_enough_to_print_and_too_thin_to_hide_a_dab(radius_mm: float) -> None:
    widths = {line.width_mm for line in Circle(CENTRE, radius_mm, 8).lines()}
    assert len(widths) == 1
    assert 0.4 <= widths.pop() <= 0.6


def test_an_empty_circle_has_nothing_in_it_and_ends_at_its_radius() -> None:
    circle = Circle(CENTRE, 5.0, None)
    assert circle.lines() == ()
    outline = circle.outline()
    assert outline.radius_mm + outline.width_mm / 2 == pytest.approx(5.0)
