"""The bounds against every way in which the undecided slips can be decided."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanpipe.reporting.report.bounds import (
    Share,
    Tally,
    largest_move,
    mean_range,
    means_are_fixed,
    order_is_fixed,
    percents_are_fixed,
    ranking_is_fixed,
    shares,
)

State = tuple[tuple[int, ...], ...]
"""How many slips of each session have each rating."""


@dataclass(frozen=True)
class Stack:
    """What is settled, the slips open in each session, and those open between the sessions."""

    settled: State
    known: tuple[int, ...]
    anywhere: int

    @property
    def tallies(self) -> list[Tally]:
        return [
            Tally(ratings, open_ + self.anywhere)
            for ratings, open_ in zip(self.settled, self.known, strict=True)
        ]

    @property
    def total(self) -> Tally:
        return Tally(together(self.settled), sum(self.known) + self.anywhere)

    def states(self) -> Iterator[State]:
        """Every end that a review can come to."""
        ratings = range(len(self.settled[0]))
        sessions = range(len(self.settled))
        own = [[None, *((at, rating) for rating in ratings)] for at in sessions]
        any_ = [None, *product(sessions, ratings)]
        choices = [own[at] for at in sessions for _ in range(self.known[at])]
        for chosen in product(*choices, *[any_] * self.anywhere):
            counts = [list(row) for row in self.settled]
            for at, rating in filter(None, chosen):
                counts[at][rating] += 1
            yield tuple(map(tuple, counts))


def together(state: State) -> tuple[int, ...]:
    return tuple(map(sum, zip(*state, strict=True)))


def figures_are_fixed(tallies: list[Tally]) -> bool:
    every = [share for tally in tallies for share in shares(tally)]
    return percents_are_fixed(every) and means_are_fixed(tallies)


def percents(ratings: tuple[int, ...]) -> list[Fraction] | None:
    slips = sum(ratings)
    return [Fraction(100 * count, slips) for count in ratings] if slips else None


def mean(ratings: tuple[int, ...]) -> Fraction | None:
    slips = sum(ratings)
    points = sum(rating * count for rating, count in enumerate(ratings, start=1))
    return Fraction(points, slips) if slips else None


def shown(value: Fraction | None, decimals: int) -> int | None:
    """The figure in units of its last decimal, halves rounded up."""
    return None if value is None else (2 * value * 10**decimals + 1) // 2


def figures(state: State) -> list[object]:
    """All that a table shows of a state."""
    rows = (*state, together(state))
    return [[[shown(each, 1) for each in percents(row) or ()], shown(mean(row), 2)] for row in rows]


def order(state: State) -> list[object]:
    """Which session stands before which, exactly and as a table has it."""
    exact = [mean(row) for row in state]
    return [
        None if a is None or b is None else (a > b) - (a < b)
        for means in (exact, [shown(each, 2) for each in exact])
        for place, a in enumerate(means)
        for b in means[place + 1 :]
    ]


@st.composite
def stacks(draw: st.DrawFn, anywhere: int = 2) -> Stack:
    smileys, sessions = draw(st.integers(2, 3)), draw(st.integers(1, 3))
    counts = st.lists(st.integers(0, 4), min_size=smileys, max_size=smileys)
    settled = draw(st.lists(counts, min_size=sessions, max_size=sessions))
    known = [draw(st.integers(0, 1 if sessions == 3 else 2)) for _ in range(sessions)]
    return Stack(tuple(map(tuple, settled)), tuple(known), draw(st.integers(0, anywhere)))


few = settings(max_examples=25, deadline=None)


@few
@given(stacks())
def test_percentages_and_means_reach_their_bounds_and_never_pass_them(stack: Stack) -> None:
    states = list(stack.states())
    for place, tally in enumerate([*stack.tallies, stack.total]):
        ends = [(*state, together(state))[place] for state in states]
        reached = [found for found in map(percents, ends) if found]
        ranges = [share.range for share in shares(tally)]
        if not reached:
            assert set(ranges) == {None}
            assert mean_range(tally) is None
            continue
        for rating, found in enumerate(ranges):
            assert found
            column = [row[rating] for row in reached]
            assert (found.low, found.high) == (min(column), max(column))
        means = [value for value in map(mean, ends) if value is not None]
        found = mean_range(tally)
        assert found
        assert (found.low, found.high) == (min(means), max(means))


@few
@given(stacks())
def test_no_percentage_moves_further_than_is_said(stack: Stack) -> None:
    tally = stack.total
    now = percents(tally.ratings)
    ends = [found for state in stack.states() if (found := percents(together(state)))]
    if now:
        moves = [abs(a - b) for end in ends for a, b in zip(now, end, strict=True)]
        assert largest_move(shares(tally)) == max(moves)
    else:
        assert largest_move(shares(tally)) == (100 if ends else 0)


@few
@given(stacks())
def test_what_is_called_fixed_never_changes_whatever_is_decided(stack: Stack) -> None:
    before, stood = figures(stack.settled), order(stack.settled)
    changes = any(figures(state) != before for state in stack.states())
    assert figures_are_fixed([*stack.tallies, stack.total]) is not changes
    if order_is_fixed(stack.tallies):
        assert all(order(state) == stood for state in stack.states())


@few
@given(stacks(anywhere=0))
def test_the_order_is_fixed_just_when_no_decision_changes_it(stack: Stack) -> None:
    stood = order(stack.settled)
    changes = any(order(state) != stood for state in stack.states())
    assert order_is_fixed(stack.tallies) is not changes


def test_one_slip_cannot_move_a_figure_of_very_many() -> None:
    tally = Tally((100_000, 300_000), 1)
    assert figures_are_fixed([tally])
    assert not figures_are_fixed([Tally((10, 30), 1)])


@pytest.mark.parametrize("undecided", [0, 1])
def test_sessions_that_stand_level_are_fixed_only_when_nothing_is_open(undecided: int) -> None:
    assert order_is_fixed([Tally((1, 1)), Tally((2, 2), undecided)]) is (not undecided)


def test_sessions_apart_by_less_than_the_table_shows_are_not_called_fixed() -> None:
    close = [Tally((1000, 1000), 0), Tally((1000, 1001), 1)]
    exact = [found for found in map(mean_range, close) if found]
    assert all(a.high < b.low or b.high < a.low for a, b in pairwise(exact)) is False
    assert not order_is_fixed(close)


@dataclass(frozen=True)
class SignUps:
    """Slips that choose `choose` of `choices`, by combination, and slips that are open."""

    choices: int
    choose: int
    settled: tuple[int, ...]
    undecided: int

    @property
    def made(self) -> list[tuple[int, ...]]:
        return list(combinations(range(self.choices), self.choose))

    def counts(self, ratings: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(
            sum(count for made, count in zip(self.made, ratings, strict=True) if choice in made)
            for choice in range(self.choices)
        )

    def states(self) -> Iterator[tuple[int, ...]]:
        """Every end that a review can come to; an open slip may come to nothing too."""
        for chosen in product([None, *range(len(self.made))], repeat=self.undecided):
            ratings = list(self.settled)
            for rating in chosen:
                if rating is not None:
                    ratings[rating] += 1
            yield tuple(ratings)

    @property
    def shares(self) -> list[Share]:
        slips = sum(self.settled)
        return [Share(count, slips, self.undecided) for count in self.counts(self.settled)]


@st.composite
def sign_ups(draw: st.DrawFn) -> SignUps:
    choices = draw(st.integers(2, 4))
    choose = draw(st.integers(1, choices - 1))
    ways = len(list(combinations(range(choices), choose)))
    settled = draw(st.lists(st.integers(0, 4), min_size=ways, max_size=ways))
    return SignUps(choices, choose, tuple(settled), draw(st.integers(0, 2)))


@few
@given(sign_ups())
def test_a_choice_reaches_its_bounds_and_never_passes_them(stack: SignUps) -> None:
    ends = [state for state in stack.states() if sum(state)]
    for choice, share in enumerate(stack.shares):
        found = share.range
        if not ends:
            assert found is None
            continue
        reached = [Fraction(100 * stack.counts(end)[choice], sum(end)) for end in ends]
        assert found
        assert (found.low, found.high) == (min(reached), max(reached))


@few
@given(sign_ups())
def test_a_ranking_of_choices_is_fixed_just_when_no_decision_changes_it(stack: SignUps) -> None:
    def ranking(state: tuple[int, ...]) -> list[int]:
        counts = stack.counts(state)
        return [(a > b) - (a < b) for a, b in combinations(counts, 2)]

    stood = ranking(stack.settled)
    changes = any(ranking(state) != stood for state in stack.states())
    assert ranking_is_fixed(stack.shares) is not changes
