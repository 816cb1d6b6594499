import numpy as np
import pytest

from scanpipe.simulation.effects import (
    bilevel,
    blurred,
    dusty,
    jpeg,
    noisy,
    shaded,
    streaked,
    tabletop,
    tilt,
    warped,
    weak_contrast,
)

GREY = np.full((200, 300), 200, dtype=np.uint8)


def edge() -> np.ndarray:
    image = np.full((100, 100), 255, dtype=np.uint8)
    image[:, 50:] = 0
    return image


def test_noise_has_the_deviation_asked_for(rng: np.random.Generator) -> None:
    assert float(noisy(GREY, 4, rng).std()) == pytest.approx(4, rel=0.05)


def test_blur_softens_an_edge() -> None:
    assert len(np.unique(edge())) == 2
    assert len(np.unique(blurred(edge(), 2))) > 5


def test_weak_contrast_narrows_the_range_of_greys() -> None:
    weak = weak_contrast(edge(), 0.5)

    assert int(weak.max()) - int(weak.min()) == pytest.approx(127, abs=2)


def test_a_table_has_a_grain_around_its_grey(rng: np.random.Generator) -> None:
    table = tabletop((300, 400), 100, 0.06, rng)

    assert float(table.mean()) == pytest.approx(100, abs=3)
    along, across = (float(np.abs(np.diff(table.astype(int), axis=axis)).mean()) for axis in (1, 0))
    assert across > 2 * along > 0


def test_without_a_background_the_edge_goes_on(rng: np.random.Generator) -> None:
    image = np.full((100, 100), 90, dtype=np.uint8)
    view = tilt(image.shape, 0.1, rng)

    assert set(np.unique(warped(image, view, None))) == {90}
    assert 10 in np.unique(warped(image, view, 10))


def test_a_streak_is_a_dark_line_down_the_page_at_its_place() -> None:
    streak = streaked(GREY, 10.0, 254)

    assert (streak[:, 100] < 100).all()
    assert (streak[:, 120:] == 200).all()
    assert (streak[:, :80] == 200).all()


def test_dust_darkens_a_little_of_the_page(rng: np.random.Generator) -> None:
    dirty = dusty(GREY, 30, 200, rng)

    assert (dirty <= GREY).all()
    assert 0.0005 < (dirty < GREY).mean() < 0.05


def test_uneven_light_reaches_the_depth_asked_for(rng: np.random.Generator) -> None:
    lit = shaded(GREY, 0.4, rng)

    assert lit.max() > 190
    assert lit.min() == pytest.approx(120, abs=2)


def test_bilevel_knows_two_greys_and_splits_at_the_threshold() -> None:
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)

    assert np.array_equal(bilevel(ramp, 100) == 255, ramp >= 100)
    assert set(np.unique(bilevel(ramp, 100))) == {0, 255}


def test_harder_jpeg_loses_more(rng: np.random.Generator) -> None:
    image = noisy(edge(), 20, rng)
    lost = [np.abs(jpeg(image, quality) - image.astype(int)).mean() for quality in (95, 30)]

    assert lost[0] < lost[1]


def test_tilt_moves_the_corners_inwards_by_no_more_than_its_strength(
    rng: np.random.Generator,
) -> None:
    view = tilt(GREY.shape, 0.1, rng)
    corners = np.array([[0, 0, 1], [300, 0, 1], [300, 200, 1], [0, 200, 1]], dtype=float) @ view.T
    moved = np.abs(corners[:, :2] / corners[:, 2:] - [[0, 0], [300, 0], [300, 200], [0, 200]])

    assert (moved <= [30.01, 20.01]).all()
    assert moved.max() > 1
    assert (warped(GREY, view, 7) == 7).any()
