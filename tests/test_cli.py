"""The commands as a person types them: what they say, and the exit codes."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from PIL import Image

import scanpipe.reporting
import scanpipe.run
from scanpipe import __version__, cli
from scanpipe.cli import speaking
from scanpipe.doctor import PYTHON_MODULES
from scanpipe.errors import (
    ExitCode,
    FormError,
    MissingToolError,
    NothingReadableError,
    OutputError,
    ReviewError,
    ScanpipeError,
    UsageError,
)
from scanpipe.reporting import Gone, Rejected
from scanpipe.vocabulary import Reason

FORM = Path(__file__).parents[1] / "forms" / "hadeland-2016.toml"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An organiser's folder with one form in forms/, and nothing else."""
    (tmp_path / "forms").mkdir()
    shutil.copy(FORM, tmp_path / "forms")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def type_(*words: str) -> Result:
    """Type a command; tables without a report, which has tests of its own."""
    tables_only = ["--no-report"] if {"run", "apply"}.intersection(words) else []
    return CliRunner().invoke(cli.main, [*words, *tables_only])


def outcome(
    *, slips: int = 3, rejected: int = 0, adds_up: bool = True, gone: tuple[Gone, ...] = ()
) -> SimpleNamespace:
    balance = SimpleNamespace(slips=slips, adds_up=adds_up)
    pages = (Rejected("a.pdf", 1, (Reason.NO_SLIP,)),) * rejected
    form = SimpleNamespace(language="en")
    return SimpleNamespace(
        balance=balance, rejected=pages, report="the table", form=form, gone=gone
    )


def stand_in(monkeypatch: pytest.MonkeyPatch, act: Callable[..., object]) -> None:
    """Let `scanpipe run` do `act` in place of reading scans."""
    monkeypatch.setattr(scanpipe.run, "read_scans", act)


def test_help_lists_the_commands_in_the_order_of_an_event() -> None:
    said = type_("--help").output
    commands = ("new", "print", "run", "apply", "simulate", "doctor")
    places = [said.index(f"\n  {name} ") for name in commands]
    assert places == sorted(places)


def test_the_version_is_told() -> None:
    assert type_("--version").output == f"scanpipe, version {__version__}\n"


def test_help_does_not_load_what_only_the_work_needs() -> None:
    heavy = set(PYTHON_MODULES) - {"click"}
    code = f"import sys, scanpipe.cli; print({heavy}.intersection(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_the_module_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scanpipe", "--help"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("Usage: scanpipe [OPTIONS] COMMAND")


def test_a_new_form_can_be_printed_by_its_id(desk: Path) -> None:
    made = type_("new", "fair")
    assert made.exit_code == ExitCode.DONE
    assert "scanpipe print fair -o slips.pdf" in made.output
    printed = type_("print", "fair", "-o", "slips.pdf")
    assert printed.exit_code == ExitCode.DONE, printed.output
    assert (desk / "slips.pdf").read_bytes().startswith(b"%PDF-")


def test_printing_tells_how_much_and_how_to_print_it(desk: Path) -> None:
    done = type_("print", "hadeland-2016", "-o", "slips.pdf", "--copies", "8", "--sheet", "a4")
    assert "slips.pdf: 40 lapper på 10 sider" in done.output
    assert "100 %" in done.output
    assert (desk / "slips.pdf").exists()


@pytest.mark.parametrize(
    "target", [Path("no folder") / "slips.pdf", Path("a file") / "slips.pdf", Path("x" * 250)]
)
def test_a_printing_that_fails_does_not_count_as_printed(desk: Path, target: Path) -> None:
    (desk / "a file").write_bytes(b"")
    (desk / "forms" / FORM.name).unlink()
    assert type_("new", "fair").exit_code == ExitCode.DONE
    before = {*desk.rglob("*")}
    done = type_("print", "fair", "-o", str(target))
    assert done.exit_code == ExitCode.OUTPUT, done.output
    assert f"{target} cannot be written" in done.stderr
    assert {*desk.rglob("*")} == before
    said = type_().output
    assert "; no slips printed yet" in said
    assert "scanpipe print fair" in said


