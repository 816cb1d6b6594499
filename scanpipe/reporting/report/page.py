"""Owns report.html: one file with everything in it, to look at, to print and to send on."""

from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from scanpipe import __version__
from scanpipe.messages import messages_for
from scanpipe.reporting.report import wording
from scanpipe.reporting.report.bars import Part, parts_of, told
from scanpipe.reporting.report.bounds import (
    MEAN_DECIMALS,
    PERCENT_DECIMALS,
    mean_range,
    percent_ranges,
)
from scanpipe.reporting.report.faces import Face, faces_of
from scanpipe.reporting.report.findings import Findings, Line
from scanpipe.reporting.report.spelling import Numbers
from scanpipe.reporting.stack_notes import sentence


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of the chart; `told` is the bar in words."""

    line: Line
    parts: tuple[Part, ...]
    told: str


@dataclass(frozen=True, slots=True)
class Limits:
    """One row of the table of bounds, as text."""

    line: Line
    percents: tuple[str, ...]
    mean: str


def page_bytes(findings: Findings) -> bytes:
    """Return report.html of `findings`, in the language of the form."""
    t, numbers = messages_for(findings.form.language), Numbers(findings.form.language)
    faces = faces_of(findings.form.scale.smileys, t)
    html = (
        _templates()
        .get_template("report.html")
        .render(
            t=t,
            numbers=numbers,
            form=findings.form,
            found=findings,
            faces=faces,
            bars=[_bar(line, faces, numbers) for line in findings.lines],
            limits=[_limits(line, numbers) for line in findings.lines],
            banner=wording.banner(findings, t),
            few=[*wording.unrated(findings, t), *wording.few_slips_notes(findings, t, numbers)],
            became=wording.became(findings, t),
            balance=wording.balance(findings, t, numbers),
            notes=[sentence(note, t) for note in findings.run.notes],
            bounds=wording.bounds(findings, t, numbers),
            audit=wording.audit(findings.audit, t, numbers) if findings.audit else "",
            version=__version__,
        )
    )
    return html.encode()


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("scanpipe.reporting.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _bar(line: Line, faces: tuple[Face, ...], numbers: Numbers) -> Bar:
    row = line.summary
    return Bar(line, parts_of(row, faces, numbers), told(row, faces, numbers))


def _limits(line: Line, numbers: Numbers) -> Limits:
    percents = (
        numbers.interval(found.rounded(PERCENT_DECIMALS) if found else None, PERCENT_DECIMALS)
        for found in percent_ranges(line.tally)
    )
    mean = mean_range(line.tally)
    ends = mean.rounded(MEAN_DECIMALS) if mean else None
    return Limits(line, tuple(percents), numbers.interval(ends, MEAN_DECIMALS))
