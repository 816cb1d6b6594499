"""Owns what an audit draws from: the slips that the machine was sure of, and what it read there."""

import json
from collections.abc import Iterable

from scanpipe.form import Form
from scanpipe.reading.record import SlipReading
from scanpipe.reporting.answers import written
from scanpipe.reporting.keeping import fingerprint
from scanpipe.reporting.rows import Row
from scanpipe.vocabulary import Status

SURE = (Status.READ, Status.BLANK)
"""Statuses of slips of which nobody but the machine decided what they count as."""


def sampled(rows: Iterable[Row]) -> dict[str, SlipReading]:
    """Return the readings among `rows` that the machine was sure of, by their names.

    They are as the machine made them, whatever a person has corrected since.
    """
    return {row.reading.slip: row.reading for row in rows if row.reading.status in SURE}


def read_on(reading: SlipReading, form: Form) -> tuple[str, str]:
    """Return the session that was read, and the answer as it is written, or `blank`."""
    return reading.session or "", written(reading.rating, form) if reading.rating else "blank"


def digest_of(readings: Iterable[SlipReading], form: Form) -> str:
    """Return what tells these readings from all others: a digest of every slip and what it says.

    Reading the same scans again gives the same, in whatever order they come. A slip more, one
    less, or one on which something else is read gives another.
    """
    told = sorted([each.slip, each.question or "", *read_on(each, form)] for each in readings)
    return fingerprint(json.dumps(told).encode())
