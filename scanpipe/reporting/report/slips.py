"""Owns the way back from answers to slips: on a slip of several rows each row is a record."""

from collections.abc import Sequence

from scanpipe.form import Form
from scanpipe.reporting.rows import Row
from scanpipe.reporting.slip_names import slip_of


def one_per_slip(form: Form, rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return one row for each slip, or page that could not be read, in `rows`.

    Of a slip's rows it is the first that is undecided, else the first: so the slip is undecided
    as long as any of its answers is.
    """
    found: dict[str, Row] = {}
    for row in rows:
        slip = slip_of(row.reading.slip, form)
        if slip not in found or (row.undecided and not found[slip].undecided):
            found[slip] = row
    return tuple(found.values())
