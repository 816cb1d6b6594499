import pytest

from scanpipe.reading.record import PageKind
from scanpipe.reporting.balance import Arrivals, strike_balance
from scanpipe.reporting.dialect import COMMA, SEMICOLON
from scanpipe.reporting.rows import as_read, results_columns, results_rows
from scanpipe.reporting.summary import summarise, summary_columns, summary_rows
from scanpipe.reporting.tables import read_table, table_bytes
from scanpipe.vocabulary import Status


@pytest.fixture
def form(form):
    """The form in English, as the sentences below."""
    return form.model_copy(update={"language": "en"})


@pytest.fixture
def struck(form, readings):
    """Strike the balance of pages whose rows or figures change on the way to the files."""

    def struck(
        pages=None,
        lose=lambda rows: rows,
        summed=lambda data: data,
        arrived=lambda arrivals: arrivals,
        promised=None,
        dialect=COMMA,
    ):
        arrivals, rows = Arrivals(), []
        for page in pages if pages is not None else readings.mixed():
            arrivals = arrivals.with_page(page)
            rows += [as_read(reading, "") for reading in page.slips]
        columns, totals = results_columns(form), summary_columns(form)
        data = table_bytes(columns, lose(results_rows(form, rows)), dialect)
        sums = summed(table_bytes(totals, summary_rows(form, summarise(form, rows)), dialect))
        return strike_balance(
            arrived(arrivals),
            read_table(data, columns),
            read_table(sums, totals),
            form,
            dialect,
            promised,
        )

    return struck


@pytest.mark.parametrize("dialect", [COMMA, SEMICOLON])
def test_pages_and_slips_are_accounted_for(struck, dialect):
    balance = struck(promised=5, dialect=dialect)
    assert balance.adds_up
    pages = (balance.pages, balance.pages_with_slips, balance.blank_backs, balance.unreadable)
    assert pages == (5, 3, 1, 1)
    assert balance.slips == 6
    expected = {Status.READ: 2, Status.BLANK: 1, Status.REVIEW: 3, Status.REJECTED: 1}
    assert {status: n for status, n in balance.statuses.items() if n} == expected


def test_a_row_lost_on_the_way_is_noticed(struck):
    balance = struck(lose=lambda rows: rows[1:])
    assert not balance.adds_up
    assert balance.gaps[0] == "7 rows came in, but results.csv has 6"


def test_a_row_written_twice_in_place_of_another_is_noticed(struck):
    balance = struck(lose=lambda rows: [rows[0], *rows[:1], *rows[2:]])
    assert "results.csv names a slip twice" in balance.gaps


def test_a_status_that_is_none_is_noticed(struck):
    def spoilt(rows):
        return [tuple("rad" if cell == "read" else cell for cell in row) for row in rows]

    assert "2 rows of results.csv have no status" in struck(lose=spoilt).gaps


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b"Innovasjon,2,1,0,0,0,0,1,", b"Innovasjon,2,1,1,0,0,0,0,"),
        (b"F,Fellessesjon: Innovasjon,2,1", b"F,Fellessesjon: Innovasjon,3,1"),
        (b"0.0,0.0,0.0,0.0,100.0,5.00,0,1,0", b"0.0,0.0,0.0,0.0,10.0,5.00,0,1,0"),
        (b"100.0,5.00,0,1,0", b"100.0,3.00,0,1,0"),
        (b"100.0,5.00,0,1,0", b"100.0,5.00,1,0,0"),
    ],
    ids=["a rating", "the slips", "a percentage", "the mean", "blank for review"],
)
def test_a_summary_that_differs_from_the_rows_is_noticed(struck, right, wrong):
    def tampered(data):
        assert data.count(right) == 1
        return data.replace(right, wrong)

    gaps = struck(summed=tampered).gaps
    assert gaps == ("row F of summary.csv does not agree with results.csv",)


def test_a_total_that_differs_from_the_rows_is_noticed(struck):
    gaps = struck(summed=lambda data: data.replace(b"\r\ntotal,Total,6", b"\r\ntotal,,7")).gaps
    assert gaps == ("row total of summary.csv does not agree with results.csv",)


def test_a_row_missing_in_the_summary_is_noticed(struck):
    gaps = struck(summed=lambda data: data[: data.index(b"total")]).gaps
    assert gaps == ("summary.csv has 5 rows, but should have 6",)


def test_a_slip_read_without_a_rating_is_noticed(struck, readings):
    balance = struck([readings.page(readings.slip("bcd-1", rating=None))])
    assert not balance.adds_up


def test_a_page_that_leaves_no_row_is_noticed(struck, readings):
    balance = struck([readings.page(kind=PageKind.UNREADABLE)])
    assert balance.gaps == ("1 page left no row in results.csv",)


def test_a_page_of_no_kind_is_noticed(struck, readings):
    (gap,) = struck([readings.page(readings.slip("bcd-1"), kind="sideways")]).gaps
    assert gap.startswith("1 pages came in, but 0 are accounted for: look at counts in run.json")


def test_a_page_that_never_came_is_noticed(struck):
    (gap,) = struck(promised=6).gaps
    assert gap.startswith("the scans have 6 pages, but 5 came in: look which of the files")
