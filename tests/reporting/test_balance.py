from dataclasses import replace

from scanpipe.reading.record import PageKind
from scanpipe.reporting.balance import Arrivals, strike_balance
from scanpipe.reporting.dialect import COMMA
from scanpipe.reporting.rows import as_read, results_columns, results_rows
from scanpipe.reporting.summary import summarise
from scanpipe.reporting.tables import read_table, table_bytes
from scanpipe.vocabulary import Status


def struck(form, pages, lose=lambda rows: rows, change=lambda summary: summary):
    """The balance of `pages` when rows or figures are lost on the way to the files."""
    arrivals, rows = Arrivals(), []
    for page in pages:
        arrivals = arrivals.with_page(page)
        rows += [as_read(reading, "") for reading in page.slips]
    columns = results_columns(form)
    data = table_bytes(columns, lose(results_rows(form, rows)), COMMA)
    return strike_balance(arrivals, read_table(data, columns), change(summarise(form, rows)))


def test_pages_and_slips_are_accounted_for(form, readings):
    balance = struck(form, readings.mixed())
    assert balance.adds_up
    pages = (balance.pages, balance.pages_with_slips, balance.blank_backs, balance.unreadable)
    assert pages == (5, 3, 1, 1)
    assert balance.slips == 6
    expected = {Status.READ: 2, Status.BLANK: 1, Status.REVIEW: 3, Status.REJECTED: 1}
    assert {status: n for status, n in balance.statuses.items() if n} == expected


def test_a_row_lost_on_the_way_is_noticed(form, readings):
    balance = struck(form, readings.mixed(), lose=lambda rows: rows[1:])
    assert not balance.adds_up
    assert balance.gaps[0] == "7 rows came in, but results.csv has 6"


def test_a_row_written_twice_in_place_of_another_is_noticed(form, readings):
    balance = struck(form, readings.mixed(), lose=lambda rows: [rows[0], *rows[:1], *rows[2:]])
    assert "results.csv names a slip twice" in balance.gaps


def test_a_summary_that_differs_from_the_rows_is_noticed(form, readings):
    def moved(summary):
        first = replace(summary[0], ratings=(1, 0, 0, 0, 0))
        return (first, *summary[1:])

    balance = struck(form, readings.mixed(), change=moved)
    assert balance.gaps == ("the summary's row F does not agree with results.csv",)


def test_a_slip_read_without_a_rating_is_noticed(form, readings):
    balance = struck(form, [readings.page(readings.slip("bcd-1", rating=None))])
    assert not balance.adds_up


def test_a_page_that_leaves_no_row_is_noticed(form, readings):
    balance = struck(form, [readings.page(kind=PageKind.UNREADABLE)])
    assert balance.gaps == ("1 pages left no row in results.csv",)
