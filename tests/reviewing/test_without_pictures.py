"""The review page of a run that was to leave no pictures of slips."""

import pytest


@pytest.fixture
def window(folder_of, made_of, open_window):
    slip = made_of.slip
    pages = [
        *made_of.pages_of(
            slip("bcd-001-1", "F", 5),
            slip("bcd-003-1", "P2", None, "overvote"),
            slip("bcd-006-1", "F", 5, "duplicate", same_as="bcd-001-1"),
        ),
        made_of.lost_page("bcd-007-0", 7),
    ]
    return open_window(folder_of(pages, options={"crops": False}))


@pytest.mark.parametrize("name", ["bcd-003-1", "bcd-006-1", "bcd-007-0"])
def test_the_page_says_that_there_is_no_picture_and_fails_nowhere(window, name):
    shown = window.get(f"slip/{name}")
    assert shown.status_code == 200
    assert "There is no picture of it: look at the paper." in shown.json["main"]
    assert f"picture/{name}.png" not in shown.json["main"]
    assert window.get(f"picture/{name}.png").status_code == 404


def test_the_earlier_slip_of_a_repeat_is_said_to_be_gone_with_its_scan(window):
    assert "is not where it was when it was read" in window.get("slip/bcd-006-1").json["main"]
    assert window.get("earlier/bcd-006-1.png").status_code == 404


def test_a_slip_without_a_picture_can_be_decided(window):
    answer = window.decide("bcd-003-1", "4").json
    assert (answer["saved"], answer["slip"]) == (True, "bcd-006-1")
