"""Owns the files of an output folder: made from a run, held against each other, written as one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from scanpipe.errors import OutputError
from scanpipe.form import Form
from scanpipe.messages import Messages, messages_for
from scanpipe.reporting import run_file
from scanpipe.reporting.balance import Balance, strike_balance
from scanpipe.reporting.corrections import corrected
from scanpipe.reporting.dialect import Dialect
from scanpipe.reporting.files import read_if_there, write_all
from scanpipe.reporting.handed_in import shortfalls
from scanpipe.reporting.journal import (
    Change,
    State,
    changes,
    decisions,
    is_damaged,
    journal_bytes,
)
from scanpipe.reporting.keeping import copy_of, fingerprint
from scanpipe.reporting.merging import Taken
from scanpipe.reporting.outcome import Outcome, Rejected
from scanpipe.reporting.review import review_columns, review_rows
from scanpipe.reporting.rows import Row, results_columns, results_rows
from scanpipe.reporting.run_file import Run, run_bytes
from scanpipe.reporting.slip_names import slip_of
from scanpipe.reporting.summary import SummaryRow, summarise, summary_columns, summary_rows
from scanpipe.reporting.tables import read_table, table_bytes
from scanpipe.vocabulary import Status

RESULTS, SUMMARY, REVIEW = "results.csv", "summary.csv", "review.csv"
JOURNAL = "journal.csv"


def output_paths(folder: Path) -> list[Path]:
    """Return the files of a run in the order in which they are replaced.

    run.json and review.csv come first: from these two `apply` can make the others.
    """
    return [folder / name for name in (run_file.NAME, REVIEW, RESULTS, SUMMARY, JOURNAL)]


def write_output(run: Run, before: Run | None, taken: Taken, folder: Path) -> Outcome:
    """Write the files of `run` with its review, as one; `before` is what they replace.

    Raises:
        OutputError: a file cannot be written, or review.csv is not as it was `taken` in any more.
        ReviewError: an entry cannot be taken. Nothing was changed.
    """
    form, dialect, path = run.form, run.dialect, folder / REVIEW
    rows = corrected(run.rows, run.review, form, path)
    summary = summarise(form, rows)
    results, summed = result_tables(form, rows, summary, dialect)
    review = table_bytes(
        review_columns(run.review, form), review_rows(rows, run.review, form), dialect
    )
    run = replace(
        run,
        review_sha256=fingerprint(review),
        journal=(*run.journal, *_changes(before, run, rows)),
    )
    balance = balance_of(run, results, summed, len(rows) - len(run.rows))
    short = shortfalls(form, rows, run.expected)
    contents = (
        run_bytes(run, balance, short),
        review,
        results,
        summed,
        journal_bytes(run.journal, dialect),
    )
    kept = _kept(path, taken, before, review)
    aside = _journal_aside(folder, run)
    write_all(kept | aside | dict(zip(output_paths(folder), contents, strict=True)))
    t = messages_for(form.language)
    warnings = (*short, *taken.warnings(path, t), *(_set_aside(copy, t) for copy in aside))
    return Outcome(
        form,
        folder,
        summary,
        balance,
        len({slip_of(row.reading.slip, form) for row in rows if row.undecided}),
        path,
        _rejected(rows, form),
        run.notes,
        warnings,
    )


def result_tables(
    form: Form, rows: Sequence[Row], summary: Sequence[SummaryRow], dialect: Dialect
) -> tuple[bytes, bytes]:
    """Return results.csv and summary.csv."""
    return (
        table_bytes(results_columns(form), results_rows(form, rows), dialect),
        table_bytes(summary_columns(form), summary_rows(form, summary), dialect),
    )


def balance_of(run: Run, results: bytes, summary: bytes, added: int) -> Balance:
    """Strike the balance of `run` by what stands in its two tables; `added`: rows by a person."""
    return strike_balance(
        run.arrivals,
        read_table(results, results_columns(run.form)),
        read_table(summary, summary_columns(run.form)),
        run.form,
        run.dialect,
        run.promised_pages,
        added,
    )


def _changes(before: Run | None, run: Run, rows: Sequence[Row]) -> tuple[Change, ...]:
    """Return what the review of `run`, which makes `rows`, changes in what stood `before`."""
    old: Mapping[str, State] = {}
    if before:
        was = corrected(before.rows, before.review, before.form, Path(run_file.NAME))
        old = decisions(was, before.review, before.form)
    return changes(old, decisions(rows, run.review, run.form), run.rows, run.form)


def _kept(path: Path, taken: Taken, before: Run | None, review: bytes) -> dict[Path, bytes]:
    """Return a dated copy of review.csv if it is not as scanpipe wrote it, and is to change.

    Raises OutputError if somebody has saved it since it was `taken` in.
    """
    data = read_if_there(path)
    if data != taken.data:
        raise OutputError(f"{path} was saved just now, by somebody else", "Run this once more.")
    ours = before.review_sha256 if before else ""
    if data is None or data == review or fingerprint(data) == ours:
        return {}
    return copy_of(path, data)


def _journal_aside(folder: Path, run: Run) -> dict[Path, bytes]:
    """Return a dated copy of journal.csv if it holds what scanpipe did not write there."""
    data = read_if_there(folder / JOURNAL)
    if data is None or not is_damaged(data, run.journal):
        return {}
    return copy_of(folder / JOURNAL, data)


def _set_aside(path: Path, t: Messages) -> str:
    return t(
        "{name} was changed by hand. It is made anew; what stood there is in {copy}.",
        name=JOURNAL,
        copy=path.name,
    )


def _rejected(rows: Sequence[Row], form: Form) -> tuple[Rejected, ...]:
    """Return what nobody has read yet; where slips have several rows, each but once."""
    found = {
        slip_of(row.reading.slip, form): row.reading
        for row in rows
        if row.status is Status.REJECTED
    }
    return tuple(Rejected(each.file, each.page, each.reasons) for each in found.values())
