"""Lists of sessions as organisers have them on disk: text, CSV from Excel, workbooks."""

import datetime
from pathlib import Path

import openpyxl
import pytest

from scanpipe.errors import UsageError
from scanpipe.starting.session_files import ColumnUnclearError, is_list_file, sessions_from_file

PROGRAMME = (
    ("Tid", "Kode", "Tittel på økt", "Rom"),
    ("09:00", "F", "Fellesøkt: Innovasjon", "A"),
    (None, None, None, None),
    ("10:00", "P1", "Arbeidsglede  og\ntrivsel", "B"),
    ("11:00", None, None, "Kantina"),
)
READ = [
    {"id": "F", "name": "Fellesøkt: Innovasjon"},
    {"id": "P1", "name": "Arbeidsglede og trivsel"},
]


def workbook(path: Path, *rows: tuple[object, ...]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def names(path: Path, column: str | None = None) -> list[tuple[str, str]]:
    return [(each["id"], each["name"]) for each in sessions_from_file(path, column)]


@pytest.mark.parametrize("column", ["C", "c", "tittel på økt", " Tittel på økt"])
def test_a_column_of_a_workbook_is_named_by_its_letter_or_its_head(
    tmp_path: Path, column: str
) -> None:
    assert sessions_from_file(workbook(tmp_path / "p.xlsx", *PROGRAMME), column) == READ


@pytest.mark.parametrize("column", [None, "E", "Sted"])
def test_of_several_columns_none_is_guessed_and_all_are_listed(
    tmp_path: Path, column: str | None
) -> None:
    with pytest.raises(ColumnUnclearError) as asked:
        sessions_from_file(workbook(tmp_path / "p.xlsx", *PROGRAMME), column)
    assert "\n  C  Tittel på økt\n" in asked.value.message
    assert "--column" in asked.value.hint


@pytest.mark.parametrize(
    "rows",
    [
        [("P1", "Work"), (2.0, "Budget")],
        [("Id", "Name"), ("P1", "Work"), (2, "Budget")],
        [("Name", "Room", "Id"), ("Work", "A", "P1"), ("Budget", "B", "2")],
    ],
)
def test_where_only_one_column_can_be_meant_nothing_is_asked(
    tmp_path: Path, rows: list[tuple[object, ...]]
) -> None:
    assert names(workbook(tmp_path / "p.xlsx", *rows)) == [("P1", "Work"), ("2", "Budget")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Navn;Rom\nÅpning;12\nSlutt;7\n", [("S1", "Åpning"), ("S2", "Slutt")]),
        ("Rom;Navn\n12;Åpning\n7;Slutt\n", [("S1", "Åpning"), ("S2", "Slutt")]),
        ("Rom,Foredrag\nA,Åpning\nB,Slutt\n", [("S1", "Åpning"), ("S2", "Slutt")]),
        ("Kode;Hva\nP1;Åpning\nP2;Slutt\n", [("P1", "Åpning"), ("P2", "Slutt")]),
        ("12;Åpning\n7;Slutt\n", [("12", "Åpning"), ("7", "Slutt")]),
    ],
)
def test_only_a_head_makes_ids_of_a_column_or_two_columns_without_any(
    tmp_path: Path, text: str, found: list[tuple[str, str]]
) -> None:
    (tmp_path / "p.csv").write_text(text, encoding="utf-8")
    assert names(tmp_path / "p.csv") == found


