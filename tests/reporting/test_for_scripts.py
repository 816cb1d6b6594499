"""What scripts are told: the same as the terminal and the tables, by names that stay."""

import json

from scanpipe.errors import ExitCode
from scanpipe.reading.record import Note, NoteKind
from scanpipe.reporting import outcome_as_json
from scanpipe.reporting.for_scripts import outcome_facts
from scanpipe.reporting.report import write_report


def told(outcome, code=ExitCode.DONE, report=None):
    return json.loads(outcome_as_json(outcome, code, report))


def test_the_figures_are_those_of_the_summary(write, readings, folder):
    facts = told(write(readings.hadeland()))
    lines = folder.table("summary.csv")
    assert [row["session"] for row in facts["summary"]] == [line["session"] for line in lines]
    for row, line in zip(facts["summary"], lines, strict=True):
        for face, (count, percent) in enumerate(
            zip(row["ratings"], row["percents"], strict=True), start=1
        ):
            assert count == int(line[f"n_{face}"])
            assert percent == float(line[f"pct_{face}"].replace(",", "."))
        assert row["mean"] == float(line["mean"].replace(",", "."))
        for name in ("slips", "rated", "blank", "review", "void"):
            assert row[name] == int(line[name])


def test_where_nothing_is_rated_there_is_no_figure(write, readings):
    (first, *_) = told(write([readings.page(readings.blank("bcd-1"))]))["summary"]
    assert (first["mean"], first["percents"], first["ratings"]) == (None, [None] * 5, [0] * 5)


def test_what_is_left_and_what_could_not_be_read_is_told(write, readings, folder, form):
    note = Note(NoteKind.COARSE, 4, 5, 100.4)
    facts = told(
        write(readings.mixed(), notes=[note], expected=9, of=form), ExitCode.SOME_UNREADABLE
    )
    assert (facts["exit_code"], facts["exit_reason"]) == (7, "some_unreadable")
    assert (facts["form"], facts["folder"]) == ("hadeland-2016", str(folder.path))
    assert facts["undecided"] == 4
    assert facts["rejected"] == [{"file": "stack.pdf", "page": 7, "reasons": ["no_slip"]}]
    assert (facts["balance"]["adds_up"], facts["balance"]["gaps"]) == (True, [])
    assert facts["balance"]["pages"] == 5
    assert facts["balance"]["slips"] == 6
    assert (facts["balance"]["review"], facts["balance"]["rejected"]) == (3, 1)
    (noted,) = facts["notes"]
    assert noted["kind"] == "coarse"
    assert noted["text"].startswith("4 av 5 sider ble skannet med bare rundt 100 dpi")
    (warning,) = facts["warnings"]
    assert warning.startswith("Alle sesjoner: 6 lapper lest, 9 levert inn, 3 mangler.")


def test_what_does_not_add_up_is_told(write, readings):
    facts = told(write(readings.mixed(), pages=9), ExitCode.UNBALANCED)
    assert facts["balance"]["adds_up"] is False
    assert len(facts["balance"]["gaps"]) == 1


def test_every_file_that_is_named_is_there_and_none_is_forgotten(write, readings, folder):
    outcome = write(readings.mixed())
    named = set(outcome_facts(outcome, ExitCode.DONE, write_report(folder.path))["files"])
    there = {str(folder.path / name) for name in folder.files()}
    assert named == {path for path in there if "crops" not in path}


def test_a_file_name_that_is_no_text_does_not_stop_it(write, readings):
    page = readings.page(readings.rejected("bcd-1", file="b\udcffx.pdf"))
    (rejected,) = told(write([page]))["rejected"]
    assert rejected["file"] == "b\\udcffx.pdf"
