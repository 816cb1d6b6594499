"""Owns the charts that Excel draws itself, from the cells of a table."""

from typing import TYPE_CHECKING, Any

from scanpipe.reporting.report.book import Book
from scanpipe.reporting.report.colours import PLAIN

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

WIDE_PX = 960


def stacked(book: Book, sheet: "Worksheet", title: str, lines: int, top: int = 0) -> None:
    """Put a chart of stacked bars below a table of shares.

    `lines`: the table's rows below its head, which stands in row `top`, from 0. The shares stand in
    its second column and those after.
    """
    chart, last = (
        book.workbook.add_chart({"type": "bar", "subtype": "percent_stacked"}),
        top + lines,
    )
    for place, answer in enumerate(book.answers, start=1):
        chart.add_series(
            {
                "name": [sheet.name, top, place],
                "categories": [sheet.name, top + 1, 0, last, 0],
                "values": [sheet.name, top + 1, place, last, place],
                "fill": {"color": answer.colour.fill},
                "border": {"color": "#ffffff", "width": 0.75},
                # Nothing is written where nobody gave the answer.
                "data_labels": {
                    "value": True,
                    "num_format": '[>=0.05]0.0%;""',
                    "font": {"color": answer.colour.ink, "size": 9},
                },
                "gap": 45,
            }
        )
    chart.set_title({"name": title, "name_font": {"size": 14}, "overlay": False})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 10}})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": WIDE_PX, "height": max(360, 120 + 46 * lines)})
    _insert(book, sheet, last + 2, chart)


def upright(book: Book, sheet: "Worksheet", title: str, column: int, top: int, below: int) -> None:
    """Put a chart of an upright bar for each answer below a table of a row for each.

    `column` holds the shares; the table's head stands in row `top`, the chart in row `below`.
    """
    chart = book.workbook.add_chart({"type": "column"})
    last = top + len(book.answers)
    chart.add_series(
        _series(sheet, column, top, last)
        | {"points": [{"fill": {"color": answer.colour.fill}} for answer in book.answers]}
    )
    chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    _finish(chart, title, 420)
    _insert(book, sheet, below, chart)


def across(book: Book, sheet: "Worksheet", title: str, column: int, top: int, below: int) -> None:
    """Put a chart of an upright bar for each answer of the table's last row below the table.

    The shares stand in the second column and those after, their heads in row `top`; `column` is
    the last of them, and `below` where the chart is to stand.
    """
    chart = book.workbook.add_chart({"type": "column"})
    last = below - 2
    chart.add_series(
        {
            "categories": [sheet.name, top, 1, top, column],
            "values": [sheet.name, last, 1, last, column],
            "points": [{"fill": {"color": answer.colour.fill}} for answer in book.answers],
            "data_labels": {"value": True, "num_format": "0.0%", "font": {"size": 9}},
            "gap": 40,
        }
    )
    chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    _finish(chart, title, 360)
    _insert(book, sheet, below, chart)


def lying(
    book: Book, sheet: "Worksheet", title: str, column: int, top: int, lines: int, below: int
) -> None:
    """Put a chart of a bar for each of the first `lines` of a table below it, in row `below`."""
    chart = book.workbook.add_chart({"type": "bar"})
    chart.add_series(
        _series(sheet, column, top, top + lines) | {"fill": {"color": PLAIN.fill}, "gap": 45}
    )
    chart.set_y_axis({"reverse": True, "num_font": {"size": 10}})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    _finish(chart, title, max(280, 110 + 34 * lines))
    _insert(book, sheet, below, chart)


def _series(sheet: "Worksheet", column: int, top: int, last: int) -> dict[str, Any]:
    return {
        "name": [sheet.name, top, column],
        "categories": [sheet.name, top + 1, 0, last, 0],
        "values": [sheet.name, top + 1, column, last, column],
        "data_labels": {"value": True, "font": {"size": 10}},
        "gap": 40,
    }


def _finish(chart: Any, title: str, height_px: int) -> None:
    chart.set_title({"name": title, "name_font": {"size": 14}, "overlay": False})
    chart.set_legend({"none": True})
    chart.set_size({"width": WIDE_PX, "height": height_px})


def _insert(book: Book, sheet: "Worksheet", row: int, chart: Any) -> None:
    told = book.t("The result as a picture")
    sheet.insert_chart(row, 0, chart, {"description": told})
