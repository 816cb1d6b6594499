"""report.xlsx and every CSV as LibreOffice opens them: without a question, with the same cells."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from scanpipe.reporting.dialect import unshielded

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
CSV = "Text - txt - csv (StarCalc):59,34,76,1,,1044,false,true,false"
"""Semicolons, UTF-8 and Norwegian numbers: what a Norwegian Excel does with a double click."""

TABLES = ("results.csv", "summary.csv", "review.csv", "journal.csv")

pytestmark = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")


@pytest.fixture
def converted(report, readings, folder, tmp_path, no_charts):  # noqa: ARG001
    """Every table of a run with awkward cells, as LibreOffice saves it again."""
    odd = [
        readings.slip(f"fgh-{i}", "F", 4, file=f"{name}.pdf", session_text=name)
        for i, name in enumerate(["=1+1", "+47 123", "-2", "@A1", "0012", "1,5", "3-4", 'æøå; "q"'])
    ]
    report([*readings.mixed(), readings.page(*odd)])
    out = tmp_path / "saved again"
    # One call for all tables: the program's start takes longest.
    convert(tmp_path, out, *(folder.path / name for name in TABLES), told=[f"--infilter={CSV}"])
    convert(tmp_path, out, folder.path / "report.xlsx")
    return out


def convert(home: Path, out: Path, *files: Path, told: Sequence[str] = ()) -> None:
    profile = f"-env:UserInstallation={(home / 'office').as_uri()}"
    words = [OFFICE, profile, "--headless", *told, "--convert-to", "xlsx", "--outdir", out, *files]
    done = subprocess.run(
        words,
        env=os.environ | {"HOME": str(home)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def cells(path: Path, sheet: str | None = None) -> list[list[object]]:
    book = openpyxl.load_workbook(path)
    found = book[sheet] if sheet else book.worksheets[0]
    return [[told(value) for value in row] for row in found.iter_rows(values_only=True)]


def told(value: object) -> object:
    return (
        "" if value is None else round(float(value), 9) if isinstance(value, int | float) else value
    )


def plain(cell: str) -> object:
    """A cell of a CSV as a Norwegian spreadsheet takes it."""
    try:
        return float(cell.replace(",", "."))
    except ValueError:
        return cell


def test_libreoffice_opens_every_file_and_finds_the_same_cells(converted, folder) -> None:
    for name in TABLES:
        table = folder.table(name)
        head, *rows = cells((converted / name).with_suffix(".xlsx"))
        if table:
            assert head == list(table[0])
        assert rows == [[plain(cell) for cell in line.values()] for line in table], name
    ours, theirs = folder.path / "report.xlsx", converted / "report.xlsx"
    names = openpyxl.load_workbook(ours).sheetnames
    assert openpyxl.load_workbook(theirs).sheetnames == names
    for name in names:
        assert cells(theirs, name) == cells(ours, name), name
    texts = [row[12] for row in cells(theirs, names[-2])[1:]]
    shielded = [line["session_text"] for line in folder.table("results.csv")]
    assert texts == [unshielded(text) for text in shielded]
