import cv2
import numpy as np
import pytest

from scanpipe.reading.creases import CREASE_MM, find_creases

PX_PER_MM = 8.0
SHAPE = (240, 1184)
DARKEST = 0.38


def band_with_line(
    start: tuple[int, int], end: tuple[int, int], darkness: float, width: int = 3
) -> np.ndarray:
    band = np.zeros(SHAPE, np.float32)
    cv2.line(band, start, end, (darkness,), width)
    return band


def creased(band: np.ndarray) -> np.ndarray:
    return find_creases(band > 0.15, band, DARKEST, PX_PER_MM)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ((0, 120), (1183, 120)),
        ((0, 60), (1183, 150)),
        ((600, 0), (600, 239)),
        ((500, 0), (530, 239)),
    ],
)
def test_a_straight_pale_line_through_the_band_is_a_crease(
    start: tuple[int, int], end: tuple[int, int]
) -> None:
    band = band_with_line(start, end, 0.25)

    found = creased(band)

    assert (found & (band > 0)).sum() > 0.95 * (band > 0).sum()


@pytest.mark.parametrize(("start", "end"), [((0, 120), (1183, 120)), ((600, 0), (600, 239))])
def test_a_dark_line_is_ink_and_stays(start: tuple[int, int], end: tuple[int, int]) -> None:
    assert not creased(band_with_line(start, end, 0.7)).any()


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ((300, 120), (520, 120)),
        ((300, 40), (480, 200)),
        ((600, 40), (600, 200)),
        ((0, 9), (800, 9)),
    ],
)
def test_a_line_that_ends_within_the_band_stays(
    start: tuple[int, int], end: tuple[int, int]
) -> None:
    assert not creased(band_with_line(start, end, 0.25)).any()


def test_a_crease_that_fades_in_places_is_still_one() -> None:
    band = band_with_line((0, 120), (1183, 120), 0.25)
    for x in range(100, 1100, 200):
        band[:, x : x + round(3 * PX_PER_MM)] = 0

    assert creased(band)[120].mean() > 0.85


def test_a_pen_mark_that_crosses_a_crease_keeps_its_ink_beside_it() -> None:
    band = band_with_line((0, 120), (1183, 120), 0.25)
    cv2.line(band, (560, 60), (640, 180), (0.8,), 5)

    found = creased(band)

    pen = band > 0.5
    assert (pen & ~found).sum() > 0.85 * pen.sum()
    assert found.any(axis=1).sum() <= 2 * CREASE_MM * PX_PER_MM


def test_an_empty_band_has_no_creases() -> None:
    assert not creased(np.zeros(SHAPE, np.float32)).any()


def test_a_circle_is_no_crease() -> None:
    band = np.zeros(SHAPE, np.float32)
    cv2.circle(band, (600, 120), 100, (0.25,), 4)

    assert not creased(band).any()
