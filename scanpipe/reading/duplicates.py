"""Owns the search for slips read before: the fingerprints of a whole stack, and where to look.

A slip is held only against those of its session whose ink covers about the same box, so that the
work grows with the stack and not with its square.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import product

from scanpipe.reading.fingerprint import Fingerprint, may_share, shared_outline
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


class SlipsBefore:
    """The slips of a stack seen so far.

    `same` judges: share of outline in common (0-1), outline in mm, and ink in mm².
    """

    def __init__(self, same: Callable[[float, float, float], bool]) -> None:
        self._same = same
        self._seen: dict[tuple[int, Cell], list[tuple[str, Fingerprint]]] = defaultdict(list)

    def find_or_add(self, slip: str, print_: Fingerprint) -> str | None:
        """Return the earlier slip that this one is, or None, and remember this one then."""
        best: tuple[float, str] | None = None
        for name, other in self._near(print_):
            shared = shared_outline(print_, other)
            outline_mm = min(print_.length_mm, other.length_mm)
            if self._same(shared, outline_mm, min(print_.ink_mm2, other.ink_mm2)):
                best = max(best, (shared, name)) if best else (shared, name)
        if best is None:
            self._seen[print_.session, _cell(print_.box)].append((slip, print_))
            return None
        return best[1]

    def _near(self, print_: Fingerprint) -> Iterator[tuple[str, Fingerprint]]:
        for cell in _cells_about(print_.box):
            for name, other in self._seen.get((print_.session, cell), ()):
                apart = (abs(a - b) for a, b in zip(print_.box, other.box, strict=True))
                if max(apart) <= BOX_MM and may_share(print_, other):
                    yield name, other


def doubting_repeats(
    page: PageReading,
    prints: Sequence[Fingerprint | None],
    before: SlipsBefore,
    picture: Callable[[int, int], bytes | None],
) -> PageReading:
    """Return `page` with each slip that shows again the ink of one `before` put to review.

    `picture` gives the picture of a slip by its page and its place there, from 0.
    """
    if not any(prints):
        return page
    slips = [
        _doubted(slip, same_as, partial(picture, page.page or 1, place))
        if print_ is not None
        and slip.status in MAY_REPEAT
        and (same_as := before.find_or_add(slip.slip, print_))
        else slip
        for place, (slip, print_) in enumerate(zip(page.slips, prints, strict=True))
    ]
    return replace(page, slips=tuple(slips))


def _doubted(slip: SlipReading, same_as: str, picture: Callable[[], bytes | None]) -> SlipReading:
    """Return `slip` for a person to judge; it needed no picture as long as it was certain."""
    return replace(
        slip,
        status=Status.REVIEW,
        reasons=(*slip.reasons, Reason.DUPLICATE),
        rating=None,
        picture=slip.picture or picture(),
        same_as=same_as,
    )


def _cell(box: Box) -> Cell:
    return tuple(math.floor(side / CELL_MM) for side in box)


def _cells_about(box: Box) -> Iterator[Cell]:
    """Yield the cells that hold all boxes whose sides lie within BOX_MM."""
    low, high = (_cell(tuple(side + by for side in box)) for by in (-BOX_MM, BOX_MM))
    return product(*(range(a, b + 1) for a, b in zip(low, high, strict=True)))
