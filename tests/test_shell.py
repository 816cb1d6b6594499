"""Commands as people copy them: a shell is to take each folder in them as one word."""

import shlex
import shutil
import sys
from pathlib import Path

import pytest

from scanpipe.shell import opening, quoted

ODD = ("my tables", "it's here", "Tables (2)", "R&D", "a;b", "cost $5", "50 % done")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX shells have quotes of their own")
@pytest.mark.parametrize("name", ODD)
def test_a_folder_of_any_name_is_one_word_to_a_shell(name: str) -> None:
    assert shlex.split(f"scanpipe apply {quoted(Path(name))}") == ["scanpipe", "apply", name]


@pytest.mark.parametrize("name", ODD)
def test_on_windows_such_a_folder_stands_in_double_quotes(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert quoted(Path(name)) == f'"{name}"'


def test_an_ordinary_folder_is_told_as_it_is_called() -> None:
    assert quoted(Path("output") / "summer-fair") == str(Path("output", "summer-fair"))


@pytest.mark.parametrize(
    ("platform", "opener"), [("linux", "xdg-open"), ("darwin", "open"), ("win32", "explorer")]
)
def test_each_system_has_a_command_that_opens_a_file(
    monkeypatch: pytest.MonkeyPatch, platform: str, opener: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert opening(Path("report.html")) == f"{opener} report.html"


def test_a_server_has_no_command_that_opens_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert opening(Path("report.html")) == ""