@pytest.mark.parametrize("sheet", ["a4", "letter", "slip"])
def test_every_sheet_can_be_asked_for(desk: Path, sheet: str) -> None:
    form = str(desk / "forms" / "hadeland-2016.toml")
    done = type_("print", form, "-o", "slips.pdf", "--sheet", sheet, "--quiet")
    assert (done.exit_code, done.output) == (ExitCode.DONE, "")


@pytest.mark.parametrize(
    "words",
    [
        ("print", "hadeland-2016"),
        ("print", "hadeland-2016", "-o", "x.pdf", "--copies", "0"),
        ("print", "hadeland-2016", "-o", "x.pdf", "--sheet", "a0"),
        ("run",),
        ("run", "no-such-scan.pdf"),
        ("run", "x.pdf", "--workers", "0"),
        ("apply", "no-such-folder"),
        ("simulate", "hadeland-2016", "-o", "x.pdf"),
        ("fax",),
    ],
)
@pytest.mark.usefixtures("desk")
def test_a_command_that_does_not_fit_is_a_usage_error(words: tuple[str, ...]) -> None:
    done = type_(*words)
    assert done.exit_code == ExitCode.USAGE
    assert done.stderr


def test_a_form_that_is_not_there_is_a_form_error(desk: Path) -> None:
    done = type_("print", "nowhere", "-o", "slips.pdf")
    assert done.exit_code == ExitCode.FORM
    assert f"there is no form file {Path('forms') / 'nowhere.toml'}" in done.stderr
    assert not (desk / "slips.pdf").exists()


def test_every_mistake_in_a_form_is_told_without_a_traceback(desk: Path) -> None:
    (desk / "forms" / "bad.toml").write_text('id = "bad"\ntitel = "x"\n', encoding="utf-8")
    done = type_("print", "bad", "-o", "slips.pdf")
    assert done.exit_code == ExitCode.FORM
    assert "titel" in done.stderr
    assert "question" in done.stderr
    assert "Traceback" not in done.stderr


def test_with_two_forms_run_asks_which(desk: Path) -> None:
    assert type_("new", "fair").exit_code == ExitCode.DONE
    (desk / "scan.pdf").write_bytes(b"%PDF-1.7")
    done = type_("run", "scan.pdf")
    assert done.exit_code == ExitCode.USAGE
    assert str(Path("forms", "fair.toml")) in done.stderr
    assert str(Path("forms", "hadeland-2016.toml")) in done.stderr


@pytest.mark.usefixtures("desk")
def test_run_hands_on_what_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def read_scans(form: object, scans: object, **named: object) -> SimpleNamespace:
        asked.extend([form, scans, *(named[name] for name in ("folder", "workers", "csv"))])
        return outcome()

    stand_in(monkeypatch, read_scans)
    done = type_("run", "a.pdf", "b", "-o", "out", "--workers", "3", "--csv", "comma")
    assert done.exit_code == ExitCode.DONE
    assert done.stdout == "the table\n"
    form = Path("forms", "hadeland-2016.toml")
    assert asked == [form, (Path("a.pdf"), Path("b")), Path("out"), 3, "comma"]


@pytest.mark.parametrize(("words", "number"), [((), None), (("--expected", "240"), 240)])
@pytest.mark.usefixtures("desk")
def test_run_hands_on_how_many_slips_were_handed_in(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], number: int | None
) -> None:
    asked: list[object] = []

    def read_scans(*_given: object, **named: object) -> SimpleNamespace:
        asked.append(named["expected"])
        return outcome()

    stand_in(monkeypatch, read_scans)
    assert type_("run", "a.pdf", *words).exit_code == ExitCode.DONE
    assert type_("run", "a.pdf", "--expected", "-1").exit_code == ExitCode.USAGE
    assert asked == [number]


@pytest.mark.usefixtures("desk")
def test_run_uses_every_processor_it_may_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workers: list[object] = []

    def read_scans(*_given: object, **named: object) -> SimpleNamespace:
        workers.append(named["workers"])
        return outcome()

    stand_in(monkeypatch, read_scans)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 3, 5}, raising=False)
    type_("run", "a.pdf")
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    type_("run", "a.pdf")
    assert workers == [3, 7]


