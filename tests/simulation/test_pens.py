import numpy as np
import pytest

from scanpipe.simulation.hands import PENS
from scanpipe.simulation.pens import Pen, draw
from scanpipe.simulation.strokes import Kind, draw_kind

DPI = 254.0
LEVEL_LINE = [[[0.0, 0.0], [1.0, 0.0]]]


def white() -> np.ndarray:
    return np.full((200, 300), 255, dtype=np.uint8)


@pytest.mark.parametrize("width_mm", [0.4, 1.0, 2.4])
def test_a_line_is_as_wide_as_the_pen(width_mm: float, rng: np.random.Generator) -> None:
    pen = Pen(width_mm, 0.9, grain=0, pressure=0)
    inked = draw(white(), LEVEL_LINE, (150, 100), 200, pen, DPI, rng)

    across = (255 - inked[:, 150].astype(float)).sum() / (0.9 * 255)
    assert across == pytest.approx(width_mm * 10, abs=1)


def test_ink_has_its_colour_in_the_light_that_it_takes() -> None:
    red = PENS["ballpoint_red"]
    darkness = [red.in_channel(channel).darkness for channel in range(3)]

    assert darkness[0] < 0.3 < 0.7 < min(darkness[1:])
    assert {PENS["pencil"].in_channel(channel).darkness for channel in range(3)} == {
        PENS["pencil"].darkness
    }


def test_a_darker_pen_leaves_darker_ink(rng: np.random.Generator) -> None:
    darkest = [
        draw(white(), LEVEL_LINE, (150, 100), 200, Pen(1, darkness), DPI, rng).min()
        for darkness in (0.3, 0.6, 0.9)
    ]

    assert darkest[0] > darkest[1] + 40 > darkest[2] + 80


@pytest.mark.parametrize("kind", Kind)
def test_ink_never_lightens_and_spares_the_picture_given(
    kind: Kind, rng: np.random.Generator
) -> None:
    paper = rng.integers(0, 256, (200, 300), dtype=np.uint8)
    before = paper.copy()
    inked = draw(paper, draw_kind(kind, rng), (150, 100), 120, Pen(0.8, 0.7, 0.4), DPI, rng)

    assert (inked <= before).all()
    assert (inked < before).any()
    assert np.array_equal(paper, before)


def test_the_middle_of_the_strokes_comes_to_the_place_named(rng: np.random.Generator) -> None:
    square = [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]
    inked = draw(white(), square, (120, 80), 100, Pen(0.5, 0.9), DPI, rng)

    rows, columns = np.nonzero(inked < 200)
    assert (columns.min() + columns.max()) / 2 == pytest.approx(120, abs=1.5)
    assert (rows.min() + rows.max()) / 2 == pytest.approx(80, abs=1.5)
    assert columns.max() - columns.min() == pytest.approx(105, abs=3)


def test_a_single_point_is_a_dab(rng: np.random.Generator) -> None:
    inked = draw(white(), [[[0.0, 0.0]]], (150, 100), 10, Pen(1.5, 0.9, pressure=0), DPI, rng)

    assert 150 < (inked < 128).sum() < 210


def test_ink_beyond_the_paper_is_lost(rng: np.random.Generator) -> None:
    half = draw(white(), LEVEL_LINE, (300, 100), 200, Pen(1, 0.9), DPI, rng)
    none = draw(white(), LEVEL_LINE, (900, 900), 200, Pen(1, 0.9), DPI, rng)

    assert (half[:, -1] < 128).any()
    assert (none == 255).all()
