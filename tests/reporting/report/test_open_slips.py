"""How many slips may still be counted: in review, without a session, on unreadable pages."""

from scanpipe.reporting.report.open_slips import open_slips
from scanpipe.reporting.rows import as_read
from scanpipe.reporting.summary import summarise
from scanpipe.vocabulary import Reason, Status


def rows(pages):
    return [as_read(slip, "") for page in pages for slip in page.slips]


def test_a_slip_in_review_is_open_in_its_session_or_in_all(readings, form) -> None:
    found = rows(readings.mixed())
    left = open_slips(found)
    assert left.known == {"P2": 1, "F": 1}
    assert (left.unknown, left.pages, left.files) == (1, 1, 0)
    undecided = {
        row.session: tally.undecided
        for row, tally in zip(
            summarise(form, found), left.tallies(summarise(form, found)), strict=True
        )
    }
    # Six slips stand on one page here, so that the unreadable one may hold six too.
    assert undecided == {"F": 8, "P1": 7, "P2": 8, "P3": 7, "P4": 7, "total": 9}


def test_an_unreadable_page_may_hold_as_many_slips_as_the_fullest_page(readings) -> None:
    six = readings.page(*(readings.slip(f"bcd-{i}", page=2) for i in range(6)), number=2)
    left = open_slips(rows([six, readings.page(readings.rejected("fgh-1"))]))
    assert (left.slips_per_page, left.anywhere, left.total) == (6, 6, 6)


def test_a_stack_of_which_nothing_could_be_read_may_hold_a_slip_on_each_page(readings) -> None:
    assert open_slips(rows([readings.page(readings.rejected("fgh-1"))])).total == 1


def test_of_a_file_that_cannot_be_opened_nobody_knows_how_many_slips_it_holds(readings) -> None:
    locked = readings.slip("bcd-1", None, None, Status.REJECTED, (Reason.ENCRYPTED,), page=None)
    cut = readings.slip("bcd-2", None, None, Status.REJECTED, (Reason.PAGES_MISSING,), page=9)
    twice = readings.slip("bcd-3", None, None, Status.REJECTED, (Reason.DUPLICATE,), page=None)
    assert open_slips(rows([readings.page(locked)])).files == 1
    assert open_slips(rows([readings.page(cut)])).files == 1
    assert open_slips(rows([readings.page(twice)])).files == 0
