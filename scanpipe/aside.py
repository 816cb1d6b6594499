"""Owns how a file is replaced: written aside, brought to the disk, then put in its place whole."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path


def places_aside(targets: Iterable[Path]) -> dict[Path, Path]:
    """Return where each target is written meanwhile: beside it, out of sight."""
    return {path: path.with_name(f".{path.name}.{os.getpid()}.tmp") for path in targets}


@contextmanager
def replacing(*targets: Path) -> Iterator[tuple[Path, ...]]:
    """Yield a path beside each target, to be written, and put all in place in the end.

    Nothing changes when the block fails. Raises OSError when a file cannot be replaced.
    """
    aside = places_aside(targets)
    with cleared_away(aside):
        yield tuple(aside.values())
        for made in aside.values():
            flush(made)
        for path, made in aside.items():
            made.replace(path)


@contextmanager
def cleared_away(aside: Mapping[Path, Path]) -> Iterator[None]:
    """Remove in the end what is left `aside`; it is in nobody's way if that cannot be done."""
    try:
        yield
    finally:
        for made in aside.values():
            with suppress(OSError):
                made.unlink(missing_ok=True)


def flush(path: Path) -> None:
    """Have what was written to `path` be on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
