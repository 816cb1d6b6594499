"""The report's files: all or none, the same bytes each time, nobody's work written over."""

import json
import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from scanpipe.errors import OutputError
from scanpipe.reporting import apply_review
from scanpipe.reporting.report import write_report, writing
from scanpipe.reporting.workbench import alone_in
from scanpipe.shell import quoted

REPORT = {"report.html", "report.xlsx", "charts/sessions.png", "charts/sessions.svg"}

pytestmark = pytest.mark.usefixtures("no_charts")


def reported(folder) -> dict[str, bytes]:
    return {name: data for name, data in folder.files().items() if name in REPORT}


def test_the_report_stands_beside_the_tables_and_leaves_them_alone(write, readings, folder) -> None:
    write(readings.mixed())
    before = folder.files()
    files = write_report(folder.path)
    after = folder.files()
    assert set(after) - set(before) == REPORT
    assert before.items() <= after.items()
    assert (files.page, files.workbook) == (
        folder.path / "report.html",
        folder.path / "report.xlsx",
    )
    assert {path.name for path in files.charts} == {"sessions.png", "sessions.svg"}


def test_the_same_run_gives_the_same_bytes(report, readings, folder) -> None:
    report(readings.mixed())
    once = reported(folder)
    write_report(folder.path)
    assert reported(folder) == once


def test_a_correction_that_was_applied_is_in_the_report(report, readings, folder, page) -> None:
    report(readings.mixed())
    assert page().rows(0)[0][6] == "1"
    folder.fill({"bcd-4": {"rating": "ok"}, "bcd-5": {"session": "F", "rating": "ok"}})
    apply_review(folder.path)
    assert not write_report(folder.path).unapplied
    assert page().rows(0)[0][6] == "3"
    assert page().rows(2)[2][1] == "2"


def test_what_is_typed_but_not_applied_is_told_and_not_counted(
    report, readings, folder, page
) -> None:
    report(readings.mixed())
    folder.fill({"bcd-4": {"rating": "ok"}})
    files = write_report(folder.path)
    assert files.unapplied
    assert page().rows(0)[0][6] == "1"
    assert any("scanpipe apply" in sentence for sentence in files.said)


def test_a_page_that_a_person_made_a_slip_counts(report, readings, folder, page) -> None:
    report(readings.mixed())
    folder.fill({"bcd-7": {"session": "P3", "rating": "5"}})
    apply_review(folder.path)
    write_report(folder.path)
    assert page().rows(0)[3][6] == "1"


def test_a_folder_without_a_run_has_no_report(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"holds no run\.json"):
        write_report(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_while_a_run_is_at_work_no_report_is_written(write, readings, folder) -> None:
    write(readings.mixed())
    with alone_in(folder.path), pytest.raises(OutputError, match="another scanpipe is at work"):
        write_report(folder.path)
    assert reported(folder) == {}


def test_a_workbook_that_is_open_stops_the_report_before_anything_is_replaced(
    report, readings, folder
) -> None:
    report(readings.mixed())
    before = folder.files()
    sign = folder.path / "~$report.xlsx"
    sign.write_bytes(b"")
    with pytest.raises(OutputError, match=r"report\.xlsx is open in Excel or LibreOffice"):
        write_report(folder.path)
    sign.unlink()
    assert folder.files() == before


@pytest.mark.parametrize("name", ["report.html", "report.xlsx", "charts/sessions.png"])
def test_when_one_file_cannot_be_written_none_is(
    report, readings, folder, monkeypatch, name: str
) -> None:
    report(readings.mixed())
    (folder.path / name).unlink()
    (folder.path / name).mkdir()
    before = folder.files()
    monkeypatch.setattr(writing, "page_bytes", lambda _: b"new")
    with pytest.raises(OutputError):
        write_report(folder.path)
    assert folder.files() == before


def test_charts_are_not_written_through_a_link_out_of_the_folder(
    write, readings, folder, tmp_path
) -> None:
    write(readings.mixed())
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder.path / "charts").symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(OutputError, match="leads out of the folder"):
        write_report(folder.path)
    assert list(elsewhere.iterdir()) == []


