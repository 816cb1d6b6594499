"""Owns what becomes of earlier corrections when review.csv is taken in, or the scans are read
again: none is lost, and none comes to mean something else.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scanpipe.errors import OutputError
from scanpipe.form import Form
from scanpipe.messages import Messages, later
from scanpipe.reporting.added import added_slips
from scanpipe.reporting.answers import written
from scanpipe.reporting.corrections import corrected
from scanpipe.reporting.files import read_if_there
from scanpipe.reporting.review import Entry, Review, read_review, with_earlier
from scanpipe.reporting.rows import UNDECIDED, Row
from scanpipe.reporting.run_file import Run
from scanpipe.vocabulary import Status

ALL_TOGETHER = "Give all scans together, or choose another folder with -o."


_ROWS_GONE = later(
    "{slips} had no row in {name} any more and stand there again, with what was entered before. If "
    "you did not delete these rows, the file was not saved whole: look what else it lacks."
)
_REVIEW_GONE = later("{name} was gone; {slips} stand there again, with what was entered before.")


@dataclass(frozen=True, slots=True)
class Taken:
    """What is entered in a folder: from its review.csv, whose bytes are `data`, and from earlier.

    `data` is None if there is no such file; `missing` counts the slips that have no row in it
    any more.
    """

    review: Review
    data: bytes | None
    missing: int

    def warnings(self, path: Path, t: Messages) -> tuple[str, ...]:
        """Return a sentence on the rows that are gone from the review.csv at `path`."""
        if not self.missing:
            return ()
        slips = t.plural("{count} slip", "{count} slips", self.missing)
        text = _REVIEW_GONE if self.data is None else _ROWS_GONE
        return (t(text, slips=slips, name=path.name),)


def take(path: Path, before: Run | None, form: Form | None = None) -> Taken:
    """Read review.csv at `path`, and what the run `before` had taken in of it.

    `form` is needed where there is no run before.

    Raises:
        OutputError: it cannot be read. ReviewError: it is not a table of the right columns.
    """
    data = read_if_there(path)
    earlier = before.review if before else Review({})
    if data is None:
        return Taken(earlier, None, len(earlier.filled))
    review = read_review(data, path, before.form if before else form)
    asked = _asked(before.rows if before else ())
    return Taken(
        with_earlier(review, earlier),
        data,
        len((asked | set(earlier.filled)) - set(review.entries)),
    )


def refuse_wrong_entries(review: Review, before: Run | None, form: Form, path: Path) -> None:
    """Raise ReviewError, before a page is read, for entries that no reading can make right."""
    rows = before.rows if before else ()
    slips = _slips(rows, review)
    known = {slip: entry for slip, entry in review.entries.items() if slip in slips}
    corrected(rows, replace(review, entries=known), form, path)


def without_strangers(
    review: Review, rows: Sequence[Row], before: Run | None, path: Path
) -> Review:
    """Return `review` for the slips in `rows`; raise OutputError if an entry would be lost."""
    slips = _slips(rows, review)
    lost = [slip for slip in review.filled if slip not in slips]
    if lost:
        raise OutputError(_names_lost(lost, before, path), ALL_TOGETHER)
    kept = {slip: entry for slip, entry in review.entries.items() if slip in slips}
    return replace(review, entries=kept)


def as_decided(
    review: Review, rows: Sequence[Row], before: Run | None, form: Form, path: Path
) -> Review:
    """Return `review` so that it decides in `rows` what it decided in the rows of `before`.

    An `ok`, or an empty session, stands for what the person was shown. Where the scans are now
    read in another way, what it stood for is written out.
    """
    if before is None:
        return review
    old = {row.reading.slip: row for row in before.rows}
    shown_anew = [
        old[row.reading.slip]
        for row in rows
        if row.reading.slip in old and _proposal(old[row.reading.slip]) != _proposal(row)
    ]
    asked = {row.reading.slip for row in shown_anew}
    known = {slip: entry for slip, entry in review.entries.items() if slip in asked}
    decided = corrected(shown_anew, Review(known), form, path)
    return replace(review, entries={**review.entries, **_written_out(decided, known, form)})


def _written_out(
    decided: Iterable[Row], entries: Mapping[str, Entry], form: Form
) -> dict[str, Entry]:
    """Return the entries of the `decided` rows, with the decision in plain words."""
    return {
        row.reading.slip: replace(
            entries[row.reading.slip], session=row.session or "", rating=_word(row, form)
        )
        for row in decided
        if row.status in (Status.CORRECTED, Status.VOID)
    }


def _word(row: Row, form: Form) -> str:
    if row.status is Status.VOID:
        return "void"
    return "blank" if row.rating is None else written(row.rating, form)


def _proposal(row: Row) -> tuple[object, ...]:
    """Return what the person who decides on `row` was shown of what the machine read."""
    reading = row.reading
    return reading.read_session, reading.read_rating, reading.status, reading.reasons


def _slips(rows: Sequence[Row], review: Review) -> set[str]:
    """Return the names of the slips in `rows`, and of those that `review` adds to their pages."""
    return {row.reading.slip for row in rows} | added_slips(rows, review)


def _asked(rows: Iterable[Row]) -> set[str]:
    return {row.reading.slip for row in rows if row.reading.status in UNDECIDED}


def _names_lost(lost: Sequence[str], before: Run | None, path: Path) -> str:
    files = {row.reading.slip: row.reading.file for row in before.rows} if before else {}
    origins = sorted(Counter(files.get(slip, "unknown scans") for slip in lost).items())
    came_from = "\n".join(f"  - {file}: {count}" for file, count in origins)
    noun = "a slip" if len(lost) == 1 else f"{len(lost)} slips"
    return f"{path} has entries for {noun} not in these scans. They came from:\n{came_from}"
