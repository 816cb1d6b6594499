"""Owns run.json: how a run was made, and all that `apply` needs to know of it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from pydantic import TypeAdapter, ValidationError

from scanpipe import __version__
from scanpipe.errors import OutputError
from scanpipe.form import Form
from scanpipe.messages import messages_for
from scanpipe.reading.record import Note, SlipReading
from scanpipe.reporting.balance import Arrivals, Balance
from scanpipe.reporting.crops import COMMENTS, FOLDER
from scanpipe.reporting.dialect import DIALECTS, Dialect
from scanpipe.reporting.files import read_if_there
from scanpipe.reporting.journal import Change
from scanpipe.reporting.review import Entry, Review
from scanpipe.reporting.rows import Row, as_read
from scanpipe.reporting.stack_notes import sentence
from scanpipe.vocabulary import Status

NAME = "run.json"

MAX_BYTES = 1_000_000_000
"""Of run.json: a million slips."""

_OURS = ("counts", "dialect", "expected", "form", "journal", "notes", "readings", "review")
_PICTURE = {
    place: re.compile(rf"(?:{place}/[a-z][a-z0-9_-]*\.png)?") for place in (FOLDER, COMMENTS)
}
"""Pictures stand in their folder and nowhere else, whatever somebody wrote into run.json."""

_PICTURES = ("picture", "comment")
_RARE = ("row", "question", "serial")
"""What slips of most forms do not have; it is recorded of those that do."""

_RECORDED = tuple(
    part.name for part in fields(SlipReading) if part.name not in (*_PICTURES, *_RARE)
)

_ARRIVALS = TypeAdapter(Arrivals)
_CHANGE = TypeAdapter(Change)
_ENTRY = TypeAdapter(Entry)
_EXPECTED: TypeAdapter[int | None] = TypeAdapter(int | None)
_NOTE = TypeAdapter(Note)
_READING = TypeAdapter(SlipReading)


class Provenance(TypedDict):
    """How a stack was read: what was asked for, with which programs, the thresholds in force,
    name and SHA-256 of every scan, how many pages they have, how long each part of the work
    took, what there is to say of the stack, what was printed of the form and how that differs
    from the form.
    """

    options: Mapping[str, object]
    software: NotRequired[Mapping[str, str]]
    pages: NotRequired[int]
    thresholds: Mapping[str, float]
    inputs: Sequence[tuple[str, str]]
    seconds: Mapping[str, float]
    notes: NotRequired[Sequence[Note]]
    printed: NotRequired[Mapping[str, object]]
    changes: NotRequired[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Run:
    """One reading of one stack. `rows` are uncorrected; `provenance` says how they were read.

    `review`: what was entered, as it was last taken in, and `review_sha256` review.csv as it was
    then written; `journal`: every change since the first run; `expected`: the slips handed in.
    """

    form: Form
    dialect: Dialect
    arrivals: Arrivals
    rows: tuple[Row, ...]
    provenance: Mapping[str, Any]
    notes: tuple[Note, ...] = ()
    review: Review = field(default_factory=lambda: Review({}))
    review_sha256: str = ""
    journal: tuple[Change, ...] = ()
    expected: int | None = None

    @property
    def images(self) -> set[str]:
        """The pictures that the rows refer to, as paths in the output folder."""
        return {path for row in self.rows for path in (row.image, row.comment) if path}

    @property
    def changes(self) -> tuple[str, ...]:
        """How the form differs from what was printed, in sentences; none where it does not."""
        return tuple(map(str, self.provenance.get("changes", ())))

    @property
    def promised_pages(self) -> int | None:
        """How many pages the scans said to have, None if the run does not tell."""
        pages = self.provenance.get("pages")
        return pages if isinstance(pages, int) else None


def run_bytes(run: Run, balance: Balance, shortfalls: Sequence[str] = ()) -> bytes:
    """Return `run` as JSON, a line for every reading, with the figures of `balance` and what
    `shortfalls` tell of the slips handed in.
    """
    t = messages_for(run.form.language)
    head = {"version": __version__} | _foreign(run.provenance)
    head |= {
        "counts": _counts(run.arrivals, balance),
        "dialect": run.dialect.name,
        "expected": {"slips": run.expected, "shortfalls": shortfalls},
        "form": run.form.model_dump(mode="json"),
        "notes": [asdict(note) | {"text": sentence(note, t)} for note in run.notes],
        "review": {
            "sha256": run.review_sha256,
            "own_columns": run.review.extra_columns,
            "entries": [_entered(entry) for entry in run.review.filled.values()],
        },
        "journal": [asdict(change) for change in run.journal],
    }
    readings = ",\n    ".join(_json(_recorded(row)) for row in run.rows)
    text = _json(head, indent=2).removesuffix("\n}")
    # A file name may hold bytes that are no text: JSON knows how to escape them.
    return f'{text},\n  "readings": [\n    {readings}\n  ]\n}}\n'.encode(
        "utf-8", "backslashreplace"
    )


def no_run(folder: Path) -> OutputError:
    """Return what is to be said of a folder in which no run has ended."""
    return OutputError(f"{folder} holds no {NAME}", "Name the folder of a finished run.")


def load_run(folder: Path) -> Run | None:
    """Return the run whose tables lie in `folder`, None if there is no run.json.

    Raises:
        OutputError: run.json cannot be read, or is not one that this version writes.
    """
    path = folder / NAME
    data = read_if_there(path, MAX_BYTES)
    if data is None:
        return None
    try:
        return _run(json.loads(data))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        fault = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise OutputError(
            f"{path} is not a run.json of this version of scanpipe: {fault}",
            "Read the scans into another folder with `scanpipe run ... -o FOLDER`.",
        ) from error


def _run(data: dict[str, Any]) -> Run:
    rows = map(_row, data["readings"])
    review = data.get("review", {})
    return Run(
        Form.model_validate_json(json.dumps(data["form"])),
        DIALECTS[data["dialect"]],
        _ARRIVALS.validate_python(data["counts"]),
        tuple(rows),
        _foreign(data),
        tuple(_NOTE.validate_python(note) for note in data.get("notes", ())),
        _review(review),
        str(review.get("sha256", "")),
        tuple(_CHANGE.validate_python(change) for change in data.get("journal", ())),
        _EXPECTED.validate_python(data.get("expected", {}).get("slips")),
    )


def _review(data: Mapping[str, Any]) -> Review:
    entries = [_ENTRY.validate_python({"row": 0} | entry) for entry in data.get("entries", ())]
    columns = tuple(map(str, data.get("own_columns", ())))
    return Review({entry.slip: entry for entry in entries}, columns)


def _entered(entry: Entry) -> dict[str, object]:
    """Return what was entered; not its row, which a spreadsheet changes at will."""
    return {name: value for name, value in asdict(entry).items() if name != "row"}


def _row(data: dict[str, Any]) -> Row:
    reading = _READING.validate_python({k: v for k, v in data.items() if k not in _PICTURES})
    comment = _picture(data.get("comment_image", ""), COMMENTS)
    return as_read(reading, _picture(data["image"], FOLDER), comment)


def _picture(text: str, place: str) -> str:
    if not _PICTURE[place].fullmatch(text):
        raise ValueError(f"{text!r} is not where a picture stands")
    return text


def _foreign(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in _OURS}


def _counts(arrivals: Arrivals, balance: Balance) -> dict[str, object]:
    return {
        **asdict(arrivals),
        "added": balance.added,
        "slips": balance.slips,
        **({} if balance.answers is None else {"answers": balance.answers}),
        **{status.value: balance.statuses[status] for status in Status},
        "adds_up": balance.adds_up,
        "gaps": balance.gaps,
    }


def _recorded(row: Row) -> dict[str, object]:
    recorded = {name: getattr(row.reading, name) for name in _RECORDED} | {"image": row.image}
    rare = {name: getattr(row.reading, name) for name in _RARE} | {"comment_image": row.comment}
    return recorded | {name: value for name, value in rare.items() if value}


def _json(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, default=str)
