import cv2
import numpy as np
import pytest

from scanpipe.reading.smudges import Look, without_smudges

PX_PER_MM = 8.0
SHAPE = (200, 1000)
STRONG = 0.3


def bare() -> np.ndarray:
    return np.zeros(SHAPE, np.float32)


def seen(drawing: np.ndarray) -> np.ndarray:
    """How dark a drawing is to a scanner, which is never quite sharp."""
    return cv2.GaussianBlur(drawing, (0, 0), 0.2 * PX_PER_MM)


def line(darkness: float, width_mm: float = 0.6, to: tuple[int, int] = (160, 140)) -> np.ndarray:
    return cv2.line(bare(), (60, 60), to, darkness, round(width_mm * PX_PER_MM))


def stain(darkness: float) -> np.ndarray:
    """A pale blot whose rim is darker, as a drop leaves when it dries."""
    blot = cv2.ellipse(bare(), (300, 100), (90, 60), 20, 0, 360, darkness, -1)
    return cv2.ellipse(blot, (300, 100), (90, 60), 20, 0, 360, 2 * darkness, 3)


def looked_at(darkness: np.ndarray, palest: float) -> tuple[np.ndarray, np.ndarray]:
    """The pieces that reach `palest`, and what of them is taken for drawn."""
    pieces = (darkness > palest).astype(np.uint8)
    look = Look(darkness, darkness >= STRONG, np.ones(SHAPE, np.bool_), 1.0, PX_PER_MM)
    return pieces, without_smudges(pieces, look)


@pytest.mark.parametrize("darkness", [0.14, 0.2, 0.28])
@pytest.mark.parametrize("width_mm", [0.5, 0.9, 1.7])
def test_a_pale_line_with_bare_paper_on_either_side_stays(darkness: float, width_mm: float) -> None:
    pieces, kept = looked_at(seen(line(darkness, width_mm)), palest=0.065)

    assert pieces.any()
    assert np.array_equal(kept, pieces)


@pytest.mark.parametrize("darkness", [0.09, 0.12, 0.15])
def test_the_rim_of_a_stain_goes(darkness: float) -> None:
    pieces, kept = looked_at(seen(stain(darkness)), palest=1.15 * darkness)

    assert pieces.any()
    assert not kept.any()


def test_a_pencil_line_that_runs_into_a_stain_stays_and_the_stains_rim_goes() -> None:
    both = seen(stain(0.1)) + seen(line(0.2, to=(190, 90)))

    pieces, kept = looked_at(both, palest=0.115)

    assert np.array_equal(kept[:, :190], pieces[:, :190])
    assert not kept[:, 230:].any()


def test_writing_on_the_back_that_lies_among_its_own_paler_lines_goes() -> None:
    zigzag = np.array([(80 + 9 * i, 60 if i % 2 else 130) for i in range(30)])
    back = cv2.polylines(bare(), [zigzag], False, 0.07, 5)

    pieces, kept = looked_at(seen(back), palest=0.065)

    assert pieces.any()
    assert not kept.any()


@pytest.mark.parametrize("darkness", [0.12, 0.2])
def test_what_is_broad_and_even_stays_for_a_highlighter_has_no_rim(darkness: float) -> None:
    """Only its middle is seen, and lies in what is as dark."""
    stroke = seen(line(darkness, width_mm=4.0))
    pieces = cv2.erode((stroke > darkness / 2).astype(np.uint8), np.ones((9, 9), np.uint8))
    look = Look(stroke, stroke >= STRONG, np.ones(SHAPE, np.bool_), 1.0, PX_PER_MM)

    assert np.array_equal(without_smudges(pieces, look), pieces)


def test_a_straight_line_longer_than_a_hand_draws_one_is_a_fold_unless_it_is_dark() -> None:
    fold = cv2.line(bare(), (100, 90), (900, 110), 0.2, 5)

    pieces, kept = looked_at(seen(fold), palest=0.065)
    dark, all_kept = looked_at(seen(3 * fold), palest=0.065)

    assert pieces.any()
    assert not kept.any()
    assert np.array_equal(all_kept, dark)
