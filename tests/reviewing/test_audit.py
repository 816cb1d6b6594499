"""An audit: slips drawn at random, shown without what was read, compared and summed up."""

import json
import re

import pytest

from scanpipe.errors import UsageError
from scanpipe.reporting.auditing import Answer, OpenAudit, draw
from scanpipe.reporting.deciding import OpenReview
from scanpipe.reviewing import AuditServer
from scanpipe.reviewing.audit_app import create_audit_app
from scanpipe.reviewing.scans_again import ScansAgain

TOKEN = "a-token-for-tests"  # noqa: S105
HOME = f"http://127.0.0.1:4321/{TOKEN}"


@pytest.fixture
def many(folder_of, made_of):
    """Thirty slips read with certainty."""
    certain = [made_of.slip(f"bcd-{i:03d}-1", "F", 1 + i % 5, page=i) for i in range(1, 31)]
    return folder_of(made_of.pages_of(*certain))


def audit_of(folder, slips=5, seed=7):
    return OpenAudit(folder.path, OpenReview(folder.path).standing().run, slips, seed)


def kept(folder):
    return json.loads((folder.path / "audit.json").read_bytes())


def truth(audit, slip):
    reading = audit.readings[slip]
    return Answer(reading.session, str(reading.rating))


def test_the_same_seed_draws_the_same_slips_in_whatever_order_they_come():
    names = [f"bcd-{i:03d}-1" for i in range(100)]
    assert draw(names, 10, 3).drawn == draw(names[::-1], 10, 3).drawn
    assert draw(names, 10, 3).drawn != draw(names, 10, 4).drawn
    assert len(set(draw(names, 500, 3).drawn)) == 100


def test_only_slips_that_the_machine_was_sure_of_are_drawn(reviewed):
    assert sorted(audit_of(reviewed, 50).audit.drawn) == ["bcd-001-1", "bcd-002-1"]


def test_an_audit_without_differences_is_summed_up_as_election_auditors_do(many):
    audit = audit_of(many, 30)
    for slip in audit.audit.drawn:
        assert audit.answer(slip, truth(audit, slip))
    assert kept(many)["checked"] == 30
    assert (kept(many)["differing"], kept(many)["at_most"]) == (0, pytest.approx(0.095034))
    assert "30 " in audit.said[0]
    assert "9,5" in audit.said[0]
    assert "299" in audit.said[1]


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
