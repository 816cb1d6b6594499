"""Owns what a run or an `apply` comes to, for the caller to tell."""

from dataclasses import dataclass
from pathlib import Path

from rich.console import RenderableType

from scanpipe.form import Form
from scanpipe.reading.record import Note
from scanpipe.reporting.balance import Balance
from scanpipe.reporting.leaving import Gone
from scanpipe.reporting.summary import SummaryRow
from scanpipe.reporting.terminal import terminal_report
from scanpipe.vocabulary import Reason


@dataclass(frozen=True, slots=True)
class Rejected:
    """A page that nobody has read yet; `page` is None for a file that cannot be opened."""

    file: str
    page: int | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state of an output folder. `summary` ends with the total; `undecided` counts the
    slips and pages that wait for a person; `review` is the path of review.csv; `notes` say what
    is wrong with the stack as a whole, `warnings`, in sentences, what is odd about the numbers
    of slips or about the files in the folder. `gone`: the files that the tables held before; the
    warnings tell of them too.
    """

    form: Form
    folder: Path
    summary: tuple[SummaryRow, ...]
    balance: Balance
    undecided: int
    review: Path
    rejected: tuple[Rejected, ...]
    notes: tuple[Note, ...] = ()
    warnings: tuple[str, ...] = ()
    gone: tuple[Gone, ...] = ()

    @property
    def report(self) -> RenderableType:
        """What to show on the terminal."""
        return terminal_report(self)
