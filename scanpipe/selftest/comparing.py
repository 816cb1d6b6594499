"""Owns holding one page's reading against the truth: what became of each slip on it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from math import dist, inf

from scanpipe.reading.record import PageKind, PageReading, SlipReading
from scanpipe.simulation.subjects import TruthRow
from scanpipe.vocabulary import Reason, Status

SAME_PLACE_MM = 25.0
"""A slip read so far from where one lies is not that one."""

NOT_THERE = TruthRow(kind="nothing")


class Fate(StrEnum):
    """What became of a slip, or of a page that holds none."""

    RIGHT = "right"
    BLANK = "blank"
    REVIEW = "review"
    SILENT = "silent"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One slip, or page without one: the truth, the reading, and what that comes to.

    `due`: it is a case for a person, so review is right. `named`: review tells the reason that
    it should, and proposes the rating that it should, if there is one.
    """

    row: TruthRow
    reading: SlipReading | None
    fate: Fate
    due: bool = False
    named: bool = False


def compare(rows: Sequence[TruthRow], page: PageReading | None) -> list[Outcome]:
    """Return an outcome for each of `rows`, and one for each slip read that is not there."""
    if page is None:
        return [Outcome(row, None, Fate.LOST) for row in rows]
    if rows[0].centre_mm is None:
        return [_without_slip(rows[0], page)]
    if page.kind is PageKind.UNREADABLE:
        return [_of_slip(row, _same_row(row, page.slips)) for row in rows]
    pairs = _paired(rows, page.slips)
    outcomes = [_of_slip(row, pairs.get(index)) for index, row in enumerate(rows)]
    taken = {slip.slip for slip in pairs.values()}
    return [*outcomes, *(_extra(slip) for slip in page.slips if slip.slip not in taken)]


def _without_slip(row: TruthRow, page: PageReading) -> Outcome:
    """Judge a page that holds no slip: a blank back needs no row, anything else must have one."""
    first = page.slips[0] if page.slips else None
    if any(slip.status in (Status.READ, Status.BLANK) for slip in page.slips):
        return Outcome(row, first, Fate.SILENT)
    if page.kind is PageKind.BLANK_BACK:
        return Outcome(row, None, Fate.RIGHT if row.expected is None else Fate.LOST)
    if row.expected is Status.REJECTED and page.kind is PageKind.UNREADABLE:
        return Outcome(row, first, Fate.RIGHT)
    return Outcome(row, first, Fate.REVIEW)


def _same_row(row: TruthRow, slips: Sequence[SlipReading]) -> SlipReading:
    """Return what was read of the same row of the slip, where a page stands for a whole slip."""
    return next((slip for slip in slips if _is_row(row, slip)), slips[0])


def _is_row(row: TruthRow, slip: SlipReading) -> bool:
    """Tell whether both are about the same row of a slip, wherever the slip lies."""
    number = getattr(row, "row", None)
    return number is None or slip.row is None or number == slip.row


def _of_slip(row: TruthRow, reading: SlipReading | None) -> Outcome:
    due = row.expected is Status.REVIEW
    if reading is None:
        return Outcome(row, None, Fate.LOST, due)
    if reading.status in (Status.REVIEW, Status.REJECTED):
        told = bool(set(row.reasons) & set(reading.reasons))
        proposed = row.rating is None or reading.read_rating == row.rating
        misled = bool(row.session) and reading.session not in (None, row.session)
        fate = Fate.SILENT if misled else Fate.REVIEW
        return Outcome(row, reading, fate, due or told, told and proposed)
    if reading.status is not row.expected or reading.session != row.session:
        return Outcome(row, reading, Fate.SILENT, due)
    if reading.status is Status.BLANK:
        return Outcome(row, reading, Fate.BLANK)
    return Outcome(row, reading, Fate.RIGHT if reading.rating == row.rating else Fate.SILENT)


def _extra(reading: SlipReading) -> Outcome:
    """Judge a slip that was read where none lies: counted, it is one slip too many."""
    counted = reading.status in (Status.READ, Status.BLANK)
    return Outcome(NOT_THERE, reading, Fate.SILENT if counted else Fate.REVIEW)


def _paired(rows: Sequence[TruthRow], slips: Sequence[SlipReading]) -> dict[int, SlipReading]:
    """Return the reading for each row by the row's index, nearest pairs first."""
    if len(rows) == len(slips) == 1:
        return {0: slips[0]}
    pairs: dict[int, SlipReading] = {}
    taken: set[str] = set()
    for away_mm, index, slip in sorted(_distances(rows, slips), key=lambda found: found[0]):
        if away_mm <= SAME_PLACE_MM and index not in pairs and slip.slip not in taken:
            pairs[index] = slip
            taken.add(slip.slip)
    return pairs


def _distances(
    rows: Sequence[TruthRow], slips: Sequence[SlipReading]
) -> Iterator[tuple[float, int, SlipReading]]:
    for index, row in enumerate(rows):
        for slip in filter(partial(_is_row, row), slips):
            known = row.centre_mm is not None and slip.x_mm is not None and slip.y_mm is not None
            here = (slip.x_mm or 0.0, slip.y_mm or 0.0)
            yield (dist(row.centre_mm or here, here) if known else inf), index, slip


def truth_cell(outcome: Outcome) -> str:
    """Return what is on the slip, as a line of the confusion matrix says it."""
    row = outcome.row
    if Reason.OVERVOTE in row.reasons:
        return "two marks"
    if Reason.UNDERVOTE in row.reasons:
        return "too few"
    if Reason.CORRECTION in row.reasons:
        return "corrected"
    if row.expected is Status.BLANK:
        return "blank"
    return str(row.rating) if row.rating is not None and row.session else "no slip"


def read_cell(outcome: Outcome) -> str:
    """Return what was read, as a column of the confusion matrix says it."""
    reading = outcome.reading
    if reading is None:
        return "lost" if outcome.fate is Fate.LOST else "none"
    if reading.status is Status.READ:
        return str(reading.rating)
    return "blank" if reading.status is Status.BLANK else "review"