@pytest.mark.usefixtures("clock")
def test_a_workbook_that_somebody_has_saved_is_kept_under_its_date(
    report, readings, folder
) -> None:
    report(readings.mixed())
    path = folder.path / "report.xlsx"
    book = openpyxl.load_workbook(path)
    book.worksheets[1]["Z1"] = "my own note"
    book.save(path)
    theirs = path.read_bytes()

    files = write_report(folder.path)

    (copy,) = files.kept
    assert copy.name == "report 2026-11-21 1430.xlsx"
    assert copy.read_bytes() == theirs
    assert path.read_bytes() != theirs
    assert any(copy.name in sentence for sentence in files.said)
    assert write_report(folder.path).kept == ()


def test_what_is_no_workbook_at_all_is_kept_too(report, readings, folder) -> None:
    report(readings.mixed())
    (folder.path / "report.xlsx").write_bytes(b"PK\x03\x04 half a file")
    assert len(write_report(folder.path).kept) == 1


def damaged(data: bytes, how: str) -> bytes:
    """A workbook as a failing disk, or another program, leaves it: a part does not unpack."""
    with zipfile.ZipFile(BytesIO(data)) as parts:
        about = parts.getinfo("docProps/core.xml")
        listed = data.index(b"PK\x01\x02", parts.start_dir)
        while data[listed + 46 : listed + 46 + len(about.filename)] != about.filename.encode():
            listed = data.index(b"PK\x01\x02", listed + 4)
    begins = about.header_offset
    content = begins + 30 + len(about.filename)
    broken = bytearray(data)
    if how == "its letters are garbled":
        broken[content : content + about.compress_size] = b"\xff" * about.compress_size
    elif how == "it asks for a password":
        for place in (begins + 6, listed + 8):
            broken[place] |= 1
    elif how == "it is packed in a way of its own":
        for place in (begins + 8, listed + 10):
            broken[place] = 99
    else:
        broken[begins : begins + 4] = b"\0" * 4
    return bytes(broken)


@pytest.mark.parametrize(
    "how",
    [
        "its letters are garbled",
        "it asks for a password",
        "it is packed in a way of its own",
        "a part is not where it should be",
    ],
)
def test_a_workbook_that_is_damaged_within_is_kept_and_the_report_written(
    report, readings, folder, how: str
) -> None:
    report(readings.mixed())
    path = folder.path / "report.xlsx"
    whole = path.read_bytes()
    path.write_bytes(damaged(whole, how))
    (copy,) = write_report(folder.path).kept
    assert copy.read_bytes() == damaged(whole, how)
    assert path.read_bytes() == whole


def test_the_folder_to_apply_is_told_so_that_it_can_be_typed(write, readings, tmp_path) -> None:
    home = tmp_path / "Summer & sun (2027)"
    outcome = write(readings.mixed(), into=home)
    with outcome.review.open("a", encoding="utf-8") as file:
        file.write("\r\n")
    assert any(f"`scanpipe apply {quoted(home)}`" in each for each in write_report(home).said)


def test_the_time_of_writing_is_nowhere_in_the_workbook(report, readings, folder) -> None:
    report(readings.mixed())
    with zipfile.ZipFile(BytesIO((folder.path / "report.xlsx").read_bytes())) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(
    "text", ["", "no json", '{"checked": 50}', '{"checked": -1}', "[]", '"\\ud800"']
)
def test_a_damaged_audit_is_named_and_nothing_is_written(
    write, readings, folder, text: str
) -> None:
    write(readings.mixed())
    (folder.path / "audit.json").write_text(text, encoding="utf-8")
    with pytest.raises(OutputError, match=r"audit\.json"):
        write_report(folder.path)
    assert reported(folder) == {}


def test_an_audit_in_which_nothing_is_checked_yet_is_no_audit(
    report, readings, folder, page
) -> None:
    report(readings.mixed())
    begun = {"checked": 0, "differing": 0, "confidence": 0.95, "at_most": 1.0, "seed": 1}
    text = json.dumps(begun | {"date": "2026-11-21", "drawn": ["bcd-1"], "answers": {}})
    (folder.path / "audit.json").write_text(text)
    before = page().html
    write_report(folder.path)
    assert page().html == before


def test_run_json_of_another_version_is_named(write, readings, folder) -> None:
    write(readings.mixed())
    run = json.loads((folder.path / "run.json").read_bytes())
    del run["readings"]
    (folder.path / "run.json").write_text(json.dumps(run))
    with pytest.raises(OutputError, match=r"is not a run\.json of this version"):
        write_report(folder.path)
