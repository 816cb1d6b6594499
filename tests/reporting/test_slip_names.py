"""Names of the answers on a slip with several rows, and back to the slip."""

import pytest

from scanpipe.reporting.slip_names import doubled, row_of, slip_of


def test_an_answer_is_named_by_its_slip_and_row(card):
    assert slip_of("bcdfgh-001-1-2", card) == "bcdfgh-001-1"
    assert row_of("bcdfgh-001-1-2", card) == 2


def test_the_rows_of_a_further_slip_on_a_page_are_one_slip(card):
    assert slip_of("bcdfgh-007-0-1b", card) == slip_of("bcdfgh-007-0-2b", card) == "bcdfgh-007-0b"
    assert slip_of("bcdfgh-007-0-1", card) == "bcdfgh-007-0"


def test_the_rows_of_a_slip_read_twice_stay_one_slip(card):
    names = [doubled(f"bcdfgh-001-1-{row}", 2, card) for row in (1, 2, 3)]
    assert len({slip_of(name, card) for name in names}) == 1
    assert slip_of(names[0], card) != "bcdfgh-001-1"
    assert [row_of(name, card) for name in names] == [1, 2, 3]


@pytest.mark.parametrize("name", ["bcdfgh-001-1", "bcdfgh-001-1-2", "bcdfgh-007-0b"])
def test_where_slips_have_one_row_every_name_is_a_slips(form, name):
    assert slip_of(name, form) == name
    assert row_of(name, form) is None
    assert doubled(name, 2, form) == f"{name}-2"
