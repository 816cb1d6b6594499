"""review.csv as programs save it, break it and mistake it for something else: each from bytes."""

import codecs
import csv
import io
import re
import zipfile
from pathlib import Path

import pytest
from babel import Locale

from scanpipe.errors import OutputError, ReviewError
from scanpipe.reading.pages import page_name
from scanpipe.reading.scanfiles import ScanFile
from scanpipe.reporting import apply_review, files

HEADER = [
    *("slip", "image", "reasons", "read_session", "read_rating"),
    *("session", "rating", "note", "same_as"),
]
ROWS = [
    ["bcd-3", "crops/bcd-3.png", "overvote", "P2", "", "", "4", "på øyemål; eller?", ""],
    ["bcd-4", "crops/bcd-4.png", "marginal", "F", "2", "", "ok", 'sa "ja", så', ""],
    ["bcd-5", "crops/bcd-5.png", "session_unread", "", "5", "P1", "5", "'=1+1", ""],
    ["bcd-7", "crops/bcd-7.png", "no_slip", "", "", "", "void", "", ""],
]


def saved(delimiter, end="\r\n", quoting=csv.QUOTE_MINIMAL, rows=ROWS, header=HEADER):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([header, *rows])
    return text.getvalue()


def quoted_as_libreoffice(delimiter):
    """All text in quotes, numbers and empty cells bare."""

    def cell(text):
        return text if not text or text.isdigit() else '"' + text.replace('"', '""') + '"'

    return "".join(delimiter.join(map(cell, row)) + "\n" for row in [HEADER, *ROWS])


PROGRAMS = {
    "Excel, CSV UTF-8": saved(";").encode("utf-8-sig"),
    "Excel, CSV UTF-8, English": saved(",").encode("utf-8-sig"),
    "Excel, CSV": saved(";").encode("cp1252"),
    "Excel, CSV, English": saved(",").encode("cp1252"),
    "Excel, Unicode text": saved("\t").encode("utf-16"),
    "Excel on a Mac, Unicode text": codecs.BOM_UTF16_BE + saved("\t").encode("utf-16-be"),
    "LibreOffice, all text in quotes": quoted_as_libreoffice(",").encode(),
    "LibreOffice, as it opened it": saved(";", "\n").encode("utf-8-sig"),
    "Numbers": saved(",", "\r\n").removesuffix("\r\n").encode(),
    "Numbers, all in quotes": saved(",", "\n", csv.QUOTE_ALL).encode(),
    "a text editor": saved(";", "\n").encode(),
    "a text editor, no end of line": saved(";", "\n").removesuffix("\n").encode(),
    "a text editor, empty lines": (saved(";", "\n") + "\n\n  \n").encode(),
    "an old Mac's line ends": saved(";", "\r").encode(),
    "columns in another order": saved(
        ";", rows=[row[::-1] for row in ROWS], header=HEADER[::-1]
    ).encode(),
    "empty columns beside": saved(
        ";", rows=[[*row, "", ""] for row in ROWS], header=[*HEADER, "", ""]
    ).encode(),
    "rows doubled": saved(";", rows=[*ROWS, *ROWS]).encode(),
    "without what scanpipe wrote": saved(
        ";", rows=[[row[0], *row[5:8]] for row in ROWS], header=["slip", *HEADER[5:8]]
    ).encode(),
}


@pytest.mark.parametrize("data", PROGRAMS.values(), ids=PROGRAMS)
def test_what_a_program_saves_is_taken_to_the_letter(mixed, data):
    mixed.review.write_bytes(data)
    outcome = apply_review(mixed.path)
    kept = [
        tuple(mixed.row("results.csv", row[0])[name] for name in ("status", "session", "rating"))
        for row in ROWS
    ]
    assert kept == [
        ("corrected", "P2", "4"),
        ("corrected", "F", "2"),
        ("corrected", "P1", "5"),
        ("void", "", ""),
    ]
    notes = [mixed.row("review.csv", row[0])["note"] for row in ROWS]
    assert notes == [row[7] for row in ROWS]
    assert (outcome.undecided, outcome.warnings) == (0, ())
    assert mixed.row("results.csv", "bcd-1")["status"] == "read"


