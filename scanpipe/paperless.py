"""Owns the sign of a stack that was made without paper: what it holds need never be printed."""

from pathlib import Path

PRODUCER = "scanpipe simulate"
"""The program that such a PDF says it was made by."""

_BEGINNING_BYTES = 2048
"""Of a PDF: what it says of itself comes before its pages."""


def is_paperless(path: Path) -> bool:
    """Whether the file at `path` is a stack as `scanpipe simulate` makes it."""
    try:
        with path.open("rb") as file:
            return f"({PRODUCER})".encode() in file.read(_BEGINNING_BYTES)
    except OSError:
        return False
