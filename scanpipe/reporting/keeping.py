"""Owns the dated copies of what a person saved in the output folder, before it is written anew."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from scanpipe.errors import OutputError
from scanpipe.reporting.files import read_if_there
from scanpipe.reporting.journal import now


def fingerprint(data: bytes) -> str:
    """Return the SHA-256 of `data`, by which a file is known again."""
    return hashlib.sha256(data).hexdigest()


def copy_of(path: Path, data: bytes) -> dict[Path, bytes]:
    """Return where to keep `data`, which stands in `path`, and `data`; nothing if that is done.

    The copy stands beside `path`, with the date and time in its name: `review 2026-11-21 1430.csv`.
    No older copy is written over.
    """
    older = path.parent.glob(f"{path.stem} ????-??-?? ????*{path.suffix}")
    if any(_holds(copy, data) for copy in older):
        return {}
    return {next(name for name in _names(path) if not name.exists()): data}


def _holds(copy: Path, data: bytes) -> bool:
    """Tell whether `copy` is a whole copy of `data`; not if it cannot be read."""
    try:
        return copy.stat().st_size == len(data) and read_if_there(copy) == data
    except (OSError, OutputError):
        return False


def _names(path: Path) -> Iterator[Path]:
    """Yield names for a copy; none has a sign that Windows forbids."""
    stem = f"{path.stem} {now():%Y-%m-%d %H%M}"
    yield path.with_name(f"{stem}{path.suffix}")
    number = 2
    while True:
        yield path.with_name(f"{stem}-{number}{path.suffix}")
        number += 1
