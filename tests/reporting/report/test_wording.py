"""What is said of the undecided slips, in each case that can arise."""

from types import SimpleNamespace

import pytest

from scanpipe.messages import messages_for
from scanpipe.reporting.report.bounds import Tally
from scanpipe.reporting.report.open_slips import OpenSlips
from scanpipe.reporting.report.spelling import Numbers
from scanpipe.reporting.report.wording import bounds

FIXED = "the rest of the review is optional"
ORDER = "order of the sessions by their mean cannot change"
MAY_CHANGE = "order of the sessions by their mean may still change"


def said(*tallies: Tally, files: int = 0) -> str:
    """What is told of sessions that have `tallies`, with a slip or more undecided."""
    total = Tally(
        tuple(map(sum, zip(*(tally.ratings for tally in tallies), strict=True))),
        sum(tally.undecided for tally in tallies),
    )
    findings = SimpleNamespace(
        rows=[SimpleNamespace(undecided=True)],
        open_slips=OpenSlips({"A": total.undecided}, 0, 0, 1, files),
        tallies=(*tallies, total),
        sessions=tallies,
    )
    return " ".join(bounds(findings, messages_for("en"), Numbers("en")))


MANY, LOW = Tally((0, 9000), 1), Tally((9000, 0), 0)


@pytest.mark.parametrize(
    ("tallies", "files", "told"),
    [
        ((MANY,), 0, FIXED),
        ((MANY, LOW), 0, FIXED),
        ((MANY,), 1, "nobody knows how many slips it holds"),
        ((Tally((0, 30), 1), Tally((30, 0), 1)), 0, ORDER),
        ((Tally((0, 30), 1), Tally((1, 30), 1)), 0, MAY_CHANGE),
        ((MANY, MANY), 0, MAY_CHANGE),
    ],
)
def test_no_more_is_promised_than_holds(tallies, files: int, told: str) -> None:
    text = said(*tallies, files=files)
    assert [each for each in (FIXED, ORDER, MAY_CHANGE) if each in text and each != told] == []
    assert told in text


def test_of_a_single_session_no_order_is_told() -> None:
    text = said(Tally((3, 4), 2))
    assert "order" not in text
    assert "At most 2 slips are still undecided." in text


def test_the_limit_of_a_move_is_rounded_up_so_that_it_holds() -> None:
    assert "by more than 0.1 points" in said(Tally((0, 9000), 1))
    assert "by more than 33.4 points" in said(Tally((0, 2), 1))
