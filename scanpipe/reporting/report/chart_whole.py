"""Owns charts of all slips together: an upright bar for each answer, or a bar for each choice."""

from collections.abc import Sequence
from dataclasses import dataclass

from scanpipe.form import Form
from scanpipe.messages import Messages
from scanpipe.reporting.report.answers import Answer
from scanpipe.reporting.report.chart_frame import MARGIN_IN, NAME_PT, QUIET, Frame
from scanpipe.reporting.report.colours import DARK, PLAIN
from scanpipe.reporting.report.slide import HEIGHT_IN, WIDTH_IN, Slide, lines_of
from scanpipe.reporting.report.spelling import Numbers
from scanpipe.reporting.report.topics import Line

_NAMES_IN = 5.0
_FIGURES_IN = 1.9
_BELOW_NUMBERS_IN = 0.52
"""From the floor of the bars to below the numbers that stand under them."""

_ENDS_IN = 4.8
"""From the edge of the page to where the words below the first or last number surely end."""


@dataclass(frozen=True, slots=True)
class Count:
    """So many slips with this name, and what that is in percent, as text."""

    name: str
    count: int
    percent: str


def upright(
    frame: Frame,
    line: Line,
    answers: tuple[Answer, ...],
    form: Form,
    t: Messages,
    numbers: Numbers,
) -> Slide:
    """Return a chart of an upright bar for each answer, which stands below it."""
    slide = frame.blank()
    top, floor = frame.head_in + 0.7, HEIGHT_IN - 1.85
    pitch = (WIDTH_IN - 2 * MARGIN_IN) / len(answers)
    most = max(1, *line.counts)
    for answer, count, percent in zip(answers, line.counts, line.percents, strict=True):
        middle = MARGIN_IN + (answer.place - 0.5) * pitch
        high = (floor - top) * count / most
        slide.box(middle - pitch * 0.31, floor - high, pitch * 0.62, high, answer.colour.fill)
        text = numbers.percent(percent) if pitch > 1.3 else numbers.bare_percent(percent)
        slide.write(middle, floor - high - 0.1, text, 20, across="center", up="bottom", bold=True)
        _foot_of(slide, answer, middle, floor, pitch)
    slide.line(floor, MARGIN_IN, WIDTH_IN - MARGIN_IN)
    if form.scale.numbers:
        _ends_and_mean(slide, line, form, pitch, floor, t, numbers)
    frame.foot(slide)
    return slide


def lying(frame: Frame, counts: Sequence[Count], numbers: Numbers) -> Slide:
    """Return a chart of a bar beside each name, with its number of slips and its percentage."""
    names = [lines_of(each.name, _NAMES_IN - 0.2, NAME_PT) for each in counts]
    needed = [max(0.5, 0.24 * len(name) + 0.12) for name in names]
    head = frame.head_in + 0.15
    height = max(HEIGHT_IN, head + sum(needed) + 0.85)
    stretch = min(1.7, (height - head - 0.85) / sum(needed))
    slide, y = frame.blank(height), head
    from_in = MARGIN_IN + _NAMES_IN
    wide = WIDTH_IN - from_in - MARGIN_IN - _FIGURES_IN
    most = max(1, *(each.count for each in counts))
    for each, name, room in zip(counts, names, needed, strict=True):
        middle, thick = y + room * stretch / 2, min(0.62, room * stretch * 0.62)
        long = wide * each.count / most
        slide.write(MARGIN_IN, middle, "\n".join(name), NAME_PT)
        slide.box(from_in, middle - thick / 2, long, thick, PLAIN.fill)
        text = numbers.count(each.count)
        slide.write(from_in + long + 0.12, middle, text, 16, bold=True)
        right = WIDTH_IN - MARGIN_IN
        slide.write(right, middle, each.percent, NAME_PT, colour=QUIET, across="right")
        y += room * stretch
    frame.foot(slide, height)
    return slide


def _foot_of(slide: Slide, answer: Answer, middle: float, floor: float, pitch: float) -> None:
    if answer.face:
        slide.face(middle, floor + 0.62, min(0.45, pitch * 0.31), answer.face)
        return
    size = 15.0 if answer.words else 20.0
    words = lines_of(answer.label, pitch - 0.1, size)
    slide.write(middle, floor + 0.14, "\n".join(words), size, across="center", up="top")


def _ends_and_mean(
    slide: Slide, line: Line, form: Form, pitch: float, floor: float, t: Messages, numbers: Numbers
) -> None:
    below = floor + 0.88
    right = WIDTH_IN - MARGIN_IN
    slide.write(MARGIN_IN + pitch * 0.19, below, form.scale.low or "", 14, colour=QUIET)
    slide.write(
        right - pitch * 0.19, below, form.scale.high or "", 14, colour=QUIET, across="right"
    )
    if line.mean is None:
        return
    said = f"{t('Mean')} {numbers.decimal(line.mean)}"
    where = MARGIN_IN + (float(line.mean) - 0.5) * pitch
    slide.pointer(where, floor + _BELOW_NUMBERS_IN, DARK)
    beside_the_ends = min(max(where, _ENDS_IN), WIDTH_IN - _ENDS_IN)
    slide.write(beside_the_ends, below, said, 16, across="center", bold=True)
