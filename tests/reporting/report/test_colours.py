"""The smileys' colours for who cannot tell colours apart, and on a black and white printer."""

from itertools import pairwise

import pytest

from scanpipe.reporting.report.colours import (
    contrast,
    luminance,
    number_colours,
    shades,
    smiley_colours,
    word_colours,
)

SCALES = range(2, 8)

DEUTERANOPIA = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
PROTANOPIA = (
    (0.152286, 1.052583, -0.204868),
    (0.114503, 0.786281, 0.099216),
    (-0.003882, -0.048116, 1.051998),
)
"""Machado, Oliveira and Fernandes 2009, for colours in linear light, at full severity."""


def linear(colour: str) -> list[float]:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def lightness(light: float) -> float:
    """CIE L*, 0 to 100, of a luminance from 0 to 1."""
    return 116 * light ** (1 / 3) - 16 if light > 0.008856 else 903.3 * light


def seen(colour: str, matrix: tuple[tuple[float, ...], ...]) -> float:
    """The lightness in which somebody sees `colour` whose eyes are as `matrix` says."""
    channels = [sum(a * b for a, b in zip(row, linear(colour), strict=True)) for row in matrix]
    light = zip((0.2126, 0.7152, 0.0722), channels, strict=True)
    return lightness(sum(share * max(0.0, channel) for share, channel in light))


@pytest.mark.parametrize("smileys", SCALES)
def test_in_black_and_white_each_smiley_is_lighter_than_the_sadder_one(smileys: int) -> None:
    greys = [lightness(luminance(colour.fill)) for colour in smiley_colours(smileys)]
    steps = [after - before for before, after in pairwise(greys)]
    assert min(steps) > 0.6 * (greys[-1] - greys[0]) / len(steps) > 6


@pytest.mark.parametrize("smileys", SCALES)
@pytest.mark.parametrize("eyes", [DEUTERANOPIA, PROTANOPIA], ids=["deuteranopia", "protanopia"])
def test_who_cannot_tell_red_from_green_tells_the_smileys_apart(smileys: int, eyes) -> None:
    shades = [seen(colour.fill, eyes) for colour in smiley_colours(smileys)]
    assert min(after - before for before, after in pairwise(shades)) > 6


@pytest.mark.parametrize("smileys", SCALES)
def test_figures_on_the_bars_have_the_contrast_that_text_needs(smileys: int) -> None:
    assert min(contrast(c.ink, c.fill) for c in smiley_colours(smileys)) >= 4.5


@pytest.mark.parametrize("numbers", [2, 5, 10])
def test_in_black_and_white_each_number_is_lighter_than_the_one_before(numbers: int) -> None:
    greys = [lightness(luminance(colour.fill)) for colour in number_colours(numbers)]
    assert min(after - before for before, after in pairwise(greys)) > 4


def test_in_black_and_white_any_two_words_differ_and_neighbours_do_by_far() -> None:
    greys = [lightness(luminance(colour.fill)) for colour in word_colours(6)]
    assert min(abs(after - before) for before, after in pairwise(greys)) > 20
    assert min(after - before for before, after in pairwise(sorted(greys))) > 4


def test_figures_on_numbers_words_and_shades_have_the_contrast_that_text_needs() -> None:
    colours = [*number_colours(10), *word_colours(6), *(shades(i / 20) for i in range(21))]
    assert min(contrast(colour.ink, colour.fill) for colour in colours) >= 4


def test_black_on_white_is_the_highest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#ffffff") == 1
