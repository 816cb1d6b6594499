"""An audit: slips drawn at random, shown without what was read, compared and summed up."""

import json
import re
import socket

import pytest

from scanpipe.errors import UsageError
from scanpipe.messages import messages_for
from scanpipe.reporting.auditing import Answer, OpenAudit, draw
from scanpipe.reporting.deciding import Decision, OpenReview
from scanpipe.reporting.workbench import AtWorkError, alone_in
from scanpipe.reviewing import AuditServer
from scanpipe.reviewing.audit_app import create_audit_app
from scanpipe.reviewing.audit_phrases import left_over, opening
from scanpipe.reviewing.scans_again import ScansAgain

TOKEN = "a-token-for-tests"  # noqa: S105
HOME = f"http://127.0.0.1:4321/{TOKEN}"


@pytest.fixture
def many(folder_of, made_of):
    """Thirty slips read with certainty."""
    certain = [made_of.slip(f"bcd-{i:03d}-1", "F", 1 + i % 5, page=i) for i in range(1, 31)]
    return folder_of(made_of.pages_of(*certain))


def audit_of(folder, slips=5, seed=7):
    audit = OpenAudit(folder.path, OpenReview(folder.path).standing().run, slips, seed)
    audit.begin()
    return audit


def finish(audit):
    for slip in audit.audit.left:
        assert audit.answer(slip, truth(audit, slip))


def said_at_the_start(audit, asked=None):
    return opening(audit, asked, messages_for("en"))


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def copies(folder):
    return [*folder.path.glob("audit 20*.json")]


def kept(folder):
    return json.loads((folder.path / "audit.json").read_bytes())


def truth(audit, slip):
    reading = audit.readings[slip]
    return Answer(reading.session, str(reading.rating or "blank"))


def test_the_same_seed_draws_the_same_slips_in_whatever_order_they_come():
    names = [f"bcd-{i:03d}-1" for i in range(100)]
    assert draw(names, 10, 3).drawn == draw(names[::-1], 10, 3).drawn
    assert draw(names, 10, 3).drawn != draw(names, 10, 4).drawn
    assert len(set(draw(names, 500, 3).drawn)) == 100


def test_of_more_slips_drawn_with_the_same_seed_the_first_are_the_same():
    names = [f"bcd-{i:04d}-1" for i in range(2000)]
    assert draw(names, 300, 3).drawn[:10] == draw(names, 10, 3).drawn


def test_only_slips_that_the_machine_was_sure_of_are_drawn(reviewed):
    assert sorted(audit_of(reviewed, 50).audit.drawn) == ["bcd-001-1", "bcd-002-1"]


def test_an_audit_without_differences_is_summed_up_as_election_auditors_do(many):
    audit = audit_of(many, 30)
    for slip in audit.audit.drawn:
        assert audit.answer(slip, truth(audit, slip))
    assert kept(many)["checked"] == 30
    assert (kept(many)["differing"], kept(many)["at_most"]) == (0, pytest.approx(0.095034))


def test_an_audit_of_a_sample_says_how_many_are_needed_for_one_percent(folder_of, made_of):
    stack = [made_of.slip(f"bcd-{i:03d}-1", "F", 1 + i % 5, page=i) for i in range(1, 301)]
    audit = audit_of(folder_of(made_of.pages_of(*stack)), 30)
    finish(audit)
    assert "30 checked" in audit.said[0]
    assert "9,5" in audit.said[0]
    assert "299 slips must be checked" in audit.said[1]


def test_more_slips_than_the_stack_has_are_never_asked_for(many):
    audit = audit_of(many, 10)
    finish(audit)
    assert "10 checked, 0 differ" in audit.said[0]
    assert "must be checked" not in audit.said[1]
    assert "more than the 30 of this stack" in audit.said[1]
    assert "--n 30" in audit.said[1]


def test_of_a_stack_that_was_checked_whole_no_share_is_guessed(many):
    audit = audit_of(many, 30)
    finish(audit)
    assert audit.said == (
        "All 30 slips that the computer was sure of are checked, 0 differ: no others can be "
        "misread.",
    )


def test_what_differs_is_kept_with_both_readings(many):
    audit = audit_of(many)
    slip = audit.audit.drawn[0]
    audit.answer(slip, Answer("P4", "blank"))
    (difference,) = kept(many)["differences"]
    assert (difference["slip"], difference["read_session"]) == (slip, "F")
    assert (difference["session"], difference["rating"]) == ("P4", "blank")
    assert kept(many)["at_most"] == 1


