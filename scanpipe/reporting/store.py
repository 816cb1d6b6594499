"""Owns what a run has read that was stopped, or to which more will come: page by page, so that the
next run need not read it again.

An SQLite file, because that survives a kill at any moment. What is damaged in it, or not ours, is
as if it had never been there: the scans are read again.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from scanpipe.errors import OutputError
from scanpipe.reporting.files import remove

STORE = "readings.sqlite"
JOURNAL = f"{STORE}-journal"

_TABLE = (
    "CREATE TABLE pages (circumstances TEXT NOT NULL, scan TEXT NOT NULL, page INTEGER NOT NULL, "
    "reading BLOB NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (circumstances, scan, page))"
)

_ELSEWHERE = "Choose another folder with -o."

_OUT_OF_OUR_HANDS = {
    sqlite3.SQLITE_FULL: "Make room on the disk, and run this again: it goes on where it stopped.",
    sqlite3.SQLITE_IOERR: "Check the disk, or choose another folder with -o.",
    sqlite3.SQLITE_CANTOPEN: _ELSEWHERE,
    sqlite3.SQLITE_PERM: _ELSEWHERE,
}

_DAMAGE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What is raised of a damaged file: even the message about it may be no text."""


class Store:
    """The readings in `place`, a private folder; those made in other `circumstances` are dropped.

    Whoever uses it has the folder alone. Every method raises OutputError when the disk fails.
    """

    def __init__(self, place: Path, circumstances: str) -> None:
        self._path = place / STORE
        self._circumstances = circumstances
        self._kept = True
        self._pages = self._opened()

    def count(self, scans: Iterable[str]) -> int:
        """Return how many pages of `scans`, by their SHA-256, are there."""
        return sum(
            int(found[0][0])
            for scan in set(scans)
            if (found := self._rows("SELECT count(*) FROM pages WHERE scan = ?", (scan,)))
        )

    def recall(self, scan: str, pages: Sequence[int]) -> list[bytes] | None:
        """Return what was kept of `pages` of `scan`, None unless all of them are there, whole."""
        wanted = "SELECT reading, digest FROM pages WHERE scan = ? AND page = ?"
        found: list[bytes] = []
        for page in pages:
            rows = self._rows(wanted, (scan, page))
            if not rows or rows[0][1] != self._digest(scan, page, rows[0][0]):
                return None
            found.append(rows[0][0])
        return found

    def keep(self, scan: str, pages: Mapping[int, bytes]) -> None:
        """Put `pages` of `scan` on the disk: after a kill all of them are there, or none."""
        rows = [
            (self._circumstances, scan, page, reading, self._digest(scan, page, reading))
            for page, reading in pages.items()
        ]
        try:
            self._put(rows)
        except _DAMAGE as error:
            self._start_afresh(error)
            self._put(rows)

    def forget_all_but(self, scans: Iterable[str]) -> None:
        """Remove the readings of every scan whose SHA-256 is not among `scans`."""
        there = {str(scan) for (scan,) in self._rows("SELECT DISTINCT scan FROM pages", ())}
        gone = [(scan,) for scan in there - {*scans}]
        try:
            with self._pages:
                self._pages.executemany("DELETE FROM pages WHERE scan = ?", gone)
        except _DAMAGE as error:
            self._start_afresh(error)

    def close(self) -> None:
        """Let go of the file; what is in it stays for the next run. To be called last."""
        if self._kept and not self._rows("SELECT page FROM pages LIMIT 1", ()):
            self.remove()
        self._pages.close()

    def remove(self) -> None:
        """Remove all readings: there is nothing left to go on with."""
        self._kept = False
        self._pages.close()
        for name in (STORE, JOURNAL):
            remove(self._path.with_name(name))

    def _put(self, rows: Sequence[tuple[object, ...]]) -> None:
        with self._pages:
            self._pages.executemany("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?)", rows)

    def _rows(self, query: str, values: tuple[object, ...]) -> list[tuple[bytes, ...]]:
        try:
            return self._pages.execute(query, values).fetchall()
        except _DAMAGE as error:
            self._start_afresh(error)
            return []

    def _digest(self, scan: str, page: int, reading: object) -> bytes:
        """Return what tells a whole row from one in which a bit has changed."""
        if not isinstance(reading, bytes):
            return b"no reading"
        place = f"{self._circumstances} {scan} {page} ".encode()
        return hashlib.sha256(place + reading).digest()

    def _opened(self) -> sqlite3.Connection:
        try:
            return _open(self._path, self._circumstances)
        except _DAMAGE as error:
            self._refuse_or_remove(error)
        try:
            return _open(self._path, self._circumstances)
        except _DAMAGE as error:
            raise OutputError(f"{self._path} cannot be made: {error}", _ELSEWHERE) from error

    def _start_afresh(self, error: Exception) -> None:
        self._pages.close()
        self._refuse_or_remove(error)
        self._pages = self._opened()

    def _refuse_or_remove(self, error: Exception) -> None:
        """Remove a file with which something is wrong; raise OutputError if it is the disk."""
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
        kind = code & 0xFF
        if kind in _OUT_OF_OUR_HANDS and code != sqlite3.SQLITE_IOERR_SHORT_READ:
            raise OutputError(
                f"{self._path} cannot be written: {error}", _OUT_OF_OUR_HANDS[kind]
            ) from error
        for name in (STORE, JOURNAL):
            remove(self._path.with_name(name))


def _open(path: Path, circumstances: str) -> sqlite3.Connection:
    pages = sqlite3.connect(path)
    try:
        _prepare(pages, circumstances)
    except _DAMAGE:
        pages.close()
        raise
    return pages


def _prepare(pages: sqlite3.Connection, circumstances: str) -> None:
    """Make the table if it is not there; raise DatabaseError if the file holds anything else."""
    # A file from elsewhere must not run anything, nothing may be written outside the folder, and
    # what is forgotten is handwriting.
    for setting in (
        "trusted_schema = OFF",
        "cell_size_check = ON",
        "temp_store = MEMORY",
        "secure_delete = ON",
    ):
        pages.execute(f"PRAGMA {setting}")
    if pages.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
        raise sqlite3.DatabaseError("damaged")
    found = pages.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    if not found:
        pages.execute(_TABLE)
    elif found != [(_TABLE,)]:
        raise sqlite3.DatabaseError("not a store of readings")
    with pages:
        pages.execute("DELETE FROM pages WHERE circumstances <> ?", (circumstances,))
