import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scanpipe.reading.greys import grey_quantiles, median, quantile

VALUES = arrays(np.float32, st.integers(1, 40), elements=st.floats(-1, 1, width=32))
IMAGES = arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9)))


@given(IMAGES, st.lists(st.floats(0, 1), min_size=1, max_size=4))
def test_quantiles_are_those_that_numpy_finds_by_sorting(
    image: np.ndarray, shares: list[float]
) -> None:
    np.testing.assert_allclose(grey_quantiles(image, shares), np.quantile(image, shares))


def test_part_of_an_image_is_as_good_as_a_whole_one() -> None:
    image = np.arange(200, dtype=np.uint8).reshape(10, 20)

    assert grey_quantiles(image[::3, ::4], [0.5]) == [np.median(image[::3, ::4])]


@given(VALUES, st.floats(0, 1))
def test_quantiles_of_any_values_are_those_of_numpy(values: np.ndarray, share: float) -> None:
    wanted = np.quantile(values.astype(np.float64), share)

    np.testing.assert_allclose(quantile(values, share), wanted, atol=1e-12)
    np.testing.assert_allclose(median(values), np.median(values.astype(np.float64)), atol=1e-12)


def test_nothing_has_no_median() -> None:
    assert math.isnan(median(np.zeros(0, np.float32)))
