"""Sessions that stand only on slips printed earlier, in tables of a stack with none of these."""

import pytest

from scanpipe.form import Session
from scanpipe.reporting.review import Entry, Review
from scanpipe.reporting.rows import as_read
from scanpipe.reporting.unseen import without_unseen
from scanpipe.vocabulary import Reason, Status


@pytest.fixture
def left(form):
    """The ids that are left of the form's and one printed earlier, of a stack of these slips."""
    earlier = Session(id="P1-2", name="Called otherwise")
    wider = form.model_copy(update={"sessions": (*form.sessions, earlier)})

    def ids(slips, entered=()):
        entries = {each: Entry(2, each, session, "4") for each, session in entered}
        rows = [as_read(each, "") for each in slips]
        return [each.id for each in without_unseen(wider, {"P1-2"}, rows, Review(entries)).sessions]

    return ids


def test_what_no_slip_counts_for_is_left_out(left, form, readings):
    own = [each.id for each in form.sessions]
    assert left([readings.slip("bcd-1", "F", 4)]) == own
    assert left([readings.slip("bcd-1", "P1-2", 4)]) == [*own, "P1-2"]


def test_a_slip_that_may_be_of_any_session_keeps_all_to_choose_from(left, readings):
    unread = readings.slip("bcd-1", None, 4, Status.REVIEW, (Reason.SESSION_UNREAD,))
    assert left([unread])[-1] == "P1-2"


@pytest.mark.parametrize("typed", ["P1-2", "p1-2 ", "called  otherwise"])
def test_what_somebody_has_entered_stays(left, readings, typed):
    slips = [readings.slip("bcd-1", "F", 4)]
    assert left(slips, [("bcd-1", typed)])[-1] == "P1-2"
