"""Owns the sign-up slip's figures: which choices were made together, and how often.

A rating of such a slip is a combination of choices. Pure arithmetic.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from scanpipe.form import Choice, Form
from scanpipe.reporting.answers import choices_in, times_paired


@dataclass(frozen=True, slots=True)
class Combination:
    """The `choices` that `count` slips made together; `rating` is what such a slip is given."""

    rating: int
    choices: tuple[Choice, ...]
    count: int


def most_chosen(form: Form, ratings: Sequence[int]) -> tuple[Combination, ...]:
    """Return the combinations that anybody chose, most chosen first, then in the form's order."""
    chosen = (each for each in _combinations(form, ratings) if each.count)
    return tuple(sorted(chosen, key=lambda each: -each.count))


def together(form: Form, ratings: Sequence[int]) -> tuple[tuple[int | None, ...], ...]:
    """Return a square: how many slips chose both the row's and the column's choice.

    None on the diagonal.
    """
    count = len(form.choices)
    paired = dict(zip(combinations(range(count), 2), times_paired(ratings, form), strict=True))
    return tuple(
        tuple(paired.get((min(one, other), max(one, other))) for other in range(count))
        for one in range(count)
    )


def _combinations(form: Form, ratings: Sequence[int]) -> list[Combination]:
    return [
        Combination(rating, tuple(form.choices[place] for place in choices_in(rating, form)), count)
        for rating, count in enumerate(ratings, start=1)
    ]
