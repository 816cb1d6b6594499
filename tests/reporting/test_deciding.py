"""Decisions saved one by one: what is written, what is left alone, and who is waited for."""

import csv
import io
import shutil
import sqlite3
import threading
import time

import pytest

from scanpipe.reporting import DIALECTS, alone_in, apply_review, deciding, workbench
from scanpipe.reporting.deciding import Decision, OpenReview, Why

SLIPS = ("bcd-3", "bcd-4", "bcd-5", "bcd-7")


@pytest.fixture
def review(mixed):
    return OpenReview(mixed.path)


def decide(review, slip, rating, session="", seen=None):
    seen = review.standing().item(slip).version if seen is None else seen
    return review.decide(Decision(slip, session, rating, seen))


def cells(folder, slip):
    row = folder.row("review.csv", slip)
    return row["session"], row["rating"]


def test_only_the_two_cells_of_the_slip_change(review, mixed):
    before, names = mixed.review.read_bytes(), set(mixed.files())
    assert decide(review, "bcd-4", "3", "P1") is None
    line = b"bcd-4;crops/bcd-4.png;marginal;F;2;"
    assert mixed.review.read_bytes() == before.replace(line + b";", line + b"P1;3")
    assert set(mixed.files()) == names


def test_the_file_is_as_apply_leaves_it(review, mixed):
    for slip in SLIPS:
        assert decide(review, slip, "void") is None
    before = mixed.review.read_bytes()
    apply_review(mixed.path)
    assert mixed.review.read_bytes() == before
    assert mixed.copies() == []


def test_the_figures_are_those_that_apply_writes(review, mixed):
    decide(review, "bcd-3", "2")
    decide(review, "bcd-5", "ok", "P4")
    figures = review.standing().summary
    assert apply_review(mixed.path).summary == figures


def test_what_somebody_saved_otherwise_is_kept_under_its_date(review, mixed):
    mixed.fill({"bcd-3": {"note": "Å, nei"}}, encoding="cp1252")
    theirs = mixed.review.read_bytes()
    assert decide(review, "bcd-4", "3") is None
    assert [copy.read_bytes() for copy in mixed.copies()] == [theirs]
    assert mixed.row("review.csv", "bcd-3")["note"] == "Å, nei"
    assert decide(review, "bcd-3", "3") is None
    assert len(mixed.copies()) == 1


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_own_columns_and_the_separator_stay(review, mixed, delimiter):
    columns = ["mine", "slip", "rating", "session", "read_rating"]
    mixed.fill({"bcd-3": {"mine": "=1+1; seen"}}, delimiter, columns=columns)
    assert decide(review, "bcd-4", "3") is None
    text = mixed.review.read_bytes().decode("utf-8-sig")
    expected = ";" if delimiter == "\t" else delimiter
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=expected))
    assert list(rows[0]) == columns
    assert rows[0]["mine"] == "'=1+1; seen"  # a formula no more, as in all our tables
    assert [row["rating"] for row in rows] == ["", "3", "", ""]


def test_a_slip_whose_row_is_gone_gets_one(review, mixed):
    lines = mixed.review.read_bytes().splitlines(keepends=True)
    mixed.review.write_bytes(b"".join(line for line in lines if b"bcd-3" not in line))
    assert decide(review, "bcd-3", "5") is None
    assert cells(mixed, "bcd-3") == ("", "5")
    assert mixed.row("review.csv", "bcd-3")["image"] == "crops/bcd-3.png"


def test_a_file_that_is_gone_is_made_anew(review, mixed):
    decide(review, "bcd-4", "1")
    apply_review(mixed.path)
    mixed.review.unlink()
    assert decide(review, "bcd-3", "5") is None
    assert [cells(mixed, slip)[1] for slip in SLIPS] == ["5", "1", "", ""]


def test_two_rows_that_contradict_each_other_agree_after_a_decision(review, mixed):
    mixed.fill({"bcd-3": {"rating": "1"}}, add=[{"slip": "bcd-3", "rating": "5"}])
    assert review.standing().problems
    assert decide(review, "bcd-3", "1") is None
    assert not review.standing().problems


def test_entries_for_unknown_slips_are_not_lost(review, mixed):
    mixed.fill({}, add=[{"slip": "xyz-1", "rating": "5"}])
    assert decide(review, "bcd-3", "1") is None
    assert cells(mixed, "xyz-1") == ("", "5")


def test_a_slip_decided_meanwhile_is_not_overwritten(review, mixed):
    seen = review.standing().item("bcd-3").version
    mixed.fill({"bcd-3": {"rating": "1"}})
    assert decide(review, "bcd-3", "5", seen=seen) is Why.DECIDED_ELSEWHERE
    assert cells(mixed, "bcd-3") == ("", "1")


def test_a_slip_of_another_run_is_refused(review):
    assert review.decide(Decision("xyz-9", "", "1", "")) is Why.NOT_A_SLIP


def test_a_run_at_work_is_waited_for_but_not_for_ever(review, mixed, monkeypatch):
    monkeypatch.setattr(deciding, "PATIENCE_S", 0.1)
    before = mixed.review.read_bytes()
    with alone_in(mixed.path):
        assert decide(review, "bcd-3", "1") is Why.AT_WORK
        assert mixed.review.read_bytes() == before
    monkeypatch.setattr(deciding, "PATIENCE_S", 10)
    held = threading.Event()

    def work():
        with alone_in(mixed.path):
            held.set()
            time.sleep(0.2)

    other = threading.Thread(target=work)
    other.start()
    held.wait()
    assert decide(review, "bcd-3", "1") is None
    other.join()


def test_while_the_page_is_open_the_folder_is_free(review, mixed):
    review.standing()
    decide(review, "bcd-3", "1")
    apply_review(mixed.path)
    assert review.standing().applied


def test_a_run_that_came_in_between_is_seen(review, mixed, write, readings):
    assert len(review.standing().items) == 4
    write([*readings.mixed(), readings.page(readings.overvote("bcd-8"), number=8)])
    assert [item.slip for item in review.standing().items][-1] == "bcd-8"
    assert decide(review, "bcd-8", "1") is None
    assert cells(mixed, "bcd-8") == ("", "1")


def test_decisions_of_several_servers_at_once_all_arrive(write, readings, folder):
    names = [f"bcd-{number}" for number in range(1, 25)]
    write([readings.page(readings.overvote(name)) for name in names])
    servers = [OpenReview(folder.path) for _ in range(3)]

    def work(share):
        for name in names[share::3]:
            assert decide(servers[share], name, str(share + 1)) is None

    threads = [threading.Thread(target=work, args=(share,)) for share in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [cells(folder, name)[1] for name in names] == ["1", "2", "3"] * 8


def test_a_place_that_another_removes_while_we_lock_it_is_made_once_more(
    review, mixed, monkeypatch
):
    """Two windows of two servers: the one's end took the lock's folder from under the other."""
    connect, taken_away = sqlite3.connect, []

    def late(path, *args, **options):
        if not taken_away:
            taken_away.append(path)
            shutil.rmtree(path.parent)
        return connect(path, *args, **options)

    monkeypatch.setattr(workbench.sqlite3, "connect", late)
    assert decide(review, "bcd-3", "1") is None
    assert cells(mixed, "bcd-3") == ("", "1")


def test_it_writes_in_the_dialect_of_the_run(write, readings, folder):
    write(readings.mixed(), dialect=DIALECTS["comma"])
    decide(OpenReview(folder.path), "bcd-3", "1")
    assert folder.review.read_bytes().count(b"\r\nbcd-3,crops/bcd-3.png,overvote,P2,,,1,,") == 1
