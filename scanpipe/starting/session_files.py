"""Owns lists of sessions in files: lines of a text file, a column of a CSV or Excel file."""

import csv
import datetime
import io
import zipfile
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from scanpipe.errors import UsageError
from scanpipe.starting.headings import (
    CODE_HEADS,
    NAME_HEADS,
    OTHER_HEADS,
    Rows,
    folded,
    is_header,
    without_title,
)
from scanpipe.starting.sessions import Blocks, is_code, numbered, sessions_from_lines

MAX_BYTES = 20_000_000
"""A workbook of an event, with pictures in it, has a few MB."""

MAX_ROWS = 5_000
"""Far more than there are sessions: an Excel column may be a million cells long."""

_END = "\x03"
"""Put after the last line: a quotation mark that is missing would take it into a cell."""

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_BROKEN = (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, EOFError)
"""What openpyxl raises on a workbook that is none, or is damaged."""


class ColumnUnclearError(UsageError):
    """A table has several columns, and which of them holds the sessions must be said."""


def is_list_file(text: str) -> bool:
    """Tell whether `text` is the name of a file that sessions can be taken from."""
    return Path(text).suffix.lower() in (".txt", ".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods")


def sessions_from_file(path: Path, column: str | None = None) -> Blocks:
    """Return the sessions in the file at `path`.

    `column` names the column of a table, by what stands above it or by its letter; it may be left
    out where only one can be meant. A column headed `id` or `code` gives the ids, or the first of
    two columns without heads, if all in it are short codes.

    Raises:
        ColumnUnclearError: the table has several columns that may be meant.
        UsageError: the file cannot be read, or holds no sessions, or has no such column.
    """
    if path.suffix.lower() == ".txt":
        blocks = sessions_from_lines(_text(path).splitlines())
    else:
        rows = _of_workbook(path) if _is_workbook(path) else _of_csv(_text(path), path)
        blocks = _taken(rows, column, path)
    if not blocks:
        raise UsageError(f"there is no session in {path}", "Is it the right file, and saved?")
    return blocks


def _is_workbook(path: Path) -> bool:
    if path.suffix.lower() in (".xls", ".ods"):
        raise UsageError(
            f"{path} is a file of another kind than can be read",
            "Open it in Excel or LibreOffice, and save it as .xlsx or as .csv.",
        )
    return path.suffix.lower() in (".xlsx", ".xlsm")


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise UsageError(f"there is no file {path}", "Check the name and the folder.")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(
            f"{path} cannot be read: {reason}", "If it is open in Excel, close it there."
        ) from None
    if len(data) > MAX_BYTES:
        raise UsageError(
            f"{path} is larger than {MAX_BYTES // 1_000_000} MB",
            "Save only the list of the sessions as a file of its own.",
        )
    return data


def _text(path: Path) -> str:
    from scanpipe.reporting.tables import decoded

    try:
        return decoded(_bytes(path))
    except ValueError as error:
        raise UsageError(f"{path} cannot be read: {error}") from None


def _of_csv(text: str, path: Path) -> Rows:
    """Return the cells of a CSV file; what separates them is what divides all rows alike."""
    for delimiter in ";\t,":
        rows = _split(text, delimiter, path)
        widths = {len(cells) for _, cells in rows}
        if len(widths) == 1 and widths != {1}:
            return rows
    # One column: a comma in a name is only a comma.
    return [(number, [" ".join(cells)]) for number, cells in _split(text, "\0", path)]


def _split(text: str, delimiter: str, path: Path) -> Rows:
    """Return the rows that are not empty; raise UsageError for a cell that never ends."""
    lines = chain(io.StringIO(text, newline=""), [_END])
    rows: Rows = []
    try:
        for cells in islice(csv.reader(lines, delimiter=delimiter), MAX_ROWS):
            rows.append((len(rows) + 1, [_in_one_line(cell) for cell in cells]))
    except csv.Error:
        raise _unending(path, len(rows) + 1) from None
    number, last = rows[-1]
    if last == [_END]:
        rows.pop()
    elif last and last[-1].endswith(_END):
        raise _unending(path, number)
    return [(number, cells) for number, cells in rows if any(cells)]


def _unending(path: Path, row: int) -> UsageError:
    return UsageError(
        f"{path}, row {row}: a cell that begins there does not end, so that it holds the rows "
        "below it too",
        'There is a " too many, or one is missing. Open the file in Excel or LibreOffice, put that '
        "right, and save it again.",
    )


def _in_one_line(cell: str) -> str:
    return " ".join(cell.split())