@pytest.mark.parametrize(
    "answer", [Answer("", "4"), Answer("P9", "4"), Answer("F", "6"), Answer("F", "ok")]
)
def test_half_an_answer_is_not_kept(many, answer):
    audit = audit_of(many)
    assert not audit.answer(audit.audit.drawn[0], answer)
    assert kept(many)["checked"] == 0


def test_an_unfinished_audit_goes_on_and_a_finished_one_is_kept_beside_the_next(many):
    first = audit_of(many, 2, None)
    first.answer(first.audit.drawn[0], truth(first, first.audit.drawn[0]))
    again = audit_of(many, 2, None)
    assert again.audit == first.audit
    again.answer(again.audit.drawn[1], truth(again, again.audit.drawn[1]))
    assert audit_of(many, 3, None).audit.answers == {}
    (copy,) = many.path.glob("audit 20*.json")
    assert json.loads(copy.read_bytes())["checked"] == 2


@pytest.fixture
def finished(many):
    """The thirty slips, of which two are checked as a finished audit asked for."""
    finish(audit_of(many, 2))
    return many


def test_a_finished_audit_is_shown_and_stays_when_no_other_is_asked_for(finished):
    before = (finished.path / "audit.json").read_bytes()
    server = AuditServer(finished.path)
    server.close()
    assert "This audit is finished; its result is shown. --n or --seed begins another." in (
        server.greeting.splitlines()
    )
    assert server.farewell.startswith("2 checked, 0 differ")
    assert (finished.path / "audit.json").read_bytes() == before
    assert copies(finished) == []


@pytest.mark.parametrize("asked", [{"slips": 3}, {"seed": 7}])
def test_another_audit_is_begun_when_it_is_asked_for_and_says_where_the_first_is(finished, asked):
    another = audit_of(finished, **{"slips": None, "seed": None} | asked)
    (copy,) = copies(finished)
    assert said_at_the_start(another) == [f"What stood in audit.json is kept as {copy.name}."]
    assert another.audit.answers == {}
    assert len(another.audit.drawn) == asked.get("slips", 30)


@pytest.mark.parametrize("file", ["finished", "damaged"])
def test_an_audit_that_cannot_begin_for_want_of_the_scans_leaves_what_stood_there(finished, file):
    path = finished.path / "audit.json"
    if file == "damaged":
        path.write_text("no json")
    before = path.read_bytes()
    with pytest.raises(UsageError, match=r"not where they were.*stack\.pdf"):
        AuditServer(finished.path, 3)
    assert path.read_bytes() == before
    assert copies(finished) == []


def test_an_audit_that_cannot_begin_for_want_of_its_port_leaves_what_stood_there(my_awkward):
    finish(audit_of(my_awkward, 1))
    before = (my_awkward.path / "audit.json").read_bytes()
    taken = socket.create_server(("127.0.0.1", 0))
    with taken, pytest.raises(UsageError, match="cannot be used"):
        AuditServer(my_awkward.path, 2, port=taken.getsockname()[1])
    assert (my_awkward.path / "audit.json").read_bytes() == before
    assert copies(my_awkward) == []


def test_an_audit_that_cannot_be_written_leaves_its_port_free(my_awkward):
    port = free_port()
    with alone_in(my_awkward.path), pytest.raises(AtWorkError):
        AuditServer(my_awkward.path, 2, port=port)
    assert not (my_awkward.path / "audit.json").exists()
    AuditServer(my_awkward.path, 2, port=port).close()


def test_more_slips_are_drawn_to_an_audit_that_goes_on_and_those_before_keep_their_order(many):
    first = audit_of(many, 5)
    first.answer(first.audit.drawn[0], truth(first, first.audit.drawn[0]))
    again = audit_of(many, 12, None)
    assert again.audit.drawn[:5] == first.audit.drawn
    assert again.audit.answers == first.audit.answers
    assert set(again.audit.drawn) == set(draw(list(again.readings), 12, 7).drawn)
    assert kept(many)["drawn"] == [*again.audit.drawn]
    assert said_at_the_start(again, 12) == ["The audit goes on, with 7 slips more."]
    assert copies(many) == []


