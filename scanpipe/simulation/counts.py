"""Owns how many slips of a stack say what: read from a CSV, or drawn to be plausible."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scanpipe.errors import UsageError
from scanpipe.form import Form
from scanpipe.simulation.strokes import Generator

MAX_SLIPS = 1_000_000

GROWTH_OF_SCALE = 1.9
"""So many more people choose a face than the next sadder one."""

MANY = 7
"""On a longer scale the steps are smaller."""

_EXTRAS = ("blank", "overvote")


@dataclass(frozen=True, slots=True)
class SessionCounts:
    """The slips of one session: `ratings[i]` of them are marked at rating i + 1."""

    ratings: tuple[int, ...]
    blank: int = 0
    overvote: int = 0

    @property
    def slips(self) -> int:
        """How many slips there are of this session."""
        return sum(self.ratings) + self.blank + self.overvote


Counts = tuple[SessionCounts, ...]
"""One entry for each session, in the form's order."""


def load_counts(path: Path, form: Form) -> Counts:
    """Read a CSV with the columns session, n_1 … n_N and, if wanted, blank and overvote.

    Sessions that are not in it have no slips. Raises UsageError naming every problem.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read as a UTF-8 text file: {error}") from None
    rows = [row for row in _rows(text) if any(cell.strip() for cell in row)]
    header = [cell.strip() for cell in rows[0]] if rows else []
    ratings = [f"n_{rating}" for rating in range(1, form.ratings + 1)]
    problems = [f"column {name} is missing" for name in ["session", *ratings] if name not in header]
    if not problems:
        table = [dict(zip(header, row, strict=False)) for row in rows[1:]]
        problems = list(_problems(table, form, [*ratings, *_EXTRAS]))
    if problems:
        listed = "\n".join(f"  - {problem}" for problem in problems)
        hint = "Expected columns: session," + ",".join(ratings) + " and, if wanted, blank,overvote."
        raise UsageError(f"{path} does not give counts for {form.id}:\n{listed}", hint)
    found = {row["session"].strip(): row for row in table}
    return tuple(_of_session(found.get(s.id, {}), ratings) for s in form.sessions)


def plausible_counts(form: Form, slips: int, rng: Generator) -> Counts:
    """Return counts for about as many happy people as gatherings have: `slips` in all, 2 %
    of them blank and 1 % marked twice.
    """
    sessions, ratings = len(form.sessions), form.ratings
    growth = GROWTH_OF_SCALE ** (MANY / ratings if ratings > MANY else 1) if form.is_scale else 1.0
    mood = [growth**rating for rating in range(ratings)]
    shares = [0.97 * weight / sum(mood) for weight in mood] + [0.02, 0.01]
    drawn = rng.multinomial(slips, [share / sessions for share in shares] * sessions)
    table = drawn.reshape(sessions, ratings + 2).tolist()
    return tuple(SessionCounts(tuple(row[:ratings]), row[-2], row[-1]) for row in table)


def _rows(text: str) -> list[list[str]]:
    head = text.partition("\n")[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    return list(csv.reader(text.splitlines(), delimiter=delimiter))


def _problems(
    table: Sequence[Mapping[str, str]], form: Form, columns: Sequence[str]
) -> Iterator[str]:
    known = [session.id for session in form.sessions]
    seen: set[str] = set()
    for number, row in enumerate(table, start=2):
        session = row.get("session", "").strip()
        if session not in known:
            yield f"row {number}: session {session!r} is not one of {', '.join(known)}"
        elif session in seen:
            yield f"row {number}: session {session!r} is there twice"
        seen.add(session)
        for column in columns:
            cell = row.get(column, "").strip()
            if cell and not (cell.isdecimal() and int(cell) <= MAX_SLIPS):
                yield f"row {number}, {column}: expected a number of slips, found {cell!r}"


def _of_session(row: Mapping[str, str], ratings: Sequence[str]) -> SessionCounts:
    def number(column: str) -> int:
        return int(row.get(column, "").strip() or 0)

    return SessionCounts(tuple(map(number, ratings)), number("blank"), number("overvote"))
