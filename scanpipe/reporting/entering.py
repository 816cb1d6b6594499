"""Owns writing one slip's decision into review.csv, and leaving all else in it as it stands."""

from collections.abc import Mapping

from scanpipe.form import Form
from scanpipe.reporting.dialect import DIALECTS, Cell, Dialect
from scanpipe.reporting.review import (
    COLUMNS,
    Review,
    known_columns,
    review_columns,
    review_row,
    review_rows,
)
from scanpipe.reporting.rows import Row
from scanpipe.reporting.tables import Line, Table, delimiter_of, read_table, table_bytes


def new_review(rows: list[Row], review: Review, form: Form, dialect: Dialect) -> bytes:
    """Return review.csv as it is written where there is none."""
    return table_bytes(review_columns(review, form), review_rows(rows, review, form), dialect)


def with_entry(
    data: bytes, row: Row, session: str, rating: str, form: Form, dialect: Dialect
) -> bytes:
    """Return the review.csv `data` with `session` and `rating` in every row of the slip of `row`.

    Every other cell, a person's own columns, the order of the rows and what separates the cells
    stay. A slip that has no row is given one. `dialect` serves where the separator is odd.

    Raises:
        ValueError: `data` is no table.
    """
    table = read_table(data, known_columns(form))
    slip = row.reading.slip
    cells = {"session": session, "rating": rating}
    lines = [_filled(table, line, slip, cells) for line in table.lines]
    if slip not in _slips(table):
        lines.append(_new_line(table, row, cells, form))
    return table_bytes(table.columns, lines, _dialect_of(data, dialect))


def is_as_we_write(data: bytes, form: Form, dialect: Dialect) -> bool:
    """Tell whether the table `data` is, byte for byte, as scanpipe writes what stands in it."""
    table = read_table(data, known_columns(form))
    lines = [line.cells for line in table.lines]
    return table_bytes(table.columns, lines, _dialect_of(data, dialect)) == data


def _dialect_of(data: bytes, otherwise: Dialect) -> Dialect:
    delimiter = delimiter_of(data, COLUMNS)
    found = (dialect for dialect in DIALECTS.values() if dialect.delimiter == delimiter)
    return next(found, otherwise)


def _slips(table: Table) -> set[str]:
    return {cell.strip() for cell in table.column("slip")}


def _filled(table: Table, line: Line, slip: str, cells: Mapping[str, str]) -> tuple[Cell, ...]:
    named = dict(zip(table.columns, line.cells, strict=True))
    if named["slip"].strip() != slip:
        return line.cells
    pairs = zip(table.columns, line.cells, strict=True)
    return tuple(cells.get(name, cell) for name, cell in pairs)


def _new_line(table: Table, row: Row, cells: Mapping[str, str], form: Form) -> tuple[Cell, ...]:
    """Return a line for a slip that has none, as a run would have written it."""
    ours = {**review_row(row, form), **cells}
    return tuple(ours.get(name) for name in table.columns)
