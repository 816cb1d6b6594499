"""Owns CSV as bytes: tables written for spreadsheets, and read back however one saved them."""

import codecs
import csv
import io
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from scanpipe.reporting.dialect import Cell, Dialect, unshielded

_DELIMITERS = (";", ",", "\t")

_WORKBOOKS = (b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1"))
"""How .xlsx, .ods and .numbers files begin, and how old .xls files do."""

_ENDS_TOO_SOON = ("unexpected end of data", "truncated data")
"""Python's words for a text whose last letter is there only in part."""

_CUT_OFF = "the file breaks off, as if it was not saved whole"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table that was read; `row` is its number in a spreadsheet, from 1."""

    row: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was read: every line has as many cells as there are columns."""

    columns: tuple[str, ...]
    lines: tuple[Line, ...]

    def column(self, name: str) -> tuple[str, ...]:
        """Return the cells of the column called `name`; raise ValueError if there is none."""
        place = self.columns.index(name)
        return tuple(line.cells[place] for line in self.lines)


def table_bytes(columns: Sequence[str], rows: Iterable[Sequence[Cell]], dialect: Dialect) -> bytes:
    """Return the table as UTF-8 with the byte order mark that Excel needs for æøå."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=dialect.delimiter, lineterminator="\r\n")
    writer.writerow([dialect.spell(name) for name in columns])
    writer.writerows([dialect.spell(cell) for cell in row] for row in rows)
    return codecs.BOM_UTF8 + text.getvalue().encode()


def read_table(data: bytes, known: Collection[str]) -> Table:
    """Read a table saved by any spreadsheet; `known` are names that its columns may have.

    The delimiter is the one that finds most of the known columns. Empty lines and unnamed
    empty columns are left out; known names are found whatever their case.

    Raises:
        ValueError: the bytes are not text, break off, or hold quotes that do not match.
    """
    text = decoded(data)
    lines = [
        line for line in _lines(text, _delimiter(text, known)) if any(map(str.strip, line.cells))
    ]
    if not lines:
        return Table((), ())
    if not text.endswith(("\n", "\r")) and _is_part(lines):
        raise ValueError(f"row {lines[-1].row}: {_CUT_OFF}")
    width = max(len(line.cells) for line in lines)
    header, *body = (_padded(line, width) for line in lines)
    names = [_name(cell, known) for cell in header.cells]
    kept = [
        i for i, name in enumerate(names) if name or any(line.cells[i].strip() for line in body)
    ]
    return Table(
        tuple(names[i] for i in kept),
        tuple(Line(line.row, tuple(line.cells[i] for i in kept)) for line in body),
    )


def delimiter_of(data: bytes, known: Collection[str]) -> str:
    """Return what separates the cells of a table; `known` and errors as in `read_table`."""
    return _delimiter(decoded(data), known)


def decoded(data: bytes) -> str:
    """Return the text of a table in any of the codings that spreadsheets use.

    Raises:
        ValueError: the bytes are not text, or break off within a letter.
    """
    if data.startswith(_WORKBOOKS):
        raise ValueError("the file is a workbook, whatever its name says; save it as CSV")
    utf_16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode("utf-16" if utf_16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        if error.end >= len(error.object) and error.reason in _ENDS_TOO_SOON:
            raise ValueError(_CUT_OFF) from None
        if utf_16 or data.startswith(codecs.BOM_UTF8):
            raise ValueError("the file is damaged: some of it is no text") from None
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        raise ValueError("the file is not a text file") from None


def _is_part(lines: Sequence[Line]) -> bool:
    """Tell whether the last line, which has no line end, is less than a row below the header."""
    return len(lines) == 1 or len(lines[-1].cells) < len(lines[0].cells)


def _delimiter(text: str, known: Collection[str]) -> str:
    first = next((line for line in text.splitlines() if line.strip(';,\t" ')), "")

    def found(delimiter: str) -> int:
        names = next(csv.reader([first], delimiter=delimiter), [])
        return sum(_name(name, known) in known for name in names)

    return max(_DELIMITERS, key=found)


def _lines(text: str, delimiter: str) -> list[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[Line] = []
    try:
        for row, cells in enumerate(reader, start=1):
            lines.append(Line(row, tuple(map(unshielded, cells))))
    except csv.Error as error:
        # A quote that is never closed would swallow the rows below it without a word.
        raise ValueError(f"row {len(lines) + 1}: quotes do not match ({error})") from None
    return lines


def _name(cell: str, known: Collection[str]) -> str:
    folded = cell.strip().casefold()
    return folded if folded in known else cell.strip()


def _padded(line: Line, width: int) -> Line:
    return Line(line.row, line.cells + ("",) * (width - len(line.cells)))
