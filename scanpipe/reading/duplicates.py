"""Owns the search for slips read before: the fingerprints of a whole stack, and where to look.

A slip is held only against those of its session whose ink covers about the same box, so that the
work grows with the stack and not with its square.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby, product

from scanpipe.reading.fingerprint import Fingerprint, Sought, may_share
from scanpipe.reading.measures import Overlap
from scanpipe.reading.record import PageReading, SlipReading
from scanpipe.vocabulary import Reason, Status

BOX_MM = 1.2
"""The sides of the box that ink covers lie within this of each other in two scans of a slip."""

CELL_MM = 2 * BOX_MM
"""Boxes are kept in cells of this size: 16 of them can hold the box of another scan, and they hold
few others.
"""

MAY_REPEAT = (Status.READ, Status.REVIEW)
"""A blank slip has no ink to know it by."""

Box = tuple[float, ...]
Cell = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Numbered:
    """The first slip with a serial number: its name, what is marked on it, and its ink."""

    slip: str
    answers: tuple[object, ...]
    print: Fingerprint | None


class SlipsBefore:
    """The slips of a stack seen so far.

    `same` judges whether two are one: how far their outlines lie on each other, outline in mm, and
    ink in mm². `same_numbered` does so of two that have the same serial number and answers.
    """

    def __init__(
        self,
        same: Callable[[Overlap, float, float], bool],
        same_numbered: Callable[[Overlap | None], bool],
    ) -> None:
        self._same = same
        self._same_numbered = same_numbered
        self._seen: dict[tuple[int, Cell], list[tuple[str, Fingerprint, str | None]]] = defaultdict(
            list
        )
        self._numbered: dict[str, _Numbered] = {}

    def again(
        self, rows: Sequence[SlipReading], print_: Fingerprint | None
    ) -> tuple[str, Reason] | None:
        """Return which earlier slip this one is, and why a person should look; else remember it.

        Where the serial number is known but other marks stand there, somebody copied a slip.
        """
        slip, serial = rows[0].paper, rows[0].serial
        may_repeat = any(row.status in MAY_REPEAT for row in rows)
        same = self.find_or_add(slip, print_, serial) if print_ and may_repeat else None
        if serial is not None:
            answers = tuple((row.read_session, row.read_rating) for row in rows)
            this = _Numbered(slip, answers, print_)
            first = self._numbered.setdefault(serial, this)
            if first is not this:
                return first.slip, self._why_again(first, this)
        return (same, Reason.DUPLICATE) if same else None

    def _why_again(self, first: _Numbered, this: _Numbered) -> Reason:
        """Tell a slip that came twice from one that was copied before it was marked."""
        alike = first.answers == this.answers
        if alike and first.print and this.print:
            alike = self._same_numbered(Sought(first.print).overlap(this.print))
        return Reason.DUPLICATE if alike else Reason.PHOTOCOPIED

    def find_or_add(self, slip: str, print_: Fingerprint, serial: str | None = None) -> str | None:
        """Return the earlier slip that this one is, or None, and remember this one then.

        Slips with different serial numbers are different, however alike their ink.
        """
        best: tuple[float, str] | None = None
        sought = Sought(print_)
        for name, other, number in self._near(print_):
            if serial and number and serial != number:
                continue
            shared = sought.overlap(other)
            outline_mm = min(print_.length_mm, other.length_mm)
            ink_mm2 = min(print_.ink_mm2, other.ink_mm2)
            if shared and self._same(shared, outline_mm, ink_mm2):
                best = max(best or (0.0, ""), (shared.least, name))
        if best is None:
            self._seen[print_.session, _cell(print_.box)].append((slip, print_, serial))
            return None
        return best[1]

    def _near(self, print_: Fingerprint) -> Iterator[tuple[str, Fingerprint, str | None]]:
        for cell in _cells_about(print_.box):
            for seen in self._seen.get((print_.session, cell), ()):
                if _is_near(print_.box, seen[1].box) and may_share(print_, seen[1]):
                    yield seen


def doubting_repeats(
    page: PageReading,
    prints: Sequence[Fingerprint | None],
    before: SlipsBefore,
    picture: Callable[[int, int], bytes | None],
) -> PageReading:
    """Return `page` with each slip that shows again the ink of one `before`, or has its serial
    number, put to review.

    `prints`: of the slips on it. `picture` gives the picture of a slip by its page and its place
    there, from 0.
    """
    if not prints:
        return page
    slips = [list(rows) for _, rows in groupby(page.slips, key=lambda row: row.paper)]
    done: list[SlipReading] = []
    for place, (rows, print_) in enumerate(zip(slips, prints, strict=True)):
        again = before.again(rows, print_)
        done += rows
        if again is not None:
            shown = partial(picture, page.page or 1, place)
            done[-len(rows) :] = _doubted(rows, *again, shown)
    return replace(page, slips=tuple(done))


def _doubted(
    rows: Sequence[SlipReading],
    same_as: str,
    reason: Reason,
    picture: Callable[[], bytes | None],
) -> list[SlipReading]:
    """Return a slip for a person to judge; it needed no picture as long as it was certain."""
    shown = next((row.picture for row in rows if row.picture), None) or picture()
    return [
        replace(
            row,
            status=Status.REVIEW,
            reasons=(*row.reasons, reason),
            rating=None,
            picture=shown,
            same_as=same_as if row.row is None else f"{same_as}-{row.row}",
        )
        for row in rows
    ]


def _is_near(one: Box, other: Box) -> bool:
    return all(abs(a - b) <= BOX_MM for a, b in zip(one, other, strict=True))


def _cell(box: Box) -> Cell:
    return tuple(math.floor(side / CELL_MM) for side in box)


def _cells_about(box: Box) -> Iterator[Cell]:
    """Yield the cells that hold all boxes whose sides lie within BOX_MM."""
    low, high = (_cell(tuple(side + by for side in box)) for by in (-BOX_MM, BOX_MM))
    return product(*(range(a, b + 1) for a, b in zip(low, high, strict=True)))
