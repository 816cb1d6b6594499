"""Owns a review that goes on: decisions saved one by one into review.csv, each at once and whole.

The folder is held for the write alone, so that the file, the page, `run` and `apply` can be used in
turn. What stands in the file is read anew each time, so that nobody's entry is written over.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from scanpipe.errors import OutputError
from scanpipe.reporting import run_file
from scanpipe.reporting.corrections import judged
from scanpipe.reporting.entering import is_as_we_write, new_review, with_entry
from scanpipe.reporting.files import read_if_there, refuse_if_open, write_all
from scanpipe.reporting.keeping import copy_of
from scanpipe.reporting.merging import Taken, take
from scanpipe.reporting.outcome import Outcome
from scanpipe.reporting.output_files import REVIEW
from scanpipe.reporting.report import write_report
from scanpipe.reporting.report.writing import PAGE
from scanpipe.reporting.review import Entry, Review
from scanpipe.reporting.run_file import Run, load_run, no_run
from scanpipe.reporting.standing import Item, Standing, picture_of, standing
from scanpipe.reporting.workbench import AtWorkError, alone_in
from scanpipe.reporting.writing import apply_review

PATIENCE_S = 2.0
"""So long another window's write, or an `apply`, is waited for: each takes a fraction of it."""

_ATTEMPTS = 5


class Why(Enum):
    """Why a decision was not saved."""

    DECIDED_ELSEWHERE = auto()
    OPEN_ELSEWHERE = auto()
    AT_WORK = auto()
    NOT_A_SLIP = auto()
    NOT_TAKEN = auto()
    SAVED_MEANWHILE = auto()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decides for `slip`, as it stands in the cells; `seen`: the version decided on.

    `rating`: an answer as it may be typed, blank, void, ok, or empty to take a decision back;
    `session`: an id, or empty for the one that was read.
    """

    slip: str
    session: str
    rating: str
    seen: str


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of taking all decisions in; `no_report` says why the report was not written."""

    outcome: Outcome
    no_report: str = ""


class OpenReview:
    """The review of the run in `folder`. Any thread may use it; raises OutputError throughout."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / REVIEW
        self._lock = threading.RLock()
        self._run: tuple[tuple[int, ...], Run] | None = None
        self._stands: tuple[bytes | None, Run, Standing] | None = None

    def standing(self) -> Standing:
        """Return how the folder stands now, whoever has changed it."""
        with self._lock:
            return self._standing()[1]

    def decide(self, decision: Decision) -> Why | None:
        """Save `decision` in review.csv; return None, or why nothing was saved."""
        with self._lock:
            try:
                with soon_alone_in(self.folder):
                    return self._decide(decision)
            except AtWorkError:
                return Why.AT_WORK

    def apply(self) -> Applied:
        """Take all decisions into the tables and the report, as the command `apply` does."""
        with self._lock:
            outcome = apply_review(self.folder)
            try:
                write_report(self.folder)
            except OutputError as error:
                return Applied(outcome, error.message)
            return Applied(outcome)

    def picture(self, slip: str) -> bytes | None:
        """Return the PNG of a slip under review, None if there is none."""
        item = self.standing().item(slip)
        return picture_of(self.folder, item.read) if item else None

    def earlier_picture(self, slip: str) -> bytes | None:
        """Return the PNG that was kept of the slip which `slip` seems to repeat."""
        earlier = self.standing().earlier(slip)
        return picture_of(self.folder, earlier) if earlier else None

    def report(self) -> bytes | None:
        """Return the report in the folder, None if there is none."""
        return read_if_there(self.folder / PAGE)

    def _decide(self, decision: Decision) -> Why | None:
        for _ in range(_ATTEMPTS):
            taken, stands = self._standing()
            item = stands.item(decision.slip)
            if item is None:
                return Why.NOT_A_SLIP
            same = (item.entry.session, item.entry.rating) == (decision.session, decision.rating)
            if item.version != decision.seen and not same:
                return Why.DECIDED_ELSEWHERE
            if not _can_be_taken(item, decision, stands.run):
                return Why.NOT_TAKEN
            files = self._files(item, decision, taken, stands.run)
            if files[self._path] == taken.data:
                return None
            if _is_open(self._path):
                return Why.OPEN_ELSEWHERE
            if read_if_there(self._path) == taken.data:
                write_all(files)
                return None
        return Why.SAVED_MEANWHILE

    def _files(self, item: Item, decision: Decision, taken: Taken, run: Run) -> dict[Path, bytes]:
        """Return review.csv with the decision, and a copy of it as somebody else has saved it."""
        data = taken.data
        if data is None:
            rows, _ = judged(run.rows, taken.review, run.form)
            data = new_review(rows, taken.review, run.form, run.dialect)
        kept = {} if is_as_we_write(data, run.form, run.dialect) else copy_of(self._path, data)
        cells = (decision.session, decision.rating)
        filled = with_entry(data, item.read, *cells, run.form, run.dialect)
        return {**kept, self._path: filled}

    def _standing(self) -> tuple[Taken, Standing]:
        run = self._loaded_run()
        taken = take(self._path, run)
        known = self._stands
        if known is None or known[0] != taken.data or known[1] is not run:
            known = self._stands = (taken.data, run, standing(run, taken))
        return taken, known[2]

    def _loaded_run(self) -> Run:
        """Return the run, read anew only when another command has written it."""
        try:
            found = os.stat(self.folder / run_file.NAME)
        except OSError:
            raise no_run(self.folder) from None
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        if self._run is None or self._run[0] != stamp:
            run = load_run(self.folder)
            if run is None:
                raise no_run(self.folder)
            self._run = (stamp, run)
        return self._run[1]


def _can_be_taken(item: Item, decision: Decision, run: Run) -> bool:
    """Tell whether `apply` would take the decision, and take it for what it says."""
    entry = Entry(1, item.slip, decision.session, decision.rating)
    _, problems = judged([item.read], Review({item.slip: entry}), run.form)
    return not problems


def _is_open(path: Path) -> bool:
    try:
        refuse_if_open(path)
    except OutputError:
        return True
    return False


@contextmanager
def soon_alone_in(folder: Path) -> Iterator[None]:
    """Have `folder` alone, and wait a little for it; raise AtWorkError if that is not enough."""
    give_up = time.monotonic() + PATIENCE_S
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(alone_in(folder))
                break
            except AtWorkError:
                if time.monotonic() > give_up:
                    raise
            time.sleep(0.05)
        yield
