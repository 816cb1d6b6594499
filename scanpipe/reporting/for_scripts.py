"""Owns what scripts are told of a run or an `apply`: an object with fixed names, as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from scanpipe.errors import ExitCode
from scanpipe.form import Form
from scanpipe.messages import messages_for
from scanpipe.reporting.answers import pair_names
from scanpipe.reporting.balance import Balance
from scanpipe.reporting.outcome import Outcome
from scanpipe.reporting.output_files import output_paths
from scanpipe.reporting.stack_notes import sentence
from scanpipe.reporting.summary import SummaryRow
from scanpipe.vocabulary import Status

if TYPE_CHECKING:
    from scanpipe.reporting.report import ReportFiles

Facts = Mapping[str, object]


def outcome_as_json(outcome: Outcome, code: ExitCode, report: "ReportFiles | None" = None) -> str:
    """Return `outcome_facts` as JSON. Whatever file names hold, the text can be written as UTF-8.

    `report`: the files of the report, None if there is none.
    """
    text = json.dumps(outcome_facts(outcome, code, report), ensure_ascii=False, indent=2)
    return text.encode("utf-8", "backslashreplace").decode()


def outcome_facts(
    outcome: Outcome, code: ExitCode, report: "ReportFiles | None" = None
) -> dict[str, object]:
    """Return all that the terminal shows of `outcome`, by names that scripts can count on.

    Only numbers, text, lists and mappings. Percentages and means are rounded as in summary.csv;
    they are None where nothing is rated. Sentences are in the form's language.
    """
    t, form = messages_for(outcome.form.language), outcome.form
    return {
        "form": form.id,
        **({} if form.is_scale else {"answers": [*form.answer_names]}),
        "folder": str(outcome.folder),
        "files": [str(path) for path in _files(outcome.folder, report)],
        "exit_code": int(code),
        "exit_reason": code.name.lower(),
        "undecided": outcome.undecided,
        "balance": _balance(outcome.balance),
        "summary": [_figures(row, form) for row in outcome.summary],
        "rejected": [
            {"file": page.file, "page": page.page, "reasons": [*map(str, page.reasons)]}
            for page in outcome.rejected
        ],
        "notes": [asdict(note) | {"text": sentence(note, t)} for note in outcome.notes],
        "warnings": [*outcome.warnings, *(report.said[1:] if report else ())],
    }


def _files(folder: Path, report: "ReportFiles | None") -> Sequence[Path]:
    """Return the tables, then the report; not the pictures, which review.csv names."""
    tables = output_paths(folder)
    return [*tables, report.page, report.workbook, *report.charts] if report else tables


def _balance(balance: Balance) -> Facts:
    return {
        "adds_up": balance.adds_up,
        "gaps": [*balance.gaps],
        "pages": balance.pages,
        "pages_with_slips": balance.pages_with_slips,
        "blank_backs": balance.blank_backs,
        "unreadable": balance.unreadable,
        "slips": balance.slips,
        **({} if balance.answers is None else {"answers": balance.answers}),
        **{status.value: balance.statuses[status] for status in Status},
    }


def _figures(row: SummaryRow, form: Form) -> Facts:
    chosen = {
        choice.id: {"slips": count, "percent": _number(percent)}
        for choice, count, percent in zip(
            form.choices, row.times_chosen(form), row.chosen_percents(form), strict=True
        )
    }
    pairs = dict(zip(pair_names(form), row.times_paired(form), strict=True))
    return {
        **({"question": row.question} if form.questions else {}),
        "session": row.session,
        "session_name": row.session_name,
        "slips": row.slips,
        "rated": row.rated,
        "ratings": [*row.ratings],
        "percents": [_number(percent) for percent in row.percents],
        **({"choices": chosen} if chosen else {}),
        **({"pairs": pairs} if pairs else {}),
        "mean": _number(row.mean),
        "blank": row.blank,
        "review": row.review,
        "void": row.void,
    }


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
