"""Owns how an output folder stands while it is reviewed: the run, and what review.csv says of it.

Nothing is written; the figures are those that `apply` would write.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scanpipe.errors import OutputError
from scanpipe.form import Form
from scanpipe.reporting.added import further_slip, next_name, page_of
from scanpipe.reporting.corrections import judged
from scanpipe.reporting.crops import FOLDER as CROPS
from scanpipe.reporting.files import read_if_there, refuse_if_leading_out
from scanpipe.reporting.merging import Taken
from scanpipe.reporting.review import Entry, Problem, Review
from scanpipe.reporting.rows import UNDECIDED, Row
from scanpipe.reporting.run_file import Run
from scanpipe.reporting.slip_names import has_rows, slip_of
from scanpipe.reporting.summary import SummaryRow, summarise
from scanpipe.vocabulary import Status


@dataclass(frozen=True, slots=True)
class Item:
    """A slip, or a page, for a person to decide.

    `read`: as the machine read it; `now`: as it counts with what is entered; `entry`: the cells
    of review.csv; `version` is another whenever `session` or `rating` is entered anew; `problems`
    say why the entry cannot be taken.
    """

    read: Row
    now: Row
    entry: Entry
    version: str
    problems: tuple[Problem, ...] = ()

    @property
    def slip(self) -> str:
        """The slip's name."""
        return self.read.reading.slip

    @property
    def is_page(self) -> bool:
        """Whether it is a page that could not be read, or a further slip on one."""
        return self.read.reading.status is Status.REJECTED

    @property
    def is_further(self) -> bool:
        """Whether it is a further slip on a page that could not be read."""
        return self.is_page and bool(page_of(self.slip))

    @property
    def is_certain(self) -> bool:
        """Whether the machine was sure of it, so that nobody has to look at it."""
        return not self.read.undecided

    @property
    def left(self) -> bool:
        """Whether a person must still look at it."""
        return self.now.undecided


@dataclass(frozen=True, slots=True)
class Standing:
    """A folder under review. `items` come in the order of review.csv, `summary` ends with the
    total; `stamp` is another whenever anything has changed; `applied`: the tables hold it all.
    """

    run: Run
    items: tuple[Item, ...]
    summary: tuple[SummaryRow, ...]
    problems: tuple[Problem, ...]
    stamp: str
    applied: bool

    @property
    def form(self) -> Form:
        """The form of the run."""
        return self.run.form

    @property
    def left(self) -> tuple[Item, ...]:
        """What is still to be decided."""
        return tuple(item for item in self.items if item.left)

    def item(self, slip: str) -> Item | None:
        """Return the item called `slip`, also of a slip that was read with certainty; a further
        slip of an unreadable page may be new.
        """
        found = next((item for item in self.items if item.slip == slip), None)
        return found or self._certain_item(slip) or self._new_item(slip)

    def next_on_page(self, slip: str) -> str | None:
        """Return the name for one slip more on the page of `slip`, None where there is none."""
        item = self.item(slip)
        if item is None or not item.is_page:
            return None
        page = slip if slip in self._read else page_of(slip)
        if has_rows(self.form):  # the first of the rows in which the slip is entered
            family = slip_of(page, self.form)
            page = next(name for name in self._read if slip_of(name, self.form) == family)
        return next_name(page, (item.slip for item in self.items))

    def earlier(self, slip: str) -> Row | None:
        """Return the earlier row that the slip called `slip` seems to repeat."""
        item = self.item(slip)
        same_as = item.read.reading.same_as if item else None
        return self._read.get(same_as) if same_as else None

    def session_on_slip(self, slip: str) -> str | None:
        """Return the session for which another answer on the slip of `slip` counts already."""
        if not has_rows(self.form) or self.form.slip.session == "rows":
            return None
        whole = slip_of(slip, self.form)
        return next(
            (
                item.now.session
                for item in self.items
                if slip_of(item.slip, self.form) == whole and not item.left and item.now.session
            ),
            None,
        )

    @property
    def _read(self) -> dict[str, Row]:
        return {row.reading.slip: row for row in self.run.rows}

    def _certain_item(self, slip: str) -> Item | None:
        row = self._read.get(slip)
        if row is None:
            return None
        return Item(row, row, Entry(0, slip), version_of(Entry(0, slip)))

    def _new_item(self, slip: str) -> Item | None:
        page = self._read.get(page_of(slip))
        if page is None or page.reading.status is not Status.REJECTED or slip in self._read:
            return None
        row = further_slip(page, slip)
        return Item(row, row, Entry(0, slip), version_of(Entry(0, slip)))


def acceptable(item: Item, form: Form) -> bool:
    """Tell whether `ok` can be entered for `item`, given a session: it accepts what was read."""
    session = item.read.reading.read_session or form.sessions[0].id
    entry = Entry(1, item.slip, session, "ok")
    return not judged([item.read], Review({item.slip: entry}), form)[1]


def version_of(entry: Entry) -> str:
    """Return what tells this decision from every other: a digest of the cells."""
    return hashlib.sha256(f"{entry.session}\0{entry.rating}".encode()).hexdigest()[:16]


def standing(run: Run, taken: Taken) -> Standing:
    """Return how the folder of `run` stands with what was `taken` from its review.csv."""
    review = taken.review
    rows, problems = judged(run.rows, review, run.form)
    return Standing(
        run,
        tuple(_items(run, rows, review, problems)),
        summarise(run.form, rows),
        tuple(sorted(problems)),
        _stamp(run, taken),
        _entered(review) == _entered(run.review),
    )


def picture_of(folder: Path, row: Row) -> bytes | None:
    """Return the PNG that the run keeps of `row`, None if it kept none.

    Raises:
        OutputError: it cannot be read, or the folder of pictures leads out of `folder`.
    """
    if not row.image:
        return None
    refuse_if_leading_out(folder, CROPS)
    path = folder / row.image
    if path.is_symlink():
        raise OutputError(f"{path} is a link, not a picture", "Remove the link.")
    return read_if_there(path)


def _items(
    run: Run, rows: Sequence[Row], review: Review, problems: Sequence[Problem]
) -> Iterator[Item]:
    read = {row.reading.slip: row for row in run.rows}
    for row in rows:
        slip = row.reading.slip
        entry = review.entries.get(slip) or Entry(0, slip)
        if row.reading.status in UNDECIDED or not entry.is_empty:
            page = read.get(page_of(slip))
            machine = read.get(slip) or (further_slip(page, slip) if page else row)
            own = tuple(each for each in problems if each.row == entry.row) if entry.row else ()
            yield Item(machine, row, entry, version_of(entry), own)


def _entered(review: Review) -> dict[str, tuple[str, ...]]:
    return {slip: entry.entered for slip, entry in review.filled.items()}


def _stamp(run: Run, taken: Taken) -> str:
    digest = hashlib.sha256(taken.data or b"")
    digest.update(f"\0{run.review_sha256}\0{len(run.rows)}\0{len(run.journal)}".encode())
    return digest.hexdigest()[:16]
