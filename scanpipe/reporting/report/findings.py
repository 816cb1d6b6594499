"""Owns all that the report tells, gathered from the folder of a finished run."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scanpipe.form import Form
from scanpipe.messages import messages_for
from scanpipe.reporting.balance import Balance
from scanpipe.reporting.corrections import corrected
from scanpipe.reporting.files import read_if_there
from scanpipe.reporting.handed_in import shortfalls
from scanpipe.reporting.keeping import fingerprint
from scanpipe.reporting.output_files import REVIEW, balance_of, result_tables
from scanpipe.reporting.report.audit_result import AuditResult, load_audit
from scanpipe.reporting.report.gallery import Gallery, gather_comments
from scanpipe.reporting.report.open_slips import OpenSlips, open_slips
from scanpipe.reporting.report.slips import one_per_slip
from scanpipe.reporting.report.topics import Line, Topic, topics_of
from scanpipe.reporting.rows import Row
from scanpipe.reporting.run_file import Run, load_run, no_run
from scanpipe.reporting.stack_notes import sentence
from scanpipe.reporting.summary import summarise


@dataclass(frozen=True, slots=True)
class Findings:
    """What a report tells, question by question in `topics`.

    `slips`: a row for each slip, whatever the number of rows on it; `open_slips` counts those
    that are undecided. `unapplied`: review.csv was saved since it was last taken in, so that this
    is not in it.
    """

    run: Run
    rows: Sequence[Row]
    slips: Sequence[Row]
    topics: tuple[Topic, ...]
    balance: Balance
    shortfalls: tuple[str, ...]
    open_slips: OpenSlips
    audit: AuditResult | None
    comments: Gallery
    unapplied: bool

    @property
    def form(self) -> Form:
        """The event's form, as it was when the scans were read."""
        return self.run.form

    @property
    def notes(self) -> tuple[str, ...]:
        """What there is to say of the stack, and of what was printed, in the form's language."""
        t = messages_for(self.form.language)
        return (*(sentence(note, t) for note in self.run.notes), *self.run.changes)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of all topics."""
        return tuple(line for topic in self.topics for line in topic.lines)

    @property
    def counts_handed_in(self) -> bool:
        """Whether anybody counted the slips handed in."""
        return any(line.expected is not None for line in self.lines)


def gather(folder: Path) -> Findings:
    """Return what there is to tell of the run in `folder`, corrections taken in.

    Raises:
        OutputError: the folder holds no run, or a file in it cannot be read.
    """
    run = load_run(folder)
    if run is None:
        raise no_run(folder)
    rows = corrected(run.rows, run.review, run.form, folder / REVIEW)
    summary = summarise(run.form, rows)
    tables = result_tables(run.form, rows, summary, run.dialect)
    slips = one_per_slip(run.form, rows)
    return Findings(
        run,
        rows,
        slips,
        topics_of(run.form, rows, summary, run.expected),
        balance_of(run, *tables, len(rows) - len(run.rows)),
        shortfalls(run.form, rows, run.expected),
        open_slips(slips),
        load_audit(folder, run),
        gather_comments(folder, run.form, rows),
        _is_unapplied(run, folder),
    )


def _is_unapplied(run: Run, folder: Path) -> bool:
    data = read_if_there(folder / REVIEW)
    return data is not None and bool(run.review_sha256) and fingerprint(data) != run.review_sha256
