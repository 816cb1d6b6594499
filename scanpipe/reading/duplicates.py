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
"""The sides of the box that ink covers lie within this of each other in two scans of a slip..."""

LOST_MM = 4.5
"""...but for one, which lies so far in where a piece is lost that a printed line cuts off."""

CELL_MM = 2 * BOX_MM
"""Three sides of each box are kept in cells of this size: 8 of them can hold those of another scan,
and they hold few others."""

MAY_REPEAT = (Status.READ, Status.REVIEW)
"""A blank slip has no ink to know it by."""

Box = tuple[float, ...]
Cell = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """A slip seen before, by its ink."""

    slip: str
    print: Fingerprint
    serial: str | None


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
        self._seen: dict[tuple[int, Cell], list[_Seen]] = defaultdict(list)
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
        for other in self._near(print_):
            if serial and other.serial and serial != other.serial:
                continue
            shared = sought.overlap(other.print)
            outline_mm = min(print_.length_mm, other.print.length_mm)
            ink_mm2 = min(print_.ink_mm2, other.print.ink_mm2)
            if shared and self._same(shared, outline_mm, ink_mm2):
                best = max(best or (0.0, ""), (shared.least, other.slip))
        if best is None:
            this = _Seen(slip, print_, serial)
            for cell in _cells(print_.box):
                self._seen[print_.session, cell].append(this)
            return None
        return best[1]

    def _near(self, print_: Fingerprint) -> Iterator[_Seen]:
        met: set[int] = set()
        for cell in _cells_about(print_.box):
            for seen in self._seen.get((print_.session, cell), ()):
                if id(seen) not in met and _is_near(print_.box, seen.print.box):
                    met.add(id(seen))
                    if may_share(print_, seen.print):
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
    lost = False
    for here, there in zip(one, other, strict=True):
        by = abs(here - there)
        if by > BOX_MM:
            if lost or by > LOST_MM:
                return False
            lost = True
    return True


def _cells(box: Box) -> Iterator[Cell]:
    """Yield the cell of every three sides of a box, after the number of the fourth."""
    whole = [math.floor(side / CELL_MM) for side in box]
    for left_out in range(len(box)):
        yield left_out, *whole[:left_out], *whole[left_out + 1 :]


def _cells_about(box: Box) -> Iterator[Cell]:
    """Yield the cells in which three sides of a box may lie that is near to this one."""
    spans = [
        {math.floor((side - BOX_MM) / CELL_MM), math.floor((side + BOX_MM) / CELL_MM)}
        for side in box
    ]
    for left_out in range(len(box)):
        yield from product([left_out], *spans[:left_out], *spans[left_out + 1 :])