def test_a_short_head_that_nobody_knows_is_no_code(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("Sal;Hva\nA;Åpning\nB;Slutt\n", encoding="utf-8")
    with pytest.raises(ColumnUnclearError):
        sessions_from_file(tmp_path / "p.csv")
    assert names(tmp_path / "p.csv", "B") == [("S1", "Åpning"), ("S2", "Slutt")]


def test_where_a_column_is_chosen_the_first_row_is_heads_unless_it_has_a_number(
    tmp_path: Path,
) -> None:
    rows = ("Når", "Hva", "Hvor"), ("09:00", "Åpning", "A"), ("10:00", "Slutt", "B")
    assert names(workbook(tmp_path / "p.xlsx", *rows), "B") == [("S1", "Åpning"), ("S2", "Slutt")]
    bare = workbook(tmp_path / "bare.xlsx", *rows[1:])
    assert names(bare, "B") == [("S1", "Åpning"), ("S2", "Slutt")]
    alone = workbook(tmp_path / "alone.xlsx", ("Åpning",), ("Slutt",))
    assert names(alone, "A") == [("S1", "Åpning"), ("S2", "Slutt")]


TITLED = (
    ("Program for fagdagen 2027", None, None, None),
    (None, None, None, None),
    ("Tid", "Hvem", "Hva", "Rom"),
    ("09:00", "Anne", "Åpning", "A"),
    ("10:00", "Per", "Slutt", "B"),
)


@pytest.mark.parametrize("column", ["C", "Hva"])
def test_a_title_above_a_table_is_no_row_of_it(tmp_path: Path, column: str) -> None:
    path = workbook(tmp_path / "p.xlsx", *TITLED)
    assert names(path, column) == [("S1", "Åpning"), ("S2", "Slutt")]
    with pytest.raises(ColumnUnclearError, match="\n  A  Tid\n  B  Hvem\n  C  Hva\n  D  Rom"):
        sessions_from_file(path)


def test_a_known_head_below_a_title_needs_no_choice(tmp_path: Path) -> None:
    rows = [tuple("Sesjon" if cell == "Hva" else cell for cell in row) for row in TITLED]
    path = workbook(tmp_path / "p.xlsx", *rows)
    assert names(path) == names(path, "Sesjon") == [("S1", "Åpning"), ("S2", "Slutt")]


def test_a_list_with_a_note_beside_one_session_has_no_title(tmp_path: Path) -> None:
    rows = [("Sesjon", None), ("Åpning", None), ("Slutt", "i kantina")]
    path = workbook(tmp_path / "p.xlsx", *rows)
    assert names(path) == [("S1", "Åpning"), ("S2", "Slutt")]
    bare = workbook(tmp_path / "bare.xlsx", *rows[1:], ("Kaffe", None), ("Prat", None))
    assert len(names(bare, "A")) == 4


def test_the_sheet_that_excel_shows_is_read_and_an_empty_one_passed_over(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Økter").append(["Åpning"])
    book.save(tmp_path / "empty-first.xlsx")
    assert names(tmp_path / "empty-first.xlsx") == [("S1", "Åpning")]
    book["Sheet"].append(["Something else"])
    book.active = 1
    book.save(tmp_path / "shown.xlsx")
    assert names(tmp_path / "shown.xlsx") == [("S1", "Åpning")]


def test_cells_are_taken_as_excel_shows_them(tmp_path: Path) -> None:
    rows = [("Name",), (2027.0,), (datetime.datetime(2027, 3, 1),), (1.5,)]
    found = names(workbook(tmp_path / "p.xlsx", *rows))
    assert [name for _, name in found] == ["2027", "2027-03-01", "1.5"]


@pytest.mark.parametrize(
    ("row", "found"), [(("P2", None), "session P2"), (("P2", "#REF!"), "#REF!")]
)
def test_a_cell_that_holds_no_name_is_told_with_its_row(
    tmp_path: Path, row: tuple[object, ...], found: str
) -> None:
    path = workbook(tmp_path / "p.xlsx", ("Code", "Name"), ("P1", "Work"), row)
    with pytest.raises(UsageError, match="row 3") as refused:
        sessions_from_file(path)
    assert found in refused.value.message


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Åpning, del 1\r\nSlutt\r\n", [("S1", "Åpning, del 1"), ("S2", "Slutt")]),
        ("navn\r\nÅpning\r\n", [("S1", "Åpning")]),
        ("id;navn\r\nP1;Åpning, én\r\nP2;Slutt\r\n", [("P1", "Åpning, én"), ("P2", "Slutt")]),
        ('P1,"Åpning, én"\nP2,Slutt\n', [("P1", "Åpning, én"), ("P2", "Slutt")]),
        ('"Åpning, én"\nSlutt\n', [("S1", "Åpning, én"), ("S2", "Slutt")]),
        ("P1\tÅpning\n\nP2\tSlutt", [("P1", "Åpning"), ("P2", "Slutt")]),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_a_csv_file_is_read_however_a_spreadsheet_saved_it(
    tmp_path: Path, text: str, found: list[tuple[str, str]], encoding: str
) -> None:
    (tmp_path / "p.csv").write_bytes(text.encode(encoding))
    assert names(tmp_path / "p.csv") == found


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_csv_file_of_excel_for_mac_whose_lines_end_in_cr_only_is_read(
    tmp_path: Path, separator: str
) -> None:
    rows = [("Kode", "Tittel"), ("P1", "Åpning"), ("P2", "Slutt")]
    text = "".join(separator.join(row) + "\r" for row in rows)
    (tmp_path / "p.csv").write_bytes(text.encode("cp1252"))
    assert names(tmp_path / "p.csv") == [("P1", "Åpning"), ("P2", "Slutt")]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_cell_with_two_lines_is_one_name_from_csv_as_it_is_from_a_workbook(
    tmp_path: Path, line_end: str
) -> None:
    book = workbook(tmp_path / "p.xlsx", ("Kode", "Tittel"), ("P1", "Åpning  og\ntrivsel"))
    lines = ["Kode;Tittel", f'P1;"Åpning  og{line_end}trivsel"', ""]
    (tmp_path / "p.csv").write_bytes(line_end.join(lines).encode("cp1252"))
    assert names(tmp_path / "p.csv") == names(book) == [("P1", "Åpning og trivsel")]


@pytest.mark.parametrize("more", [3, 40_000], ids=["a short file", "a long file"])
def test_a_quotation_mark_that_is_missing_is_told_with_its_row(tmp_path: Path, more: int) -> None:
    text = 'Kode;Tittel\nP1;Åpning\nP2;"Slutt\n' + "P3;Kaffe\n" * more
    (tmp_path / "p.csv").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="row 3: a cell that begins there does not end"):
        sessions_from_file(tmp_path / "p.csv")


def test_quotation_marks_within_a_name_do_no_harm(tmp_path: Path) -> None:
    text = 'P1;Hva er "trivsel"?\nP2;"Vi sa ""ja"""\nP3;Skjermer på 27"\n'
    (tmp_path / "p.csv").write_text(text, encoding="utf-8")
    found = [name for _, name in names(tmp_path / "p.csv")]
    assert found == ['Hva er "trivsel"?', 'Vi sa "ja"', 'Skjermer på 27"']


def test_a_text_file_has_a_session_on_each_line(tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("\ufeffP1; Åpning\n\n• Slutt\n", encoding="utf-8")
    assert names(tmp_path / "p.txt") == [("P1", "Åpning"), ("S2", "Slutt")]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("p.xlsx", b"PK\x03\x04 and no more", "password"),
        ("p.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "password"),
        ("p.xlsx", b"", "password"),
        ("p.xls", b"", "another kind"),
        ("p.ods", b"", "another kind"),
        ("p.csv", b"PK\x03\x04", "workbook"),
        ("p.csv", b"\n\n", "no session"),
        ("p.txt", b"", "no session"),
        ("other", b"", "there is no file"),
    ],
)
def test_a_file_without_sessions_is_refused_with_what_is_wrong(
    tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    (tmp_path / name).write_bytes(content)
    asked = tmp_path / ("p.csv" if name == "other" else name)
    with pytest.raises(UsageError) as refused:
        sessions_from_file(asked)
    assert told in f"{refused.value.message} {refused.value.hint}"


def test_names_of_lists_are_known_from_sessions() -> None:
    assert is_list_file("My list.XLSX")
    assert not is_list_file("Opening. The year ahead")
