"""How many slips may be misread, judged by a sample: against published and exact values."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scanpipe.reporting.misread_share import misread_at_most, slips_needed


@pytest.mark.parametrize(
    ("checked", "differing", "share"),
    [
        # The one-sided 95 % bounds of the exact method, from tables of the binomial distribution.
        (50, 0, 0.0582),
        (50, 1, 0.0914),
        (100, 0, 0.0295),
        (100, 2, 0.0616),
        (10, 5, 0.7776),
        (1, 0, 0.95),
        (20, 20, 1.0),
    ],
)
def test_the_bound_is_the_exact_one(checked, differing, share):
    assert misread_at_most(checked, differing) == pytest.approx(share, abs=0.00005)


def test_with_no_difference_the_bound_has_a_closed_form():
    for checked in (1, 7, 299, 20_000):
        assert misread_at_most(checked, 0) == pytest.approx(1 - 0.05 ** (1 / checked), rel=1e-9)


@pytest.mark.parametrize(("differing", "count"), [(0, 299), (1, 473), (2, 628)])
def test_so_many_are_needed_for_one_percent(differing, count):
    assert slips_needed(0.01, differing) == count


def test_more_cannot_differ_than_were_checked():
    with pytest.raises(ValueError, match="3 of 2"):
        misread_at_most(2, 3)


samples = st.tuples(st.integers(1, 60), st.integers(0, 60)).filter(lambda pair: pair[1] < pair[0])


@given(samples)
def test_more_differences_never_make_it_better_and_more_slips_never_worse(sample):
    checked, differing = sample
    bound = misread_at_most(checked, differing)
    assert differing / checked < bound <= misread_at_most(checked, differing + 1) <= 1
    assert misread_at_most(checked + 1, differing) <= bound


@given(st.integers(0, 3), st.floats(0.02, 0.5))
def test_what_is_needed_is_enough_and_one_less_is_not(differing, share):
    needed = slips_needed(share, differing)
    assert misread_at_most(needed, differing) <= share
    assume(needed > differing)
    assert misread_at_most(needed - 1, min(differing, needed - 1)) > share
