"""The pages of forms with numbers, words, choices and several rows."""

import json

import pytest

from scanpipe.form import form_from_data
from scanpipe.messages import messages_for
from scanpipe.reading.record import PageKind, PageReading, SlipReading
from scanpipe.reporting.auditing import Answer, OpenAudit
from scanpipe.reporting.deciding import OpenReview
from scanpipe.reviewing.audit_app import create_audit_app
from scanpipe.reviewing.audit_phrases import left_over, opening
from scanpipe.reviewing.scans_again import ScansAgain
from scanpipe.vocabulary import Reason, Status

EVENT = {
    "id": "fair",
    "title": "Fair",
    "date": "2024-05-02",
    "place": "Here",
    "language": "sv",
    "question": "How was it?",
    "sessions": [{"id": "A", "name": "First"}, {"id": "B", "name": "Second"}],
}


def event(**blocks):
    data = {key: value for key, value in (EVENT | blocks).items() if value is not None}
    return form_from_data(data, "a test")


NUMBERS = event(scale={"numbers": 10})
WORDS = event(scale={"answers": ["Yes", "No", "<b>Maybe</b>"]})
CHOICES = [{"id": f"P{each}", "name": f"Workshop {each}"} for each in (1, 2, 3, 4)]
SIGN_UP = event(scale={"choose": 2}, slip={"session": "none"}, choices=CHOICES, sessions=None)
ASKED = ("content", "The content"), ("speaker", "The speaker"), ("room", "The room")
CARD = event(question=None, questions=[{"id": id_, "text": text} for id_, text in ASKED])
EVENINGS = event(slip={"session": "rows"})


def reading(form, name, session, rating, *reasons, row=None):
    status = Status.REVIEW if reasons else Status.READ
    asked = form.questions[row - 1].id if form.questions else None
    return SlipReading(
        name,
        "stack.pdf",
        1,
        status,
        reasons,
        session=session,
        rating=None if reasons else rating,
        read_session=session,
        read_rating=rating,
        fills=tuple(0.01 * place for place in range(form.targets)),
        row=row,
        question=asked,
    )


@pytest.fixture
def window_of(folder_of, open_window):
    """A window over the review of one page with these readings."""

    def window_of(form, *readings, kind=PageKind.SLIPS):
        folder = folder_of([PageReading("stack.pdf", 1, kind, readings)], of=form)
        return folder, open_window(folder)

    return window_of


def test_ten_numbers_have_ten_keys(window_of):
    folder, window = window_of(NUMBERS, reading(NUMBERS, "bcd-1", "A", 7, Reason.MARGINAL))
    main = window.get("slip/bcd-1").json["main"]
    assert 'value="10"' in main
    assert 'data-key="0"' in main
    assert "Number 10 of 10" in main
    assert window.decide("bcd-1", "10", "A").json["saved"]
    assert folder.entered()["bcd-1"] == ("", "10")


def test_a_word_stands_in_the_file_as_the_slip_says_it(window_of):
    folder, window = window_of(WORDS, reading(WORDS, "bcd-1", "A", 2, Reason.MARGINAL))
    main = window.get("slip/bcd-1").json["main"]
    assert "&lt;b&gt;Maybe&lt;/b&gt;" in main
    assert "<b>Maybe" not in main
    assert "smiley" not in main.casefold()
    saved = window.decide("bcd-1", "<b>Maybe</b>", "A").json
    assert saved["said"].startswith("Saved: answer <b>Maybe</b>.")
    assert folder.entered()["bcd-1"] == ("", "<b>Maybe</b>")
    assert window.decide("bcd-1", "2", "B").json["saved"]
    assert folder.entered()["bcd-1"] == ("B", "No")


def test_ticked_choices_are_saved_as_one_answer_and_the_wrong_number_is_refused(window_of):
    folder, window = window_of(SIGN_UP, reading(SIGN_UP, "bcd-1", "all", None, Reason.UNDERVOTE))
    main = window.get("slip/bcd-1").json["main"]
    assert "Fewer are marked than were to be chosen." in main
    assert '<select name="session"' not in main
    one = window.decide("bcd-1", "chosen", "all", choice=["P3"])
    assert (one.status_code, one.json["saved"]) == (409, False)
    assert "exactly 2 of the choices" in one.json["main"]
    none = window.decide("bcd-1", "chosen", "all", choice=[])
    assert not none.json["saved"]
    two = window.decide("bcd-1", "chosen", "all", choice=["P3", "P1"])
    assert two.json["saved"]
    assert folder.entered()["bcd-1"] == ("", "P1+P3")
    assert window.get("slip/bcd-1").json["main"].count(" checked>") == 2


def test_the_answers_of_a_slip_come_after_each_other_and_the_row_is_named(window_of):
    rows = [
        reading(CARD, f"bcd-{slip}-1-{row}", None, row, Reason.SESSION_UNREAD, row=row)
        for slip in (1, 2)
        for row in (1, 2, 3)
    ]
    _, window = window_of(CARD, *rows)
    assert "Row 2 on the slip: The speaker" in window.get("slip/bcd-1-1-2").json["main"]
    after = window.decide("bcd-1-1-1", "ok", "B").json
    assert after["slip"] == "bcd-1-1-2"
    # What is decided of the slip's session need not be chosen again.
    assert '<option value="B" selected>' in after["main"]
    assert 'data-asks-session=""' in after["main"]
    other = window.get("slip/bcd-2-1-1").json["main"]
    assert 'data-asks-session="yes"' in other
    assert after["side"].count("<caption>") == 3


