"""Owns the output folder's two transactions: a run's files written, corrections taken back."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from scanpipe.errors import NothingReadableError, OutputError
from scanpipe.form import Form
from scanpipe.reading.record import Note, PageReading
from scanpipe.reporting import run_file
from scanpipe.reporting.balance import Arrivals, strike_balance
from scanpipe.reporting.collecting import collect
from scanpipe.reporting.corrections import corrected
from scanpipe.reporting.crops import Crops, remove_stale
from scanpipe.reporting.dialect import Dialect
from scanpipe.reporting.files import make_folder, read_if_there, refuse_if_in_use, write_all
from scanpipe.reporting.outcome import Outcome, Rejected
from scanpipe.reporting.review import Review, read_review, review_columns, review_rows
from scanpipe.reporting.rows import Row, results_columns, results_rows
from scanpipe.reporting.run_file import Run, load_run, run_bytes
from scanpipe.reporting.summary import summarise, summary_columns, summary_rows
from scanpipe.reporting.tables import read_table, table_bytes
from scanpipe.vocabulary import Status

RESULTS, SUMMARY, REVIEW = "results.csv", "summary.csv", "review.csv"

_ALL_TOGETHER = "Give all scans together, or choose another folder with -o."


def write_run(
    form: Form,
    pages: Iterable[PageReading],
    folder: Path,
    dialect: Dialect,
    provenance: Mapping[str, object],
) -> Outcome:
    """Write the tables of a stack into `folder`, keeping what was entered in its review.csv.

    `pages` are taken one by one. `provenance` (version, options, thresholds, hashes, timings,
    notes on the stack) goes into run.json as it is when the last page has come.

    Raises:
        OutputError: the folder cannot be written, holds something else, or corrections that
            these pages do not bear out. ReviewError: its review.csv has wrong entries.
            NothingReadableError: it holds slips, and these pages none. In every case the files
            of an earlier run stand as they stood.
    """
    make_folder(folder)
    refuse_if_in_use(_paths(folder))
    before = _earlier_run(folder, form)
    review = _earlier_review(folder, form, before)
    crops = Crops(folder)
    try:
        arrivals, rows = collect(pages, crops)
        _refuse_to_empty(before, arrivals, folder)
        run = Run(form, dialect, arrivals, rows, dict(provenance), _notes(provenance))
        review = _without_strangers(review, run, before, folder)
        decided = corrected(rows, review, form, folder / REVIEW)
    except BaseException:
        crops.take_back()
        raise
    outcome = _write(run, review, decided, folder)
    remove_stale(folder, before.images if before else (), run.images)
    return outcome


def _refuse_to_empty(before: Run | None, arrivals: Arrivals, folder: Path) -> None:
    """Keep a table with slips in it from being replaced by one without."""
    if before and before.arrivals.pages_with_slips and not arrivals.pages_with_slips:
        raise NothingReadableError(
            f"no slip was found on any of the {arrivals.pages} pages; the tables in {folder} "
            "stand as they stood",
            "Check that these are the right scans, or choose another folder with -o.",
        )


def apply_review(folder: Path) -> Outcome:
    """Take review.csv in `folder` back into its tables; twice gives the same bytes.

    Raises:
        OutputError: the folder holds no run, or cannot be written.
        ReviewError: review.csv has wrong entries. Nothing was changed.
    """
    run = load_run(folder)
    if run is None:
        raise OutputError(
            f"{folder} holds no {run_file.NAME}", "Name the folder of a finished run."
        )
    path = folder / REVIEW
    data = read_if_there(path)
    if data is None:
        raise OutputError(f"there is no {path}", "Put it back, or read the scans once more.")
    refuse_if_in_use(_paths(folder))
    review = read_review(data, path)
    return _write(run, review, corrected(run.rows, review, run.form, path), folder)


def _paths(folder: Path) -> list[Path]:
    """Return the files of a run in the order in which they are replaced.

    run.json and review.csv come first: from these two `apply` can make the others.
    """
    return [folder / name for name in (run_file.NAME, REVIEW, RESULTS, SUMMARY)]


def _write(run: Run, review: Review, rows: Sequence[Row], folder: Path) -> Outcome:
    form, dialect = run.form, run.dialect
    columns, summary = results_columns(form), summarise(form, rows)
    results = table_bytes(columns, results_rows(form, rows), dialect)
    balance = strike_balance(run.arrivals, read_table(results, columns), summary)
    contents = (
        run_bytes(run, balance),
        table_bytes(review_columns(review), review_rows(rows, review), dialect),
        results,
        table_bytes(summary_columns(form), summary_rows(summary), dialect),
    )
    write_all(dict(zip(_paths(folder), contents, strict=True)))
    undecided = sum(row.undecided for row in rows)
    rejected = _rejected(rows)
    review_path = folder / REVIEW
    return Outcome(form, folder, summary, balance, undecided, review_path, rejected, run.notes)


def _notes(provenance: Mapping[str, object]) -> tuple[Note, ...]:
    notes = provenance.get("notes", ())
    return tuple(notes) if isinstance(notes, Sequence) else ()


def _rejected(rows: Sequence[Row]) -> tuple[Rejected, ...]:
    return tuple(
        Rejected(row.reading.file, row.reading.page, row.reading.reasons)
        for row in rows
        if row.status is Status.REJECTED
    )


def _earlier_run(folder: Path, form: Form) -> Run | None:
    """Return the run in `folder`, if any; raise OutputError if its files are of another kind."""
    run = load_run(folder)
    if run is None:
        for name in (RESULTS, SUMMARY):
            if (folder / name).exists():
                raise OutputError(
                    f"{folder / name} is there, but no {run_file.NAME}: it may not be scanpipe's",
                    "Move it away, or choose another folder with -o.",
                )
    elif run.form.id != form.id:
        raise OutputError(
            f"{folder} holds the slips of the form {run.form.id!r}, not of {form.id!r}",
            "Choose another folder with -o.",
        )
    return run


def _earlier_review(folder: Path, form: Form, before: Run | None) -> Review:
    """Return what was entered in `folder`; raise ReviewError before a page is read, if it must."""
    path = folder / REVIEW
    data = read_if_there(path)
    if data is None:
        return Review({})
    review = read_review(data, path)
    rows = before.rows if before else ()
    slips = {row.reading.slip for row in rows}
    known = {slip: entry for slip, entry in review.entries.items() if slip in slips}
    corrected(rows, Review(known, review.extra_columns, review.problems), form, path)
    return review


def _without_strangers(review: Review, run: Run, before: Run | None, folder: Path) -> Review:
    """Return `review` for the slips of `run`; raise OutputError if an entry would be lost."""
    slips = {row.reading.slip for row in run.rows}
    strange = {slip for slip in review.entries if slip not in slips}
    lost = [slip for slip in strange if not review.entries[slip].is_empty]
    if lost:
        raise OutputError(_names_lost(lost, before, folder / REVIEW), _ALL_TOGETHER)
    kept = {slip: entry for slip, entry in review.entries.items() if slip in slips}
    return Review(kept, review.extra_columns)


def _names_lost(lost: Sequence[str], before: Run | None, path: Path) -> str:
    files = {row.reading.slip: row.reading.file for row in before.rows} if before else {}
    origins = sorted(Counter(files.get(slip, "unknown scans") for slip in lost).items())
    came_from = "\n".join(f"  - {file}: {count}" for file, count in origins)
    noun = "a slip" if len(lost) == 1 else f"{len(lost)} slips"
    return f"{path} has entries for {noun} not in these scans. They came from:\n{came_from}"
