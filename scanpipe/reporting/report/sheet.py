"""Owns one sheet of the workbook: cells of the right kind, frozen heads, columns that fit."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from scanpipe.reporting.dialect import Cell
from scanpipe.reporting.report.colours import Colour

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

WIDEST = 60
"""Of a column, in letters; longer text runs on in the cell."""

NUMBER = 6
"""Letters of a figure as it is shown."""

LONGEST = 32_767
"""Letters that a cell of Excel can hold."""

CUT = " …"

TITLE_ROWS = 2
"""That a title takes above its table."""


class Sheets:
    """The sheets of one workbook, all of one look; `decimals` of numbers as the cell has them."""

    def __init__(self, workbook: "Workbook") -> None:
        self._workbook = workbook
        style = {"bold": True, "bottom": 2, "text_wrap": True, "valign": "bottom"}
        self._head = workbook.add_format(style)
        self._head_of_numbers = workbook.add_format(style | {"align": "right"})
        self._looks: dict[tuple[str, bool], Format] = {}
        self._titled: Format | None = None

    def add(
        self,
        name: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[Cell]],
        *,
        looks: Mapping[int, str] | None = None,
        heads: Mapping[int, Colour] | None = None,
        last_is_total: bool = False,
        title: str = "",
    ) -> "Worksheet":
        """Add a sheet with a table, its first row and column frozen, below `title` if there is one.

        `looks`: the number format of columns, by their place; `heads`: the colours of their heads.
        """
        sheet = self._workbook.add_worksheet(name)
        lines, top = list(rows), TITLE_ROWS if title else 0
        if title:
            sheet.write_string(0, 0, _held(title), self._title)
        for place, text in enumerate(columns):
            head = self._head_of_numbers if _has_numbers(lines, place) else self._head
            if heads and place in heads:
                head = self._coloured(heads[place])
            sheet.write_string(top, place, _held(text), head)
        for number, cells in enumerate(lines, start=1):
            total = last_is_total and number == len(lines)
            for place, cell in enumerate(cells):
                look = (looks or {}).get(place) or _usual(cell)
                self._write(sheet, top + number, place, cell, self._look(look, total))
        for place, text in enumerate(columns):
            longest = max((_width(line[place]) for line in lines), default=0)
            sheet.set_column(place, place, min(WIDEST, max(len(text), longest) + 3))
        sheet.freeze_panes(top + 1, 1)
        _fit_on_paper(sheet, top)
        return sheet

    @property
    def _title(self) -> "Format":
        if self._titled is None:
            self._titled = self._workbook.add_format({"bold": True, "font_size": 14})
        return self._titled

    def _write(self, sheet: "Worksheet", row: int, column: int, cell: Cell, look: "Format") -> None:
        if cell is None:
            sheet.write_blank(row, column, None, look)
        elif isinstance(cell, str):
            # What looks like a formula, a number or a link stays the text that it is.
            sheet.write_string(row, column, _held(cell), look)
        else:
            sheet.write_number(row, column, float(cell), look)

    def _look(self, number_format: str, total: bool) -> "Format":
        key = (number_format, total)
        if key not in self._looks:
            style = {"num_format": number_format}
            self._looks[key] = self._workbook.add_format(
                style | ({"bold": True, "top": 2} if total else {})
            )
        return self._looks[key]

    def _coloured(self, colour: Colour) -> "Format":
        return self._workbook.add_format(
            {"bold": True, "bottom": 2, "align": "right", "valign": "bottom"}
            | {"bg_color": colour.fill, "font_color": colour.ink}
        )


def _has_numbers(lines: Sequence[Sequence[Cell]], place: int) -> bool:
    """Tell whether the column at `place` holds numbers, which stand at the right of their cells."""
    cells = [line[place] for line in lines if line[place] is not None]
    return bool(cells) and not any(isinstance(cell, str) for cell in cells)


def _usual(cell: Cell) -> str:
    """Return the number format that shows `cell` with the decimals that it has."""
    if isinstance(cell, Decimal):
        decimals = -int(cell.as_tuple().exponent)
        return f"0.{'0' * decimals}" if decimals > 0 else "0"
    return "General"


def _held(text: str) -> str:
    """Return `text`, cut visibly where a cell of Excel cannot hold it."""
    return text if len(text) <= LONGEST else text[: LONGEST - len(CUT)] + CUT


def _width(cell: Cell) -> int:
    if isinstance(cell, Decimal):
        return NUMBER
    return len(f"{cell}") if cell is not None else 0


def _fit_on_paper(sheet: "Worksheet", head_row: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head_row)
