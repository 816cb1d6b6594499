import datetime
import getpass
import json
import re

import pytest

from scanpipe.reporting import DIALECTS, apply_review, journal

pytestmark = pytest.mark.usefixtures("clock")

HEADER = ["time", "who", "slip", "what", "from", "to"]


@pytest.fixture
def mixed(write, readings, folder, monkeypatch):
    monkeypatch.setattr(getpass, "getuser", lambda: "kari")
    write(readings.mixed())
    return folder


def lines(folder):
    return [list(row.values())[2:] for row in folder.table("journal.csv")]


def test_every_change_has_a_row_with_when_who_and_what(mixed):
    assert lines(mixed) == []
    mixed.fill(
        {
            "bcd-3": {"rating": "4", "note": "se baksiden"},
            "bcd-5": {"session": "P1", "rating": "ok"},
            "bcd-7": {"rating": "void"},
        },
        add=[{"slip": "bcd-1", "rating": "blank"}],
    )
    apply_review(mixed.path)
    rows = mixed.table("journal.csv")
    assert list(rows[0]) == HEADER
    assert {(row["time"], row["who"]) for row in rows} == {("2026-11-21 14:30:05+01:00", "kari")}
    assert lines(mixed) == [
        ["bcd-1", "rating", "5", "blank"],
        ["bcd-1", "status", "read", "corrected"],
        ["bcd-3", "rating", "", "4"],
        ["bcd-3", "status", "review", "corrected"],
        ["bcd-3", "note", "", "se baksiden"],
        ["bcd-5", "session", "", "P1"],
        ["bcd-5", "rating", "", "5"],
        ["bcd-5", "status", "review", "corrected"],
        ["bcd-7", "status", "rejected", "void"],
    ]


def test_applying_twice_adds_nothing(mixed, clock):
    mixed.fill({"bcd-3": {"rating": "4"}})
    apply_review(mixed.path)
    once = mixed.files()
    clock.time += datetime.timedelta(days=1)
    apply_review(mixed.path)
    assert mixed.files() == once


def test_a_change_of_mind_stands_below_the_first_decision(mixed, clock):
    mixed.fill({"bcd-3": {"rating": "4"}})
    apply_review(mixed.path)
    first = mixed.table("journal.csv")
    clock.time += datetime.timedelta(hours=1)
    mixed.fill({"bcd-3": {"rating": "2"}})
    apply_review(mixed.path)
    mixed.fill({"bcd-3": {"rating": ""}})
    apply_review(mixed.path)
    rows = mixed.table("journal.csv")
    assert rows[:2] == first
    assert rows[2]["time"] == "2026-11-21 15:30:05+01:00"
    assert lines(mixed)[2:] == [
        ["bcd-3", "rating", "4", "2"],
        ["bcd-3", "rating", "2", ""],
        ["bcd-3", "status", "corrected", "review"],
    ]


def test_a_run_that_takes_corrections_in_writes_them_down_once(mixed, write, readings):
    mixed.fill({"bcd-3": {"rating": "4"}})
    write(readings.mixed())
    assert lines(mixed) == [
        ["bcd-3", "rating", "", "4"],
        ["bcd-3", "status", "review", "corrected"],
    ]
    before = mixed.files()
    write(readings.mixed())
    apply_review(mixed.path)
    assert mixed.files() == before


def test_what_the_machine_reads_otherwise_is_no_change_by_a_person(mixed, write, readings):
    mixed.fill({"bcd-3": {"note": "spør Kari"}})
    apply_review(mixed.path)
    pages = [*readings.mixed()]
    pages[1] = readings.page(readings.slip("bcd-3", "P2", 1), readings.marginal("bcd-4", "F"))
    write(pages)
    assert mixed.row("results.csv", "bcd-3")["rating"] == "1"
    assert lines(mixed) == [["bcd-3", "note", "", "spør Kari"]]


