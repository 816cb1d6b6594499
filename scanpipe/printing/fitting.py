"""Owns how a text is made to fit its line: one line if it can be, then two, then not at all."""

from collections.abc import Iterator
from dataclasses import dataclass

from scanpipe.printing.fonts import text_width_mm

STEP_PT = 0.25


@dataclass(frozen=True, slots=True)
class Style:
    """How a text may be set: sizes to try on one line, and a smaller range on two lines.

    With `two_line_pt` 0 the text has to stay on one line.
    """

    font: str
    largest_pt: float
    smallest_pt: float
    two_line_pt: float = 0.0


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
    """Set `text` as large as its style allows within `width_mm`."""
    for size_pt in _sizes(style.largest_pt, style.smallest_pt):
        if text_width_mm(text, style.font, size_pt) <= width_mm:
            return Fitted((text,), style.font, size_pt)
    for size_pt in _sizes(style.two_line_pt, style.smallest_pt):
        halves = _two_lines(text, style.font, size_pt)
        if halves and _widest_mm(halves, style.font, size_pt) <= width_mm:
            return Fitted(halves, style.font, size_pt)
    return _too_long(text, width_mm, style)


def _sizes(largest_pt: float, smallest_pt: float) -> Iterator[float]:
    size_pt = largest_pt
    while size_pt >= smallest_pt:
        yield size_pt
        size_pt -= STEP_PT


def _two_lines(text: str, font: str, size_pt: float) -> tuple[str, str] | None:
    """Break at the space that leaves two lines most alike in width."""
    words = text.split(" ")
    breaks = [(" ".join(words[:i]), " ".join(words[i:])) for i in range(1, len(words))]
    return min(breaks, key=lambda lines: _widest_mm(lines, font, size_pt), default=None)


def _widest_mm(lines: tuple[str, ...], font: str, size_pt: float) -> float:
    return max(text_width_mm(line, font, size_pt) for line in lines)


def _too_long(text: str, width_mm: float, style: Style) -> TooLong:
    halves = _two_lines(text, style.font, style.smallest_pt) if style.two_line_pt else None
    lines = halves or (text,)
    widest_mm = _widest_mm(lines, style.font, style.smallest_pt)
    return TooLong(widest_mm - width_mm, int(len(text) * width_mm / widest_mm))
