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


def percent_range(tally: Tally, rating: int) -> Range | None:
    """Return what the percentage of `rating` (from 1) may become, None if nothing can be rated.

    Most is reached when every undecided slip has this rating, least when every one has another.
    """
    if not tally.rated:
        return Range(Fraction(0), Fraction(100)) if tally.undecided else None
    count, slips = tally.ratings[rating - 1], tally.rated
    most = slips + tally.undecided
    return Range(Fraction(100 * count, most), Fraction(100 * (count + tally.undecided), most))


def percent_ranges(tally: Tally) -> tuple[Range | None, ...]:
    """Return `percent_range` for every rating."""
    return tuple(percent_range(tally, rating) for rating in range(1, len(tally.ratings) + 1))


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


def figures_are_fixed(tallies: Iterable[Tally]) -> bool:
    """Tell whether no percentage and no mean can change any more, as a table writes them."""
    return all(
        figure is None or figure.is_fixed(decimals)
        for tally in tallies
        for figures, decimals in (
            (percent_ranges(tally), PERCENT_DECIMALS),
            ((mean_range(tally),), MEAN_DECIMALS),
        )
        for figure in figures
    )


def order_is_fixed(tallies: Iterable[Tally]) -> bool:
    """Tell whether no session can pass another any more by its mean, exact or as the table has it.

    On the safe side: a slip without a session is taken to come to each of them at once.
    """
    ranges = [found for found in map(mean_range, tallies) if found]
    exact = [(found.low, found.high) for found in ranges]
    shown = [found.rounded(MEAN_DECIMALS) for found in ranges]
    return _are_apart(exact) and _are_apart(shown)


def largest_move(tally: Tally) -> Fraction:
    """Return by how many percentage points a percentage may yet move from where it stands."""
    if not tally.rated:
        return Fraction(100 if tally.undecided else 0)
    moves = (
        max(now - found.low, found.high - now)
        for count, found in zip(tally.ratings, percent_ranges(tally), strict=True)
        if found
        for now in [Fraction(100 * count, tally.rated)]
    )
    return max(moves)


def _are_apart(ranges: Sequence[tuple[Fraction, Fraction] | tuple[Decimal, Decimal]]) -> bool:
    """Tell whether each range lies wholly beside the next, or both are one and the same point."""
    return all(
        before[1] < after[0] or before[0] == before[1] == after[0] == after[1]
        for before, after in pairwise(sorted(ranges))
    )


def _rounded(value: Fraction, decimals: int) -> Decimal:
    return Decimal(floor(value * 10**decimals + Fraction(1, 2))).scaleb(-decimals)
