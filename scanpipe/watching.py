"""Owns the watch over a folder to which scans come: which of them are whole, and when all are read.

It looks again and again, because a share on the network tells nobody that a file has come.
"""

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from babel.dates import format_time

from scanpipe.errors import OutputError, UsageError
from scanpipe.form import Form
from scanpipe.messages import messages_for
from scanpipe.reading.scanfiles import close_pdf
from scanpipe.reading.scanfolders import (
    Stamp,
    files_in,
    is_own_print,
    natural_order,
    stamp_of,
)
from scanpipe.reading.stack import open_stack
from scanpipe.vocabulary import Reason

if TYPE_CHECKING:
    from scanpipe.reporting import Outcome

PATIENCE = 6
"""Looks for which a file that is not whole must stand still before it is taken as it is. Windows
makes a file as long as it will be before it copies anything into it."""

NAMES_TOLD = 3
"""Of so many files at a time the names are told; the first look may find hundreds."""

PASSING = frozenset({Reason.FILE_CHANGED, Reason.UNREADABLE_FILE})
"""A page of a whole file is rejected for these when the share was gone, or the file written to."""

Read = Callable[[Sequence[Path]], "Outcome"]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A file that has stood as it is since `since_s`; `whole`: it opens, with all its pages."""

    stamp: Stamp
    since_s: float
    whole: bool = False


Sightings = Mapping[Path, Sighting]
Stamps = Mapping[Path, Stamp]


def sighted(before: Sightings, now: Stamps, at_s: float) -> dict[Path, Sighting]:
    """Return what is seen at `at_s`: a file with the stamp that it had stays as it was sighted."""
    return {
        path: before[path]
        if path in before and before[path].stamp == stamp
        else Sighting(stamp, at_s)
        for path, stamp in now.items()
    }


def ready(seen: Sightings, at_s: float, every_s: float) -> list[Path]:
    """Return the files to read at `at_s`, in the order in which `run` takes a folder's.

    Those that have stood still for `every_s`; one that is not whole, for so many looks that nothing
    more can be hoped for: then it is for the tables to say what is wrong with it.
    """
    still = (
        path
        for path, file in seen.items()
        if at_s - file.since_s >= every_s * (1 if file.whole else PATIENCE)
    )
    return sorted(still, key=natural_order)


def is_due(seen: Sightings, files: Iterable[Path], tables: Stamps) -> bool:
    """Tell whether to read `files` anew, `tables` being what was read, as it stood then.

    Not while a file of the tables is being written: its slips would leave them for a while.
    """
    files = set(files)
    new = any(tables.get(path) != seen[path].stamp for path in files)
    return new and not any(path in seen and path not in files for path in tables)


def stamps_in(folder: Path) -> dict[Path, Stamp]:
    """Return the scans in `folder` and the folders in it; raise OSError if it is not there.

    A folder in it that cannot be looked into stands for what is there.
    """
    os.scandir(folder).close()
    found, locked = files_in(folder)
    scans = {path: stamp_of(path) for path in found if not is_own_print(path)}
    return scans | dict.fromkeys(locked, (0, 0))


class Watch:
    """The watch over `folder`, which looks every `every_s` seconds.

    `read` reads the files it is given, all that are ready, and writes the tables; `tell` is given
    sentences for the person before the screen. `clock` gives seconds, `now` the time of day.
    """

    def __init__(
        self,
        form: Form,
        folder: Path,
        every_s: float,
        read: Read,
        tell: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        self._folder, self._every_s = folder, every_s
        self._read, self._tell = read, tell
        self._clock, self._sleep, self._now = clock, sleep, now
        self._t = messages_for(form.language)
        self._locale = form.language
        self._seen: dict[Path, Sighting] = {}
        self._tables: dict[Path, Stamp] = {}
        self._told: dict[Path, Stamp] = {}
        self._trouble = ""

    def run(self) -> None:
        """Watch until an exception ends it: KeyboardInterrupt, or a ScanpipeError that stays."""
        t = self._t
        self._tell(t("Waiting for scans in {folder}. Ctrl-C ends it.", folder=self._folder))
        while True:
            self.look()
            self._sleep(self._every_s)

    def look(self) -> None:
        """Look once, and read if there is something new to be read."""
        t, at_s = self._t, self._clock()
        try:
            stamps = stamps_in(self._folder)
        except OSError as error:
            self._tell_trouble(
                t(
                    "{folder} cannot be looked into: {fault}. It will be tried again.",
                    folder=self._folder,
                    fault=error.strerror or str(error),
                )
            )
            return
        self._seen = self._opened(sighted(self._seen, stamps, at_s), at_s)
        files = ready(self._seen, at_s, self._every_s)
        if is_due(self._seen, files, self._tables):
            self._round(files)
        else:
            self._trouble = ""

    def _opened(self, seen: dict[Path, Sighting], at_s: float) -> dict[Path, Sighting]:
        """Try to open what stands still and was not yet whole; nobody may tell when it will be."""
        for path, file in seen.items():
            still = at_s - file.since_s >= self._every_s
            if still and not file.whole and self._tables.get(path) != file.stamp:
                seen[path] = replace(file, whole=_is_whole(path))
                self._tell_broken(path, seen[path])
        return seen

    def _tell_broken(self, path: Path, file: Sighting) -> None:
        t = self._t
        if not file.whole and self._told.get(path) != file.stamp:
            self._told[path] = file.stamp
            self._tell(
                t(
                    "{file} cannot be opened, or is not whole. If that stays so, the tables will "
                    "say what is wrong with it; once the file changes, it is tried again.",
                    file=path.name,
                )
            )

    def _round(self, files: Sequence[Path]) -> None:
        t = self._t
        try:
            outcome = self._read(files)
        except UsageError:
            if all(path.exists() for path in files):
                raise
            return  # taken away since the look: the next one will see
        except OutputError as error:
            again = t("It will be tried again.")
            self._tell_trouble("\n".join(part for part in (str(error), error.hint, again) if part))
            return
        finally:
            close_pdf()  # Windows would not let the scanner write it anew
        self._trouble = ""
        new = [path for path in files if self._tables.get(path) != self._seen[path].stamp]
        gone = [path for path in self._tables if path not in self._seen]
        left = "" if self._tables else self._left_meanwhile(outcome, files)
        self._tables = {path: self._seen[path].stamp for path in files}
        self._tell(" ".join(self._said(outcome, new, gone)))
        if left:
            self._tell(left)
        self._doubt(outcome)

    def _left_meanwhile(self, outcome: "Outcome", files: Sequence[Path]) -> str:
        """Return what left the folder since an earlier watch, or run; not what is arriving anew."""
        from scanpipe.reporting import told_gone

        arriving = {path.name for path in self._seen if path not in files}
        return told_gone([each for each in outcome.gone if each.file not in arriving], self._t)

    def _doubt(self, outcome: "Outcome") -> None:
        """Have files read anew of which pages were lost to something that may have passed."""
        names = {item.file for item in outcome.rejected if PASSING & {*item.reasons}}
        for path, file in self._seen.items():
            if path.name in names and file.whole and path in self._tables:
                self._tables[path] = (-1, -1)
                self._seen[path] = Sighting(file.stamp, self._clock())

    def _said(self, outcome: "Outcome", new: Sequence[Path], gone: Sequence[Path]) -> list[str]:
        """Return what to tell after a round, in one line."""
        t = self._t
        arriving = [path for path in self._seen if path not in self._tables]
        said = [
            t.plural(
                "{time}: {count} file is new in the tables ({names}).",
                "{time}: {count} files are new in the tables ({names}).",
                len(new),
                time=format_time(self._now(), "medium", locale=self._locale),
                names=_named(new),
            ),
            t.plural("{count} page in all.", "{count} pages in all.", outcome.balance.pages),
        ]
        if gone:
            said.append(
                t.plural(
                    "{count} file is gone from the folder, and from the tables ({names}).",
                    "{count} files are gone from the folder, and from the tables ({names}).",
                    len(gone),
                    names=_named(gone),
                )
            )
        if outcome.undecided:
            said.append(t("To be looked at by a person: {count}.", count=outcome.undecided))
        if arriving:
            said.append(t("Still arriving: {names}.", names=_named(arriving)))
        else:
            said.append(t("Waiting for more."))
        return said

    def _tell_trouble(self, what: str) -> None:
        """Tell of a trouble once, however often it is met."""
        if what != self._trouble:
            self._trouble = what
            self._tell(what)


def _is_whole(path: Path) -> bool:
    try:
        (file,) = open_stack([path]).files
    except (UsageError, ValueError):  # taken away, or a folder that was locked
        return False
    return file.problem is None and not file.missing


def _named(paths: Sequence[Path]) -> str:
    names = ", ".join(path.name for path in paths[:NAMES_TOLD])
    return f"{names} …" if len(paths) > NAMES_TOLD else names
