"""Rows of a slip held against the rows that were read, and answers shown by their names."""

from dataclasses import dataclass
from io import StringIO

from rich.console import Console

from scanpipe.form import form_from_data
from scanpipe.reading.record import PageKind, PageReading, SlipReading
from scanpipe.selftest.comparing import Fate, compare
from scanpipe.selftest.shown import confusion_table
from scanpipe.selftest.tally import Tally
from scanpipe.simulation.subjects import TruthRow
from scanpipe.vocabulary import Reason, Status

CENTRE_MM = (80.0, 55.0)


@dataclass(frozen=True)
class Truth(TruthRow):
    row: int | None = None


def truth(row: int, rating: int, *reasons: Reason) -> Truth:
    status = Status.REVIEW if reasons else Status.READ
    return Truth("A", rating, "cross", status, reasons, CENTRE_MM, row=row)


def read(row: int, rating: int | None, status: Status = Status.READ) -> SlipReading:
    name, (x_mm, y_mm) = f"bcd-001-1-{row}", CENTRE_MM
    return SlipReading(name, "s.pdf", 1, status, (), x_mm, y_mm, "A", rating, row=row)


def test_each_row_is_held_against_the_same_row() -> None:
    rows = [truth(1, 5), truth(2, 1), truth(3, 4)]
    page = PageReading("s.pdf", 1, PageKind.SLIPS, (read(3, 4), read(1, 5), read(2, 2)))
    assert [each.fate for each in compare(rows, page)] == [Fate.RIGHT, Fate.SILENT, Fate.RIGHT]


def test_a_row_that_was_not_read_is_lost_though_the_others_lie_at_the_same_place() -> None:
    page = PageReading("s.pdf", 1, PageKind.SLIPS, (read(1, 5), read(3, 4)))
    fates = [each.fate for each in compare([truth(1, 5), truth(2, 1), truth(3, 4)], page)]
    assert fates == [Fate.RIGHT, Fate.LOST, Fate.RIGHT]


def test_answers_are_shown_by_their_names() -> None:
    form = form_from_data(
        {
            "id": "fair",
            "title": "Fair",
            "date": "2024-05-02",
            "place": "Here",
            "language": "en",
            "question": "Which?",
            "scale": {"choose": 2},
            "slip": {"session": "none"},
            "choices": [{"id": f"P{each}", "name": f"W{each}"} for each in (1, 2, 3, 4)],
        },
        "a test",
    )
    tally = Tally()
    page = PageReading("s.pdf", 1, PageKind.SLIPS, (read(1, 2), read(2, None, Status.REVIEW)))
    tally.add(compare([truth(1, 2), truth(2, 1, Reason.UNDERVOTE)], page))
    text = StringIO()
    Console(file=text, width=120).print(confusion_table({"usual": tally}, form))
    assert "P1+P3" in text.getvalue()
    assert "too few" in text.getvalue()
    assert "P3+P4" not in text.getvalue()
