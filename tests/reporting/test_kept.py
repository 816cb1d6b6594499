"""What a person has saved is never gone: dated copies, and corrections that outlast their rows."""

import datetime
import json
import re

import pytest

from scanpipe.errors import OutputError, ReviewError
from scanpipe.reporting import apply_review, output_files
from scanpipe.reporting.keeping import copy_of
from scanpipe.vocabulary import Status

pytestmark = pytest.mark.usefixtures("clock")

HEADER = "slip;image;reasons;read_session;read_rating;session;rating;note;same_as"


def without_row(folder, slip):
    """Delete the row of `slip` from review.csv as a spreadsheet does."""
    text = folder.review.read_bytes().decode("utf-8-sig")
    rows = [line for line in text.split("\r\n") if not line.startswith(slip)]
    folder.review.write_bytes("\r\n".join(rows).encode("utf-8-sig"))


def test_a_review_that_a_person_saved_is_kept_under_its_date(mixed):
    mixed.fill({"bcd-4": {"rating": "4,0"}}, ";", "cp1252")
    saved = mixed.review.read_bytes()
    apply_review(mixed.path)
    (copy,) = mixed.copies()
    assert copy.name == "review 2026-11-21 1430.csv"
    assert copy.read_bytes() == saved
    assert mixed.review.read_bytes() != saved


def test_applying_twice_makes_no_second_copy(mixed, clock):
    mixed.fill({"bcd-4": {"rating": "4"}}, ",", "utf-8")
    apply_review(mixed.path)
    clock.time += datetime.timedelta(days=1)
    apply_review(mixed.path)
    assert len(mixed.copies()) == 1


def test_a_review_as_scanpipe_wrote_it_is_not_kept(mixed, write, readings):
    write([*readings.mixed(), readings.page(readings.overvote("fgh-1"))])
    assert len(mixed.table("review.csv")) == 5
    assert mixed.copies() == []


def test_two_versions_of_one_minute_stand_side_by_side(mixed):
    for number, rating in enumerate("4321", start=1):
        mixed.fill({"bcd-4": {"rating": rating}}, ",", "utf-8")
        apply_review(mixed.path)
        assert len(mixed.copies()) == number
    assert [copy.name for copy in mixed.copies()] == [
        "review 2026-11-21 1430-2.csv",
        "review 2026-11-21 1430-3.csv",
        "review 2026-11-21 1430-4.csv",
        "review 2026-11-21 1430.csv",
    ]
    assert len({copy.read_bytes() for copy in mixed.copies()}) == 4


def test_the_same_version_met_again_is_kept_once(mixed, clock):
    mixed.fill({"bcd-4": {"rating": "4"}}, ",", "utf-8")
    saved = mixed.review.read_bytes()
    apply_review(mixed.path)
    clock.time += datetime.timedelta(minutes=7)
    mixed.review.write_bytes(saved)
    apply_review(mixed.path)
    assert len(mixed.copies()) == 1


def test_a_run_keeps_what_a_person_saved_too(mixed, write, readings):
    mixed.fill({"bcd-4": {"rating": "4"}}, ",", "utf-8")
    saved = mixed.review.read_bytes()
    write(readings.mixed())
    assert [copy.read_bytes() for copy in mixed.copies()] == [saved]


def test_the_name_of_a_copy_is_one_that_windows_takes(tmp_path):
    (path,) = copy_of(tmp_path / "review.csv", b"x")
    assert re.fullmatch(r"review \d{4}-\d\d-\d\d \d{4}\.csv", path.name)


def test_a_folder_from_before_there_were_fingerprints_is_kept_to_be_safe(mixed):
    path = mixed.path / "run.json"
    data = json.loads(path.read_bytes())
    del data["review"]
    path.write_text(json.dumps(data), encoding="utf-8")
    mixed.fill({"bcd-4": {"rating": "4"}}, ",")
    apply_review(mixed.path)
    assert len(mixed.copies()) == 1


def test_what_is_saved_while_the_scans_are_read_is_taken_in(mixed, write, readings):
    def pages():
        yield from readings.mixed()
        mixed.fill({"bcd-4": {"rating": "4"}}, ",", "utf-8")

    write(pages())
    assert mixed.row("results.csv", "bcd-4")["rating"] == "4"
    assert mixed.row("review.csv", "bcd-4")["rating"] == "4"


def test_a_mistake_saved_while_the_scans_are_read_stops_the_run(mixed, write, readings):
    tables = mixed.tables()

    def pages():
        yield from readings.mixed()
        mixed.fill({"bcd-4": {"rating": "9"}}, ",", "utf-8")
        tables["review.csv"] = mixed.review.read_bytes()

    with pytest.raises(ReviewError, match="row 3, column rating"):
        write(pages())
    assert mixed.tables() == tables


def test_what_is_saved_while_the_tables_are_made_is_not_written_over(mixed, monkeypatch):
    really = output_files.summarise

    def summarise(*given):
        mixed.review.write_bytes(b"slip;session;rating\r\nbcd-4;;1\r\n")
        return really(*given)

    mixed.fill({"bcd-4": {"rating": "4"}}, ",")
    tables = mixed.tables()
    monkeypatch.setattr(output_files, "summarise", summarise)
    with pytest.raises(OutputError, match="was saved just now"):
        apply_review(mixed.path)
    saved = b"slip;session;rating\r\nbcd-4;;1\r\n"
    assert mixed.tables() == tables | {"review.csv": saved}


