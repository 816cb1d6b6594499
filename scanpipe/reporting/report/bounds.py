"""Owns what the figures may still become: the least and the most that undecided slips can do.

Pure arithmetic, in fractions. A slip that is undecided may come to any rating, to blank or to
void; each adds one to the slips of its session or none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import floor

PERCENT_DECIMALS = 1
MEAN_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class Tally:
    """What is settled, and what is not: `ratings[i]` slips were rated i + 1, and up to
    `undecided` more may come.
    """

    ratings: tuple[int, ...]
    undecided: int = 0

    @property
    def rated(self) -> int:
        """Slips with a rating."""
        return sum(self.ratings)


@dataclass(frozen=True, slots=True)
class Range:
    """A figure that may become anything from `low` to `high`, both of which are reached."""

    low: Fraction
    high: Fraction

    def rounded(self, decimals: int) -> tuple[Decimal, Decimal]:
        """Return both ends as a table writes them, halves rounded up."""
        return _rounded(self.low, decimals), _rounded(self.high, decimals)

    def is_fixed(self, decimals: int) -> bool:
        """Tell whether a table with so many decimals shows the same figure whatever happens."""
        low, high = self.rounded(decimals)
        return low == high


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of the `slips` with an answer, where `undecided` more may come, each with or without.

    What is counted may be one rating, or several together, as a choice that is part of many
    combinations: all that matters is that there are answers with it and answers without.
    """

    count: int
    slips: int
    undecided: int = 0

    @property
    def percent(self) -> Fraction | None:
        """Where the percentage stands, None if no slip has an answer."""
        return Fraction(100 * self.count, self.slips) if self.slips else None

    @property
    def range(self) -> Range | None:
        """What the percentage may become, None if nothing can come to it.

        Most is reached when every undecided slip is counted in, least when every one has another
        answer; blank and void are in between.
        """
        most = self.slips + self.undecided
        if not self.slips:
            return Range(Fraction(0), Fraction(100)) if self.undecided else None
        return Range(
            Fraction(100 * self.count, most), Fraction(100 * (self.count + self.undecided), most)
        )


def shares(tally: Tally) -> tuple[Share, ...]:
    """Return the share of every rating."""
    return tuple(Share(count, tally.rated, tally.undecided) for count in tally.ratings)


def percent_of(count: int, slips: int) -> Decimal | None:
    """Return a percentage as tables write it, one decimal, halves up; None of no slips."""
    return _rounded(Fraction(100 * count, slips), PERCENT_DECIMALS) if slips else None


def mean_range(tally: Tally) -> Range | None:
    """Return what the mean may become, None if nothing can be rated."""
    best = len(tally.ratings)
    if not tally.rated:
        return Range(Fraction(1), Fraction(best)) if tally.undecided else None
    points = sum(rating * count for rating, count in enumerate(tally.ratings, start=1))
    most = tally.rated + tally.undecided
    return Range(
        Fraction(points + tally.undecided, most),
        Fraction(points + best * tally.undecided, most),
    )


def percents_are_fixed(of: Iterable[Share]) -> bool:
    """Tell whether no percentage can change any more, as a table writes them."""
    ranges = (share.range for share in of)
    return all(found is None or found.is_fixed(PERCENT_DECIMALS) for found in ranges)


def means_are_fixed(tallies: Iterable[Tally]) -> bool:
    """Tell whether no mean can change any more, as a table writes them."""
    ranges = map(mean_range, tallies)
    return all(found is None or found.is_fixed(MEAN_DECIMALS) for found in ranges)


def ranking_is_fixed(of: Sequence[Share]) -> bool:
    """Tell whether none of the things counted can pass or reach another any more.

    A slip may have any of them without any other, so that each can gain on each whatever is
    undecided.
    """
    undecided = max((share.undecided for share in of), default=0)
    counts = sorted(share.count for share in of)
    return not undecided or all(after - before > undecided for before, after in pairwise(counts))


def order_is_fixed(tallies: Iterable[Tally]) -> bool:
    """Tell whether no session can pass another any more by its mean, exact or as the table has it.

    On the safe side: a slip without a session is taken to come to each of them at once.
    """
    ranges = [found for found in map(mean_range, tallies) if found]
    exact = [(found.low, found.high) for found in ranges]
    shown = [found.rounded(MEAN_DECIMALS) for found in ranges]
    return _are_apart(exact) and _are_apart(shown)


def largest_move(of: Iterable[Share]) -> Fraction:
    """Return by how many percentage points one may yet move from where it stands."""
    return max((_move(share) for share in of), default=Fraction(0))


def _move(share: Share) -> Fraction:
    now, found = share.percent, share.range
    if now is None or found is None:
        return Fraction(0 if found is None else 100)
    return max(now - found.low, found.high - now)


def _are_apart(ranges: Sequence[tuple[Fraction, Fraction] | tuple[Decimal, Decimal]]) -> bool:
    """Tell whether each range lies wholly beside the next, or both are one and the same point."""
    return all(
        before[1] < after[0] or before[0] == before[1] == after[0] == after[1]
        for before, after in pairwise(sorted(ranges))
    )


def _rounded(value: Fraction, decimals: int) -> Decimal:
    return Decimal(floor(value * 10**decimals + Fraction(1, 2))).scaleb(-decimals)
