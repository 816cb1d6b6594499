"""Answers as people type them: numbers, words, and choices in any order."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanpipe.form import form_from_data
from scanpipe.reporting.answers import possible, rating_of, times_chosen, written

EVENT = {
    "id": "event",
    "title": "Event",
    "date": "2024-05-02",
    "place": "Here",
    "language": "en",
    "question": "How was it?",
    "sessions": [{"id": "A", "name": "First"}],
}


def form(scale, choices=()):
    data = EVENT | {"scale": scale}
    return form_from_data(data | {"choices": [*choices]} if choices else data, "a test")


PARALLEL = [
    {"id": f"P{n}", "name": name} for n, name in enumerate(("Wool", "Iron", "Rye", "Oak"), 1)
]
NUMBERS = form({"numbers": 10})
WORDS = form({"answers": ["Yes", "No", "Don't know"]})
TWO = form({"choose": 2}, PARALLEL)
ONE = form({"choose": 1}, PARALLEL)


@pytest.mark.parametrize(
    ("of", "typed", "rating"),
    [
        (NUMBERS, "10", 10),
        (NUMBERS, " 7,0 ", 7),
        (NUMBERS, "11", None),
        (NUMBERS, "0", None),
        (WORDS, "NO", 2),
        (WORDS, "don't  KNOW", 3),
        (WORDS, "3", 3),
        (WORDS, "Maybe", None),
        (TWO, "P1+P3", 2),
        (TWO, "p3, p1", 2),
        (TWO, "P3 P1", 2),
        (TWO, "rye + wool", 2),
        (TWO, "P1", None),
        (TWO, "P1+P1", None),
        (TWO, "P1+P2+P3", None),
        (TWO, "P1+P9", None),
        (ONE, "iron", 2),
        (ONE, "P2", 2),
        (ONE, "2", 2),
    ],
)
def test_an_answer_is_known_however_it_is_typed(of, typed, rating):
    assert rating_of(typed, of) == rating


def test_a_bare_number_is_no_pair_of_choices():
    """It might be the third choice as well as the third pair: the person is asked again."""
    assert rating_of("3", TWO) is None
    numbered = form({"choose": 2}, [{"id": str(n), "name": f"Room {n}"} for n in (1, 2, 3, 4)])
    assert rating_of("3", numbered) is None
    assert rating_of("3+1", numbered) == 2


def test_what_may_be_typed_is_said_in_words():
    assert possible(NUMBERS) == "1 to 10"
    assert possible(WORDS) == "Yes, No, Don't know, 1 to 3"
    assert possible(TWO) == "2 of P1, P2, P3, P4, such as P1+P2"


@given(st.sampled_from((NUMBERS, WORDS, TWO, ONE)), st.data())
@settings(max_examples=40)
def test_what_is_written_is_read_back(of, data):
    rating = data.draw(st.integers(1, of.ratings))
    assert rating_of(written(rating, of), of) == rating
    if of is TWO:
        parts = data.draw(st.permutations(written(rating, of).split("+")))
        between = data.draw(st.sampled_from([" ", "+", ", ", "/", " & "]))
        assert rating_of(between.join(parts).lower(), of) == rating


@given(st.lists(st.integers(0, 90), min_size=6, max_size=6))
@settings(max_examples=20)
def test_every_slip_is_counted_for_each_of_its_choices(ratings):
    counted = times_chosen(ratings, TWO)
    assert sum(counted) == 2 * sum(ratings)
    pairs = list(combinations(range(4), 2))
    assert counted[2] == sum(n for n, pair in zip(ratings, pairs, strict=True) if 2 in pair)
