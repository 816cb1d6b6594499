"""The rehearsal as an organiser runs it, and the fixed small part of the measurement."""

import importlib.util
import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import scanpipe.selftest
from scanpipe import cli
from scanpipe.errors import ExitCode
from scanpipe.selftest.comparing import Fate
from scanpipe.selftest.tally import Tally

ROOT = Path(__file__).parents[1]
FORM = ROOT / "forms" / "hadeland-2016.toml"
ACCURACY = ROOT / "tests" / "bench" / "accuracy.py"


def rehearse(*words: str) -> Result:
    return CliRunner().invoke(cli.main, ["selftest", str(FORM), *words])


def tally(**fates: int) -> Tally:
    return Tally(sum(fates.values()), Counter({Fate(name): n for name, n in fates.items()}))


def test_it_shows_a_line_for_each_scenario_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    shown = rehearse("--n", "2", "--scenario", "grey-300", "--workers", "1", "--confusion")

    assert shown.exit_code == 0, shown.output
    for title in ("slips", "right", "blank", "review", "silent", "lost", "wrong below"):
        assert title in shown.output
    (line,) = [text for text in shown.output.splitlines() if "grey-300" in text]
    assert line.split()[1:] == ["2", "2", "0", "0", "0", "0", "0.0%", "100.00%"]
    assert "read (across)" in shown.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("fates", "code"),
    [
        ({"right": 30, "review": 8}, ExitCode.DONE),
        ({"right": 30, "silent": 1}, ExitCode.BUG),
        ({"right": 30, "lost": 1}, ExitCode.BUG),
    ],
)
def test_a_silent_error_or_a_lost_slip_is_exit_code_1(
    fates: dict[str, int], code: ExitCode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanpipe.selftest, "rehearse", lambda *_: {"torn-corner": tally(**fates)})

    assert rehearse().exit_code == code


def test_an_unknown_scenario_is_told_with_those_that_are_like_it() -> None:
    shown = rehearse("--scenario", "torn-corners")

    assert shown.exit_code == ExitCode.USAGE
    assert "two-torn-corners" in shown.output


def test_progress_reaches_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(scanpipe.selftest.rehearsal, "rehearse_stack", _nothing_happens)
    scanpipe.selftest.rehearse(
        scanpipe.form.load_form(FORM),
        scanpipe.selftest.scenarios_named(None),
        25,
        progress=lambda done, total: told.append((done, total)),
    )

    assert told == sorted(told)
    assert told[-1][0] == told[-1][1] > 1000


def _nothing_happens(*_: object, **__: object) -> list[scanpipe.selftest.Rehearsal]:
    return []


class Here(Executor):
    """Does each job where it is handed in."""

    def submit(self, run: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(run(*given, **named))
        return done


@pytest.mark.usefixtures("in_this_process")
def test_no_slip_of_the_fixed_small_part_is_read_wrong_or_lost(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # With workers each draws the empty slips and loads its libraries anew.
    spec = importlib.util.spec_from_file_location("accuracy", ACCURACY)
    assert spec is not None
    assert spec.loader is not None
    accuracy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(accuracy)
    monkeypatch.setattr(accuracy, "maker", lambda _workers: Here())

    wrong = accuracy.main(["--small", "--workers", "1"])

    shown = capsys.readouterr().out
    assert wrong == 0, shown
    assert "**0 silent errors**" in shown
