"""Owns the answers' colours: dark for the saddest smiley or number 1, light for the last.

The lightness rises in even steps, and blue runs to yellow: so the order is seen in black and white
too, and by whoever cannot tell red from green. Words have no order: their colours take turns in
being dark and light, so that neighbours stay apart in black and white.
"""

from dataclasses import dataclass
from itertools import pairwise

_SCALE = (
    (0x3A, 0x2C, 0x70),
    (0x33, 0x5F, 0x92),
    (0x26, 0x95, 0x93),
    (0x79, 0xC7, 0x6C),
    (0xFD, 0xE1, 0x3F),
)
"""Like viridis (van der Walt and Smith, 2015), of even steps in lightness, but more cheerful."""

DARK, LIGHT = "#1a1a1a", "#ffffff"


_WORDS = ("#1b4965", "#f4b942", "#7b3f61", "#c4e3d5", "#4f7d3a", "#dc93aa")
"""Chosen so that any two differ in lightness by 5 of 100 at least, and neighbours by 20."""

_DEEP = (0x33, 0x5F, 0x92)


@dataclass(frozen=True, slots=True)
class Colour:
    """An answer's colour, and the colour in which text and lines stand on it; both as #rrggbb."""

    fill: str
    ink: str


PLAIN = Colour("#335f92", LIGHT)
"""Of what needs no colour to be told apart: its name stands beside it."""


def smiley_colours(smileys: int) -> tuple[Colour, ...]:
    """Return a colour for each of `smileys`, 2 to 10, the saddest first."""
    fills = [_hex(_at(i / (smileys - 1))) for i in range(smileys)]
    return tuple(Colour(fill, _ink_on(fill)) for fill in fills)


def number_colours(numbers: int) -> tuple[Colour, ...]:
    """Return a colour for each of the numbers 1 to `numbers`."""
    return smiley_colours(numbers)


def word_colours(words: int) -> tuple[Colour, ...]:
    """Return a colour for each of up to six words."""
    return tuple(Colour(fill, _ink_on(fill)) for fill in _WORDS[:words])


def shades(share: float) -> Colour:
    """Return a blue for `share` (0-1) of the most: white for nothing, deep for all."""
    fill = _hex(tuple(255 + share * (deep - 255) for deep in _DEEP))
    return Colour(fill, _ink_on(fill))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG 2 defines it."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb, 0 to 1 (WCAG 2)."""
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _ink_on(fill: str) -> str:
    return DARK if contrast(DARK, fill) > contrast(LIGHT, fill) else LIGHT


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _at(share: float) -> tuple[float, ...]:
    """Return the colour at `share` (0-1) of the scale."""
    place = share * (len(_SCALE) - 1)
    index = min(int(place), len(_SCALE) - 2)
    before, after = list(pairwise(_SCALE))[index]
    part = place - index
    return tuple(a + part * (b - a) for a, b in zip(before, after, strict=True))


def _hex(colour: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(channel):02x}" for channel in colour)
