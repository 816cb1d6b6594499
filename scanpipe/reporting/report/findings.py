"""Owns all that the report tells, gathered from the folder of a finished run."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from scanpipe.errors import OutputError
from scanpipe.form import Form
from scanpipe.reporting.balance import Balance, strike_balance
from scanpipe.reporting.corrections import corrected
from scanpipe.reporting.files import read_if_there
from scanpipe.reporting.handed_in import is_handed_in, shortfalls
from scanpipe.reporting.keeping import fingerprint
from scanpipe.reporting.output_files import REVIEW
from scanpipe.reporting.report.audit_result import AuditResult, load_audit
from scanpipe.reporting.report.bounds import Tally
from scanpipe.reporting.report.open_slips import OpenSlips, open_slips
from scanpipe.reporting.rows import Row, results_columns, results_rows
from scanpipe.reporting.run_file import NAME, Run, load_run
from scanpipe.reporting.summary import SummaryRow, summarise, summary_columns, summary_rows
from scanpipe.reporting.tables import read_table, table_bytes

FEW_SLIPS = 20
"""In a session with fewer, each slip moves the percentages by more than five points."""


@dataclass(frozen=True, slots=True)
class Line:
    """One session, or all: its figures, and what they may still become.

    `spread`: the standard deviation of its ratings. `expected`: the slips handed in, None if
    nobody counted them; `arrived`: those of them that were read.
    """

    summary: SummaryRow
    spread: Decimal | None
    expected: int | None
    arrived: int
    tally: Tally

    @property
    def arrived_percent(self) -> Decimal | None:
        """How many percent of the slips handed in were read, None if that is not known."""
        if not self.expected:
            return None
        share = Decimal(100 * self.arrived) / self.expected
        return share.quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def has_few(self) -> bool:
        """Whether a single slip weighs so much that the percentages say little."""
        return 0 < self.summary.rated < FEW_SLIPS


@dataclass(frozen=True, slots=True)
class Findings:
    """What a report tells; `total` sums up the lines of `sessions`.

    `unapplied`: review.csv was saved since it was last taken in, so that this is not in it.
    """

    run: Run
    rows: Sequence[Row]
    sessions: tuple[Line, ...]
    total: Line
    balance: Balance
    shortfalls: tuple[str, ...]
    open_slips: OpenSlips
    audit: AuditResult | None
    unapplied: bool

    @property
    def form(self) -> Form:
        """The event's form, as it was when the scans were read."""
        return self.run.form

    @property
    def lines(self) -> tuple[Line, ...]:
        """The sessions in the form's order, then the total."""
        return (*self.sessions, self.total)

    @property
    def tallies(self) -> tuple[Tally, ...]:
        """What is settled and what is not, for each of `lines`."""
        return tuple(line.tally for line in self.lines)

    @property
    def counts_handed_in(self) -> bool:
        """Whether anybody counted the slips handed in."""
        return any(line.expected is not None for line in self.lines)

    @property
    def without_session(self) -> int:
        """How many slips count in the total only."""
        return self.total.summary.slips - sum(line.summary.slips for line in self.sessions)


def gather(folder: Path) -> Findings:
    """Return what there is to tell of the run in `folder`, corrections taken in.

    Raises:
        OutputError: the folder holds no run, or a file in it cannot be read.
    """
    run = load_run(folder)
    if run is None:
        raise OutputError(f"{folder} holds no {NAME}", "Name the folder of a finished run.")
    rows = corrected(run.rows, run.review, run.form, folder / REVIEW)
    summary = summarise(run.form, rows)
    undecided = open_slips(rows)
    *sessions, total = _lines(run, rows, summary, undecided)
    return Findings(
        run,
        rows,
        tuple(sessions),
        total,
        _balance(run, rows, summary),
        shortfalls(run.form, rows, run.expected),
        undecided,
        load_audit(folder),
        _is_unapplied(run, folder),
    )


def spread_of(ratings: Sequence[int]) -> Decimal | None:
    """Return the standard deviation of the ratings, `ratings[i]` of them i + 1; None for none.

    Of the slips themselves (over n, not n - 1): nobody else is concluded upon.
    """
    slips = sum(ratings)
    if not slips:
        return None
    points = sum(rating * count for rating, count in enumerate(ratings, start=1))
    squares = sum(rating**2 * count for rating, count in enumerate(ratings, start=1))
    root = Decimal(slips * squares - points**2).sqrt()
    return (root / slips).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _lines(
    run: Run, rows: Sequence[Row], summary: Sequence[SummaryRow], undecided: OpenSlips
) -> list[Line]:
    arrived = Counter(row.session for row in rows if is_handed_in(row))
    found = [*(arrived[session.id] for session in run.form.sessions), arrived.total()]
    own = [session.expected for session in run.form.sessions]
    return [
        Line(row, spread_of(row.ratings), expected, count, tally)
        for row, expected, count, tally in zip(
            summary, [*own, _all_expected(run, own)], found, undecided.tallies(summary), strict=True
        )
    ]


def _all_expected(run: Run, own: Sequence[int | None]) -> int | None:
    """Return how many slips were handed in altogether; the sessions' own numbers may tell."""
    if run.expected is not None:
        return run.expected
    counted = [number for number in own if number is not None]
    return sum(counted) if len(counted) == len(own) else None


def _balance(run: Run, rows: Sequence[Row], summary: Sequence[SummaryRow]) -> Balance:
    """Strike the balance anew, by the tables that belong to `rows`."""
    form, dialect = run.form, run.dialect
    results = table_bytes(results_columns(form), results_rows(form, rows), dialect)
    summed = table_bytes(summary_columns(form), summary_rows(summary), dialect)
    return strike_balance(
        run.arrivals,
        read_table(results, results_columns(form)),
        read_table(summed, summary_columns(form)),
        form,
        dialect,
        run.promised_pages,
        len(rows) - len(run.rows),
    )


def _is_unapplied(run: Run, folder: Path) -> bool:
    data = read_if_there(folder / REVIEW)
    return data is not None and bool(run.review_sha256) and fingerprint(data) != run.review_sha256
