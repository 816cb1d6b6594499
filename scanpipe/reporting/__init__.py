"""Readings to files that people open, and corrections back."""

from scanpipe.reporting.balance import Balance
from scanpipe.reporting.dialect import DIALECTS, Dialect, dialect_for
from scanpipe.reporting.files import staying_in
from scanpipe.reporting.for_scripts import outcome_as_json
from scanpipe.reporting.leaving import Gone, told_gone
from scanpipe.reporting.outcome import Outcome, Rejected
from scanpipe.reporting.run_file import Provenance
from scanpipe.reporting.software import software
from scanpipe.reporting.store import Store
from scanpipe.reporting.summary import SummaryRow
from scanpipe.reporting.workbench import alone_in
from scanpipe.reporting.writing import apply_review, write_run

__all__ = [
    "DIALECTS",
    "Balance",
    "Dialect",
    "Gone",
    "Outcome",
    "Provenance",
    "Rejected",
    "Store",
    "SummaryRow",
    "alone_in",
    "apply_review",
    "dialect_for",
    "outcome_as_json",
    "software",
    "staying_in",
    "told_gone",
    "write_run",
]
