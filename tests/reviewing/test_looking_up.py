"""Slips that the machine was sure of, looked up and corrected by somebody who knows better."""

import pytest

from scanpipe.form import form_from_data
from scanpipe.reporting import apply_review


def found(window, what):
    return window.get("find", query_string={"what": what}).json


def test_a_wrong_slip_in_the_results_is_looked_up_and_corrected(window, reviewed):
    assert reviewed.rows()["bcd-002-1"]["rating"] == "3"
    shown = found(window, "bcd-002-1")
    assert shown["slip"] == "bcd-002-1"
    assert "The computer was sure of this slip." in shown["main"]
    answer = window.decide("bcd-002-1", "5").json
    assert answer["saved"]
    assert reviewed.entered()["bcd-002-1"] == ("", "5")
    apply_review(reviewed.path)
    assert reviewed.rows()["bcd-002-1"]["rating"] == "5"
    assert reviewed.rows()["bcd-002-1"]["status"] == "corrected"
    changes = [each for each in reviewed.table("journal.csv") if each["what"] == "rating"]
    assert [(each["slip"], each["from"], each["to"]) for each in changes] == [
        ("bcd-002-1", "3", "5")
    ]


def test_what_became_of_a_slip_looked_up_is_shown_before_another(window):
    answer = window.decide("bcd-002-1", "5").json
    assert answer["slip"] == "bcd-002-1"
    assert "somebody has entered it all the same" in answer["main"]


def test_a_slip_looked_up_is_among_those_to_decide_only_once_it_is_corrected(window):
    before = window.get("slip/bcd-003-1").json["side"]
    assert "0 of 5 decided" in before
    assert "0 of 5 decided" in found(window, "bcd-002-1")["side"]
    assert "1 of 6 decided" in window.decide("bcd-002-1", "5").json["side"]


def test_a_correction_of_a_certain_slip_is_undone(window, reviewed):
    undo = window.decide("bcd-002-1", "5").json["undo"]
    assert window.post("slip/bcd-002-1", undo | {"undo": "1"}).json["saved"]
    apply_review(reviewed.path)
    assert reviewed.rows()["bcd-002-1"]["status"] == "read"


def test_a_correction_that_was_taken_in_and_is_taken_back_can_be_taken_in_again(
    certain, open_window
):
    window = open_window(certain)
    window.decide("bcd-002-1", "5")
    window.post("apply")
    window.decide("bcd-002-1", "")
    assert 'id="apply"' in window.get("end").json["main"]
    window.post("apply")
    assert certain.rows()["bcd-002-1"]["status"] == "read"


def test_enter_alone_changes_nothing_on_a_slip_looked_up(window):
    assert 'value="ok"' not in found(window, "bcd-002-1")["main"]
    assert 'value="ok"' in found(window, "bcd-004-1")["main"]


def test_where_nothing_is_to_decide_the_end_says_how_to_correct_a_slip(certain, open_window):
    main = open_window(certain).get("end").json["main"]
    assert "look it up and correct it" in main


def test_its_picture_is_said_to_be_gone_with_its_scan(window):
    assert "is not where it was when it was read" in found(window, "bcd-002-1")["main"]
    assert window.get("picture/bcd-002-1.png").status_code == 404


@pytest.fixture
def two_files(folder_of, made_of, open_window):
    """Slips of two scans, two of them on one page."""
    names = {
        **{"bcd-001-1": ("box.pdf", 1), "bcd-012-1": ("box.pdf", 12)},
        **{"fgh-012-1": ("box 2.pdf", 12), "fgh-012-2": ("box 2.pdf", 12)},
    }
    slips = []
    for name, (file, page) in names.items():
        slip = made_of.slip(name, "F", 5, page=page)
        object.__setattr__(slip, "file", file)
        slips.append(slip)
    return open_window(folder_of(made_of.pages_of(*slips)))


@pytest.mark.parametrize(
    ("what", "slip"),
    [
        ("box.pdf 1", "bcd-001-1"),
        ("BOX.PDF, page 12", "bcd-012-1"),
        (" FGH-012-2 ", "fgh-012-2"),
        ("1", "bcd-001-1"),
        ("bcd-001", "bcd-001-1"),
    ],
)
def test_a_slip_is_found_by_its_name_or_by_file_and_page(two_files, what, slip):
    assert found(two_files, what)["slip"] == slip


def test_where_several_are_meant_they_are_listed_to_choose_from(two_files):
    main = found(two_files, "box 2.pdf 12")["main"]
    assert "2 found" in main
    assert all(f"slip/{name}" in main for name in ("fgh-012-1", "fgh-012-2"))
    assert "bcd-012-1" not in main


@pytest.mark.parametrize("what", ["", "zzz", "99", "box.pdf 99", "9" * 5000, "<script>"])
def test_what_is_called_nothing_is_said_so_and_fails_nowhere(two_files, what):
    answer = two_files.get("find", query_string={"what": what})
    assert answer.status_code == 200
    assert "No slip is called so" in answer.json["main"]
    assert "<script>" not in answer.json["main"]


def test_all_answers_on_a_slip_are_found_by_the_name_of_the_slip(folder_of, made_of, open_window):
    questions = [{"id": each, "text": f"About {each}"} for each in ("food", "music")]
    form = form_from_data(
        {
            **{"id": "fair", "title": "Fair", "date": "2024-05-02", "place": "Here"},
            **{"language": "en", "slip": {"session": "none"}, "scale": {"smileys": 5}},
            "questions": questions,
        },
        "a test",
    )
    slips = [made_of.slip(f"bcd-001-1-{row}", "all", 5) for row in (1, 2)]
    window = open_window(folder_of(made_of.pages_of(*slips), of=form))
    main = found(window, "bcd-001-1")["main"]
    assert ">Answer<" in main
    assert all(f"slip/bcd-001-1-{row}" in main for row in (1, 2))


def test_a_slip_in_doubt_is_found_too(window):
    assert found(window, "bcd-003")["slip"] == "bcd-003-1"
