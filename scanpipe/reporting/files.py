"""Owns putting files into the output folder: each whole or not at all."""

import errno
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from scanpipe.errors import OutputError

_ELSEWHERE = "Choose another folder with -o."
_IN_USE = "If it is open in Excel or another program, close it there and run this again."


def make_folder(folder: Path) -> None:
    """Make `folder`, and those above it, where missing; raise OutputError if that fails."""
    with _explained(folder, "be made"):
        folder.mkdir(parents=True, exist_ok=True)


def refuse_if_in_use(paths: Iterable[Path]) -> None:
    """Raise OutputError for the first of `paths` that exists and may not be written."""
    for path in paths:
        with _explained(path, "be written"):
            if path.exists():
                path.open("r+b").close()


def read_if_there(path: Path) -> bytes | None:
    """Return what stands in `path`, None if there is no such file; raise OutputError otherwise."""
    with _explained(path, "be read"):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write `files`, replacing them in their order only once all of them are on the disk."""
    staged = {path: path.with_name(f".{path.name}.{os.getpid()}.tmp") for path in files}
    try:
        for path, temporary in staged.items():
            with _explained(path, "be written"):
                _write_through(temporary, files[path])
        for path, temporary in staged.items():
            with _explained(path, "be replaced"):
                temporary.replace(path)
    finally:
        for temporary in staged.values():
            remove(temporary)


def remove(path: Path) -> None:
    """Remove the file at `path` if it is there and may be removed: it is in nobody's way."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return


def _write_through(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _explained(path: Path, what: str) -> Iterator[None]:
    """Turn an OSError inside into an OutputError that names `path` and says what to do."""
    try:
        yield
    except OSError as error:
        hint = _ELSEWHERE
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            hint = "Make room on the disk, and run this again."
        elif isinstance(error, PermissionError) and path.is_file():
            hint = f"{_IN_USE} {_ELSEWHERE}"
        said = error.strerror or str(error)
        raise OutputError(f"{path} cannot {what}: {said}", hint) from error
