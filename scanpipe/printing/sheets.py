"""Owns how slips lie on a sheet of paper: how many, where, and where to cut."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from scanpipe.errors import FormError, UsageError
from scanpipe.form_problems import LEAST_WIDTH_MM
from scanpipe.layout import Box

NO_CUT_MM = 3.0
"""A slip's edge this near the sheet's edge gets no cut line: no printer reaches there."""

ROUNDING_MM = 0.01


class Sheet(StrEnum):
    """What the printer is fed with; `slip` is paper of the slip's own size."""

    A4 = "a4"
    LETTER = "letter"
    SLIP = "slip"


SHEET_SIZES_MM = {Sheet.A4: (210.0, 297.0), Sheet.LETTER: (215.9, 279.4)}


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where slips lie on a sheet, in mm from its top left, row by row; never scaled."""

    width_mm: float
    height_mm: float
    places: tuple[Box, ...]

    @property
    def per_sheet(self) -> int:
        """Number of slips a full sheet holds."""
        return len(self.places)

    def cut_lines(self, slips: int) -> tuple[tuple[float, float, float, float], ...]:
        """Return x1, y1, x2, y2 in mm of every edge to cut around the first `slips` places."""
        edges = {edge for place in self.places[:slips] for edge in _edges(place)}
        return tuple(sorted(edge for edge in edges if self._is_cut(edge)))

    def _is_cut(self, edge: tuple[float, float, float, float]) -> bool:
        x1, y1, x2, y2 = edge
        at_side = x1 == x2 and not NO_CUT_MM < x1 < self.width_mm - NO_CUT_MM
        at_end = y1 == y2 and not NO_CUT_MM < y1 < self.height_mm - NO_CUT_MM
        return not at_side and not at_end


def arrange(sheet: Sheet, slip_mm: tuple[float, float], columns: int | None = None) -> Arrangement:
    """Lay as many slips on `sheet` as fit, in so many `columns` if said.

    The sheet is turned rather than the slips, which comes to the same: they read like it. Raises
    UsageError if no slip fits, FormError if the columns do not.
    """
    width_mm, height_mm = slip_mm
    if sheet is Sheet.SLIP:
        return Arrangement(width_mm, height_mm, (Box(0.0, 0.0, width_mm, height_mm),))
    short_mm, long_mm = SHEET_SIZES_MM[sheet]
    grids = [
        grid
        for size in ((short_mm, long_mm), (long_mm, short_mm))
        if (grid := _grid(size, slip_mm))
    ]
    if not grids:
        raise UsageError(
            f"a slip of {width_mm:g} x {height_mm:g} mm does not fit on a sheet of {sheet}",
            "Print with --sheet slip, or choose a smaller slip under [slip] in the form.",
        )
    if columns is not None:
        most = max(grid.columns for grid in grids)
        grids = [replace(grid, columns=columns) for grid in grids if grid.columns >= columns]
        if not grids:
            raise FormError(
                f"look.columns: {columns} columns of slips {width_mm:g} mm wide do not fit on a "
                f"sheet of {sheet}; expected at most {most}",
                hint=_what_would_fit(sheet, height_mm, columns),
            )
    # Of two sheets that hold as many, the upright one.
    best = max(grids, key=lambda grid: grid.columns * grid.rows)
    return best.arrangement(slip_mm)


def fill_sheets(sessions: int, copies: int, per_sheet: int) -> Iterator[tuple[int, ...]]:
    """Yield the sessions (from 0) of the slips on each sheet.

    A sheet holds slips of one session only, so that however it is cut, every pile is one
    session's; a session's last sheet may be part empty. With fewer copies than a sheet holds
    that would waste most of the paper, and sessions follow each other without a break.
    """
    runs = [[session] * copies for session in range(sessions)]
    if copies < per_sheet:
        runs = [[session for run in runs for session in run]]
    for run in runs:
        for first in range(0, len(run), per_sheet):
            yield tuple(run[first : first + per_sheet])


@dataclass(frozen=True, slots=True)
class _Grid:
    """So many columns and rows of slips on a sheet that lies one way or the other."""

    sheet_mm: tuple[float, float]
    columns: int
    rows: int

    def arrangement(self, slip_mm: tuple[float, float]) -> Arrangement:
        """Lay the slips side by side, the block of them in the middle of the sheet."""
        wide_mm, high_mm = slip_mm
        left_mm = (self.sheet_mm[0] - self.columns * wide_mm) / 2
        top_mm = (self.sheet_mm[1] - self.rows * high_mm) / 2
        places = tuple(
            Box(left_mm + column * wide_mm, top_mm + row * high_mm, wide_mm, high_mm)
            for row in range(self.rows)
            for column in range(self.columns)
        )
        return Arrangement(*self.sheet_mm, places)


def _grid(sheet_mm: tuple[float, float], slip_mm: tuple[float, float]) -> _Grid | None:
    """Return as many slips as fit, None if none does."""
    columns = int((sheet_mm[0] + ROUNDING_MM) / slip_mm[0])
    rows = int((sheet_mm[1] + ROUNDING_MM) / slip_mm[1])
    return _Grid(sheet_mm, columns, rows) if columns and rows else None


def _what_would_fit(sheet: Sheet, height_mm: float, columns: int) -> str:
    """Say what to do about too many columns: how narrow slips must be, if they may be so narrow."""
    short_mm, long_mm = SHEET_SIZES_MM[sheet]
    width_mm = (long_mm if height_mm <= short_mm else short_mm) / columns
    otherwise = "leave look.columns out, and as many slips as fit stand on a sheet."
    if width_mm < LEAST_WIDTH_MM:
        return otherwise.capitalize()
    narrow = f"{math.floor(10 * width_mm) / 10:g}"
    return f"Make the slip at most {narrow} mm wide (slip.width_mm), or {otherwise}"


def _edges(place: Box) -> Iterator[tuple[float, float, float, float]]:
    left, top = round(place.x_mm, 3), round(place.y_mm, 3)
    right, bottom = round(place.right_mm, 3), round(place.bottom_mm, 3)
    yield left, top, right, top
    yield left, bottom, right, bottom
    yield left, top, left, bottom
    yield right, top, right, bottom
