"""Readings to files that people open, and corrections back."""

from scanpipe.reporting.balance import Balance
from scanpipe.reporting.dialect import DIALECTS, Dialect, dialect_for
from scanpipe.reporting.outcome import Outcome, Rejected
from scanpipe.reporting.run_file import Provenance
from scanpipe.reporting.summary import SummaryRow
from scanpipe.reporting.writing import apply_review, write_run

__all__ = [
    "DIALECTS",
    "Balance",
    "Dialect",
    "Outcome",
    "Provenance",
    "Rejected",
    "SummaryRow",
    "apply_review",
    "dialect_for",
    "write_run",
]
