import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanpipe.simulation.strokes import Kind, draw_kind, normalised

numbers = st.floats(-1000, 1000, allow_subnormal=False)
polylines = st.lists(st.lists(st.tuples(numbers, numbers), min_size=1), min_size=1)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_fills_the_unit_box(kind: Kind) -> None:
    for seed in range(20):
        points = np.concatenate(draw_kind(kind, np.random.default_rng(seed)))

        assert points.min(axis=0) == pytest.approx([0, 0])
        assert points.max() == pytest.approx(0 if len(points) == 1 else 1)


@pytest.mark.parametrize("kind", Kind)
def test_no_two_people_draw_the_same_but_the_same_seed_does(kind: Kind) -> None:
    first, again, other = (draw_kind(kind, np.random.default_rng(seed)) for seed in (1, 1, 3))

    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert [line.tolist() for line in first] != [line.tolist() for line in other]


def test_a_circle_goes_around_its_middle() -> None:
    for seed in range(20):
        (ring,) = draw_kind(Kind.CIRCLE, np.random.default_rng(seed))
        away = np.hypot(*(ring - (ring.min(axis=0) + ring.max(axis=0)) / 2).T)
        assert away.min() > 0.25


def test_a_tick_has_its_tail_to_the_upper_right() -> None:
    for seed in range(20):
        (line,) = draw_kind(Kind.TICK, np.random.default_rng(seed))
        lowest = line[line[:, 1].argmax()]
        assert line[-1][0] > lowest[0]
        assert line[-1][1] < line[0][1]


@given(polylines)
def test_normalising_twice_changes_nothing(lines: list[list[tuple[float, float]]]) -> None:
    once = normalised(lines)

    for line, again in zip(once, normalised(once), strict=True):
        assert again == pytest.approx(line, abs=1e-6)
