"""Words that somebody drew over, and words that are only badly printed or coarsely scanned."""

import cv2
import numpy as np
import pytest

from scanpipe.reading.overwriting import beside_text, line_across_mm, tallest_piece_mm

PX_PER_MM = 8.0
SHAPE = (100, 800)


def words(thickness: int = 4) -> np.ndarray:
    picture = np.zeros(SHAPE, np.uint8)
    cv2.putText(picture, "Medbestemmelse", (60, 66), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 255, thickness)
    return picture


@pytest.mark.parametrize("thickness", [2, 4, 6])
def test_words_have_no_long_line(thickness: int) -> None:
    assert line_across_mm(words(thickness) > 0, PX_PER_MM) < 8


@pytest.mark.parametrize("slope_px", [-25, 0, 25])
@pytest.mark.parametrize("width", [3, 5, 12])
def test_a_line_through_words_is_long_though_it_is_not_straight(width: int, slope_px: int) -> None:
    picture = words()
    x = np.arange(60, 440)
    y = 50 + slope_px * (x - 250) / 380 + 3 * np.sin(x / 40)
    cv2.polylines(picture, [np.column_stack([x, y]).astype(np.int32)], False, 255, width)
    assert line_across_mm(picture > 0, PX_PER_MM) > 20


def test_a_scribble_over_words_is_a_long_line() -> None:
    picture = words()
    for step in range(12):
        ends = (80 + 25 * step, 25 + 50 * (step % 2)), (105 + 25 * step, 75 - 50 * (step % 2))
        cv2.line(picture, *ends, 255, 14)
    assert line_across_mm(picture > 0, PX_PER_MM) > 20


def test_only_what_touches_the_words_and_none_of_the_faces_is_looked_at() -> None:
    words, faces = np.zeros(SHAPE, bool), np.zeros(SHAPE, bool)
    words[60:80], faces[:30, :400] = True, True
    dark = np.zeros(SHAPE, np.uint8)
    cv2.line(dark, (100, 10), (130, 70), 255, 3)  # the tail of a tick in a face
    cv2.line(dark, (700, 5), (720, 50), 255, 3)  # beside the words
    assert tallest_piece_mm(dark > 0, words, faces, PX_PER_MM) == 0
    cv2.line(dark, (500, 45), (530, 95), 255, 3)
    assert tallest_piece_mm(dark > 0, words, faces, PX_PER_MM) == pytest.approx(52 / 8, abs=0.4)


@pytest.mark.parametrize("x", [3, 700])
def test_what_stands_apart_from_a_text_on_its_line_is_beside_it(x: int) -> None:
    picture = words()
    assert beside_text(picture > 0, PX_PER_MM) is None
    cv2.line(picture, (x, 40), (x + 10, 60), 255, 3)
    beside = beside_text(picture > 0, PX_PER_MM)
    assert beside is not None
    columns = np.flatnonzero(beside.any(axis=0))
    assert x - 3 <= columns.min() < columns.max() <= x + 13


def test_nothing_is_over_a_picture_without_ink() -> None:
    nothing = np.zeros(SHAPE, bool)
    assert line_across_mm(nothing, PX_PER_MM) == 0
    assert tallest_piece_mm(nothing, nothing, nothing, PX_PER_MM) == 0
    assert beside_text(nothing, PX_PER_MM) is None