def test_a_note_that_looks_like_a_formula_is_text_in_the_journal_too(mixed):
    mixed.fill({"bcd-3": {"note": '=HYPERLINK("http://x";"y")'}})
    apply_review(mixed.path)
    assert mixed.table("journal.csv")[0]["to"] == '\'=HYPERLINK("http://x";"y")'
    once = mixed.files()
    apply_review(mixed.path)
    assert mixed.files() == once


@pytest.mark.parametrize(
    "data",
    [
        b"time;who;slip;what;from;to\r\nyesterday;me;bcd-3;rating;1;5\r\n",
        b"\xff\xfe\x00",
        b"my shopping list",
        b"time;who;slip;what;from;to\r\n2026-11-21 14:30:05+01:00;ola;bcd-3;rating;;4\r\n",
    ],
    ids=["another row", "broken", "another text", "another name"],
)
def test_a_journal_changed_by_hand_is_kept_aside_and_made_anew(mixed, data):
    mixed.fill({"bcd-3": {"rating": "4"}})
    apply_review(mixed.path)
    path = mixed.path / "journal.csv"
    whole = path.read_bytes()
    path.write_bytes(data)
    outcome = apply_review(mixed.path)
    assert path.read_bytes() == whole
    (kept,) = mixed.copies("journal")
    assert kept.name == "journal 2026-11-21 1430.csv"
    assert kept.read_bytes() == data
    assert outcome.warnings == (
        "journal.csv var endret for hånd. "
        f"Den er laget på nytt; det som sto der, ligger i {kept.name}.",
    )
    assert apply_review(mixed.path).warnings == ()


@pytest.mark.parametrize("keep", [0, 1])
def test_a_journal_that_is_behind_is_made_whole_without_a_word(mixed, keep):
    mixed.fill({"bcd-3": {"rating": "4"}})
    apply_review(mixed.path)
    path = mixed.path / "journal.csv"
    whole = path.read_bytes()
    path.write_bytes(b"\r\n".join(whole.split(b"\r\n")[: 1 + keep]) + b"\r\n")
    assert apply_review(mixed.path).warnings == ()
    assert path.read_bytes() == whole
    path.unlink()
    apply_review(mixed.path)
    assert path.read_bytes() == whole
    assert mixed.copies("journal") == []


def test_a_journal_follows_the_tables_into_another_dialect(mixed, write, readings):
    mixed.fill({"bcd-3": {"rating": "4"}})
    apply_review(mixed.path)
    rows = mixed.table("journal.csv")
    write(readings.mixed(), dialect=DIALECTS["comma"])
    data = (mixed.path / "journal.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbftime,who,slip,what,from,to\r\n")
    assert mixed.table("journal.csv") == rows
    assert mixed.copies("journal") == []


def test_a_correction_that_goes_with_its_slip_is_written_down(mixed, write, readings):
    mixed.fill({"bcd-3": {"rating": "4"}})
    apply_review(mixed.path)
    mixed.fill({"bcd-3": {"rating": ""}})
    write([readings.page(readings.slip("bcd-1"))])
    assert lines(mixed)[2:] == [
        ["bcd-3", "session", "P2", ""],
        ["bcd-3", "rating", "4", ""],
        ["bcd-3", "status", "corrected", ""],
    ]


def test_a_folder_from_before_there_was_a_journal_gets_one(mixed):
    path = mixed.path / "run.json"
    data = json.loads(path.read_bytes())
    for key in ("journal", "review", "expected"):
        del data[key]
    path.write_text(json.dumps(data), encoding="utf-8")
    (mixed.path / "journal.csv").unlink()
    mixed.fill({"bcd-3": {"rating": "4"}})
    apply_review(mixed.path)
    assert [line[1] for line in lines(mixed)] == ["rating", "status"]


def test_the_clock_tells_its_distance_from_utc():
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d", _stamp())


def _stamp():
    return journal.now().isoformat(" ", "seconds")


@pytest.mark.parametrize("error", [OSError, KeyError, ImportError])
def test_somebody_whom_the_system_does_not_know_has_no_name(monkeypatch, error):
    def unknown():
        raise error

    monkeypatch.setattr(getpass, "getuser", unknown)
    assert journal.user() == ""