def test_a_correction_outlasts_its_row(mixed):
    mixed.fill({"bcd-3": {"rating": "4", "note": "sikker"}}, add=[{"slip": "bcd-1", "rating": "2"}])
    apply_review(mixed.path)
    tables = mixed.tables()
    without_row(mixed, "bcd-3")
    without_row(mixed, "bcd-1")
    outcome = apply_review(mixed.path)
    assert mixed.tables() == tables
    (warning,) = outcome.warnings
    assert warning.startswith("2 lapper hadde ikke lenger noen rad i review.csv og står der igjen")


def test_a_slip_whose_row_was_deleted_stays_in_review_and_is_told(mixed):
    without_row(mixed, "bcd-4")
    outcome = apply_review(mixed.path)
    assert mixed.row("results.csv", "bcd-4")["status"] == Status.REVIEW
    assert mixed.row("review.csv", "bcd-4")["rating"] == ""
    assert outcome.warnings[0].startswith("1 lapp hadde ikke lenger noen rad i review.csv")
    assert apply_review(mixed.path).warnings == ()


def test_only_emptied_cells_take_a_correction_back(mixed):
    mixed.fill({"bcd-3": {"rating": "4", "note": "sikker"}})
    apply_review(mixed.path)
    mixed.fill({"bcd-3": {"rating": "", "note": ""}})
    apply_review(mixed.path)
    assert mixed.row("results.csv", "bcd-3")["status"] == "review"
    assert mixed.row("review.csv", "bcd-3")["note"] == ""


def test_notes_and_own_columns_come_back_with_a_deleted_row(mixed):
    columns = [*HEADER.split(";"), "Hvem"]
    mixed.fill({"bcd-3": {"rating": "4", "Hvem": "Åse"}, "bcd-4": {"Hvem": "Per"}}, columns=columns)
    apply_review(mixed.path)
    without_row(mixed, "bcd-3")
    apply_review(mixed.path)
    assert mixed.row("review.csv", "bcd-3")["Hvem"] == "Åse"
    assert mixed.row("review.csv", "bcd-4")["Hvem"] == "Per"


def test_notes_outlast_their_column(mixed):
    mixed.fill({"bcd-3": {"rating": "4", "note": "sikker"}})
    apply_review(mixed.path)
    mixed.fill({"bcd-4": {"rating": "5"}}, columns=["slip", "session", "rating"])
    apply_review(mixed.path)
    assert mixed.row("review.csv", "bcd-3")["note"] == "sikker"
    assert mixed.row("review.csv", "bcd-4")["rating"] == "5"


def test_a_run_brings_a_deleted_review_back(mixed, write, readings):
    mixed.fill({"bcd-3": {"rating": "4"}, "bcd-5": {"session": "P2"}})
    apply_review(mixed.path)
    tables = mixed.tables()
    mixed.review.unlink()
    with pytest.raises(OutputError, match=r"there is no .*review\.csv"):
        apply_review(mixed.path)
    outcome = write(readings.mixed())
    assert mixed.tables() == tables
    assert outcome.warnings == (
        "review.csv var borte; 2 lapper står der igjen, med det som var ført inn før.",
    )


def test_scans_without_a_corrected_slip_are_refused_though_its_row_was_deleted(
    mixed, write, readings
):
    mixed.fill({"bcd-3": {"rating": "4"}})
    apply_review(mixed.path)
    without_row(mixed, "bcd-3")
    before = mixed.files()
    with pytest.raises(OutputError, match="has entries for a slip not in these scans"):
        write([readings.page(readings.slip("bcd-1"))])
    assert mixed.files() == before


def test_ok_goes_on_meaning_what_the_person_was_shown(mixed, write, readings):
    mixed.fill({"bcd-4": {"rating": "ok"}, "bcd-5": {"session": "P1", "rating": "ok"}})
    apply_review(mixed.path)
    assert mixed.row("results.csv", "bcd-4")["rating"] == "2"
    pages = [*readings.mixed()]
    pages[1] = readings.page(
        readings.overvote("bcd-3", "P2"), readings.marginal("bcd-4", "P3", rating=5)
    )
    write(pages)
    row = mixed.row("results.csv", "bcd-4")
    assert (row["session"], row["rating"], row["status"]) == ("F", "2", "corrected")
    assert (row["read_session"], row["read_rating"]) == ("P3", "5")
    row = mixed.row("review.csv", "bcd-4")
    assert (row["session"], row["rating"]) == ("F", "2")
    assert mixed.row("review.csv", "bcd-5")["rating"] == "ok"


def test_ok_holds_when_nothing_is_read_any_more(mixed, write, readings):
    mixed.fill({"bcd-4": {"rating": "ok"}})
    pages = [*readings.mixed()]
    pages[1] = readings.page(readings.overvote("bcd-3", "P2"), readings.overvote("bcd-4", "F"))
    write(pages)
    row = mixed.row("results.csv", "bcd-4")
    assert (row["session"], row["rating"]) == ("F", "2")