@pytest.mark.parametrize(
    ("typed", "rating"),
    [
        *((text, "5") for text in ("５", "5,0", "5.0", " 5\t", "5,00", "\u00a05", "５，０")),
        *((text, "") for text in ("BLANK", "ＢＬＡＮＫ", " Blank ", "bLaNk\u00a0")),
    ],
)
def test_an_entry_is_taken_however_it_is_typed(mixed, typed, rating):
    mixed.fill({"bcd-3": {"rating": typed, "session": " ｐ４ "}})
    apply_review(mixed.path)
    row = mixed.row("results.csv", "bcd-3")
    assert (row["session"], row["rating"], row["status"]) == ("P4", rating, "corrected")


@pytest.mark.parametrize("typed", ["0", "6", "5,5", "4-5", "-4", "05.jan", "1E0", "4/5", "½", "x"])
def test_an_entry_that_is_none_is_refused_and_nothing_changed(mixed, typed):
    mixed.fill({"bcd-3": {"rating": typed}})
    before = mixed.files()
    with pytest.raises(ReviewError, match="row 2, column rating"):
        apply_review(mixed.path)
    assert mixed.files() == before


def workbook():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        file.writestr("xl/workbook.xml", "<workbook/>")
    return data.getvalue()


REFUSED = {
    "empty": (b"", "no such column"),
    "only blanks": (b" \r\n;;;\r\n\t\r\n", "no such column"),
    "a mark and nothing else": (codecs.BOM_UTF8, "no such column"),
    "a workbook": (workbook(), "is a workbook, whatever its name says"),
    "an old workbook": (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "is a workbook"),
    "UTF-16 without its mark": (saved(";").encode("utf-16-le"), "in a coding that is not known"),
    "noughts of a failed disk": (saved(";").encode()[:90] + b"\0" * 900, "damaged|breaks off"),
    "noughts only": (b"\0" * 512, "damaged|breaks off"),
    "half UTF-8, half not": (
        saved(";").encode("utf-8-sig")[:200] + saved(";").encode("cp1252"),
        "some of it is no text",
    ),
    "a picture": (b"\x89PNG\r\n\x1a\n\x81\x8d\x8f\x90\x9d" * 9, "is not a text file"),
    "a page of the web": (b"<html><body>Sign in</body></html>\n", "no such column"),
    "only its first row, cut": (";".join(HEADER)[:45].encode(), "breaks off"),
    "no ratings": (saved(";").replace("rating", "Karakter").encode(), "column rating: there is no"),
    "no slips": (saved(";").replace("slip", "Lapp").encode(), "column slip: there is no"),
    "two of a column": (saved(";").replace("note", "Rating").encode(), "several columns"),
    "a quote never closed": (saved(";").replace("void", '"void').encode(), "quotes do not match"),
    "contradictions": (
        saved(";", rows=[*ROWS, [*ROWS[0][:6], "5", "", ""]]).encode(),
        "row 6, column slip: 'bcd-3' stands in row 2 too",
    ),
    "an unknown slip": (
        saved(";", rows=[*ROWS, ["xyz-9", *ROWS[0][1:]]]).encode(),
        "row 6, column slip: 'xyz-9' is not a slip",
    ),
    "a slip turned into a date": (
        saved(";", rows=[["03.feb", *ROWS[0][1:]], *ROWS[1:]]).encode(),
        "row 2, column slip: '03.feb' is not a slip",
    ),
    "of another run": (
        saved(";").replace("bcd-", "xyz-").encode(),
        "none of the 4 slips is in this folder's results.csv: this review.csv belongs to another",
    ),
}


