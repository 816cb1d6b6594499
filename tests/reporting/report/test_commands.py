"""`scanpipe report`, and the report that `run` and `apply` write after the tables."""

from contextlib import chdir
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

import scanpipe.run
from scanpipe import cli
from scanpipe.errors import ExitCode
from scanpipe.shell import quoted

pytestmark = pytest.mark.usefixtures("no_charts")


def type_(*words: object) -> Result:
    return CliRunner().invoke(cli.main, [str(word) for word in words])


@pytest.fixture
def run_of(monkeypatch, write, folder):
    """Let `scanpipe run` write a stack of readings in place of reading scans."""

    def stand_in(stack, **options):
        monkeypatch.setattr(scanpipe.run, "read_scans", lambda *_, **__: write(stack, **options))
        return type_("run", "box.pdf", "--form", "x.toml", "-o", folder.path)

    return stand_in


def test_report_writes_it_and_says_where_in_the_forms_language(
    write, readings, folder, form
) -> None:
    write(readings.hadeland(), of=form.model_copy(update={"language": "en"}))
    done = type_("report", folder.path)
    assert done.exit_code == ExitCode.DONE, done.output
    assert done.stdout.startswith(f"The report is in {folder.path / 'report.html'}")
    assert (folder.path / "report.xlsx").exists()


def test_report_of_a_folder_without_a_run_says_what_to_name(tmp_path: Path) -> None:
    done = type_("report", tmp_path)
    assert done.exit_code == ExitCode.OUTPUT
    assert "holds no run.json" in done.stderr
    assert "Name the folder of a finished run." in done.stderr


def test_report_of_figures_that_do_not_add_up_says_so_to_the_shell(write, readings, folder) -> None:
    write(readings.mixed(), pages=99)
    assert type_("report", folder.path).exit_code == ExitCode.UNBALANCED
    assert (folder.path / "report.html").exists()


def test_run_writes_the_report_after_the_table(run_of, readings, folder) -> None:
    done = run_of(readings.mixed())
    assert done.exit_code == ExitCode.SOME_UNREADABLE, done.output
    assert (folder.path / "report.html").exists()
    assert done.stdout.index("Til sammen") < done.stdout.index("report.html")


@pytest.mark.usefixtures("clock")
def test_apply_writes_the_report_anew(write, readings, folder, page) -> None:
    write(readings.mixed())
    assert type_("report", folder.path).exit_code == ExitCode.DONE
    assert page().rows(0)[0][6] == "1"
    folder.fill({"bcd-4": {"rating": "2"}})
    done = type_("apply", folder.path)
    assert done.exit_code == ExitCode.DONE, done.output
    assert page().rows(0)[0][6] == "2"


@pytest.mark.parametrize("command", ["run", "apply"])
def test_no_report_is_written_if_none_is_wanted(
    run_of, readings, folder, command: str, monkeypatch
) -> None:
    assert run_of(readings.mixed()).exit_code == ExitCode.SOME_UNREADABLE
    (folder.path / "report.html").unlink()
    monkeypatch.setattr(
        scanpipe.run, "read_scans", lambda *_, **__: SimpleNamespace(report="", **found(folder))
    )
    done = type_(
        command, folder.path, "--no-report", *(["--form", "x"] if command == "run" else [])
    )
    assert done.exit_code == ExitCode.DONE, done.output
    assert not (folder.path / "report.html").exists()


def found(folder) -> dict[str, object]:
    balance = SimpleNamespace(slips=1, adds_up=True)
    return {"balance": balance, "rejected": (), "folder": folder.path}


@pytest.mark.usefixtures("clock")
def test_a_report_that_is_open_in_excel_leaves_the_tables_and_says_what_to_do(
    run_of, readings, folder, form
) -> None:
    english = form.model_copy(update={"language": "en"})
    run_of(readings.mixed(), of=english)
    (folder.path / "~$report.xlsx").write_bytes(b"")
    report = (folder.path / "report.html").read_bytes()
    folder.fill({"bcd-4": {"rating": "2"}})

    done = type_("apply", folder.path)

    assert done.exit_code == ExitCode.OUTPUT
    assert folder.row("results.csv", "bcd-4")["status"] == "corrected"
    assert (folder.path / "report.html").read_bytes() == report
    assert "The tables are written, but the report is not" in done.stderr
    assert f"scanpipe report {folder.path}" in done.stderr
    assert "Traceback" not in done.output
    (folder.path / "~$report.xlsx").unlink()
    assert type_("report", folder.path).exit_code == ExitCode.DONE
    assert (folder.path / "report.html").read_bytes() != report


def test_a_balance_that_is_off_matters_more_than_a_report_that_cannot_be_written(
    run_of, readings, folder
) -> None:
    folder.path.mkdir(parents=True)
    (folder.path / "report.html").mkdir()
    assert run_of(readings.mixed(), pages=99).exit_code == ExitCode.UNBALANCED


def test_a_folder_with_spaces_is_quoted_where_it_is_to_be_typed(
    readings, write, monkeypatch, tmp_path
) -> None:
    home = tmp_path / "my tables (2027)"
    home.mkdir()
    (home / "report.xlsx").mkdir()
    monkeypatch.setattr(
        scanpipe.run, "read_scans", lambda *_, **__: write(readings.mixed(), into=home)
    )
    with chdir(tmp_path):
        done = type_("run", "box.pdf", "--form", "x.toml")
    assert done.exit_code == ExitCode.OUTPUT
    assert f"`scanpipe report {quoted(home)}`" in done.stderr
