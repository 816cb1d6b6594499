"""Several slips on a page that could not be read, entered by hand: each a row of its own."""

import pytest

from scanpipe.errors import ReviewError
from scanpipe.reporting import apply_review
from scanpipe.reporting.added import next_name, page_of


def further(slip, session, rating):
    return {"slip": slip, "session": session, "rating": rating}


@pytest.fixture
def two_on_a_page(write, readings, folder):
    """The unreadable page bcd-7 holds two slips, and a person has entered both."""
    write(readings.mixed())
    folder.fill({"bcd-7": {"session": "F", "rating": "4"}}, add=[further("bcd-7b", "P4", "2")])
    return folder


def test_a_row_with_a_letter_is_a_further_slip_of_its_page(two_on_a_page):
    outcome = apply_review(two_on_a_page.path)
    row = two_on_a_page.row("results.csv", "bcd-7b")
    assert (row["session"], row["rating"], row["status"]) == ("P4", "2", "corrected")
    assert (row["file"], row["page"]) == ("stack.pdf", "7")
    assert (outcome.balance.slips, outcome.balance.adds_up) == (8, True)
    assert outcome.balance.added == 1


def test_applying_twice_gives_the_same_files(two_on_a_page):
    apply_review(two_on_a_page.path)
    once = two_on_a_page.files()
    apply_review(two_on_a_page.path)
    assert two_on_a_page.files() == once


def test_a_further_slip_survives_that_the_scans_are_read_again(two_on_a_page, write, readings):
    apply_review(two_on_a_page.path)
    before = two_on_a_page.tables()
    assert write(readings.mixed()).balance.adds_up
    assert two_on_a_page.tables() == before


def test_a_further_slip_that_was_never_applied_survives_a_run_too(two_on_a_page, write, readings):
    write(readings.mixed())
    assert two_on_a_page.row("results.csv", "bcd-7b")["rating"] == "2"


def test_the_journal_tells_of_a_slip_that_came_and_went(two_on_a_page):
    apply_review(two_on_a_page.path)
    two_on_a_page.fill({"bcd-7b": {"session": "", "rating": ""}})
    outcome = apply_review(two_on_a_page.path)
    told = [
        (row["what"], row["from"], row["to"])
        for row in two_on_a_page.table("journal.csv")
        if row["slip"] == "bcd-7b"
    ]
    assert told == [
        ("session", "", "P4"),
        ("rating", "", "2"),
        ("status", "", "corrected"),
        ("session", "P4", ""),
        ("rating", "2", ""),
        ("status", "corrected", ""),
    ]
    assert outcome.balance.adds_up
    assert "bcd-7b" not in {row["slip"] for row in two_on_a_page.table("review.csv")}


def test_a_row_that_is_gone_is_put_back(two_on_a_page):
    apply_review(two_on_a_page.path)
    lines = two_on_a_page.review.read_bytes().splitlines(keepends=True)
    two_on_a_page.review.write_bytes(b"".join(line for line in lines if b"bcd-7b" not in line))
    assert any("står der igjen" in text for text in apply_review(two_on_a_page.path).warnings)
    assert two_on_a_page.row("results.csv", "bcd-7b")["rating"] == "2"


def test_a_further_slip_without_a_rating_waits_for_a_person(write, readings, folder):
    write(readings.mixed())
    folder.fill({}, add=[further("bcd-7b", "P4", "")])
    outcome = apply_review(folder.path)
    assert (outcome.undecided, outcome.balance.adds_up) == (5, True)
    assert folder.row("review.csv", "bcd-7b")["session"] == "P4"


@pytest.mark.parametrize("slip", ["bcd-1b", "bcd-3b", "bcd-8b", "bcd-7a", "bcd-7bb", "bcd-7B"])
def test_only_an_unreadable_page_can_have_further_slips(write, readings, folder, slip):
    write(readings.mixed())
    folder.fill({}, add=[further(slip, "P4", "2")])
    with pytest.raises(ReviewError, match="is not a slip"):
        apply_review(folder.path)


def test_a_further_slip_needs_its_session(write, readings, folder):
    write(readings.mixed())
    folder.fill({}, add=[further("bcd-7b", "", "2")])
    with pytest.raises(ReviewError, match="column session: is empty"):
        apply_review(folder.path)


def test_names_go_on_through_the_letters_until_there_are_no_more():
    assert next_name("x-0", []) == "x-0b"
    assert next_name("x-0", ["x-0b", "x-0c"]) == "x-0d"
    assert next_name("x-0", [f"x-0{letter}" for letter in "bcdefghijklmnopqrstuvwxyz"]) is None
    assert (page_of("x-0b"), page_of("x-0"), page_of("x-0bb")) == ("x-0", "", "")
