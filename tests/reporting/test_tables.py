import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanpipe.reporting.dialect import COMMA, SEMICOLON
from scanpipe.reporting.tables import read_table, table_bytes

COLUMNS = ("slip", "session", "rating", "note")

cells = st.text(max_size=12) | st.text("';,\"=\r\n\t å", max_size=8)
rows = st.lists(st.tuples(st.from_regex("[a-z]{3}", fullmatch=True), cells, cells, cells))


@given(rows, st.sampled_from((SEMICOLON, COMMA)))
def test_any_text_comes_back_from_a_table(rows, dialect):
    table = read_table(table_bytes(COLUMNS, rows, dialect), COLUMNS)
    assert table.columns == COLUMNS
    assert [line.cells for line in table.lines] == rows


def test_a_written_table_opens_in_excel():
    data = table_bytes(("slip", "note"), [("bcd-1", "blåbær")], SEMICOLON)
    assert data == codecs.BOM_UTF8 + "slip;note\r\nbcd-1;blåbær\r\n".encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_what_spreadsheets_save_is_read(encoding, delimiter):
    text = 'slip;session;rating;note\r\nbcd-1;"Fellessesjon: Innovasjon";4;"være, så;\n"\r\n'
    body = text.replace(";", delimiter).replace(f"så{delimiter}", "så;").encode(encoding)
    (line,) = read_table(body, COLUMNS).lines
    assert line.cells == ("bcd-1", "Fellessesjon: Innovasjon", "4", line.cells[3])
    assert line.cells[3].endswith("så;\n")
    assert line.cells[3].startswith("være")


def test_semicolons_inside_text_do_not_make_a_comma_table_a_semicolon_table():
    data = b'slip,note,session,rating\nbcd-1,"a;b;c;d;e",F,4\n'
    assert read_table(data, COLUMNS).column("note") == ("a;b;c;d;e",)


def test_empty_lines_and_trailing_empty_columns_are_left_out_but_counted():
    data = b";;;;\n Slip ;SESSION;rating;;\n\nbcd-1;F;4;;\n;;;;\nbcd-2;P1;3\n"
    table = read_table(data, COLUMNS)
    assert table.columns == ("slip", "session", "rating")
    assert [(line.row, line.cells) for line in table.lines] == [
        (4, ("bcd-1", "F", "4")),
        (6, ("bcd-2", "P1", "3")),
    ]


def test_a_cell_beyond_the_last_named_column_is_kept():
    table = read_table(b"slip,session\nbcd-1,F,,look\n", COLUMNS)
    assert table.columns == ("slip", "session", "")
    assert table.lines[0].cells == ("bcd-1", "F", "look")


def test_a_quote_that_is_never_closed_does_not_swallow_the_rows_below():
    with pytest.raises(ValueError, match="row 2: quotes do not match"):
        read_table(b'slip,note\nbcd-1,"what\nbcd-2,b\n', COLUMNS)


def test_an_empty_file_is_a_table_without_columns():
    assert read_table(b"", COLUMNS).columns == ()
