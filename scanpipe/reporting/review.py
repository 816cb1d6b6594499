"""Owns review.csv: what a person is shown, and what a person entered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scanpipe.errors import ReviewError
from scanpipe.form import Form
from scanpipe.reporting.answers import written
from scanpipe.reporting.dialect import Cell
from scanpipe.reporting.rows import UNDECIDED, Row, reasons_cell
from scanpipe.reporting.tables import Line, Table, decoded, read_table

COLUMNS = (
    *("slip", "image", "reasons", "read_session", "read_rating"),
    *("session", "rating", "note", "same_as"),
)
QUESTION = "question"
NEEDED = ("slip", "session", "rating")
"""Without these columns nothing can be taken back; the others are ours to write anew."""

HOW_TO_MEND = "Nothing was changed. Mend these cells in review.csv, save it, and run this again."


@dataclass(frozen=True, slots=True)
class Entry:
    """What a person entered for one slip, as typed; `extras` are the cells of own columns.

    `row` is 0 for what was taken in earlier and has no row in the file any more.
    """

    row: int
    slip: str
    session: str = ""
    rating: str = ""
    note: str = ""
    extras: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was entered."""
        return not any(cell.strip() for cell in self.entered)

    @property
    def entered(self) -> tuple[str, ...]:
        """Everything that a person entered."""
        return (self.session, self.rating, self.note, *self.extras)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """An entry that cannot be taken; `row` as a spreadsheet counts, with the header as 1."""

    row: int
    column: str
    text: str

    def __str__(self) -> str:
        place = f"row {self.row}" if self.row else "an entry taken in earlier"
        return f"{place}, column {self.column}: {self.text}"


@dataclass(frozen=True, slots=True)
class Review:
    """What a person entered, by slip; `extra_columns` are columns that the person added.

    `has_notes` is False where the person took the column of notes away.
    """

    entries: Mapping[str, Entry]
    extra_columns: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    has_notes: bool = True

    @property
    def filled(self) -> dict[str, Entry]:
        """The entries with something in them."""
        return {slip: entry for slip, entry in self.entries.items() if not entry.is_empty}


def known_columns(form: Form | None) -> tuple[str, ...]:
    """Return the columns of review.csv that are ours: one for the question where there are several.

    None: of a form that is not known, as before the first run.
    """
    if form is None or not form.questions:
        return COLUMNS
    return (*COLUMNS[:2], QUESTION, *COLUMNS[2:])


def read_review(data: bytes, path: Path, form: Form | None = None) -> Review:
    """Read what a person entered about slips of `form`; `path` is for the messages.

    Raises:
        ReviewError: the file is not a table, or one of the needed columns is missing.
    """
    known = known_columns(form)
    try:
        if "\0" in decoded(data):  # no person types it, but a broken disk writes it
            raise ValueError("the file is damaged, or in a coding that is not known")
        table = read_table(data, known)
    except ValueError as error:
        raise ReviewError(f"{path} cannot be read as CSV:", (str(error),), _SAVE_AS_CSV) from None
    faults = tuple(_faults(table, known))
    if faults:
        raise ReviewError(f"{path} cannot be taken:", faults, _SAVE_AS_CSV)
    own = [i for i, name in enumerate(table.columns) if name not in known]
    entries: dict[str, Entry] = {}
    problems: list[Problem] = []
    for line in table.lines:
        _take(_entry(line, table.columns, own), entries, problems)
    extra = tuple(table.columns[i] for i in own)
    return Review(entries, extra, tuple(problems), "note" in table.columns)


def with_earlier(review: Review, earlier: Review) -> Review:
    """Return `review` with what was taken in `earlier` of slips that have no row in it.

    A row that is gone takes nothing back: it may be gone because the file was not saved whole.
    Only emptied cells do.
    """
    entries = {
        slip: replace(entry, row=0, extras=_moved(entry, earlier, review))
        for slip, entry in earlier.filled.items()
        if slip not in review.entries
    }
    entries |= review.entries
    if not review.has_notes:
        entries |= {
            slip: replace(entries[slip], note=entry.note) for slip, entry in earlier.filled.items()
        }
    return replace(review, entries=entries)


def review_columns(review: Review, form: Form) -> tuple[str, ...]:
    """Return the columns of review.csv, a person's own columns at the right."""
    return (*known_columns(form), *review.extra_columns)


def review_rows(rows: Sequence[Row], review: Review, form: Form) -> list[tuple[Cell, ...]]:
    """Return the rows of review.csv: those the machine could not settle, then those added."""
    asked = [row for row in rows if row.reading.status in UNDECIDED]
    added = [
        row
        for row in rows
        if row.reading.status not in UNDECIDED and _is_filled(review.entries.get(row.reading.slip))
    ]
    return [_cells(row, review, form) for row in (*asked, *added)]


def review_row(row: Row, form: Form) -> dict[str, Cell]:
    """Return the cells of review.csv for `row` by their columns, nothing entered yet."""
    return dict(zip(known_columns(form), _cells(row, Review({}), form), strict=True))


_SAVE_AS_CSV = (
    f"Nothing was changed. The columns {', '.join(NEEDED)} are needed: save the table as CSV, "
    "with the names of its columns in the first row."
)


def _moved(entry: Entry, earlier: Review, review: Review) -> tuple[str, ...]:
    """Return the cells of `entry` in a person's own columns, as they stand in `review`."""
    cells = dict(zip(earlier.extra_columns, entry.extras, strict=False))
    return tuple(cells.get(name, "") for name in review.extra_columns)


def _is_filled(entry: Entry | None) -> bool:
    return entry is not None and not entry.is_empty


def _faults(table: Table, known: Sequence[str]) -> list[str]:
    missing = [name for name in NEEDED if name not in table.columns]
    double = [name for name in known if table.columns.count(name) > 1]
    return [
        *(f"row 1, column {name}: there is no such column" for name in missing),
        *(f"row 1, column {name}: there are several columns of this name" for name in double),
    ]


def _entry(line: Line, columns: tuple[str, ...], own: list[int]) -> Entry:
    cells = dict(zip(columns, line.cells, strict=True))
    return Entry(
        line.row,
        cells["slip"].strip(),
        cells["session"],
        cells["rating"],
        cells.get("note", ""),
        tuple(line.cells[i] for i in own),
    )


def _take(entry: Entry, entries: dict[str, Entry], problems: list[Problem]) -> None:
    """Add `entry`; a slip may stand twice only if both rows say the same or one says nothing."""
    before = entries.get(entry.slip)
    if not entry.slip:
        problems.append(Problem(entry.row, "slip", "is empty; expected the slip's name"))
    elif before is None or before.is_empty:
        entries[entry.slip] = entry
    elif not entry.is_empty and entry.entered != before.entered:
        text = f"{entry.slip!r} stands in row {before.row} too, with other entries; keep one"
        problems.append(Problem(entry.row, "slip", text))


def _cells(row: Row, review: Review, form: Form) -> tuple[Cell, ...]:
    reading = row.reading
    read_rating: Cell = reading.read_rating
    if reading.read_rating and not form.is_scale:
        read_rating = written(reading.read_rating, form)
    entry = review.entries.get(reading.slip) or Entry(0, reading.slip)
    extras = entry.extras or ("",) * len(review.extra_columns)
    return (
        *(reading.slip, row.image),
        *([reading.question] if form.questions else ()),
        *(reasons_cell(reading), reading.read_session, read_rating),
        *(entry.session, entry.rating, entry.note, reading.same_as, *extras),
    )