def _of_workbook(path: Path) -> Rows:
    """Return the cells of the sheet that Excel shows first, or of the first that is not empty."""
    import openpyxl

    data = io.BytesIO(_bytes(path))
    try:
        book = openpyxl.load_workbook(data, read_only=True, data_only=True)
        sheets = [sheet for sheet in (book.active, *book.worksheets) if sheet is not None]
        found = ([*_cells(sheet)] for sheet in sheets if hasattr(sheet, "iter_rows"))
        rows: Rows = next(filter(None, found), [])
    except (zipfile.BadZipFile, ParseError, *_BROKEN) as error:
        if isinstance(error, UsageError):
            raise
        raise UsageError(
            f"{path} cannot be read as an Excel file, or asks for a password",
            "Open it in Excel and save it again as .xlsx without a password, or as .csv.",
        ) from None
    width = max((len(cells) for _, cells in rows), default=0)
    return [(number, cells + [""] * (width - len(cells))) for number, cells in rows]


def _cells(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    for number, row in enumerate(islice(sheet.iter_rows(values_only=True), MAX_ROWS), start=1):
        cells = [_spelled(value) for value in row]
        if any(cells):
            yield number, cells


def _spelled(value: object) -> str:
    """Return a cell about as Excel shows it; a cell with several lines in one."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return _in_one_line(str(value))


def _taken(rows: Rows, column: str | None, path: Path) -> Blocks:
    rows = without_title(rows)
    if not rows:
        return []
    header = folded(rows[0][1])
    names = _named(column, header) if column else _only_one(rows, header)
    if names is None:
        raise _unclear(column, rows, path)
    if is_header(rows[0][1], column):
        codes, body = _first(header, CODE_HEADS), rows[1:]
    else:
        codes, body = 0 if not column and _has_codes_first(rows) else None, rows
    return numbered(_pairs(body, names, codes if codes != names else None, path))


def _pairs(rows: Rows, names: int, codes: int | None, path: Path) -> list[tuple[str, str]]:
    pairs = []
    for number, cells in rows:
        name, code = cells[names].strip(), "" if codes is None else cells[codes].strip()
        if code and not name:
            raise UsageError(
                f"{path}, row {number}: expected the name of session {code}; found an empty cell",
                "Fill it in, or say with --column which column holds the names.",
            )
        if name.startswith("#") and name.rstrip("?!/A0").isupper():
            raise UsageError(
                f"{path}, row {number}: expected the name of a session; found {name}, "
                "a formula that Excel could not work out"
            )
        if name:
            pairs.append((code, name))
    return pairs


def _named(column: str, header: Sequence[str]) -> int | None:
    """Return the place of the column that has `column` above it, or as its letter."""
    wanted = column.strip().casefold()
    if wanted in header:
        return header.index(wanted)
    letter = _LETTERS.find(wanted.upper()) if len(wanted) == 1 else -1
    return letter if 0 <= letter < len(header) else None


def _only_one(rows: Rows, header: Sequence[str]) -> int | None:
    """Return the place of the column that alone can hold the names, None if that is not clear."""
    filled = [i for i in range(len(header)) if any(cells[i].strip() for _, cells in rows)]
    if len(filled) == 1:
        return filled[0]
    named = [i for i in filled if header[i] in NAME_HEADS]
    if len(named) == 1:
        return named[0]
    others = [i for i in filled if header[i] not in CODE_HEADS]
    if len(others) == 1 and len(filled) == 2:
        return others[0]
    return 1 if not named and _has_codes_first(rows) else None


def _first(header: Sequence[str], heads: frozenset[str]) -> int | None:
    return next((i for i, head in enumerate(header) if head in heads), None)


def _has_codes_first(rows: Rows) -> bool:
    """Tell whether the rows are a short code of its own and a name each, and none is a header."""
    codes = [cells[0].strip() for _, cells in rows]
    if len(rows[0][1]) != 2 or codes[0].casefold() in OTHER_HEADS:
        return False
    return all(map(is_code, codes)) and len(set(codes)) == len(codes)


def _unclear(column: str | None, rows: Rows, path: Path) -> UsageError:
    first = rows[0][1]
    listed = "\n".join(f"  {_LETTERS[i]}  {cell.strip()}" for i, cell in enumerate(first[:26]))
    if column:
        return ColumnUnclearError(
            f"{path} has no column {column!r}; it has these, each with its first cell:\n{listed}",
            "Name one with --column, by its letter or by its first cell.",
        )
    return ColumnUnclearError(
        f"{path} has {len(first)} columns, and it is not clear which of them holds the names of "
        f"the sessions. Each with its first cell:\n{listed}",
        "Name one with --column, by its letter or by its first cell.",
    )
