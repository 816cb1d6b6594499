"""Owns putting files into the output folder: each whole or not at all."""

import errno
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from scanpipe.aside import cleared_away, flush, places_aside
from scanpipe.errors import OutputError

MAX_BYTES = 64_000_000
"""A table of 100 000 slips, each with a long note, is a third of this."""

PRIVATE = ".scanpipe"
"""The place in an output folder for what is nobody else's business, while a run lasts."""

RACES = 20
"""So often another process that is done may take both away just as they are made."""

_UNFINISHED = re.compile(r"\..+\.\d+\.tmp", re.DOTALL)

ELSEWHERE = "Choose another folder with -o."
_IN_USE = "If it is open in Excel or another program, close it there and run this again."


@contextmanager
def staying_in(folder: Path) -> Iterator[None]:
    """Have no OutputError inside propose another folder: what is done is done in `folder` alone."""
    try:
        yield
    except OutputError as error:
        error.hint = error.hint.replace(
            ELSEWHERE,
            f"Make sure that you may write in {folder}. If that cannot be, copy it with all that "
            "is in it to where you may, and name the copy.",
        )
        raise


def make_folder(folder: Path) -> None:
    """Make `folder`, and those above it, where missing; raise OutputError if that fails."""
    with _explained(folder, "be made"):
        folder.mkdir(parents=True, exist_ok=True)


def make_private_folder(folder: Path, name: str) -> None:
    """Make `folder`, and `name` in it for nobody but its owner; raise OutputError otherwise."""
    make_folder(folder)
    refuse_if_leading_out(folder, name)
    with _explained(folder / name, "be made"):
        for _ in range(RACES):
            with suppress(FileExistsError, FileNotFoundError):
                folder.mkdir(parents=True, exist_ok=True)
                (folder / name).mkdir(mode=0o700, exist_ok=True)
                (folder / name).chmod(0o700)
                return
        (folder / name).mkdir(mode=0o700, exist_ok=True)


def touch(path: Path) -> int | None:
    """Make an empty file at `path`, for nobody but its owner, if there is none.

    Returns its number in the file system, None if its folder, or it, was just taken away. Raises
    OutputError if it cannot be made.
    """
    with _explained(path, "be made"):
        try:
            path.touch(mode=0o600)
            return path.stat().st_ino
        except FileNotFoundError:
            return None


def refuse_if_in_use(paths: Iterable[Path]) -> None:
    """Raise OutputError for the first of `paths` that exists and may not be written."""
    for path in paths:
        with _explained(path, "be written"):
            if path.exists():
                _refuse_if_no_file(path, "be written")
                path.open("r+b").close()


def refuse_if_open(path: Path) -> None:
    """Raise OutputError if another program says, by a file of its own, that it has `path` open.

    Where the system itself does not guard open files, what a person has typed but not yet saved
    would be saved over the new file later.
    """
    for name in (f"~${path.name}", f".~lock.{path.name}#"):
        sign = path.with_name(name)
        if os.path.lexists(sign):
            raise OutputError(
                f"{path} is open in Excel or LibreOffice, as {sign.name} beside it tells",
                f"Save and close it there, and run this again. If it is open nowhere: that "
                f"program once broke off, and you may delete {sign.name}.",
            )


def refuse_if_leading_out(folder: Path, name: str) -> None:
    """Raise OutputError if `name` in `folder` is a link, or a junction, to some other place."""
    with _explained(folder / name, "be used"):
        there = (folder / name).resolve()
        if there != folder.resolve() / name:
            raise OutputError(
                f"{folder / name} is a link that leads out of the folder, to {there}",
                "Remove the link. Nothing was written.",
            )


def read_if_there(path: Path, at_most_bytes: int = MAX_BYTES) -> bytes | None:
    """Return what stands in `path`, None if there is no such file.

    Raises:
        OutputError: it cannot be read, is no plain file, or is larger than `at_most_bytes`.
    """
    with _explained(path, "be read"):
        _refuse_if_no_file(path, "be read")
        try:
            with path.open("rb") as file:
                data = file.read(at_most_bytes + 1) if _size(file) <= at_most_bytes else None
        except FileNotFoundError:
            return None
    if data is None or len(data) > at_most_bytes:
        raise OutputError(
            f"{path} is far too large, more than {at_most_bytes // 1_000_000} MB: it is not what "
            "scanpipe wrote there",
            "Put the right file back, or move this one away.",
        )
    return data


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write `files`, replacing them in their order only once all of them are on the disk."""
    aside = places_aside(files)
    with cleared_away(aside):
        for path, made in aside.items():
            with _explained(path, "be written"):
                made.write_bytes(files[path])
                flush(made)
        refuse_if_in_use(files)
        for path, made in aside.items():
            with _explained(path, "be replaced"):
                made.replace(path)


def append(path: Path, data: bytes) -> None:
    """Add `data` to the end of the file at `path`; raise OutputError if that fails."""
    with _explained(path, "be written"), path.open("ab") as file:
        file.write(data)


def remove(path: Path) -> None:
    """Remove the file at `path` if it is there and may be removed: it is in nobody's way."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return


def remove_unfinished(folder: Path) -> None:
    """Remove what a kill in the midst of `write_all` has left in `folder`."""
    if folder.is_dir() and not folder.is_symlink():
        for path in folder.iterdir():
            if _UNFINISHED.fullmatch(path.name):
                remove(path)


def _refuse_if_no_file(path: Path, what: str) -> None:
    """Raise OutputError if a folder stands at `path`, or a pipe, which nobody may ever fill."""
    if path.exists() and not path.is_file():
        raise OutputError(f"{path} cannot {what}: it is no plain file", "Move it away.")


def _size(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size


@contextmanager
def _explained(path: Path, what: str) -> Iterator[None]:
    """Turn an OSError inside into an OutputError that names `path` and says what to do."""
    try:
        yield
    except OSError as error:
        hint = ELSEWHERE
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            hint = "Make room on the disk, and run this again."
        elif isinstance(error, PermissionError) and path.is_file():
            hint = f"{_IN_USE} {ELSEWHERE}"
        said = error.strerror or str(error)
        raise OutputError(f"{path} cannot {what}: {said}", hint) from error
