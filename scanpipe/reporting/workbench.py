"""Owns the private place in an output folder: who is at work there, and what a kill left behind.

It holds people's handwriting (temporary files, readings), so that nobody else may look into it,
and it is gone when a run has ended as it should.
"""

import contextlib
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scanpipe.errors import OutputError
from scanpipe.reporting.crops import FOLDERS, LISTED
from scanpipe.reporting.files import (
    ELSEWHERE,
    PRIVATE,
    make_private_folder,
    remove,
    remove_unfinished,
    touch,
)
from scanpipe.reporting.store import JOURNAL, STORE

LOCK = "lock"


class AtWorkError(OutputError):
    """Another command is at work in the output folder."""


_KEPT = {LOCK, LISTED, STORE, JOURNAL}
_ATTEMPTS = 50
_WAIT = "Wait until it has ended, and run this again. A run may also take another folder, with -o."


@contextmanager
def alone_in(folder: Path) -> Iterator[Path]:
    """Have `folder` for this process alone, and yield the private place in it.

    Temporary files that lie there are removed at the end and, after a kill, at the next start. A
    folder that was made for nothing is gone at the end.

    Raises:
        AtWorkError: another `run` or `apply` is at work in the folder.
        OutputError: it cannot be written.
    """
    private, is_new = folder / PRIVATE, not folder.exists()
    lock = _lock(folder, private / LOCK)
    try:
        for place in (folder, *(folder / name for name in FOLDERS)):
            remove_unfinished(place)
        _clear(private)
        yield private
    finally:
        _clear(private)
        _unlock(lock, private)
        if is_new:
            with contextlib.suppress(OSError):  # as there is something in it
                folder.rmdir()


def _lock(folder: Path, path: Path) -> sqlite3.Connection:
    """Take the lock, which the system releases when this process ends, whatever ends it."""
    for _ in range(_ATTEMPTS):
        make_private_folder(folder, PRIVATE)
        lock = _try_to_lock(folder, path)
        if lock is not None:
            return lock
    raise OutputError(f"{path} cannot be locked", ELSEWHERE)


def _try_to_lock(folder: Path, path: Path) -> sqlite3.Connection | None:
    """Return the lock, None when the file at `path` was taken away or was no lock."""
    if path.is_symlink():
        remove(path)
    before = touch(path)
    if before is None:
        return None
    try:
        lock = sqlite3.connect(path, timeout=0, isolation_level=None)
    except sqlite3.OperationalError:
        return None  # whoever had the folder before has just removed the private place
    try:
        # A journal of its own would stay behind after a kill.
        lock.execute("PRAGMA journal_mode = MEMORY")
        lock.execute("BEGIN EXCLUSIVE")
        # Whoever had it before may have removed the file just after we had opened it.
        if path.stat().st_ino == before:
            return lock
    except FileNotFoundError:
        pass
    except sqlite3.DatabaseError as error:
        lock.close()
        _explain_or_discard(error, folder, path)
    lock.close()
    return None


def _explain_or_discard(error: sqlite3.DatabaseError, folder: Path, path: Path) -> None:
    if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
        raise AtWorkError(f"another scanpipe is at work in {folder}", _WAIT) from None
    if error.sqlite_errorcode == sqlite3.SQLITE_CANTOPEN:
        return  # taken away, as above, between opening and locking
    if error.sqlite_errorcode not in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        raise OutputError(f"{path} cannot be locked: {error}", ELSEWHERE) from error
    remove(path)


def _clear(private: Path) -> None:
    """Remove what lies in the private place but for what outlives a kill."""
    for path in list(private.iterdir()) if private.is_dir() else ():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        elif path.is_symlink() or path.name not in _KEPT:
            remove(path)


def _unlock(lock: sqlite3.Connection, private: Path) -> None:
    """Give up the lock, and the private place with it unless something in it is to stay."""
    if sys.platform == "win32":  # where no file is removed that anyone has open
        lock.close()
        remove(private / LOCK)
    else:  # the next one's lock, if it came in between, would be removed
        remove(private / LOCK)
        lock.close()
    with contextlib.suppress(OSError):
        private.rmdir()
