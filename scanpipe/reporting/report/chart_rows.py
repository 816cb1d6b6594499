"""Owns charts of one bar beside each name: parts of a whole, or little upright bars."""

from collections.abc import Sequence
from decimal import Decimal

from scanpipe.messages import Messages
from scanpipe.reporting.report.answers import Answer
from scanpipe.reporting.report.bars import parts_of
from scanpipe.reporting.report.chart_frame import (
    BARS_FROM_IN,
    BARS_IN,
    FOOT_IN,
    MARGIN_IN,
    NAME_PT,
    QUIET,
    Bar,
    Frame,
)
from scanpipe.reporting.report.slide import HEIGHT_IN, WIDTH_IN, Slide, lines_of
from scanpipe.reporting.report.spelling import Numbers
from scanpipe.reporting.report.topics import highest

_LEGEND_IN = 0.95
_RIGHT_IN = WIDTH_IN - MARGIN_IN


def stacked(
    frame: Frame, bars: Sequence[Bar], answers: tuple[Answer, ...], t: Messages, numbers: Numbers
) -> Slide:
    """Return a chart with a stacked bar beside each name, and the answers above them."""
    names = [bar.lines_of_name for bar in bars]
    needed = [max(0.56, 0.24 * len(name) + 0.1) for name in names]
    head = frame.head_in + _LEGEND_IN
    height = max(HEIGHT_IN, head + sum(needed) + FOOT_IN)
    stretch = min(1.4, (height - head - FOOT_IN) / sum(needed))
    slide = frame.blank(height)
    _legend(slide, answers, head - _LEGEND_IN)
    y = head
    for bar, room in zip(bars, needed, strict=True):
        if bar.total:
            y += 0.1
            slide.line(y - 0.02, MARGIN_IN, _RIGHT_IN)
        _stacked_bar(slide, bar, answers, numbers, y, room * stretch)
        y += room * stretch
    slide.write(_RIGHT_IN, head - 0.16, t("Slips"), 11, colour=QUIET, across="right")
    frame.foot(slide, height, 11)
    return slide


def little_columns(
    frame: Frame, bars: Sequence[Bar], answers: tuple[Answer, ...], t: Messages, numbers: Numbers
) -> Slide:
    """Return a chart with upright bars beside each name, as high as the answers are many."""
    needed = [max(0.95, 0.24 * len(bar.lines_of_name) + 0.4) for bar in bars]
    head, most = frame.head_in + 0.35, highest(bar.line for bar in bars)
    height = max(HEIGHT_IN, head + sum(needed) + FOOT_IN)
    stretch = min(1.9, (height - head - FOOT_IN) / sum(needed))
    slide = frame.blank(height)
    y = head
    for bar, room in zip(bars, needed, strict=True):
        if bar.total and len(bars) > 1:
            slide.line(y + 0.02, MARGIN_IN, _RIGHT_IN)
        _columns(slide, bar, answers, numbers, most, y + 0.02, room * stretch)
        y += room * stretch
    has_mean = any(bar.line.mean is not None for bar in bars)
    figure = t("Mean") if has_mean else t("Slips")
    slide.write(_RIGHT_IN, head - 0.16, figure, 11, colour=QUIET, across="right")
    frame.foot(slide, height, 11)
    return slide


def _stacked_bar(
    slide: Slide,
    bar: Bar,
    answers: tuple[Answer, ...],
    numbers: Numbers,
    y_in: float,
    room_in: float,
) -> None:
    middle, thick = y_in + room_in / 2, min(0.62, room_in * 0.68)
    slide.write(MARGIN_IN, middle, "\n".join(bar.lines_of_name), NAME_PT, bold=bar.total)
    scale = BARS_IN / 100
    for part in parts_of(bar.line, answers, numbers):
        x, width = BARS_FROM_IN + part.start * scale, part.width * scale
        slide.box(x, middle - thick / 2, width, thick, part.answer.colour.fill)
        if part.label:
            where = x + width / 2
            ink = part.answer.colour.ink
            slide.write(where, middle, part.label, 13, colour=ink, across="center", bold=True)
    rated = numbers.count(bar.line.rated)
    slide.write(_RIGHT_IN, middle, rated, NAME_PT, across="right", bold=bar.total)


def _columns(
    slide: Slide,
    bar: Bar,
    answers: tuple[Answer, ...],
    numbers: Numbers,
    most: Decimal,
    y_in: float,
    room_in: float,
) -> None:
    line, floor = bar.line, y_in + room_in - 0.3
    middle = (y_in + floor) / 2 + 0.08
    slide.write(MARGIN_IN, middle, "\n".join(bar.lines_of_name), NAME_PT, bold=bar.total)
    pitch, tall = BARS_IN / len(answers), floor - y_in - 0.3
    for answer, percent in zip(answers, line.percents, strict=True):
        x = BARS_FROM_IN + (answer.place - 0.5) * pitch
        high = tall * float((percent or 0) / most)
        if percent:
            slide.box(x - pitch * 0.36, floor - high, pitch * 0.72, high, answer.colour.fill)
            text = numbers.bare_percent(percent)
            slide.write(x, floor - high - 0.04, text, 10, across="center", up="bottom")
        slide.write(x, floor + 0.13, answer.label, 11, colour=QUIET, across="center")
    slide.line(floor, BARS_FROM_IN, BARS_FROM_IN + BARS_IN, 0.8)
    figure = numbers.count(line.rated) if line.mean is None else numbers.decimal(line.mean)
    slide.write(_RIGHT_IN, middle, figure, NAME_PT, across="right", bold=bar.total)


def _legend(slide: Slide, answers: tuple[Answer, ...], top_in: float) -> None:
    pitch = BARS_IN / len(answers)
    for answer in answers:
        x = BARS_FROM_IN + (answer.place - 0.5) * pitch
        if answer.face:
            slide.face(x, top_in + 0.42, 0.26, answer.face)
            continue
        words = lines_of(answer.label, pitch - 0.15, 12)
        slide.box(x - 0.16, top_in + 0.1, 0.32, 0.2, answer.colour.fill)
        slide.write(x, top_in + 0.36, "\n".join(words[:2]), 12, across="center", up="top")