@pytest.mark.parametrize(("data", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_review_is_refused_with_the_reason_and_nothing_changed(mixed, data, why):
    mixed.review.write_bytes(data)
    before = mixed.files()
    with pytest.raises(ReviewError) as caught:
        apply_review(mixed.path)
    assert re.search(why, str(caught.value))
    assert "Nothing was changed" in caught.value.hint
    assert mixed.files() == before


@pytest.mark.parametrize("kind", REFUSED)
def test_a_run_refuses_it_too_before_a_page_is_read_or_at_the_end(mixed, write, readings, kind):
    mixed.review.write_bytes(REFUSED[kind][0])
    before = mixed.files()
    with pytest.raises(OutputError):
        write(readings.mixed())
    assert mixed.files() == before


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp1252", "utf-16"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_half_saved_review_never_loses_a_correction(mixed, encoding, part):
    """Places around a tenth, the half and nine tenths: some fall between two rows."""
    mixed.review.write_bytes(saved(";").encode("utf-8"))
    apply_review(mixed.path)
    whole, decided = mixed.review.read_bytes().decode("utf-8-sig"), mixed.tables()
    data = whole.encode(encoding)
    middle = int(len(data) * part)
    taken = refused = 0
    for length in range(middle - 12, middle + 12, 3):
        mixed.review.write_bytes(data[:length])
        try:
            outcome = apply_review(mixed.path)
        except ReviewError:
            refused += 1
            assert mixed.tables()["results.csv"] == decided["results.csv"]
        else:
            taken += 1
            assert "ikke lenger noen rad i review.csv" in outcome.warnings[0]
            assert mixed.tables() == decided
    assert taken + refused == 8
    assert refused > taken


def test_entries_of_a_half_saved_review_are_whole_or_refused(mixed):
    """Cut anywhere: what is taken is what was typed, and what is missing is told."""
    data = saved(",").encode("utf-8-sig")
    typed = {row[0]: (row[6], row[7]) for row in ROWS}
    for length in range(len(data.splitlines()[0]), len(data) - 2, 7):
        mixed.review.write_bytes(data[:length])
        try:
            outcome = apply_review(mixed.path)
        except ReviewError:
            continue
        rows = {row["slip"]: (row["rating"], row["note"]) for row in mixed.table("review.csv")}
        assert all(entry in (("", ""), typed[slip]) for slip, entry in rows.items())
        lacking = data[:length].count(b"crops/") < len(ROWS)
        assert lacking == bool(outcome.warnings)


@pytest.mark.parametrize("sign", ["~$review.csv", ".~lock.review.csv#"])
def test_a_review_that_is_open_is_refused_with_the_file_that_tells_so(mixed, write, readings, sign):
    (mixed.path / sign).write_text("Kari,kari,laptop", "utf-8")
    mixed.fill({"bcd-3": {"rating": "4"}})
    before = mixed.files()
    with pytest.raises(OutputError, match="open in Excel or LibreOffice") as caught:
        apply_review(mixed.path)
    assert f"delete {sign}" in caught.value.hint
    with pytest.raises(OutputError, match="open in Excel or LibreOffice"):
        write(readings.mixed())
    assert mixed.files() == before


def test_a_review_that_is_opened_while_the_scans_are_read_is_left_alone(mixed, write, readings):
    def pages():
        yield from readings.mixed()
        (mixed.path / ".~lock.review.csv#").touch()

    tables = mixed.tables()
    with pytest.raises(OutputError, match="open in Excel or LibreOffice"):
        write(pages())
    assert mixed.tables() == tables


def test_a_review_far_too_large_is_refused_unread(mixed, monkeypatch):
    with mixed.review.open("wb") as file:
        file.truncate(1_000_000_000)
    monkeypatch.setattr(files, "_size", lambda file: len(file.read(0)) + 1_000_000_000)
    with pytest.raises(OutputError, match="far too large, more than 64 MB"):
        apply_review(mixed.path)


def test_a_review_that_grows_while_it_is_read_is_refused(mixed, monkeypatch):
    monkeypatch.setattr(files, "_size", lambda _file: 0)
    with mixed.review.open("wb") as file:
        file.truncate(files.MAX_BYTES + 1)
    with pytest.raises(OutputError, match="far too large"):
        apply_review(mixed.path)


def test_no_name_of_a_slip_can_become_a_number_or_a_date_in_a_spreadsheet():
    """Six consonants, then figures: no word for a month, a day or a truth is made of those."""
    for scan in ("0" * 64, "f" * 64, "0123456789abcdef" * 4):
        name = page_name(ScanFile(Path("box.pdf"), "box.pdf", scan, True, 1), 1)
        assert re.fullmatch(r"[bcdfghjklmnpqrstvwxz]{6}-001", name)
    words = {"true", "false"}
    for code in OFFICE_LANGUAGES.split():
        words |= words_of_the_calendar(Locale.parse(code))
    assert len(words) > 400
    assert [word for word in words if re.match(r"[bcdfghjklmnpqrstvwxz]{6}\W*$", word)] == []


OFFICE_LANGUAGES = "en de nl fr es pt it nb nn sv da fi is et lv lt pl cs"
"""Of the spreadsheets that our organisers may have."""


def words_of_the_calendar(locale):
    contexts = [*locale.months.values(), *locale.days.values()]
    widths = [width for context in contexts for width in context.values()]
    return {str(word).casefold() for width in widths for word in width.values()}
