"""Owns taking readings in: page by page, their pictures put away, so that only rows are held."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from scanpipe.form import Form
from scanpipe.reading.record import PageReading, SlipReading
from scanpipe.reporting.balance import Arrivals
from scanpipe.reporting.crops import Crops
from scanpipe.reporting.rows import Row, as_read
from scanpipe.reporting.slip_names import doubled
from scanpipe.vocabulary import Reason, Status

_SLIP_NAME = re.compile(r"[a-z][a-z0-9_-]*")
"""It names a file on any system, and no spreadsheet takes it for a number (12e45678)."""


def collect(
    pages: Iterable[PageReading], crops: Crops, form: Form
) -> tuple[Arrivals, tuple[Row, ...]]:
    """Take in all `pages` of slips of `form`; return the count of what came, and a row for each.

    Raises:
        OutputError: a picture cannot be written.
        ValueError: a slip's name is not of lower-case letters and digits, a letter first.
    """
    arrivals = Arrivals()
    rows: dict[str, Row] = {}
    for page in pages:
        arrivals = arrivals.with_page(page)
        for reading in page.slips:
            known = _doubted(reading, rows, form) if reading.slip in rows else reading
            rows[known.slip] = _row(known, crops)
    return arrivals, tuple(rows.values())


def _row(reading: SlipReading, crops: Crops) -> Row:
    if not _SLIP_NAME.fullmatch(reading.slip):
        raise ValueError(
            f"slip {reading.slip!r}: expected lower-case letters and digits, a-z first"
        )
    image = crops.keep(reading.slip, reading.picture) if reading.picture else ""
    comment = crops.keep_comment(reading.slip, reading.comment) if reading.comment else ""
    kept = replace(
        reading,
        file=_text(reading.file),
        session_text=_text(reading.session_text),
        picture=None,
        comment=None,
    )
    return as_read(kept, image, comment)


def _doubted(reading: SlipReading, rows: Iterable[str], form: Form) -> SlipReading:
    """Return a second reading of the same scan under a name of its own, for a person to judge."""
    reasons = (*(reason for reason in reading.reasons if reason is not Reason.DUPLICATE),)
    return replace(
        reading,
        slip=next(name for name in _further_names(reading.slip, form) if name not in rows),
        status=reading.status if reading.status is Status.REJECTED else Status.REVIEW,
        reasons=(*reasons, Reason.DUPLICATE),
        rating=None,
    )


def _further_names(slip: str, form: Form) -> Iterator[str]:
    number = 2
    while True:
        yield doubled(slip, number, form)
        number += 1


def _text(text: str) -> str:
    """Return `text` with bytes that are no characters, as file names may have, escaped."""
    return text.encode("utf-8", "backslashreplace").decode()
