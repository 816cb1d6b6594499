"""What Tab proposes, as each shell asks for it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanpipe import cli
from scanpipe.cli.completion import SHELLS
from scanpipe.cli.powershell import PowerShell
from scanpipe.errors import ExitCode


@pytest.fixture(autouse=True)
def _desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("forms/fair.toml", "forms/feast.toml", "output/fair/run.json", "output/x/y"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()


def proposed(*words: str) -> list[tuple[str, str]]:
    """What is proposed for the last of `words`, by kind and value, as PowerShell asks."""
    environ = {"COMP_WORDS": "\n".join(["scanpipe", *words[:-1]]), "COMP_CWORD": words[-1]}
    environ["_SCANPIPE_COMPLETE"] = "powershell_complete"
    done = CliRunner(env=environ).invoke(cli.main, prog_name="scanpipe")
    lines = (line.split("\t") for line in done.output.splitlines())
    return [(kind, value) for kind, value, _ in lines]


def values(*words: str) -> list[str]:
    found = proposed(*words)
    assert {kind for kind, _ in found} == {"plain"}
    return [value for _, value in found]


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_has_its_script(shell: str) -> None:
    done = CliRunner().invoke(cli.main, ["completion", shell])
    assert done.exit_code == ExitCode.DONE
    assert f"{shell}_complete" in done.stdout


def test_commands_are_proposed_with_what_they_do() -> None:
    assert values("re") == ["review", "report"]
    assert values("completion", "p") == ["powershell"]
    assert "--workers" in values("run", "--")


@pytest.mark.parametrize(
    "words", [("print", "f"), ("run", "--form", "f"), ("simulate", "f"), ("selftest", "f")]
)
def test_forms_are_proposed_by_their_ids(words: tuple[str, ...]) -> None:
    assert values(*words) == ["fair", "feast"]


@pytest.mark.parametrize("command", ["review", "audit", "apply", "report"])
def test_folders_with_tables_are_proposed_whole(command: str) -> None:
    assert values(command, "") == [str(Path("output", "fair"))]
    assert values(command, str(Path("output", "f"))) == [str(Path("output", "fair"))]


def test_scenarios_are_proposed_by_their_names_in_the_table() -> None:
    assert values("selftest", "fair", "--scenario", "blank-du") == ["blank-duplex"]


def test_elsewhere_the_shell_looks_for_files_and_folders_itself() -> None:
    assert proposed("run", "sca") == [("file", "sca")]
    assert proposed("print", "./fo") == [("file", "./fo")]
    assert proposed("review", "else") == [("dir", "else")]
    assert proposed("watch", "s") == [("dir", "s")]


def test_words_with_spaces_and_backslashes_reach_us_as_they_were_typed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COMP_WORDS", "scanpipe\nrun\nC:\\my scans")
    monkeypatch.setenv("COMP_CWORD", "D:\\b")
    shell = PowerShell(cli.main, {}, "scanpipe", "_SCANPIPE_COMPLETE")
    assert shell.get_completion_args() == (["run", "C:\\my scans"], "D:\\b")


@pytest.mark.skipif(sys.platform == "win32" or not shutil.which("bash"), reason="bash is not there")
def test_bash_itself_completes_with_the_script() -> None:
    script = """
    eval "$(scanpipe completion bash)"
    COMP_WORDS=(scanpipe print fe) COMP_CWORD=2
    _scanpipe_completion scanpipe
    echo "<${COMPREPLY[*]}>"
    """
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "<feast>\n", done.stderr
