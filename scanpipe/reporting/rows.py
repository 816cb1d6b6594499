"""Owns the rows of results.csv: what the machine read, and what counts after corrections."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scanpipe.form import Form
from scanpipe.reading.record import SlipReading
from scanpipe.reporting.dialect import Cell, fixed
from scanpipe.vocabulary import Status

UNDECIDED = (Status.REVIEW, Status.REJECTED)
"""Statuses of rows that a person must look at."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of results.csv.

    `reading` is what the machine made of it, without its pictures; `image` and `comment` are the
    paths of these in the output folder, or empty. `status`, `session` and `rating` are what counts.
    """

    reading: SlipReading
    image: str
    status: Status
    session: str | None
    rating: int | None
    comment: str = ""

    @property
    def undecided(self) -> bool:
        """Whether a person must still look at it."""
        return self.status in UNDECIDED


def as_read(reading: SlipReading, image: str, comment: str = "") -> Row:
    """Return the row of a reading that nobody has corrected."""
    return Row(reading, image, reading.status, reading.session, reading.rating, comment)


def results_columns(form: Form) -> tuple[str, ...]:
    """Return the columns of results.csv: more than the usual only where `form` needs them."""
    return (
        *("slip", "file", "page", "x_mm", "y_mm", "session", "session_name"),
        *(["question"] if form.questions else ()),
        "rating",
        *(() if form.is_scale else ["answer"]),
        *("status", "reasons", "read_session", "read_rating", "session_text"),
        *("session_confidence", "rating_confidence"),
        *(f"fill_{target}" for target in range(1, form.targets + 1)),
        "same_as",
        *(["comment"] if form.comment else ()),
        *(["serial"] if form.slip.serial else ()),
    )


def results_rows(form: Form, rows: Sequence[Row]) -> list[tuple[Cell, ...]]:
    """Return the rows of results.csv, with as many cells as there are columns."""
    names: dict[str | None, str] = {session.id: session.name for session in form.sessions}
    answers = dict(enumerate(form.answer_names, start=1))
    return [tuple(_cells(row, form, names, answers)) for row in rows]


def reasons_cell(reading: SlipReading) -> str:
    """Return the reasons as one cell."""
    return "|".join(reading.reasons)


def _cells(
    row: Row, form: Form, names: Mapping[str | None, str], answers: Mapping[int, str]
) -> Iterator[Cell]:
    reading = row.reading
    yield from (reading.slip, reading.file, reading.page)
    yield from (fixed(reading.x_mm, 1), fixed(reading.y_mm, 1))
    yield from (row.session, names.get(row.session))
    if form.questions:
        yield reading.question
    yield row.rating
    if not form.is_scale:
        yield answers.get(row.rating or 0)
    yield from (row.status.value, reasons_cell(reading))
    yield from (reading.read_session, reading.read_rating, reading.session_text)
    yield from (fixed(reading.session_confidence, 3), fixed(reading.rating_confidence, 3))
    # The fills are either all measured or none of them.
    yield from (fixed(fill, 4) for fill in reading.fills or (None,) * form.targets)
    yield reading.same_as
    if form.comment:
        yield row.comment or None
    if form.slip.serial:
        yield reading.serial
