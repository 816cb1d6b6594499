from typing import Any

import pytest

from scanpipe.reading.record import PageKind, PageReading, SlipReading
from scanpipe.selftest.comparing import Fate, Outcome, compare
from scanpipe.selftest.tally import Tally
from scanpipe.simulation.awkward import BLANK_BACK, FOREIGN
from scanpipe.simulation.subjects import TruthRow
from scanpipe.vocabulary import Reason, Status

MARKED = TruthRow("A", 4, "cross", Status.READ, (), (80.0, 55.0))
BLANK = TruthRow("A", None, "blank", Status.BLANK, (), (80.0, 55.0))
TWO = TruthRow("A", None, "cross+tick", Status.REVIEW, (Reason.OVERVOTE,), (80.0, 55.0))
CHANGED = TruthRow("A", 2, "changed", Status.REVIEW, (Reason.CORRECTION,), (80.0, 55.0))
FED_AGAIN = TruthRow("A", 4, "cross", Status.READ, (Reason.DUPLICATE,), (80.0, 55.0))
OTHER_FORM = TruthRow("", None, "form", Status.REVIEW, (Reason.WRONG_FORM,), (80.0, 55.0))


def slip(
    status: Status, session: str | None = "A", rating: int | None = None, **more: Any
) -> SlipReading:
    given = {"x_mm": 80.0, "y_mm": 55.0, "reasons": ()} | more
    name = f"bcd-001-{given['x_mm']}-{given['y_mm']}"
    return SlipReading(name, "stack.pdf", 1, status, session=session, rating=rating, **given)


def page(*slips: SlipReading, kind: PageKind = PageKind.SLIPS) -> PageReading:
    return PageReading("stack.pdf", 1, kind, slips)


def fate(row: TruthRow, reading: PageReading | None) -> Fate:
    (outcome,) = compare([row], reading)
    return outcome.fate


REVIEWED = slip(Status.REVIEW)
REJECTED = page(slip(Status.REJECTED, None, reasons=(Reason.NO_SLIP,)), kind=PageKind.UNREADABLE)
EMPTY = page(kind=PageKind.BLANK_BACK)


@pytest.mark.parametrize(
    ("row", "reading", "expected"),
    [
        (MARKED, page(slip(Status.READ, "A", 4)), Fate.RIGHT),
        (MARKED, page(slip(Status.READ, "A", 5)), Fate.SILENT),
        (MARKED, page(slip(Status.READ, "B", 4)), Fate.SILENT),
        (MARKED, page(slip(Status.BLANK)), Fate.SILENT),
        (MARKED, page(REVIEWED), Fate.REVIEW),
        (MARKED, page(slip(Status.REVIEW, "B")), Fate.SILENT),
        (MARKED, page(slip(Status.REVIEW, None)), Fate.REVIEW),
        (MARKED, REJECTED, Fate.REVIEW),
        (MARKED, EMPTY, Fate.LOST),
        (MARKED, None, Fate.LOST),
        (BLANK, page(slip(Status.BLANK)), Fate.BLANK),
        (BLANK, page(slip(Status.BLANK, "B")), Fate.SILENT),
        (BLANK, page(slip(Status.READ, "A", 1)), Fate.SILENT),
        (TWO, page(slip(Status.READ, "A", 1)), Fate.SILENT),
        (TWO, page(slip(Status.BLANK)), Fate.SILENT),
        (TWO, page(REVIEWED), Fate.REVIEW),
        (OTHER_FORM, page(slip(Status.READ, "A", 1)), Fate.SILENT),
        (OTHER_FORM, page(slip(Status.REVIEW, None)), Fate.REVIEW),
        (OTHER_FORM, REJECTED, Fate.REVIEW),
        (BLANK_BACK, EMPTY, Fate.RIGHT),
        (BLANK_BACK, REJECTED, Fate.REVIEW),
        (BLANK_BACK, page(slip(Status.BLANK)), Fate.SILENT),
        (FOREIGN, REJECTED, Fate.RIGHT),
        (FOREIGN, EMPTY, Fate.LOST),
        (FOREIGN, page(slip(Status.READ, "A", 3)), Fate.SILENT),
    ],
)
def test_a_slip_has_one_of_five_fates(
    row: TruthRow, reading: PageReading | None, expected: Fate
) -> None:
    assert fate(row, reading) is expected


def test_review_is_due_where_a_person_must_decide() -> None:
    told = page(slip(Status.REVIEW, reasons=(Reason.OVERVOTE,)))

    assert compare([TWO], told) == [Outcome(TWO, told.slips[0], Fate.REVIEW, True, True)]
    assert not compare([MARKED], told)[0].due


def test_asking_about_the_first_of_two_scans_is_due_and_counting_one_of_them_is_right() -> None:
    asked = page(slip(Status.REVIEW, reasons=(Reason.DUPLICATE,)))

    assert compare([FED_AGAIN], asked)[0].due
    assert fate(FED_AGAIN, page(slip(Status.READ, "A", 4))) is Fate.RIGHT


@pytest.mark.parametrize(
    ("reason", "proposed", "named"),
    [
        (Reason.CORRECTION, 2, True),
        (Reason.CORRECTION, 5, False),
        (Reason.OVERVOTE, 2, False),
    ],
)
def test_a_correction_is_named_when_reason_and_proposal_are_right(
    reason: Reason, proposed: int, named: bool
) -> None:
    reading = page(slip(Status.REVIEW, reasons=(reason,), read_rating=proposed))

    assert compare([CHANGED], reading)[0].named is named


def test_slips_on_one_page_are_told_apart_by_their_places() -> None:
    left = TruthRow("A", 1, "cross", Status.READ, (), (80.0, 60.0))
    right = TruthRow("B", 5, "cross", Status.READ, (), (230.0, 60.0))
    found = [
        slip(Status.READ, "B", 5, x_mm=228.0, y_mm=61.0),
        slip(Status.READ, "A", 1, x_mm=81.0, y_mm=58.0),
    ]

    assert [each.fate for each in compare([left, right], page(*found))] == [Fate.RIGHT] * 2
    assert [each.fate for each in compare([left, right], page(found[0]))] == [Fate.LOST, Fate.RIGHT]


def test_a_slip_read_where_none_lies_is_counted_once_too_often() -> None:
    two = page(slip(Status.READ, "A", 4), slip(Status.READ, "A", 4, x_mm=180.0))

    assert [each.fate for each in compare([MARKED], two)] == [Fate.RIGHT, Fate.SILENT]
    tally = Tally()
    tally.add(compare([MARKED], two))
    assert (tally.slips, tally.wrong) == (1, 1)


def test_the_review_rate_leaves_out_what_is_for_a_person_anyway() -> None:
    tally = Tally()
    for row, reading in (
        (MARKED, page(slip(Status.READ, "A", 4))),
        (MARKED, page(REVIEWED)),
        (TWO, page(REVIEWED)),
        (BLANK, page(slip(Status.BLANK))),
        (BLANK, page(slip(Status.BLANK))),
    ):
        tally.add(compare([row], reading))

    assert tally.review_rate == pytest.approx(1 / 4)
    assert (tally.slips, tally.asked, tally.count(Fate.REVIEW), tally.wrong) == (5, 1, 2, 0)
    assert tally.bound == pytest.approx(3 / 5)
    assert (tally + tally).slips == 10
    assert tally.confusion["4", "review"] == 1


def test_without_a_clear_slip_there_is_no_review_rate() -> None:
    tally = Tally()
    tally.add(compare([TWO], page(REVIEWED)))

    assert tally.review_rate is None
