import errno
import os
from pathlib import Path

import pytest

from scanpipe.errors import OutputError
from scanpipe.reporting import files


@pytest.fixture
def old(tmp_path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes(b"old")
    return tmp_path


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_files_are_written_and_nothing_else_is_left(old):
    files.write_all({old / "a.csv": b"new", old / "c.csv": b"more"})
    assert names(old) == ["a.csv", "b.csv", "c.csv"]
    assert (old / "a.csv").read_bytes() == b"new"


def test_a_full_disk_leaves_every_old_file_whole(old, monkeypatch):
    written = []

    def full_at_the_second(descriptor):
        written.append(descriptor)
        if len(written) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full_at_the_second)
    with pytest.raises(OutputError, match=r"b\.csv cannot be written: No space") as caught:
        files.write_all({old / "a.csv": b"new", old / "b.csv": b"new"})
    assert "room" in caught.value.hint
    assert names(old) == ["a.csv", "b.csv"]
    assert {(old / name).read_bytes() for name in names(old)} == {b"old"}


def test_a_file_that_excel_holds_open_is_named_with_what_to_do(old, monkeypatch):
    def held(_self, _target):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(OutputError, match=r"a\.csv cannot be replaced") as caught:
        files.write_all({old / "a.csv": b"new"})
    assert "Excel" in caught.value.hint
    assert names(old) == ["a.csv", "b.csv"]


def test_a_file_in_use_is_refused_before_any_work(old, monkeypatch):
    really_open = Path.open

    def open_if_free(self, mode="r"):
        if self.name == "b.csv":
            raise PermissionError(errno.EACCES, "Permission denied")
        return really_open(self, mode)

    monkeypatch.setattr(Path, "open", open_if_free)
    with pytest.raises(OutputError, match=r"b\.csv cannot be written") as caught:
        files.refuse_if_in_use([old / "a.csv", old / "missing.csv", old / "b.csv"])
    assert "close it" in caught.value.hint
    assert (old / "a.csv").read_bytes() == b"old"


def test_a_folder_whose_name_is_taken_by_a_file_is_refused(old):
    with pytest.raises(OutputError, match=r"a\.csv cannot be made"):
        files.make_folder(old / "a.csv")


def test_a_missing_file_is_no_error(old):
    assert files.read_if_there(old / "nothing") is None
    with pytest.raises(OutputError, match="cannot be read"):
        files.read_if_there(old)
