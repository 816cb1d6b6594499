"""What is said of the undecided slips, in each case that can arise."""

from types import SimpleNamespace

import pytest

from scanpipe.messages import messages_for
from scanpipe.reporting.report.bounds import Tally, shares
from scanpipe.reporting.report.open_slips import OpenSlips
from scanpipe.reporting.report.prospects import open_sentences
from scanpipe.reporting.report.spelling import Numbers

FIXED = "the rest of the review is optional"
ORDER = "order of the sessions by their mean cannot change"
MAY_CHANGE = "order of the sessions by their mean may still change"


def said(*tallies: Tally, files: int = 0, **kind: object) -> str:
    """What is told of sessions that have `tallies`, with a slip or more undecided."""
    total = Tally(
        tuple(map(sum, zip(*(tally.ratings for tally in tallies), strict=True))),
        sum(tally.undecided for tally in tallies),
    )
    lines = [SimpleNamespace(tally=each, shares=shares(each)) for each in (*tallies, total)]
    findings = SimpleNamespace(
        rows=[SimpleNamespace(undecided=True)],
        open_slips=OpenSlips({"A": total.undecided}, 0, 0, 1, files),
        topics=[SimpleNamespace(sessions=lines[:-1], total=lines[-1])],
        lines=lines,
        form=form(**kind),
    )
    return " ".join(open_sentences(findings, messages_for("en"), Numbers("en")))


def form(smileys: int | None = 2, answers: tuple[str, ...] = (), choose: int | None = None):
    return SimpleNamespace(
        is_scale=not answers and not choose,
        scale=SimpleNamespace(smileys=smileys, answers=answers, choose=choose),
        slip=SimpleNamespace(session="printed"),
    )


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


def test_of_words_neither_mean_nor_order_is_promised() -> None:
    told = said(MANY, LOW, smileys=None, answers=("Yes", "No"))
    assert "No percentage can change any more: the rest of the review is optional." in told
    assert "mean" not in told
    assert "order" not in told
    assert FIXED not in said(Tally((3, 4), 2), smileys=None, answers=("Yes", "No"))


@pytest.mark.parametrize(
    ("tally", "told"),
    [
        (Tally((9000, 20000), 1), "no order of the choices can change any more"),
        (Tally((9, 20), 2), "by how many chose them, cannot change any more"),
        (Tally((9, 11), 2), "by how many chose them, may still change"),
    ],
)
def test_of_choices_the_order_is_told(tally: Tally, told: str) -> None:
    assert told in said(tally, smileys=None, choose=1)
