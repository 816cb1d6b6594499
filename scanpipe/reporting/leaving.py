"""Owns the comparison of the scans of a run with those that the tables held before it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scanpipe.messages import Messages
from scanpipe.reporting.run_file import Run
from scanpipe.reporting.slip_names import slip_of
from scanpipe.vocabulary import Status

FILES_TOLD = 5


@dataclass(frozen=True, slots=True)
class Gone:
    """A file of which `slips` have left the tables. `anew`: another file has its name now."""

    file: str
    slips: int
    anew: bool = False


def gone_from(before: Run | None, now: Run) -> tuple[Gone, ...]:
    """Return the files of the run `before` that are not among the scans of `now`.

    A file is known by its content, whatever it is called; one without slips is in nobody's way.
    """
    if before is None:
        return ()
    names, here = _inputs(now.provenance), _inputs(now.provenance).values()
    left = {name for sha256, name in _inputs(before.provenance).items() if sha256 not in names}
    slips = Counter(file for file, slip in _slips(before) - _slips(now) if file in left)
    return tuple(Gone(file, count, file in here) for file, count in sorted(slips.items()))


def told_gone(gone: Sequence[Gone], t: Messages) -> str:
    """Return a sentence on the files that are `gone`, "" if none is."""
    if not gone:
        return ""
    files = [_named(each, t) for each in gone[:FILES_TOLD]]
    if len(gone) > FILES_TOLD:
        files.append(t("and {count} more", count=len(gone) - FILES_TOLD))
    return t.plural(
        "The tables also held {files} until now; it is not among these scans. Give all scans "
        "together if it belongs to them.",
        "The tables also held {files} until now; they are not among these scans. Give all scans "
        "together if they belong to them.",
        len(gone),
        files=", ".join(files),
    )


def _named(gone: Gone, t: Messages) -> str:
    name = t("{file} as it was", file=gone.file) if gone.anew else gone.file
    return f"{name} ({t.plural('{count} slip', '{count} slips', gone.slips)})"


def _slips(run: Run) -> set[tuple[str, str]]:
    """Return the file and the name of every slip. The name comes from the file's content."""
    readings = [row.reading for row in run.rows if row.reading.status is not Status.REJECTED]
    return {(each.file, slip_of(each.slip, run.form)) for each in readings}


def _inputs(provenance: Mapping[str, Any]) -> dict[str, str]:
    """Return the names of the scans by their SHA-256."""
    return {str(sha256): str(name) for name, sha256 in provenance.get("inputs", ())}
