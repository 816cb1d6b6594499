"""report.xlsx as another program reads it: real numbers, text that stays text, a chart."""

import datetime
from io import BytesIO

import openpyxl
import pytest

from scanpipe.reporting.dialect import unshielded
from scanpipe.reporting.report import sheet
from scanpipe.reporting.report.findings import gather
from scanpipe.reporting.report.workbook import workbook_bytes

SHEETS = ["Result", "Counts", "Limits", "How sure", "All slips", "Review"]


@pytest.fixture
def english(form):
    return form.model_copy(update={"language": "en"})


@pytest.fixture
def book(write, folder, english):
    """The workbook of a stack, read back."""

    def make(stack, **options):
        write(stack, **{"of": english} | options)
        return openpyxl.load_workbook(BytesIO(workbook_bytes(gather(folder.path))))

    return make


def cells(sheet_):
    return [[cell.value for cell in row] for row in sheet_.iter_rows()]


def test_there_is_a_sheet_for_each_table_with_its_head_frozen(book, readings) -> None:
    found = book(readings.mixed())
    assert found.sheetnames == SHEETS
    assert {found[name].freeze_panes for name in SHEETS} == {"B2"}


def test_percentages_are_numbers_that_excel_shows_as_percent(book, readings) -> None:
    result = book(readings.hadeland())["Result"]
    head, first, *_, total = result.iter_rows()
    assert [cell.value for cell in head] == [
        *("Session", "☹ 1", "2", "3", "4", "5 ☺", "Slips", "Mean", "Spread"),
    ]
    assert [cell.value for cell in first[1:7]] == pytest.approx(
        [1 / 114, 0, 11 / 114, 40 / 114, 62 / 114, 114]
    )
    assert {cell.number_format for cell in first[1:6]} == {"0.0%"}
    assert total[0].value == "Total"
    assert total[7].value == pytest.approx(1263 / 292)
    assert total[7].number_format == "0.00"


def test_heads_stand_over_their_figures_and_those_of_words_over_the_words(book, readings) -> None:
    found = book(readings.mixed())
    result, slips = next(found["Result"].iter_rows()), next(found["All slips"].iter_rows())
    assert result[0].alignment.horizontal is None
    assert {cell.alignment.horizontal for cell in result[1:]} == {"right"}
    heads = {cell.value: cell.alignment.horizontal for cell in slips}
    assert (heads["page"], heads["rating"]) == ("right", "right")
    assert (heads["slip"], heads["status"], heads["same_as"]) == (None, None, None)


def test_counts_tell_what_became_of_the_slips(book, readings) -> None:
    first = cells(book(readings.mixed(), expected=8)["Counts"])
    assert first[0][6:] == [
        *("With a mark", "Blank", "Undecided", "Void", "Slips read", "Handed in", "Read of these"),
    ]
    assert first[-1][1:] == [0, 0, 1, 0, 1, 2, 1, 3, 0, 6, 8, 0.75]


def test_excel_draws_the_chart_from_the_cells(book, readings) -> None:
    result = book(readings.mixed())["Result"]
    (chart,) = result._charts
    assert (chart.type, chart.grouping, chart.overlap) == ("bar", "percentStacked", 100)
    assert [series.val.numRef.f for series in chart.series] == [
        f"Result!${column}$2:${column}$7" for column in "BCDEF"
    ]


def test_what_looks_like_a_formula_stays_text(book, readings, english) -> None:
    signs = ["=1+1", "+1", "-1", "@A1", '=HYPERLINK("http://a.b")', "0012", "http://a.b/c"]
    pages = [
        readings.page(readings.slip(f"bcd-{i}", "F", 4, file=f"{sign}.pdf", session_text=sign))
        for i, sign in enumerate(signs)
    ]
    sessions = (english.sessions[0].model_copy(update={"name": "=cmd|A1"}), *english.sessions[1:])
    found = book(pages, of=english.model_copy(update={"sessions": sessions}))
    rows = list(found["All slips"].iter_rows(min_row=2))
    assert [row[1].value for row in rows] == [f"{sign}.pdf" for sign in signs]
    assert [row[12].value for row in rows] == signs
    assert found["Result"]["A2"].value == "=cmd|A1"
    every = (cell for each in found for row in each.iter_rows() for cell in row)
    kinds = {cell.data_type for cell in every if cell.value is not None}
    assert kinds == {"s", "n"}
    assert not any(cell.hyperlink for row in rows for cell in row)


def test_results_and_review_are_the_tables_of_the_folder(book, readings, folder) -> None:
    found = book(readings.mixed())
    for name, file in (("All slips", "results.csv"), ("Review", "review.csv")):
        head, *rows = cells(found[name])
        table = folder.table(file)
        assert head == list(table[0])
        assert len(rows) == len(table)
        for row, line in zip(rows, table, strict=True):
            told = [spelled(cell) for cell in row]
            assert told == [plain(cell) for cell in line.values()]


def spelled(cell: object) -> object:
    return "" if cell is None else float(cell) if isinstance(cell, int | float) else cell


def plain(cell: str) -> object:
    try:
        return float(cell.replace(",", "."))
    except ValueError:
        return unshielded(cell)


def test_a_note_longer_than_a_cell_is_cut_where_one_sees_it(
    readings, folder, english, write, monkeypatch
) -> None:
    monkeypatch.setattr(sheet, "LONGEST", 40)
    long = readings.slip("bcd-1", session_text="x" * 50)
    write([readings.page(long)], of=english)
    found = openpyxl.load_workbook(BytesIO(workbook_bytes(gather(folder.path))))
    assert found["All slips"]["M2"].value == "x" * 38 + " …"


def test_the_workbook_says_no_more_of_when_it_was_made_than_the_form(book, readings) -> None:
    properties = book(readings.mixed()).properties
    assert properties.created == properties.modified == datetime.datetime(2000, 1, 1)
    assert properties.title.startswith("Fornyelse og innovasjon")
