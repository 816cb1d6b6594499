"""The folder with the tables: named wrongly, or one in which nothing can be written."""

import errno
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from scanpipe import cli
from scanpipe.errors import ExitCode
from scanpipe.reviewing import ReviewServer


@pytest.fixture
def tables(my_awkward, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Tables in output/hadeland-2016, as one who stands above it names them."""
    monkeypatch.chdir(my_awkward.path.parents[1])
    return my_awkward.path.relative_to(Path.cwd())


def type_(*words: object) -> Result:
    return CliRunner().invoke(cli.main, [*map(str, words)])


@pytest.mark.parametrize("command", ["apply", "report", "review", "audit"])
def test_the_folder_above_tables_leads_to_the_commands_for_them(tables: Path, command: str) -> None:
    shutil.copytree(tables, tables.with_name("summer fair"))
    done = type_(command, "output")
    assert done.exit_code == ExitCode.OUTPUT
    assert done.stderr.splitlines() == [
        "output holds no run.json, but folders with one:",
        f"  scanpipe {command} {tables}",
        f"  scanpipe {command} '{tables.with_name('summer fair')}'",
    ]


@pytest.mark.parametrize("command", ["apply", "report"])
def test_where_nothing_can_be_written_no_option_is_proposed_that_is_not_there(
    tables: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    def refuse(self: Path, *_given: object, **_more: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    done = type_(command, tables)
    assert done.exit_code == ExitCode.OUTPUT
    assert " -o" not in done.stderr
    assert f"Make sure that you may write in {tables}. If that cannot be, copy it" in done.stderr


def test_review_ends_with_the_command_that_takes_what_was_decided(
    tables: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReviewServer, "run", ReviewServer.close)
    done = type_("review", tables, "--no-open")
    assert done.exit_code == ExitCode.DONE
    assert done.stdout.endswith(f"\n  scanpipe apply {tables}\n")
