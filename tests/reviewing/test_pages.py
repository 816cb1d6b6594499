"""What the pages show and save, one request at a time, without a browser."""

import json
import xml.etree.ElementTree as ET

import pytest

from scanpipe.messages import messages_for
from scanpipe.reporting import apply_review
from scanpipe.reporting.deciding import Why
from scanpipe.reporting.reasons import SENTENCES
from scanpipe.reviewing.faces import face_svg
from scanpipe.reviewing.why_here import NOT_SAVED
from scanpipe.vocabulary import Reason


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_told_in_a_sentence(reason):
    assert messages_for("en")(SENTENCES[reason]).endswith(".")


@pytest.mark.parametrize("why", Why)
def test_every_decision_that_is_not_saved_is_told_why(why):
    assert messages_for("en")(NOT_SAVED[why]).startswith("Not saved")


def test_the_smileys_are_drawn_as_printed_and_each_looks_different():
    drawn = [face_svg(rating, 5) for rating in range(1, 6)]
    assert len(set(drawn)) == 5
    for svg in drawn:
        tags = [part.tag for part in ET.fromstring(svg)]  # noqa: S314  # our own
        assert tags == ["circle", "path", "path", "path"]


def test_the_first_page_is_the_first_slip_that_is_left(window):
    assert window.get("").location.endswith("/slip/bcd-003-1")
    window.decide("bcd-003-1", "2")
    assert window.get("").location.endswith("/slip/bcd-004-1")


def test_a_slip_shows_why_it_is_here_its_picture_and_the_ink_in_each_face(window):
    main = window.get("slip/bcd-004-1").json["main"]
    assert "faint" in main
    assert "picture/bcd-004-1.png" in main
    assert "8,1\xa0%" in main
    assert main.count("<svg") == 6  # five to choose, and the one proposed
    assert window.get("picture/bcd-004-1.png").data.startswith(b"\x89PNG")


def test_a_decision_is_saved_at_once_and_the_next_slip_is_shown(window, reviewed):
    answer = window.decide("bcd-003-1", "4").json
    assert reviewed.entered()["bcd-003-1"] == ("", "4")
    assert (answer["saved"], answer["slip"]) == (True, "bcd-004-1")
    assert "4 are left" in answer["said"]


def test_the_results_beside_it_are_those_that_apply_will_write(window, reviewed):
    before = window.get("slip/bcd-003-1").json["side"]
    assert "100,0" in before
    side = window.decide("bcd-004-1", "ok").json["side"]
    assert side.count("50,0") == 2  # session F has a two and a five now
    apply_review(reviewed.path)
    assert reviewed.table("summary.csv")[0]["pct_2"] == "50,0"


def test_without_a_script_a_decision_leads_to_the_next_slip(window):
    data = {"rating": "1", "session": "P2", "seen": window.version("bcd-003-1")}
    answer = window.post("slip/bcd-003-1", data, parts=False)
    assert answer.status_code == 303
    assert answer.location.endswith("/slip/bcd-004-1")
    assert "<main" in window.get("slip/bcd-004-1", parts=False).text


def test_a_session_that_was_read_anyway_is_not_entered(window, reviewed):
    window.decide("bcd-003-1", "4", "P2")
    window.decide("bcd-004-1", "4", "P3")
    assert reviewed.entered()["bcd-003-1"] == ("", "4")
    assert reviewed.entered()["bcd-004-1"] == ("P3", "4")


def test_a_slip_without_a_session_is_not_decided_before_it_has_one(window, reviewed):
    answer = window.decide("bcd-005-1", "ok")
    assert (answer.status_code, answer.json["saved"]) == (409, False)
    assert "session" in answer.json["main"]
    assert window.decide("bcd-005-1", "ok", "P4").json["saved"]
    assert reviewed.entered()["bcd-005-1"] == ("P4", "ok")


@pytest.mark.parametrize(
    ("rating", "session"),
    [("9", ""), ("0", ""), ("=1+1", ""), ("4", "P9"), ("ok", ""), ("four", ""), ("4" * 9000, "")],
)
def test_nothing_that_apply_would_refuse_is_saved(window, reviewed, rating, session):
    before = reviewed.csv.read_bytes()
    assert window.decide("bcd-003-1", rating, session).status_code == 409
    assert reviewed.csv.read_bytes() == before


def test_a_second_window_that_saw_the_slip_before_does_not_overwrite_it(open_window, reviewed):
    mine, yours = open_window(), open_window()
    seen = yours.version("bcd-003-1")
    mine.decide("bcd-003-1", "4")
    answer = yours.decide("bcd-003-1", "1", seen=seen)
    assert answer.status_code == 409
    assert "another window" in answer.json["main"]
    assert reviewed.entered()["bcd-003-1"] == ("", "4")
    assert yours.decide("bcd-003-1", "1", seen=answer.json["version"]).json["saved"]
    assert reviewed.entered()["bcd-003-1"] == ("", "1")


def test_two_windows_that_decide_alike_are_of_one_mind(open_window):
    mine, yours = open_window(), open_window()
    seen = yours.version("bcd-003-1")
    mine.decide("bcd-003-1", "4")
    assert yours.decide("bcd-003-1", "4", seen=seen).json["saved"]


