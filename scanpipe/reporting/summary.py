"""Owns summary.csv: how many of each smiley in each session, in whole numbers and percent."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from scanpipe.form import Form
from scanpipe.reporting.dialect import Cell
from scanpipe.reporting.rows import Row
from scanpipe.vocabulary import Status

TOTAL = "total"
"""What stands in the session column of the last row."""


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """The figures of one session, or of all slips; `ratings[i]` slips were rated i + 1."""

    session: str
    session_name: str
    ratings: tuple[int, ...]
    blank: int
    review: int
    void: int

    @property
    def rated(self) -> int:
        """Slips with a rating."""
        return sum(self.ratings)

    @property
    def slips(self) -> int:
        """All slips, whatever became of them."""
        return self.rated + self.blank + self.review + self.void

    @property
    def percents(self) -> tuple[Decimal | None, ...]:
        """Percent of the rated slips for each rating, one decimal; None if none is rated."""
        return tuple(_share(100 * count, self.rated, 1) for count in self.ratings)

    @property
    def mean(self) -> Decimal | None:
        """Mean rating, two decimals; None if no slip is rated."""
        points = sum(rating * count for rating, count in enumerate(self.ratings, start=1))
        return _share(points, self.rated, 2)


def summarise(form: Form, rows: Sequence[Row]) -> tuple[SummaryRow, ...]:
    """Return a row per session in the form's order, then the total over all slips.

    Slips of unknown session count in the total only; rows still rejected are no slips.
    """
    faces = [_rated(rating) for rating in range(1, form.scale.smileys + 1)]
    columns = [*faces, Status.BLANK.value, Status.REVIEW.value, Status.VOID.value]
    slips = pd.DataFrame(
        [(row.session, _column(row)) for row in rows if row.status is not Status.REJECTED],
        columns=["session", "became"],
        dtype=object,
    )
    ids = [session.id for session in form.sessions]
    counts = pd.crosstab(slips["session"], slips["became"])
    table = counts.reindex(index=ids, columns=columns, fill_value=0)
    total = slips["became"].value_counts().reindex(columns, fill_value=0)
    names = [(session.id, session.name) for session in form.sessions]
    return tuple(
        _row(*name, [int(count) for count in counted])
        for name, counted in zip(
            [*names, (TOTAL, form.words.total)], [*table.to_numpy(), total], strict=True
        )
    )


def summary_columns(form: Form) -> tuple[str, ...]:
    """Return the columns of summary.csv."""
    faces = range(1, form.scale.smileys + 1)
    return (
        *("session", "session_name", "slips", "rated"),
        *(f"n_{face}" for face in faces),
        *(f"pct_{face}" for face in faces),
        *("mean", "blank", "review", "void"),
    )


def summary_rows(summary: Sequence[SummaryRow]) -> list[tuple[Cell, ...]]:
    """Return the rows of summary.csv."""
    return [
        (
            *(row.session, row.session_name, row.slips, row.rated),
            *row.ratings,
            *row.percents,
            *(row.mean, row.blank, row.review, row.void),
        )
        for row in summary
    ]


def _rated(rating: int | None) -> str:
    return f"n_{rating}"


def _column(row: Row) -> str:
    """Return what a slip counts as: a rating, blank, review or void."""
    if row.status is Status.CORRECTED and row.rating is None:
        return Status.BLANK.value
    if row.status in (Status.READ, Status.CORRECTED):
        return _rated(row.rating)
    return row.status.value


def _row(session: str, name: str, counts: list[int]) -> SummaryRow:
    *ratings, blank, review, void = counts
    return SummaryRow(session, name, tuple(ratings), blank, review, void)


def _share(part: int, whole: int, decimals: int) -> Decimal | None:
    """Return `part / whole`, halves rounded up, by whole numbers only."""
    if whole == 0:
        return None
    units = (2 * part * 10**decimals + whole) // (2 * whole)
    return Decimal(units).scaleb(-decimals)
