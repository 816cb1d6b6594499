import json

import pytest

from scanpipe.errors import NothingReadableError, OutputError, ReviewError
from scanpipe.reading.record import PageKind
from scanpipe.reporting import apply_review


def raising(pages, error):
    yield from pages
    raise error


@pytest.mark.parametrize("applied", [True, False])
def test_a_second_run_keeps_every_correction(write, readings, folder, applied):
    write(readings.mixed())
    entries = {"bcd-3": {"rating": "4", "note": "se baksiden"}, "bcd-5": {"session": "P1"}}
    folder.fill(entries, ";", "cp1252", add=[{"slip": "bcd-1", "rating": "void"}])
    if applied:
        apply_review(folder.path)
    outcome = write(readings.mixed())
    assert folder.row("results.csv", "bcd-3")["status"] == "corrected"
    assert folder.row("results.csv", "bcd-1")["status"] == "void"
    assert folder.row("review.csv", "bcd-3")["note"] == "se baksiden"
    assert folder.row("review.csv", "bcd-5")["session"] == "P1"
    assert outcome.undecided == 3
    again = folder.files()
    apply_review(folder.path)
    assert folder.files() == again


def test_a_second_run_gives_the_same_rows(write, readings, folder):
    write(readings.mixed())
    before = folder.files()
    write(readings.mixed())
    assert folder.files() == before


def test_scans_without_a_slip_leave_the_table_that_is_there(write, readings, folder):
    write(readings.mixed())
    before = folder.files()
    with pytest.raises(NothingReadableError, match="stand as they stood"):
        write([readings.page(readings.rejected("xyz-1"), kind=PageKind.UNREADABLE)])
    assert folder.files() == before


def test_new_slips_are_added_to_old_corrections(write, readings, folder):
    write(readings.mixed())
    folder.fill({"bcd-4": {"rating": "1"}})
    outcome = write([*readings.mixed(), readings.page(readings.slip("fgh-1"))])
    assert outcome.balance.slips == 7
    assert folder.row("results.csv", "bcd-4")["rating"] == "1"


def test_scans_that_lack_a_corrected_slip_are_refused_with_the_files_it_came_from(
    write, readings, folder
):
    write([readings.page(readings.overvote("bcd-1", "P1")), readings.page(readings.slip("bcd-2"))])
    folder.fill({"bcd-1": {"rating": "2"}})
    before = folder.files()
    with pytest.raises(OutputError) as caught:
        write([readings.page(readings.marginal("fgh-1"))])
    assert "  - stack.pdf: 1" in caught.value.message
    assert "all scans together" in caught.value.hint
    assert folder.files() == before


def test_scans_that_lack_slips_nobody_has_touched_replace_them(write, readings, folder):
    write(readings.mixed())
    write([readings.page(readings.marginal("fgh-1"))])
    assert [row["slip"] for row in folder.table("results.csv")] == ["fgh-1"]


def test_an_entry_that_is_wrong_stops_a_run_before_the_first_page(write, readings, folder):
    write(readings.mixed())
    folder.fill({"bcd-3": {"rating": "9"}})
    before = folder.files()
    untouched = raising((), AssertionError("a page was asked for"))
    with pytest.raises(ReviewError, match="row 2, column rating"):
        write(untouched)
    assert folder.files() == before


def test_the_folder_of_another_form_is_refused(write, readings, folder, form):
    write(readings.mixed())
    before = folder.files()
    data = form.model_dump(mode="json") | {"id": "other-2017"}
    other = type(form).model_validate_json(json.dumps(data))
    with pytest.raises(OutputError, match="'hadeland-2016', not of 'other-2017'"):
        write([], of=other)
    assert folder.files() == before


def test_tables_that_are_not_ours_are_not_replaced(write, readings, folder):
    folder.path.mkdir(parents=True)
    (folder.path / "results.csv").write_text("my own")
    with pytest.raises(OutputError, match="may not be scanpipe's"):
        write(readings.mixed())
    assert folder.files() == {"results.csv": b"my own"}


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OutputError("trouble")])
def test_a_run_that_breaks_off_leaves_the_old_files_as_they_were(write, readings, folder, error):
    write(readings.mixed())
    before = folder.files()
    with pytest.raises(type(error)):
        write(raising([readings.page(readings.overvote("fgh-1"))], error))
    assert folder.files() == before


def test_pictures_that_no_row_refers_to_are_removed_and_others_are_not(write, readings, folder):
    write(readings.mixed())
    strangers = ["crops/Kari.png", "crops/notes.txt", "photo.png"]
    for name in strangers:
        (folder.path / name).write_bytes(b"mine")
    write([readings.page(readings.overvote("bcd-3"))])
    kept = {name for name in folder.files() if not name.endswith((".csv", ".json"))}
    assert kept == {"crops/bcd-3.png", *strangers}


def test_a_review_copied_into_an_empty_folder_is_taken(write, readings, folder, tmp_path):
    write(readings.mixed())
    folder.fill({"bcd-3": {"rating": "5"}})
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "review.csv").write_bytes(folder.review.read_bytes())
    outcome = write(readings.mixed(), into=tmp_path / "new")
    assert outcome.summary[2].ratings == (0, 0, 0, 0, 1)