def test_undo_puts_back_what_stood_there_unless_somebody_decided_anew(open_window, reviewed):
    mine, yours = open_window(), open_window()
    first = mine.decide("bcd-003-1", "4").json["undo"]
    second = mine.decide("bcd-003-1", "2").json["undo"]
    back = mine.post("slip/bcd-003-1", second | {"undo": "1"})
    assert (back.json["saved"], back.json["slip"]) == (True, "bcd-003-1")
    assert reviewed.entered()["bcd-003-1"] == ("", "4")
    yours.decide("bcd-003-1", "5")
    assert mine.post("slip/bcd-003-1", first | {"undo": "1"}).status_code == 409
    assert reviewed.entered()["bcd-003-1"] == ("", "5")


def test_what_was_entered_in_excel_meanwhile_is_seen_and_kept(window, reviewed):
    told = window.get("slip/bcd-003-1").json
    seen, stamp = told["version"], told["stamp"]
    text = reviewed.csv.read_text("utf-8-sig").replace("overvote;P2;;;", "overvote;P2;;;3")
    reviewed.csv.write_text(text, "utf-8-sig")
    news = window.get(f"state?slip=bcd-003-1&stamp={stamp}").json
    assert news["version"] != seen
    assert "1 of 5 decided" in news["side"]
    assert window.decide("bcd-003-1", "1", seen=seen).status_code == 409
    assert window.decide("bcd-004-1", "1").json["saved"]
    assert reviewed.entered()["bcd-003-1"] == ("", "3")


def test_nothing_is_sent_when_nothing_has_changed(window):
    stamp = window.get("slip/bcd-003-1").json["stamp"]
    assert window.get(f"state?slip=bcd-003-1&stamp={stamp}").json["side"] is None


def test_a_file_that_excel_has_open_is_said_and_left_alone(window, reviewed):
    before = reviewed.csv.read_bytes()
    sign = reviewed.path / "~$review.csv"
    sign.touch()
    answer = window.decide("bcd-003-1", "4", "P1")
    assert answer.status_code == 409
    assert "open in Excel" in answer.json["main"]
    assert 'value="P1" selected' in answer.json["main"]
    assert reviewed.csv.read_bytes() == before
    sign.unlink()
    assert window.decide("bcd-003-1", "4").json["saved"]


def test_a_repeat_is_shown_beside_the_slip_that_it_repeats(window):
    main = window.get("slip/bcd-006-1").json["main"]
    assert "picture/bcd-006-1.png" in main
    assert "earlier/bcd-006-1.png" in main
    assert "the same slip" in main
    assert window.get("earlier/bcd-006-1.png").status_code == 404  # its scan is not there


def test_on_an_unreadable_page_two_slips_are_entered_by_hand(window, reviewed):
    first = window.get("slip/bcd-007-0").json["main"]
    assert "could not be read" in first
    assert "slip/bcd-007-0b" in first
    window.decide("bcd-007-0", "4", "P3")
    further = window.decide("bcd-007-0b", "5", "P4").json
    assert further["saved"]
    assert reviewed.entered()["bcd-007-0b"] == ("P4", "5")
    outcome = apply_review(reviewed.path)
    assert outcome.balance.adds_up
    assert [reviewed.rows()[slip]["rating"] for slip in ("bcd-007-0", "bcd-007-0b")] == ["4", "5"]


def test_a_further_slip_that_is_taken_back_is_gone_again(window, reviewed):
    window.decide("bcd-007-0", "void")
    undo = window.decide("bcd-007-0b", "5", "P4").json["undo"]
    assert window.post("slip/bcd-007-0b", undo | {"undo": "1"}).json["saved"]
    apply_review(reviewed.path)
    assert "bcd-007-0b" not in reviewed.rows()
    assert "bcd-007-0b" not in reviewed.entered()


def test_at_the_end_all_is_taken_into_the_tables(window, reviewed):
    for slip in ("bcd-003-1", "bcd-004-1", "bcd-006-1", "bcd-007-0"):
        window.decide(slip, "void")
    last = window.decide("bcd-005-1", "1", "F").json
    assert "Everything is decided" in last["main"]
    assert "report.html" not in last["main"]
    answer = window.post("apply").json
    assert "tables hold all decisions" in answer["main"]
    assert "report.html" in answer["main"]
    assert b"<html" in window.get("report.html", parts=False).data
    assert reviewed.rows()["bcd-005-1"]["status"] == "corrected"


def test_wrong_entries_in_the_file_are_listed_and_stop_the_end_only(window, reviewed):
    text = reviewed.csv.read_text("utf-8-sig").replace("overvote;P2;;;", "overvote;P2;;;9")
    reviewed.csv.write_text(text, "utf-8-sig")
    assert "cannot be taken" in window.get("slip/bcd-003-1").json["main"]
    assert window.decide("bcd-004-1", "1").json["saved"]
    answer = window.post("apply")
    assert (answer.status_code, "not changed" in answer.json["main"]) == (409, True)
    assert window.decide("bcd-003-1", "4").json["saved"]
    assert window.post("apply").status_code == 200


def test_a_file_that_is_no_table_any_more_is_told_and_not_written_over(window, reviewed):
    reviewed.csv.write_bytes(b"PK\x03\x04 a workbook")
    answer = window.post("slip/bcd-003-1", {"rating": "1", "seen": "x"})
    assert answer.status_code == 409
    assert "workbook" in json.loads(answer.data)["notice"]
    assert reviewed.csv.read_bytes().startswith(b"PK")


def test_a_run_without_doubts_says_so(certain, open_window):
    assert "nothing to decide" in open_window(certain).get("end").json["main"]
