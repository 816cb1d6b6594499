"""Owns run.json: how a run was made, and all that `apply` needs to know of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from pydantic import TypeAdapter, ValidationError

from scanpipe import __version__
from scanpipe.errors import OutputError
from scanpipe.form import Form
from scanpipe.reading.record import Note, SlipReading
from scanpipe.reporting.balance import Arrivals, Balance
from scanpipe.reporting.dialect import DIALECTS, Dialect
from scanpipe.reporting.files import read_if_there
from scanpipe.reporting.rows import Row, as_read
from scanpipe.reporting.stack_notes import sentence
from scanpipe.vocabulary import Status

NAME = "run.json"

_OURS = ("counts", "dialect", "form", "notes", "readings")
_ARRIVALS = TypeAdapter(Arrivals)
_NOTE = TypeAdapter(Note)
_READING = TypeAdapter(SlipReading)


class Provenance(TypedDict):
    """How a stack was read: what was asked for, the thresholds in force, name and SHA-256 of
    every scan, how long each part of the work took, and what there is to say of the stack.
    """

    options: Mapping[str, object]
    thresholds: Mapping[str, float]
    inputs: Sequence[tuple[str, str]]
    seconds: Mapping[str, float]
    notes: NotRequired[Sequence[Note]]


@dataclass(frozen=True, slots=True)
class Run:
    """One reading of one stack. `rows` are uncorrected; `provenance` says how they were read."""

    form: Form
    dialect: Dialect
    arrivals: Arrivals
    rows: tuple[Row, ...]
    provenance: Mapping[str, Any]
    notes: tuple[Note, ...] = ()

    @property
    def images(self) -> set[str]:
        """The pictures that the rows refer to, as paths in the output folder."""
        return {row.image for row in self.rows if row.image}


def run_bytes(run: Run, balance: Balance) -> bytes:
    """Return `run` as JSON, a line for every reading, with the figures of `balance`."""
    head = {"version": __version__} | _foreign(run.provenance)
    head |= {
        "counts": _counts(run.arrivals, balance),
        "dialect": run.dialect.name,
        "form": run.form.model_dump(mode="json"),
        "notes": [asdict(note) | {"text": sentence(note)} for note in run.notes],
    }
    readings = ",\n    ".join(_json(_recorded(row)) for row in run.rows)
    text = _json(head, indent=2).removesuffix("\n}")
    # A file name may hold bytes that are no text: JSON knows how to escape them.
    return f'{text},\n  "readings": [\n    {readings}\n  ]\n}}\n'.encode(
        "utf-8", "backslashreplace"
    )


def load_run(folder: Path) -> Run | None:
    """Return the run whose tables lie in `folder`, None if there is no run.json.

    Raises:
        OutputError: run.json cannot be read, or is not one that this version writes.
    """
    path = folder / NAME
    data = read_if_there(path)
    if data is None:
        return None
    try:
        return _run(json.loads(data))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        fault = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise OutputError(
            f"{path} is not a run.json of this version of scanpipe: {fault}",
            "Read the scans into another folder with `scanpipe run ... -o FOLDER`.",
        ) from error


def _run(data: dict[str, Any]) -> Run:
    rows = (
        as_read(_READING.validate_python(reading), str(reading["image"]))
        for reading in data["readings"]
    )
    return Run(
        Form.model_validate_json(json.dumps(data["form"])),
        DIALECTS[data["dialect"]],
        _ARRIVALS.validate_python(data["counts"]),
        tuple(rows),
        _foreign(data),
        tuple(_NOTE.validate_python(note) for note in data.get("notes", ())),
    )


def _foreign(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in _OURS}


def _counts(arrivals: Arrivals, balance: Balance) -> dict[str, object]:
    return {
        **asdict(arrivals),
        "slips": balance.slips,
        **{status.value: balance.statuses[status] for status in Status},
        "adds_up": balance.adds_up,
        "gaps": balance.gaps,
    }


def _recorded(row: Row) -> dict[str, object]:
    reading = asdict(row.reading)
    del reading["picture"]
    return reading | {"image": row.image}


def _json(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, default=str)