def test_more_slips_than_there_are_draw_all_of_them(many):
    audit_of(many, 29)
    again = audit_of(many, 100, None)
    assert set(again.audit.drawn) == set(again.readings)
    assert said_at_the_start(again, 100) == ["The audit goes on, with 1 slip more."]


def test_fewer_slips_than_an_audit_has_that_goes_on_are_said_to_be_in_vain(many):
    first = audit_of(many, 5)
    again = audit_of(many, 3, None)
    assert again.audit == first.audit
    assert said_at_the_start(again, 3) == [
        "The audit goes on with 5 slips, as it began, and not with 3."
    ]
    assert said_at_the_start(audit_of(many, 5, None), 5) == []


@pytest.mark.parametrize("checked", [1, 2])
def test_an_audit_of_an_earlier_reading_does_not_go_on_and_is_kept(
    many, folder_of, made_of, checked
):
    first = audit_of(many, 2)
    for slip in first.audit.drawn[:checked]:
        first.answer(slip, truth(first, slip))
    certain = [made_of.slip(f"bcd-{i:03d}-1", "F", 1 + i % 5, page=i) for i in range(1, 32)]
    folder_of(made_of.pages_of(*certain))
    again = audit_of(many, None, None)
    (copy,) = copies(many)
    assert json.loads(copy.read_bytes())["checked"] == checked
    assert again.audit.answers == {}
    assert said_at_the_start(again) == [
        "The audit in audit.json was of an earlier reading: it is kept as "
        f"{copy.name}, and another begins."
    ]


def test_a_person_s_correction_does_not_end_an_audit_that_is_not_finished(reviewed):
    first = audit_of(reviewed, 2)
    first.answer(first.audit.drawn[0], truth(first, first.audit.drawn[0]))
    review = OpenReview(reviewed.path)
    item = review.standing().item("bcd-003-1")
    assert review.decide(Decision(item.slip, "", "4", item.version)) is None
    review.apply()
    assert audit_of(reviewed, 2, None).audit == first.audit


def test_what_is_left_is_told_where_the_audit_was_started(many):
    assert left_over(audit_of(many, 1), messages_for("en")).startswith("1 slip is left")


def test_a_run_without_certain_slips_is_said(folder_of, made_of):
    folder = folder_of([made_of.lost_page("bcd-001-0", 1)])
    with pytest.raises(UsageError, match="no slip that was read with certainty"):
        audit_of(folder)


def test_without_the_scans_an_audit_is_refused_and_says_which_are_missing(many):
    with pytest.raises(UsageError, match=r"not where they were.*stack\.pdf"):
        AuditServer(many.path, 3)


def test_the_page_shows_the_slip_and_nothing_of_what_was_read(my_awkward):
    run = OpenReview(my_awkward.path).standing().run
    audit = OpenAudit(my_awkward.path, run, 2, 1)
    client = create_audit_app(audit, ScansAgain(), TOKEN, 4321).test_client()
    slip = audit.audit.drawn[0]
    page = client.get(f"{HOME}/", follow_redirects=True).text
    assert f"picture/{slip}.png" in page
    assert "selected" not in page
    assert not re.search(r'\d,\d\s%|value="\w+"[^>]*aria-pressed="true"', page)
    assert client.get(f"{HOME}/picture/{slip}.png").data.startswith(b"\x89PNG")
    assert client.get(f"{HOME}/picture/{run.rows[0].reading.slip}x.png").status_code == 404
    seen = truth(audit, slip)
    data = {"session": seen.session, "rating": seen.rating, "seen": "/"}
    headers = {"Origin": "http://127.0.0.1:4321", "X-Scanpipe": "1"}
    answer = client.post(f"{HOME}/slip/{slip}", data=data, headers=headers).json
    assert (answer["saved"], answer["slip"]) == (True, audit.audit.drawn[1])
    other = client.post(f"{HOME}/slip/{slip}", data=data | {"rating": "2"}, headers=headers)
    assert other.status_code == 409
    back = client.post(f"{HOME}/slip/{slip}", data=answer["undo"] | {"undo": "1"}, headers=headers)
    assert back.json["saved"]
    assert audit.audit.left == audit.audit.drawn
    for each in audit.audit.drawn:
        audit.answer(each, Answer("", "void"))
    end = client.get(f"{HOME}/end").text
    assert "100,0" in end
    assert end.count("<tr>") == 3