@pytest.mark.usefixtures("desk")
def test_what_draws_the_report_is_loaded_while_scans_are_read_and_only_for_a_report(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[object] = []

    def read_scans(*_given: object, **named: object) -> SimpleNamespace:
        asked.append(named["meanwhile"])
        return outcome()

    stand_in(monkeypatch, read_scans)
    type_("run", "a.pdf", "--no-report")
    CliRunner().invoke(cli.main, ["run", "a.pdf"])
    assert asked[0] is None
    monkeypatch.delitem(sys.modules, "matplotlib.backends.backend_agg", raising=False)
    assert callable(asked[1])
    asked[1]()
    assert "matplotlib.backends.backend_agg" in sys.modules


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (outcome(), ExitCode.DONE),
        (outcome(rejected=1), ExitCode.SOME_UNREADABLE),
        (outcome(slips=0, rejected=2), ExitCode.NOTHING_READABLE),
        (outcome(slips=0), ExitCode.NOTHING_READABLE),
        (outcome(rejected=1, adds_up=False), ExitCode.UNBALANCED),
        (outcome(slips=0, adds_up=False), ExitCode.UNBALANCED),
    ],
)
@pytest.mark.usefixtures("desk")
def test_run_ends_with_the_worst_that_happened(
    monkeypatch: pytest.MonkeyPatch, result: SimpleNamespace, code: ExitCode
) -> None:
    stand_in(monkeypatch, lambda *_, **__: result)
    done = type_("run", "a.pdf")
    assert done.exit_code == code
    assert "the table" in done.stdout


