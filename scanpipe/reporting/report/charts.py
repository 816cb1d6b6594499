"""Owns the charts for slides: every session as a stacked bar, and the whole event at a glance."""

from scanpipe.messages import Messages, messages_for
from scanpipe.reporting.report.bars import parts_of
from scanpipe.reporting.report.faces import Face, faces_of
from scanpipe.reporting.report.findings import Findings, Line
from scanpipe.reporting.report.slide import HEIGHT_IN, WIDTH_IN, Slide, lines_of
from scanpipe.reporting.report.spelling import Numbers
from scanpipe.reporting.report.wording import banner

FOLDER = "charts"
SESSIONS, TOTAL = "sessions", "total"

_MARGIN_IN = 0.6
_NAMES_IN = 4.1
_BARS_FROM_IN = _MARGIN_IN + _NAMES_IN
_BARS_IN = WIDTH_IN - _BARS_FROM_IN - _MARGIN_IN - 0.9
_LEGEND_IN = 0.95
_FOOT_IN = 0.85
_QUIET, _ALARM = "#545a66", "#9a3412"
_NAME_PT, _TITLE_PT = 13.0, 24.0


def chart_files(findings: Findings) -> dict[str, bytes]:
    """Return the charts as PNG and SVG, by their paths in the output folder."""
    t, numbers = messages_for(findings.form.language), Numbers(findings.form.language)
    faces = faces_of(findings.form.scale.smileys, t)
    slides = {
        SESSIONS: _sessions(findings, faces, t, numbers),
        TOTAL: _whole_event(findings, faces, t, numbers),
    }
    title = findings.form.title
    return {
        f"{FOLDER}/{name}{suffix}": picture
        for name, slide in slides.items()
        for suffix, picture in slide.pictures(title).items()
    }


def _sessions(findings: Findings, faces: tuple[Face, ...], t: Messages, numbers: Numbers) -> Slide:
    names = [
        lines_of(line.summary.session_name, _NAMES_IN - 0.2, _NAME_PT) for line in findings.lines
    ]
    needed = [max(0.56, 0.24 * len(name) + 0.1) for name in names]
    head = _head_height(findings) + _LEGEND_IN
    height = max(HEIGHT_IN, head + sum(needed) + _FOOT_IN)
    stretch = min(1.4, (height - head - _FOOT_IN) / sum(needed))
    slide = Slide(height)
    _head(slide, findings, numbers)
    _legend(slide, faces, head - _LEGEND_IN)
    y = head
    for line, name, room in zip(findings.lines, names, needed, strict=True):
        if line is findings.total:
            y += 0.1
            slide.line(y - 0.02, _MARGIN_IN, WIDTH_IN - _MARGIN_IN)
        _bar(slide, line, name, faces, numbers, y, room * stretch)
        y += room * stretch
    right, below = WIDTH_IN - _MARGIN_IN, height - 0.4
    slide.write(right, head - 0.16, t("Slips"), 11, colour=_QUIET, across="right")
    said = t("Percent of the slips with a mark, for each smiley")
    slide.write(right, below, said, 11, colour=_QUIET, across="right")
    slide.write(_MARGIN_IN, below, banner(findings, t), 12, colour=_ALARM, bold=True)
    return slide


def _bar(
    slide: Slide,
    line: Line,
    name: list[str],
    faces: tuple[Face, ...],
    numbers: Numbers,
    y_in: float,
    room_in: float,
) -> None:
    middle, thick = y_in + room_in / 2, min(0.62, room_in * 0.68)
    bold = line.summary.session == TOTAL
    slide.write(_MARGIN_IN, middle, "\n".join(name), _NAME_PT, bold=bold)
    scale = _BARS_IN / 100
    for part in parts_of(line.summary, faces, numbers):
        x, width = _BARS_FROM_IN + part.start * scale, part.width * scale
        slide.box(x, middle - thick / 2, width, thick, part.face.colour.fill)
        if part.label:
            where = x + width / 2
            ink = part.face.colour.ink
            slide.write(where, middle, part.label, 13, colour=ink, across="center", bold=True)
    rated = numbers.count(line.summary.rated)
    slide.write(WIDTH_IN - _MARGIN_IN, middle, rated, _NAME_PT, across="right", bold=bold)


def _whole_event(
    findings: Findings, faces: tuple[Face, ...], t: Messages, numbers: Numbers
) -> Slide:
    slide, total = Slide(), findings.total.summary
    _head(slide, findings, numbers)
    top, floor = _head_height(findings) + 0.7, HEIGHT_IN - 1.85
    pitch = (WIDTH_IN - 2 * _MARGIN_IN) / len(faces)
    most = max(1, *total.ratings)
    for face, count, percent in zip(faces, total.ratings, total.percents, strict=True):
        middle = _MARGIN_IN + (face.rating - 0.5) * pitch
        high = (floor - top) * count / most
        slide.box(middle - pitch * 0.31, floor - high, pitch * 0.62, high, face.colour.fill)
        text = numbers.percent(percent)
        slide.write(middle, floor - high - 0.1, text, 20, across="center", up="bottom", bold=True)
        slide.face(middle, floor + 0.62, min(0.45, pitch * 0.31), face)
    slide.line(floor, _MARGIN_IN, WIDTH_IN - _MARGIN_IN)
    said = t("slips: {count}", count=numbers.count(total.rated))
    below = HEIGHT_IN - 0.4
    slide.write(WIDTH_IN - _MARGIN_IN, below, said, 12, colour=_QUIET, across="right")
    slide.write(_MARGIN_IN, below, banner(findings, t), 12, colour=_ALARM, bold=True)
    return slide


def _head_height(findings: Findings) -> float:
    return _MARGIN_IN + 0.42 * len(_title(findings)) + 0.4


def _head(slide: Slide, findings: Findings, numbers: Numbers) -> None:
    title = _title(findings)
    slide.write(_MARGIN_IN, 0.45, "\n".join(title), _TITLE_PT, up="top", bold=True)
    where = f"{numbers.date(findings.form.date)} · {findings.form.place}"
    below = _MARGIN_IN + 0.42 * len(title) + 0.1
    slide.write(_MARGIN_IN, below, where, 14, colour=_QUIET)


def _title(findings: Findings) -> list[str]:
    return lines_of(findings.form.title, WIDTH_IN - 2 * _MARGIN_IN, _TITLE_PT * 1.1)


def _legend(slide: Slide, faces: tuple[Face, ...], top_in: float) -> None:
    for face in faces:
        x = _BARS_FROM_IN + (face.rating - 0.5) * _BARS_IN / len(faces)
        slide.face(x, top_in + 0.42, 0.26, face)
