"""Owns how a text is made to fit its room: the ways of setting it, best first, or not at all."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations, pairwise

from scanpipe.printing.fonts import text_width_mm

STEP_PT = 0.25


@dataclass(frozen=True, slots=True)
class Way:
    """One way to set a text: on how many lines, and in which sizes, the largest tried first.

    `grows`: whether a large slip has room for larger type than this.
    """

    lines: int
    largest_pt: float
    smallest_pt: float
    grows: bool = False


@dataclass(frozen=True, slots=True)
class Style:
    """How a text may be set: its font, and the ways to try, in order."""

    font: str
    ways: tuple[Way, ...]

    def grown(self, scale: float) -> "Style":
        """Return this style for a slip with room for type larger by `scale`."""
        return replace(
            self,
            ways=tuple(
                replace(way, largest_pt=way.largest_pt * scale) if way.grows else way
                for way in self.ways
            ),
        )

    def at_most(self, size_pt: float) -> "Style":
        """Return this style without any size larger than `size_pt`."""
        return replace(
            self,
            ways=tuple(
                replace(
                    way,
                    largest_pt=min(way.largest_pt, size_pt),
                    smallest_pt=min(way.smallest_pt, size_pt),
                )
                for way in self.ways
            ),
        )


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text as it will be set."""

    lines: tuple[str, ...]
    font: str
    size_pt: float


@dataclass(frozen=True, slots=True)
class TooLong:
    """A text that no allowed setting fits: by how much, and how much would."""

    over_mm: float
    characters_that_fit: int


def fit(text: str, width_mm: float, style: Style) -> Fitted | TooLong:
    """Set `text` in the first way of its style that stays within `width_mm`."""
    for way in style.ways:
        lines = broken(text, style.font, way.lines)
        if lines is None:
            continue
        for size_pt in _sizes(way):
            if _widest_mm(lines, style.font, size_pt) <= width_mm:
                return Fitted(lines, style.font, size_pt)
    return _too_long(text, width_mm, style)


@lru_cache(maxsize=4096)
def broken(text: str, font: str, lines: int) -> tuple[str, ...] | None:
    """Break `text` at the spaces that make its widest line shortest; None with too few spaces.

    Widths grow evenly with the size, so that the best breaks are the same in every size.
    """
    words = text.split(" ")
    ways = (
        tuple(" ".join(words[i:j]) for i, j in pairwise((0, *breaks, len(words))))
        for breaks in combinations(range(1, len(words)), lines - 1)
    )
    return min(ways, key=lambda way: _widest_mm(way, font, 10.0), default=None)


def _sizes(way: Way) -> Iterator[float]:
    size_pt = way.largest_pt
    while size_pt >= way.smallest_pt:
        yield size_pt
        size_pt -= STEP_PT


def _widest_mm(lines: tuple[str, ...], font: str, size_pt: float) -> float:
    return max(_width_mm(line, font, size_pt) for line in lines)


@lru_cache(maxsize=65536)
def _width_mm(line: str, font: str, size_pt: float) -> float:
    return text_width_mm(line, font, size_pt)


def _too_long(text: str, width_mm: float, style: Style) -> TooLong:
    """Measure against the way that has most room."""
    most = max(style.ways, key=lambda way: way.lines / way.smallest_pt)
    lines = broken(text, style.font, most.lines) or (text,)
    widest_mm = _widest_mm(lines, style.font, most.smallest_pt)
    return TooLong(widest_mm - width_mm, int(len(text) * width_mm / widest_mm))