def test_the_rows_of_a_further_slip_are_asked_one_after_the_other(window_of):
    rows = [
        SlipReading(
            f"bcd-7-0-{row}",
            "stack.pdf",
            1,
            Status.REJECTED,
            (Reason.NO_SLIP,),
            row=row,
            question=CARD.questions[row - 1].id,
        )
        for row in (1, 2, 3)
    ]
    folder, window = window_of(CARD, *rows, kind=PageKind.UNREADABLE)
    for row in (1, 2, 3):
        shown = window.decide(f"bcd-7-0-{row}", "4", "A").json
    page = window.get("slip/bcd-7-0-3").json["main"]
    assert "slip/bcd-7-0-1b" in page
    shown = window.decide("bcd-7-0-1b", "2", "B").json
    assert shown["slip"] == "bcd-7-0-2b"
    assert "Row 2 on the slip: The speaker" in shown["main"]
    assert '<option value="B" selected>' in shown["main"]
    window.decide("bcd-7-0-2b", "blank", "B")
    assert window.decide("bcd-7-0-3b", "3", "B").json["slip"] == ""
    assert folder.entered()["bcd-7-0-2b"] == ("B", "blank")


def test_a_row_about_one_session_offers_no_other(window_of):
    row = reading(EVENINGS, "bcd-1-1-2", "B", None, Reason.OVERVOTE, row=2)
    folder, window = window_of(EVENINGS, row)
    main = window.get("slip/bcd-1-1-2").json["main"]
    assert "Row 2 on the slip: Second" in main
    assert '<input type="hidden" name="session" value="B">' in main
    assert window.decide("bcd-1-1-2", "3", "B").json["saved"]
    assert folder.entered()["bcd-1-1-2"] == ("", "3")


@pytest.fixture
def audit_of(folder_of):
    """An audit of all these answers, its page and the answers drawn."""

    def audit_of(form, *readings, slips=50):
        folder = folder_of([PageReading("stack.pdf", 1, PageKind.SLIPS, readings)], of=form)
        run = OpenReview(folder.path).standing().run
        return folder, OpenAudit(folder.path, run, slips, 1)

    return audit_of


def test_an_audit_asks_for_each_answer_and_names_what_differs(audit_of):
    rows = [
        reading(CARD, f"bcd-{slip}-1-{row}", "A", row, row=row)
        for slip in (1, 2, 3)
        for row in (1, 2, 3)
    ]
    folder, audit = audit_of(CARD, *rows)
    slips = [name[:5] for name in audit.audit.drawn]
    assert sorted(set(slips), key=slips.index) == [*dict.fromkeys(slips)]
    assert slips == [slip for slip in dict.fromkeys(slips) for _ in range(3)]
    for name in audit.audit.drawn:
        audit.answer(name, Answer("A", name[-1]))
    audit.answer("bcd-2-1-3", Answer("A", "1"))
    assert audit.said[0].startswith(
        "All 9 answers that the computer was sure of are checked, 1 differ"
    )
    told = json.loads((folder.path / "audit.json").read_text("utf-8"))
    assert told["differences"][0]["question"] == "room"
    app = create_audit_app(audit, ScansAgain(), "token", 4321)
    page = app.test_client().get("http://127.0.0.1:4321/token/slip/bcd-2-1-3")
    assert "Row 3 on the slip: The room" in page.text


def test_an_audit_tells_of_answers_where_it_was_started(audit_of):
    rows = [
        reading(CARD, f"bcd-{slip}-1-{row}", "A", row, row=row)
        for slip in (1, 2)
        for row in (1, 2, 3)
    ]
    folder, audit = audit_of(CARD, *rows, slips=4)
    audit.begin()
    t = messages_for("en")
    assert left_over(audit, t) == "4 answers are left; the same command goes on there."
    again = OpenAudit(folder.path, audit.run, 3)
    assert opening(again, 3, t) == [
        "The audit goes on with 4 answers, as it began, and not with 3."
    ]
    again = OpenAudit(folder.path, audit.run, 5)
    assert opening(again, 5, t) == ["The audit goes on, with 1 answer more."]
    assert again.audit.drawn[:4] == audit.audit.drawn


def test_an_audit_of_choices_takes_ticks_and_tells_names(audit_of):
    _, audit = audit_of(SIGN_UP, reading(SIGN_UP, "bcd-1-1", "all", 2))
    client = create_audit_app(audit, ScansAgain(), "token", 4321).test_client()
    given = {"session": "all", "rating": "chosen", "choice": ["P4", "P1"], "seen": "/"}
    address = "http://127.0.0.1:4321/token/slip/bcd-1-1"
    origin = {"Origin": "http://127.0.0.1:4321"}
    one = client.post(address, data=given | {"choice": ["P4"]}, headers=origin)
    assert one.status_code == 409
    assert client.post(address, data=given, headers=origin).status_code == 303
    (differs,) = audit.differences
    assert (differs.read_rating, differs.rating) == ("P1+P3", "P1+P4")