@pytest.mark.parametrize(("adds_up", "code"), [(True, ExitCode.DONE), (False, ExitCode.UNBALANCED)])
def test_apply_shows_the_table_and_checks_the_balance(
    desk: Path, monkeypatch: pytest.MonkeyPatch, adds_up: bool, code: ExitCode
) -> None:
    monkeypatch.setattr(
        scanpipe.reporting, "apply_review", lambda _folder: outcome(rejected=1, adds_up=adds_up)
    )
    done = type_("apply", str(desk))
    assert done.exit_code == code
    assert done.stdout == "the table\n"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("what", "do this"), ExitCode.USAGE),
        (FormError("what", hint="do this"), ExitCode.FORM),
        (MissingToolError("what", "do this"), ExitCode.MISSING_TOOL),
        (OutputError("what", "do this"), ExitCode.OUTPUT),
        (ReviewError("what", (), "do this"), ExitCode.OUTPUT),
        (NothingReadableError("what", "do this"), ExitCode.NOTHING_READABLE),
    ],
)
@pytest.mark.usefixtures("desk")
def test_an_error_tells_what_and_what_to_do_and_ends_with_its_code(
    monkeypatch: pytest.MonkeyPatch, error: ScanpipeError, code: ExitCode
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    stand_in(monkeypatch, fail)
    done = type_("run", "a.pdf")
    assert (done.exit_code, done.stdout, done.stderr) == (code, "", "what\ndo this\n")


@pytest.fixture
def fault(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("division\nby zero")

    stand_in(monkeypatch, fail)
    return desk


@pytest.mark.usefixtures("fault")
def test_an_unforeseen_error_is_one_line_that_says_how_to_report_it() -> None:
    done = type_("run", "a.pdf")
    assert done.exit_code == ExitCode.BUG
    assert "ZeroDivisionError: division by zero" in done.stderr
    assert "--debug" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.usefixtures("fault")
def test_debug_shows_where_an_unforeseen_error_arose() -> None:
    done = type_("--debug", "run", "a.pdf")
    assert done.exit_code == ExitCode.BUG
    assert "Traceback" in done.stderr
    assert "in fail" in done.stderr


@pytest.mark.usefixtures("desk")
def test_ctrl_c_ends_with_130_and_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    stand_in(monkeypatch, stop)
    done = type_("run", "a.pdf")
    assert done.exit_code == ExitCode.INTERRUPTED
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("desk")
def test_work_that_is_soon_done_needs_no_progress_in_a_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def read_scans(*_given: object, **named: object) -> SimpleNamespace:
        progress = named["progress"]
        assert callable(progress)
        progress(1, 2)
        return outcome()

    stand_in(monkeypatch, read_scans)
    assert type_("run", "a.pdf").stderr == ""


@dataclass
class Clock:
    time_s: float = 0.0

    def __call__(self) -> float:
        return self.time_s


def logged(
    capsys: pytest.CaptureFixture[str], pace_s: float, total: int, known: int = 0
) -> list[str]:
    """The lines of progress of work that takes `pace_s` for each of `total`."""
    clock = Clock()
    progress = speaking.PlainProgress("Pages", clock)
    for done in range(known, total + 1):
        progress(done, total)
        clock.time_s += pace_s
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err.splitlines()


def test_progress_in_a_log_is_a_line_for_every_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    lines = logged(capsys, 1.0, 200)
    assert lines[0] == "Pages: 20 of 200, 3:00 left"
    assert lines[4] == "Pages: 100 of 200, 1:40 left"
    assert (len(lines), lines[-1]) == (10, "Pages: 200 of 200")


def test_what_was_done_before_says_nothing_of_the_pace(capsys: pytest.CaptureFixture[str]) -> None:
    lines = logged(capsys, 1.0, 200, known=100)
    assert lines[0] == "Pages: 120 of 200, 1:20 left"
    assert logged(capsys, 9.0, 4, known=3) == []


def test_progress_in_a_log_does_not_rush(capsys: pytest.CaptureFixture[str]) -> None:
    assert logged(capsys, 0.125, 15) == []
    lines = logged(capsys, 0.125, 100)
    assert [line.split(" of ")[0] for line in lines] == [
        f"Pages: {done}" for done in (16, 32, 48, 64, 80, 96, 100)
    ]


@pytest.mark.usefixtures("desk")
def test_a_quiet_run_says_nothing_and_ends_as_it_would(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_scans(*_given: object, **named: object) -> SimpleNamespace:
        progress, continued = named["progress"], named["continued"]
        assert callable(progress)
        progress(1, 2)
        assert continued is None
        return outcome(rejected=1)

    stand_in(monkeypatch, read_scans)
    done = type_("run", "a.pdf", "--quiet")
    assert (done.exit_code, done.stdout, done.stderr) == (ExitCode.SOME_UNREADABLE, "", "")


@pytest.mark.usefixtures("desk")
def test_a_run_that_waits_for_workers_says_so_and_how_to_end_it_when_quiet_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def read_scans(*_given: object, **named: object) -> SimpleNamespace:
        waiting = named["waiting"]
        assert callable(waiting)
        waiting()
        return outcome()

    stand_in(monkeypatch, read_scans)
    done = type_("run", "a.pdf", "--dask", "tcp://10.0.0.5:8786", "--quiet")
    found, hint = done.stderr.splitlines()
    assert "tcp://10.0.0.5:8786" in found
    assert "Ctrl-C" in hint


@pytest.mark.usefixtures("desk")
def test_slips_that_have_left_the_tables_are_told_when_quiet_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stand_in(monkeypatch, lambda *_, **__: outcome(gone=(Gone("box.pdf", 80),)))
    done = type_("run", "box2.pdf", "--quiet")
    assert (done.exit_code, done.stdout) == (ExitCode.DONE, "")
    assert done.stderr.startswith("The tables also held box.pdf (80 slips) until now")


@pytest.mark.usefixtures("desk")
def test_errors_are_told_when_quiet_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OutputError("what", "do this")

    stand_in(monkeypatch, fail)
    for how in ("--quiet", "--json"):
        done = type_("run", "a.pdf", how)
        assert (done.exit_code, done.stdout) == (ExitCode.OUTPUT, "")
        assert done.stderr == "what\ndo this\n"


def test_a_quiet_terminal_shows_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    with speaking.progress("Pages", quiet=True) as progress:
        progress(1, 2)
    assert screen.getvalue() == ""


class Screen(StringIO):
    """A terminal that remembers what it was sent."""

    def isatty(self) -> bool:
        return True


@pytest.mark.usefixtures("desk")
def test_progress_on_a_terminal_shows_a_count_and_the_time_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    with speaking.progress("Pages") as progress:
        for done in range(8):
            progress(done, 8)
            time.sleep(0.05)
    shown = screen.getvalue()
    assert "Pages" in shown
    assert "7/8" in shown
    assert re.search(r"\d:\d\d:\d\d.* left", shown)


def test_an_old_code_page_does_not_stop_a_message(desk: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "scanpipe", "print", "hadeland-2016", "-o", "slips.pdf"],
        cwd=desk,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == ExitCode.DONE
    assert "faktisk størrelse".encode() in done.stdout
    # A slow computer tells how far it is.
    assert all(line.startswith(b"Sider: ") for line in done.stderr.splitlines())


@pytest.mark.usefixtures("desk")
def test_doctor_ends_with_a_code_of_its_own_when_something_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    done = type_("doctor")
    assert done.exit_code == ExitCode.MISSING_TOOL
    assert "FAULT Tesseract: tesseract was not found." in done.stdout
    assert "sudo apt install tesseract-ocr tesseract-ocr-nor" in done.stdout
    assert "FAULT poppler: pdftoppm was not found." in done.stdout


@pytest.mark.usefixtures("in_this_process")
def test_a_rehearsal_is_read_back(desk: Path) -> None:
    made = type_(
        *("simulate", "hadeland-2016", "-o", "stack.pdf", "--truth", "truth.csv"),
        *("--slips", "3", "--image", "1bit", "--quiet"),
    )
    assert (made.exit_code, made.output) == (ExitCode.DONE, "")
    done = type_("run", "stack.pdf", "--workers", "1")
    assert done.exit_code == ExitCode.DONE, done.output
    assert "Til sammen" in done.stdout
    assert (desk / "output" / "hadeland-2016" / "summary.csv").exists()
    again = type_("apply", str(Path("output", "hadeland-2016")), "--json")
    assert again.exit_code == ExitCode.DONE, again.output
    told = json.loads(again.stdout)
    assert (told["exit_reason"], told["balance"]["pages"]) == ("done", 3)
    assert told["summary"][-1]["slips"] == 3


@pytest.mark.usefixtures("in_this_process")
def test_run_tells_a_script_and_keeps_no_pictures_if_it_is_asked_to(desk: Path) -> None:
    page = Image.new("L", (900, 640), 255)
    page.paste(60, (200, 200, 500, 400))
    page.save(desk / "page.png", dpi=(150, 150))
    done = type_("run", "page.png", "--workers", "1", "--json", "--no-crops")
    told = json.loads(done.stdout)
    assert told["exit_code"] == done.exit_code == ExitCode.NOTHING_READABLE
    assert told["rejected"] == [{"file": "page.png", "page": 1, "reasons": ["no_slip"]}]
    assert not (Path(told["folder"]) / "crops").exists()


@pytest.mark.usefixtures("in_this_process")
def test_a_stack_without_a_slip_is_listed_and_ends_with_6(desk: Path) -> None:
    (desk / "scan.pdf").write_bytes(b"not a PDF at all")
    done = type_("run", "scan.pdf", "--workers", "1")
    assert done.exit_code == ExitCode.NOTHING_READABLE, done.output
    results = desk / "output" / "hadeland-2016" / "results.csv"
    assert "unreadable_file" in results.read_text(encoding="utf-8-sig")


@pytest.mark.usefixtures("desk")
def test_what_is_asked_of_a_simulated_stack_is_told_by_the_names_of_the_options() -> None:
    words = ("simulate", "hadeland-2016", "-o", "stack.pdf", "--truth", "truth.csv")
    done = type_(*words, "--slips", "20", "--awkward")
    assert done.exit_code == ExitCode.USAGE
    assert done.stderr.startswith("--counts, --slips and --awkward ")


@pytest.mark.usefixtures("desk")
def test_a_scenario_that_is_not_there_leads_to_the_list_of_all() -> None:
    done = type_("selftest", "hadeland-2016", "--scenario", "nope")
    assert done.exit_code == ExitCode.USAGE
    assert "`scanpipe selftest --scenarios` lists them all" in done.stderr
    assert {"grey-200", "torn-corner"} <= {*type_("selftest", "--scenarios").stdout.splitlines()}
