"""The outlines of a mark enclose exactly its black modules."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scanpipe.printing.outlines import outlines

Modules = tuple[tuple[bool, ...], ...]
MODULES = st.integers(1, 8).flatmap(
    lambda side: st.tuples(*[st.tuples(*[st.booleans()] * side)] * side)
)


def inside(x: float, y: float, found: list[list[tuple[int, int]]]) -> bool:
    """Count the upright lines to the left of a point: odd means inside."""
    crossed = 0
    for outline in found:
        for (x1, y1), (x2, y2) in zip(outline, outline[1:] + outline[:1], strict=True):
            crossed += x1 == x2 and x1 < x and min(y1, y2) < y < max(y1, y2)
    return crossed % 2 == 1


@given(MODULES)
def test_black_is_inside_and_white_outside(modules: Modules) -> None:
    found = outlines(modules)
    for y, row in enumerate(modules):
        for x, black in enumerate(row):
            assert inside(x + 0.5, y + 0.5, found) == black


@given(MODULES)
def test_outlines_run_along_modules_and_turn_at_every_corner(modules: Modules) -> None:
    for outline in outlines(modules):
        corners = np.array(outline)
        steps = np.roll(corners, -1, axis=0) - corners
        across = steps[:, 0] != 0
        assert ((steps[:, 0] == 0) != (steps[:, 1] == 0)).all()
        assert (across != np.roll(across, 1)).all()


def test_a_black_square_is_four_corners() -> None:
    assert outlines(((True, True), (True, True))) == [[(0, 0), (2, 0), (2, 2), (0, 2)]]
