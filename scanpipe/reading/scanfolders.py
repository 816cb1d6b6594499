"""Owns which files are scans: what folders hold of them, and what of that is left out."""

import os
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from scanpipe.errors import UsageError

SCAN_SUFFIXES = frozenset(
    {".pdf", ".tif", ".tiff", ".png", ".jpg", ".jpeg"}
    | {".bmp", ".gif", ".webp", ".jp2", ".heic", ".heif"}
)
"""What is taken from a folder; a file named on the command line is always taken."""

_KINDS = (
    "What is taken from a folder: PDF, TIFF, PNG, JPEG, and less usual pictures; not what was only "
    "printed. Name any other file itself."
)

END_OF_PDF_BYTES = 2048
"""A PDF that is whole says `startxref` so near its end."""

OWN_PRINT = b"/Producer (scanpipe)"
"""Near the end of what `scanpipe print` wrote."""

Stamp = tuple[int, int]
"""Size in bytes and time of the last change in ns."""


def prints_left_out(scans: Sequence[Path]) -> tuple[Path, ...]:
    """Return what `find_scans` passes over in the folders of `scans`, as it was only printed."""
    folders = (path for path in scans if path.is_dir())
    return tuple(path for folder in folders for path in files_in(folder)[0] if is_own_print(path))


def paths_of(scans: Sequence[Path]) -> Iterator[Path]:
    """Yield the files in `scans`, folders opened up; raise UsageError for a missing one."""
    for path in scans:
        if os.path.isdir(path):
            inside, locked = files_in(path)
            inside = [each for each in inside if not is_own_print(each)]
            if not inside and not locked:
                raise UsageError(f"{path} is a folder without scans in it", _KINDS)
            yield from sorted([*inside, *locked], key=natural_order)
        elif _may_be_there(path):
            yield path
        else:
            raise UsageError(f"there is no scan {path}", "Check the name and the folder.")


def files_in(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the files in a folder and those in it that may be scans, and the folders that cannot
    be looked into. What the system hides, such as a Mac's notes beside each file, is no scan.
    """
    found: list[Path] = []
    locked: list[Path] = []
    for home, folders, names in os.walk(
        folder, onerror=lambda error: locked.append(Path(error.filename))
    ):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inside = (Path(home, name) for name in names if not name.startswith("."))
        found += [path for path in inside if path.suffix.lower() in SCAN_SUFFIXES]
    return found, locked


def is_own_print(path: Path) -> bool:
    """Whether the file is the slips as `scanpipe print` wrote them, which nobody has marked yet."""
    return path.suffix.lower() == ".pdf" and _says_it_is_a_print(path, stamp_of(path))


@lru_cache(maxsize=10_000)
def _says_it_is_a_print(path: Path, stamp: Stamp) -> bool:
    try:
        with path.open("rb") as file:
            file.seek(max(stamp[0] - END_OF_PDF_BYTES, 0))
            return OWN_PRINT in file.read(END_OF_PDF_BYTES)
    except OSError:
        return False


def refuse_output_inside(folder: Path, output: Path) -> None:
    """Raise UsageError if the pictures in `output` would be taken for scans in `folder`."""
    if output.resolve().is_relative_to(folder.resolve()):
        raise UsageError(
            f"the tables in {output} would stand in {folder}, among the scans: the pictures of "
            "slips beside them would be taken for scans",
            "Keep the scans in a folder of their own, or choose one outside it with -o.",
        )


def _may_be_there(path: Path) -> bool:
    """Whether there is such a file, or its folder does not let us see whether there is."""
    try:
        path.lstat()
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True


def natural_order(path: Path) -> list[str]:
    """Sort key that puts scan2 before scan10, in whichever way the folder is named."""
    parts = re.split(r"(\d+)", str(path).casefold())
    return [part.zfill(12) if part.isdecimal() else part for part in parts]


def stamp_of(path: Path) -> Stamp:
    """Return the file's stamp as it is now, (0, 0) if it cannot be seen."""
    try:
        return read_stamp(path)
    except OSError:
        return (0, 0)


def read_stamp(path: Path) -> Stamp:
    """Return the file's stamp as it is now; raise OSError if it cannot be seen."""
    about = path.stat()
    return about.st_size, about.st_mtime_ns
