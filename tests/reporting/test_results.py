import codecs
import csv
import json

import pytest

from scanpipe.reporting import DIALECTS, apply_review, write_run
from scanpipe.vocabulary import Reason, Status

RESULTS = (
    "slip;file;page;x_mm;y_mm;session;session_name;rating;status;reasons;read_session;read_rating;"
    "session_text;session_confidence;rating_confidence;fill_1;fill_2;fill_3;fill_4;fill_5;same_as"
)


def test_results_have_a_row_for_every_slip_and_every_lost_page(write, readings, folder):
    write(readings.mixed())
    data = (folder.path / "results.csv").read_bytes()
    assert data.startswith(codecs.BOM_UTF8)
    lines = data.decode("utf-8-sig").split("\r\n")
    assert lines[0] == RESULTS
    assert [line.split(";")[0] for line in lines[1:-1]] == [f"bcd-{i}" for i in range(1, 8)]
    assert lines[1] == (
        "bcd-1;stack.pdf;1;74,0;52,5;F;Fellessesjon: Innovasjon;5;read;;F;5;"
        "Fellessesjon: Innovasjon;0,988;1,000;0,0000;0,0000;0,0000;0,0000;0,0312;"
    )
    assert lines[7] == "bcd-7;stack.pdf;7;;;;;;rejected;no_slip;;;;;;;;;;;"


def test_a_slip_to_review_has_no_rating_but_keeps_what_was_read(write, readings, folder):
    write(readings.mixed())
    row = folder.row("results.csv", "bcd-4")
    assert (row["status"], row["session"], row["rating"]) == ("review", "F", "")
    assert (row["reasons"], row["read_session"], row["read_rating"]) == ("marginal", "F", "2")


def test_text_that_looks_like_a_formula_is_shown_as_text(write, readings, folder):
    slip = readings.slip("bcd-1", file="=2+5.pdf", session_text="@SUM(1)")
    write([readings.page(slip)])
    row = folder.row("results.csv", "bcd-1")
    assert (row["file"], row["session_text"]) == ("'=2+5.pdf", "'@SUM(1)")


def test_a_file_name_that_is_no_text_is_shown_escaped(write, readings, folder):
    name = b"stack\xff.pdf".decode("utf-8", "surrogateescape")
    write([readings.page(readings.slip("bcd-1", file=name))], inputs=[(name, "00")])
    assert folder.row("results.csv", "bcd-1")["file"] == "stack\\udcff.pdf"


def test_the_dialect_can_be_chosen(form, readings, folder):
    write_run(form, readings.mixed(), folder.path, DIALECTS["comma"], {})
    for name in ("results.csv", "summary.csv", "review.csv"):
        data = (folder.path / name).read_bytes()
        assert data.startswith(codecs.BOM_UTF8)
        header, first, *_ = csv.reader(data.decode("utf-8-sig").splitlines())
        assert len(header) == len(first) > 5
    assert folder.row("results.csv", "bcd-1")["fill_5"] == "0.0312"


def test_the_same_readings_give_the_same_bytes(write, readings, folder, tmp_path):
    write(readings.mixed(), seconds={"reading": 1.0})
    write(readings.mixed(), into=tmp_path / "again", seconds={"reading": 2.0})
    for name in ("results.csv", "summary.csv", "review.csv"):
        assert (folder.path / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_run_json_holds_provenance_counts_form_and_dialect(write, readings, folder, form):
    write(readings.mixed(), options={"workers": 2}, thresholds={"marked_fill": 0.003})
    run = json.loads((folder.path / "run.json").read_bytes())
    assert run["options"] == {"workers": 2}
    assert run["thresholds"] == {"marked_fill": 0.003}
    assert run["version"]
    assert run["form"] == form.model_dump(mode="json")
    assert run["dialect"] == "semicolon"
    counts = run["counts"]
    assert (counts["pages"], counts["blank_backs"], counts["unreadable"]) == (5, 1, 1)
    assert (counts["slips"], counts["review"], counts["rejected"]) == (6, 3, 1)
    assert counts["adds_up"] is True


def test_timings_may_be_filled_in_while_the_pages_come(form, readings, folder):
    provenance = {"seconds": {}}

    def pages():
        yield from readings.mixed()
        provenance["seconds"] = {"reading": 3.5}

    write_run(form, pages(), folder.path, DIALECTS["comma"], provenance)
    assert json.loads((folder.path / "run.json").read_bytes())["seconds"] == {"reading": 3.5}


def test_pictures_are_put_away_as_pages_arrive(form, readings, folder):
    def pages():
        yield readings.page(readings.overvote("bcd-1"))
        assert (folder.path / "crops" / "bcd-1.png").read_bytes() == b"\x89PNG bcd-1"
        yield readings.page(readings.rejected("bcd-2"))

    write_run(form, pages(), folder.path, DIALECTS["comma"], {})
    assert folder.row("review.csv", "bcd-2")["image"] == "crops/bcd-2.png"
    assert (folder.path / "crops" / "bcd-2.png").read_bytes() == b"page"


def test_the_same_scan_given_twice_is_not_counted_twice(write, readings, folder):
    pages = [readings.page(readings.slip("bcd-1", file=name)) for name in ("a.pdf", "b.pdf")]
    outcome = write(pages)
    row = folder.row("results.csv", "bcd-1-2")
    assert (row["file"], row["status"], row["reasons"]) == ("b.pdf", "review", "duplicate")
    assert outcome.summary[0].rated == 1
    assert outcome.balance.adds_up
    assert outcome.balance.statuses[Status.REVIEW] == 1


def test_a_slip_name_that_excel_takes_for_a_number_is_a_fault(write, readings):
    with pytest.raises(ValueError, match="12e45678"):
        write([readings.page(readings.slip("12e45678"))])


def test_a_slip_read_twice_names_the_other_and_can_be_decided(write, readings, folder):
    repeat = readings.slip(
        "bcd-2", rating=4, status=Status.REVIEW, reasons=(Reason.DUPLICATE,), same_as="bcd-1"
    )
    outcome = write([readings.page(readings.slip("bcd-1"), repeat)])
    row = folder.row("results.csv", "bcd-2")
    assert (row["same_as"], row["reasons"], row["read_rating"]) == ("bcd-1", "duplicate", "4")
    assert folder.row("results.csv", "bcd-1")["same_as"] == ""
    assert folder.row("review.csv", "bcd-2")["image"] == "crops/bcd-2.png"
    assert (outcome.summary[0].rated, outcome.undecided) == (1, 1)
    folder.fill({"bcd-2": {"rating": "void"}})
    after = apply_review(folder.path)
    assert (after.summary[0].rated, after.undecided) == (1, 0)
    assert folder.row("results.csv", "bcd-2")["same_as"] == "bcd-1"
