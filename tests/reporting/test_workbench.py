import os
import stat
import subprocess
import sys

import pytest

from scanpipe.errors import OutputError
from scanpipe.reporting import alone_in, apply_review, workbench
from scanpipe.reporting.store import STORE

HOLDER = """
import sys
from pathlib import Path
from scanpipe.reporting.workbench import alone_in
with alone_in(Path(sys.argv[1])):
    print("mine", flush=True)
    sys.stdin.read()
"""

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes and links")


@pytest.fixture
def another(folder):
    """Another scanpipe that is at work in the folder."""
    words = [sys.executable, "-c", HOLDER, str(folder.path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"mine" + os.linesep.encode()
        yield process
        process.kill()


def test_two_cannot_be_at_work_in_a_folder_until_one_is_killed(another, folder):
    with pytest.raises(OutputError, match="another scanpipe is at work") as caught:
        enter(folder.path)
    assert "Wait until it has ended" in caught.value.hint
    another.kill()
    another.wait()
    enter(folder.path)
    assert list(folder.path.iterdir()) == []


def test_a_folder_that_was_made_for_nothing_is_gone_and_one_that_was_there_stays(tmp_path):
    new, old = tmp_path / "new", tmp_path / "old"
    old.mkdir()
    enter(new)
    enter(old)
    assert list(tmp_path.iterdir()) == [old]
    with alone_in(new):
        (new / "results.csv").write_text("")
    assert [path.name for path in new.iterdir()] == ["results.csv"]


def test_corrections_are_not_taken_while_a_run_is_at_work(write, readings, folder):
    write(readings.mixed())
    before = folder.files()
    with (
        alone_in(folder.path),
        pytest.raises(OutputError, match="another scanpipe is at work"),
    ):
        apply_review(folder.path)
    assert folder.files() == before
    apply_review(folder.path)


def enter(folder):
    with alone_in(folder) as place:
        assert place.is_dir()


@posix
def test_nobody_else_may_look_into_the_private_place(folder):
    private = folder.path / ".scanpipe"
    private.mkdir(parents=True, mode=0o755)
    with alone_in(folder.path) as place:
        assert place == private
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert not private.exists()


def test_what_a_kill_has_left_is_removed_and_its_readings_are_not(folder):
    private = folder.path / ".scanpipe"
    (private / "scanpipe-x1" / "deeper").mkdir(parents=True)
    (private / "scanpipe-x1" / "deeper" / "fields.tif").write_bytes(b"handwriting")
    (private / "tess_1.tsv").write_bytes(b"handwriting")
    (private / STORE).write_bytes(b"readings")
    (folder.path / "crops").mkdir()
    mine = {".results.csv.backup.tmp": b"mine", "crops/notes.tmp": b"mine"}
    for name in (".results.csv.4711.tmp", "crops/.bcd-1.png.12.tmp", *mine):
        (folder.path / name).write_bytes(b"mine")
    enter(folder.path)
    assert folder.files() == {".scanpipe/readings.sqlite": b"readings", **mine}


def test_files_left_in_the_private_place_are_removed_at_the_end(folder):
    with alone_in(folder.path) as place:
        (place / "scanpipe-x1").mkdir()
        (place / "scanpipe-x1" / "fields.tif").write_bytes(b"handwriting")
    assert not folder.path.exists()


def test_a_lock_that_is_none_does_not_keep_anyone_out(folder):
    (folder.path / ".scanpipe").mkdir(parents=True)
    (folder.path / ".scanpipe" / "lock").write_text("locked by Kari " * 100)
    enter(folder.path)
    assert list(folder.path.iterdir()) == []


@posix
@pytest.mark.parametrize("there", [True, False])
def test_a_private_place_that_leads_elsewhere_is_refused(folder, tmp_path, there):
    elsewhere = tmp_path / "elsewhere"
    if there:
        elsewhere.mkdir()
        (elsewhere / "mine.txt").write_text("mine")
    folder.path.mkdir(parents=True)
    (folder.path / ".scanpipe").symlink_to(elsewhere)
    with pytest.raises(OutputError, match="leads out of the folder"):
        enter(folder.path)
    assert elsewhere.exists() is there
    assert not there or [path.name for path in elsewhere.iterdir()] == ["mine.txt"]


@posix
@pytest.mark.parametrize("name", ["lock", STORE])
def test_a_link_in_the_private_place_is_not_followed(folder, tmp_path, name):
    mine = tmp_path / "mine.txt"
    mine.write_text("mine")
    (folder.path / ".scanpipe").mkdir(parents=True)
    (folder.path / ".scanpipe" / name).symlink_to(mine)
    enter(folder.path)
    assert mine.read_text() == "mine"
    assert list(folder.path.iterdir()) == []


@posix
def test_a_lock_taken_away_while_it_was_taken_is_taken_anew(folder, monkeypatch):
    """The one before removes the lock's file just after the next has opened it."""
    connect, opened = workbench.sqlite3.connect, []

    def connect_late(path, **options):
        lock = connect(path, **options)
        lock.execute("SELECT name FROM sqlite_master").fetchall()
        if not opened:
            path.unlink()
        opened.append(path)
        return lock

    monkeypatch.setattr(workbench.sqlite3, "connect", connect_late)
    with alone_in(folder.path) as place:
        assert (place / "lock").exists()
    assert len(opened) == 2


def test_where_no_folder_can_be_made_that_is_said(tmp_path):
    (tmp_path / "output").write_text("a file")
    with pytest.raises(OutputError, match="cannot be"):
        enter(tmp_path / "output" / "fair")
