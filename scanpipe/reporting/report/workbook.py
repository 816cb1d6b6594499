"""Owns report.xlsx: tables with real numbers, a chart that Excel draws, the slips, the review."""

import datetime
from collections.abc import Iterator, Sequence
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

from scanpipe.messages import Messages, messages_for
from scanpipe.reporting.dialect import Cell
from scanpipe.reporting.report import wording
from scanpipe.reporting.report.bounds import mean_range, percent_ranges
from scanpipe.reporting.report.colours import Colour, smiley_colours
from scanpipe.reporting.report.findings import Findings, Line
from scanpipe.reporting.report.sheet import Sheets
from scanpipe.reporting.report.spelling import Numbers
from scanpipe.reporting.review import review_columns, review_rows
from scanpipe.reporting.rows import results_columns, results_rows
from scanpipe.reporting.stack_notes import sentence

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

CREATED = datetime.datetime(2000, 1, 1)
"""Stands in every workbook as the time at which it was made: the same tables, the same bytes."""

_PERCENT, _TWO = "0.0%", "0.00"


def workbook_bytes(findings: Findings) -> bytes:
    """Return report.xlsx of `findings`, in the language of the form."""
    from xlsxwriter import Workbook

    t, file = messages_for(findings.form.language), BytesIO()
    with Workbook(file, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": findings.form.title, "created": CREATED})
        sheets = Sheets(workbook)
        result = _result(sheets, findings, t)
        _counts(sheets, findings, t)
        _draw(workbook, result, findings, t)
        _limits(sheets, findings, t)
        _sure(sheets, findings, t)
        form, rows, review = findings.form, findings.rows, findings.run.review
        sheets.add(t("All slips"), results_columns(form), results_rows(form, rows))
        sheets.add(t("Review"), review_columns(review), review_rows(rows, review))
    return file.getvalue()


def _result(sheets: Sheets, findings: Findings, t: Messages) -> "Worksheet":
    """Add the table as organisers make it: percent of each smiley, slips, mean, spread."""
    faces = findings.form.scale.smileys
    columns = (findings.form.words.session, *_numbered(faces), t("Slips"), t("Mean"), t("Spread"))
    rows = [
        (line.summary.session_name, *_shares(line), line.summary.rated, _mean(line), line.spread)
        for line in findings.lines
    ]
    looks = dict.fromkeys(range(1, faces + 1), _PERCENT) | {faces + 2: _TWO, faces + 3: _TWO}
    heads = _heads(faces)
    return sheets.add(t("Result"), columns, rows, looks=looks, heads=heads, last_is_total=True)


def _counts(sheets: Sheets, findings: Findings, t: Messages) -> None:
    """Add how many slips chose each smiley, and what became of the others."""
    faces = findings.form.scale.smileys
    columns = (
        *(findings.form.words.session, *_numbered(faces), t("With a mark"), t("Blank")),
        *(t("Undecided"), t("Void"), t("Slips read"), t("Handed in"), t("Read of these")),
    )
    shown = len(columns) if findings.counts_handed_in else len(columns) - 2
    columns, rows = columns[:shown], [_counted(line)[:shown] for line in findings.lines]
    looks = {faces + 7: _PERCENT}
    sheets.add(t("Counts"), columns, rows, looks=looks, heads=_heads(faces), last_is_total=True)


def _counted(line: Line) -> tuple[Cell, ...]:
    row = line.summary
    share = Decimal(line.arrived) / line.expected if line.expected else None
    counts = (row.rated, row.blank, row.review, row.void, row.slips)
    return (row.session_name, *row.ratings, *counts, line.expected, share)


def _limits(sheets: Sheets, findings: Findings, t: Messages) -> None:
    """Add what each figure may still become: its least and its most."""
    faces = findings.form.scale.smileys
    columns = [findings.form.words.session]
    for figure in (*_numbered(faces), t("Mean")):
        columns += [t("{figure}, least", figure=figure), t("{figure}, most", figure=figure)]
    looks = dict.fromkeys(range(1, 2 * faces + 1), _PERCENT)
    looks |= dict.fromkeys((2 * faces + 1, 2 * faces + 2), _TWO)
    rows = [(line.summary.session_name, *_ends(line)) for line in findings.lines]
    sheets.add(t("Limits"), columns, rows, looks=looks, last_is_total=True)


def _ends(line: Line) -> Iterator[Cell]:
    for found in percent_ranges(line.tally):
        for end in (found.low, found.high) if found else (None, None):
            yield None if end is None else Decimal(end.numerator) / end.denominator / 100
    mean = mean_range(line.tally)
    for end in (mean.low, mean.high) if mean else (None, None):
        yield None if end is None else Decimal(end.numerator) / end.denominator


def _sure(sheets: Sheets, findings: Findings, t: Messages) -> None:
    """Add how sure the figures are: the counts, then sentences."""
    numbers = Numbers(findings.form.language)
    said = [
        *(wording.banner(findings, t), wording.balance(findings, t, numbers)),
        *findings.balance.gaps,
        *(sentence(note, t) for note in findings.run.notes),
        *findings.shortfalls,
        *wording.bounds(findings, t, numbers),
        wording.audit(findings.audit, t, numbers) if findings.audit else "",
    ]
    rows = [*wording.became(findings, t), *((text, None) for text in said if text)]
    sheets.add(t("How sure"), (t("How the slips were read"), t("Slips")), rows)


def _draw(workbook: "Workbook", sheet: "Worksheet", findings: Findings, t: Messages) -> None:
    """Put a chart of stacked bars, which Excel draws from the table, below it."""
    faces, last = findings.form.scale.smileys, len(findings.lines)
    chart = workbook.add_chart({"type": "bar", "subtype": "percent_stacked"})
    for place, colour in enumerate(smiley_colours(faces), start=1):
        chart.add_series(
            {
                "name": [sheet.name, 0, place],
                "categories": [sheet.name, 1, 0, last, 0],
                "values": [sheet.name, 1, place, last, place],
                "fill": {"color": colour.fill},
                "border": {"color": "#ffffff", "width": 0.75},
                # Nothing is written where nobody chose the smiley.
                "data_labels": {
                    "value": True,
                    "num_format": '[>=0.05]0.0%;""',
                    "font": {"color": colour.ink, "size": 9},
                },
                "gap": 45,
            }
        )
    chart.set_title({"name": findings.form.title, "name_font": {"size": 14}, "overlay": False})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 10}})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 960, "height": max(360, 120 + 46 * last)})
    sheet.insert_chart(last + 2, 0, chart, {"description": t("The result as a picture")})


def _numbered(faces: int) -> list[str]:
    """Return the heads of the smileys' columns, with the outer faces as letters."""
    return ["☹ 1", *(f"{face}" for face in range(2, faces)), f"{faces} ☺"]


def _heads(faces: int) -> dict[int, Colour]:
    return dict(enumerate(smiley_colours(faces), start=1))


def _shares(line: Line) -> Sequence[Decimal | None]:
    rated = line.summary.rated
    return [Decimal(count) / rated if rated else None for count in line.summary.ratings]


def _mean(line: Line) -> Decimal | None:
    row = line.summary
    points = sum(rating * count for rating, count in enumerate(row.ratings, start=1))
    return Decimal(points) / row.rated if row.rated else None
