"""Owns answers as people write them: what a rating is called, and which one is meant."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import combinations

from scanpipe.form import Form

_WHOLE_NUMBER = re.compile(r"([0-9]{1,9})(?:[.,]0*)?")
"""4, 4.0 and 4,00: what spreadsheets make of a four."""

_BETWEEN_NAMES = re.compile(r"[+,;&/]")
_BETWEEN_IDS = re.compile(r"[\s+,;&/]+")


def written(rating: int, form: Form) -> str:
    """Return what stands for `rating` in a cell that people read: its number, or its word."""
    return str(rating) if form.is_scale else form.answer_names[rating - 1]


def rating_of(typed: str, form: Form) -> int | None:
    """Return the rating that `typed` names in any case; None if it names none, or two.

    A number means nothing where several are chosen: 3 could be the third choice, or the third
    pair of them.
    """
    if makes_pairs(form):
        return _combination(typed, form)
    found = {*_by_number(typed, form)} | {*_by_name(typed, form)}
    return found.pop() if len(found) == 1 else None


def possible(form: Form) -> str:
    """Return what may be typed for an answer, in words."""
    choose = form.scale.choose
    if choose and choose > 1:
        ids = [choice.id for choice in form.choices]
        return f"{choose} of {', '.join(ids)}, such as {'+'.join(ids[:choose])}"
    numbers = f"1 to {form.ratings}"
    return numbers if form.is_scale else f"{', '.join(form.answer_names)}, {numbers}"


def times_chosen(ratings: Sequence[int], form: Form) -> tuple[int, ...]:
    """Return how often each of the form's choices was made; `ratings[i]` slips were rated i + 1."""
    if not form.choices:
        return ()
    counts = [0] * len(form.choices)
    for made, count in zip(_combinations(form), ratings, strict=True):
        for choice in made:
            counts[choice] += count
    return tuple(counts)


def pair_names(form: Form) -> tuple[str, ...]:
    """Return what each pair of the form's choices is called, in the form's order; where people
    make but one choice, there is none.
    """
    if not makes_pairs(form):
        return ()
    return tuple(map("+".join, combinations((choice.id for choice in form.choices), 2)))


def times_paired(ratings: Sequence[int], form: Form) -> tuple[int, ...]:
    """Return how many slips chose both of each pair, in the order of `pair_names`."""
    if not makes_pairs(form):
        return ()
    counts = dict.fromkeys(combinations(range(len(form.choices)), 2), 0)
    for made, count in zip(_combinations(form), ratings, strict=True):
        for pair in combinations(made, 2):
            counts[pair] += count
    return tuple(counts.values())


def makes_pairs(form: Form) -> bool:
    """Whether people make more than one choice."""
    return (form.scale.choose or 1) > 1


def choices_in(rating: int, form: Form) -> tuple[int, ...]:
    """Return the places, from 0, of the choices that `rating` is of."""
    return _combinations(form)[rating - 1]


def folded(text: str) -> str:
    """Return `text` as it is compared: no matter the case, the spaces, the width of its digits
    and how letters are coded.
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _by_number(typed: str, form: Form) -> Iterator[int]:
    number = _WHOLE_NUMBER.fullmatch(folded(typed))
    if number and 1 <= int(number[1]) <= form.ratings:
        yield int(number[1])


def _by_name(typed: str, form: Form) -> Iterator[int]:
    names = [form.answer_names]
    if form.choices:
        names.append(tuple(choice.name for choice in form.choices))
    for each in names:
        if len(each) == form.ratings:
            yield from (i for i, name in enumerate(each, start=1) if folded(name) == folded(typed))


def _combination(typed: str, form: Form) -> int | None:
    """Return the rating of the choices that are named in `typed`, in any order."""
    places = {folded(choice.name): place for place, choice in enumerate(form.choices)}
    places |= {folded(choice.id): place for place, choice in enumerate(form.choices)}
    for between in (_BETWEEN_NAMES, _BETWEEN_IDS):
        parts = [folded(part) for part in between.split(typed) if part.strip()]
        made = tuple(sorted({places[part] for part in parts if part in places}))
        if len(parts) == len(made) == form.scale.choose and all(part in places for part in parts):
            return _combinations(form).index(made) + 1
    return None


def _combinations(form: Form) -> list[tuple[int, ...]]:
    return [*combinations(range(len(form.choices)), form.scale.choose or 0)]
