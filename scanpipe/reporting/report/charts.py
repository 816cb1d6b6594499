"""Owns the charts for slides: which there are for a form, by their names in the output folder."""

from collections.abc import Iterator

from scanpipe.messages import Messages, messages_for
from scanpipe.reporting.report.answers import Answer, answers_of
from scanpipe.reporting.report.bounds import percent_of
from scanpipe.reporting.report.chart_frame import Bar, Frame
from scanpipe.reporting.report.chart_rows import little_columns, stacked
from scanpipe.reporting.report.chart_whole import Count, lying, upright
from scanpipe.reporting.report.choosing import most_chosen
from scanpipe.reporting.report.findings import Findings
from scanpipe.reporting.report.scale_words import percent_of_what
from scanpipe.reporting.report.slide import Slide, drawing
from scanpipe.reporting.report.spelling import Numbers
from scanpipe.reporting.report.topics import Line, Topic
from scanpipe.reporting.report.wording import banner

FOLDER = "charts"
SESSIONS, TOTAL, TOGETHER = "sessions", "total", "together"

MOST_COMBINATIONS = 12
"""On one slide."""

_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
)
"""No file on Windows may be called so, whatever its ending."""


def chart_files(findings: Findings) -> dict[str, bytes]:
    """Return the charts as PNG and SVG, by their paths in the output folder.

    Of one question `sessions` and `total`; of several `total`, and one by each question's id; of
    choices `together` too.
    """
    title = findings.form.title
    with drawing():
        return {
            f"{FOLDER}/{name}{suffix}": picture
            for name, slide in _Charts(findings).slides()
            for suffix, picture in slide.pictures(title).items()
        }


class _Charts:
    """Draws the charts of one report."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._form = findings.form
        self._t: Messages = messages_for(findings.form.language)
        self._numbers = Numbers(findings.form.language)
        self._answers: tuple[Answer, ...] = answers_of(findings.form, self._t)

    def slides(self) -> Iterator[tuple[str, Slide]]:
        """Yield every chart with its name."""
        first = self._findings.topics[0]
        if self._form.questions:
            if not self._form.scale.choose:
                yield TOTAL, self._rows(self._frame(), self._questions())
            for topic in self._findings.topics:
                yield _file_name(topic), self._question(topic)
            return
        if first.sessions:
            yield SESSIONS, self._rows(self._frame(), _bars(first))
        yield TOTAL, self._whole(first.total, self._frame(first.total))
        if (self._form.scale.choose or 1) > 1:
            yield TOGETHER, self._together(first.total)

    def _question(self, topic: Topic) -> Slide:
        if topic.sessions and not self._form.scale.choose:
            return self._rows(self._frame(topic=topic), _bars(topic))
        return self._whole(topic.total, self._frame(topic.total, topic))

    def _rows(self, frame: Frame, bars: list[Bar]) -> Slide:
        scale = self._form.scale
        draw = little_columns if scale.numbers or scale.choose else stacked
        return draw(frame, bars, self._answers, self._t, self._numbers)

    def _whole(self, line: Line, frame: Frame) -> Slide:
        if not self._form.scale.choose:
            return upright(frame, line, self._answers, self._form, self._t, self._numbers)
        counts = [
            Count(f"{answer.label}  {answer.words}", count, self._numbers.percent(percent))
            for answer, count, percent in zip(
                self._answers, line.counts, line.percents, strict=True
            )
        ]
        return lying(frame, counts, self._numbers)

    def _together(self, line: Line) -> Slide:
        made = most_chosen(self._form, line.summary.ratings)[:MOST_COMBINATIONS]
        counts = [
            Count(
                " + ".join(choice.id for choice in each.choices),
                each.count,
                self._numbers.percent(percent_of(each.count, line.rated)),
            )
            for each in made
        ]
        return lying(self._frame(line), counts, self._numbers)

    def _questions(self) -> list[Bar]:
        return [
            Bar(topic.question.text, topic.total)
            for topic in self._findings.topics
            if topic.question
        ]

    def _frame(self, line: Line | None = None, topic: Topic | None = None) -> Frame:
        """Return the words of a chart of `line`, or of every session, and of `topic` only."""
        form, numbers, t = self._form, self._numbers, self._t
        said = percent_of_what(form, t)
        if line is not None:
            said = t("slips: {count}", count=numbers.count(line.rated))
        title, below = form.title, f"{numbers.date(form.date)} · {form.place}"
        if topic and topic.question:
            title, below = topic.question.text, f"{form.title} · {numbers.date(form.date)}"
        return Frame(title, below, said, banner(self._findings, t))


def _bars(topic: Topic) -> list[Bar]:
    return [Bar(line.name, line, line is topic.total) for line in topic.lines]


def _file_name(topic: Topic) -> str:
    name = topic.question.id if topic.question else TOTAL
    return f"{name}_" if name.casefold() in _DEVICES else name
