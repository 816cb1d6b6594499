"""Owns the rows of results.csv: what the machine read, and what counts after corrections."""

from collections.abc import Sequence
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

    `reading` is what the machine made of it, without its picture; `image` the path of the
    picture in the output folder, or empty. `status`, `session` and `rating` are what counts.
    """

    reading: SlipReading
    image: str
    status: Status
    session: str | None
    rating: int | None

    @property
    def undecided(self) -> bool:
        """Whether a person must still look at it."""
        return self.status in UNDECIDED


def as_read(reading: SlipReading, image: str) -> Row:
    """Return the row of a reading that nobody has corrected."""
    return Row(reading, image, reading.status, reading.session, reading.rating)


def results_columns(form: Form) -> tuple[str, ...]:
    """Return the columns of results.csv."""
    return (
        *("slip", "file", "page", "x_mm", "y_mm", "session", "session_name", "rating", "status"),
        *("reasons", "read_session", "read_rating", "session_text", "session_confidence"),
        *("rating_confidence", *(f"fill_{face}" for face in _faces(form)), "same_as"),
    )


def results_rows(form: Form, rows: Sequence[Row]) -> list[tuple[Cell, ...]]:
    """Return the rows of results.csv, with as many cells as there are columns."""
    names = {session.id: session.name for session in form.sessions}
    return [_cells(row, names, len(_faces(form))) for row in rows]


def reasons_cell(reading: SlipReading) -> str:
    """Return the reasons as one cell."""
    return "|".join(reading.reasons)


def _cells(row: Row, names: dict[str, str], faces: int) -> tuple[Cell, ...]:
    reading = row.reading
    # The fills are either all measured or none of them.
    fills = reading.fills or (None,) * faces
    return (
        reading.slip,
        reading.file,
        reading.page,
        fixed(reading.x_mm, 1),
        fixed(reading.y_mm, 1),
        row.session,
        names.get(row.session or ""),
        row.rating,
        row.status.value,
        reasons_cell(reading),
        reading.read_session,
        reading.read_rating,
        reading.session_text,
        fixed(reading.session_confidence, 3),
        fixed(reading.rating_confidence, 3),
        *(fixed(fill, 4) for fill in fills),
        reading.same_as,
    )


def _faces(form: Form) -> range:
    return range(1, form.scale.smileys + 1)
