"""Owns the scan files: which there are, how many pages each has, and whether one has changed."""

import contextlib
import hashlib
import io
import logging
import os
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import pikepdf
from PIL import Image

from scanpipe.errors import UsageError
from scanpipe.reading import pagetree
from scanpipe.reading.limits import memory_limited
from scanpipe.vocabulary import Reason

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

PADDING_BYTES = 100_000
"""Some devices fill the last block of a file with nothing."""

KEPT_PAGES, KEPT_SHARE = 200, 0.05
"""A PDF is opened anew once so many of its pages were asked for, and this share of them: each stays
in memory with 7 kB. To open it takes 0.007 ms a page."""

logging.getLogger("pikepdf").addHandler(logging.NullHandler())

CONSONANTS = "bcdfghjklmnpqrstvwxz"
"""A spreadsheet takes no word of these for a number or a date."""

LETTERS, MORE_LETTERS = 6, 12
"""Of 5,000 files two begin alike in six letters every fifth time, and in twelve never."""

Stamp = tuple[int, int]
"""Size in bytes and time of the last change in ns."""


@dataclass(frozen=True, slots=True)
class ScanFile:
    """One scan file. `problem` says why it cannot be opened; `pages` is then 1.

    `missing`: pages are gone from the file; its last page, which is not there, stands for them.
    `sound_tree`: its pages are where the PDF says, see pagetree. `letters`: how many it takes to
    tell the file by its content from all others of the stack.
    """

    path: Path
    name: str
    sha256: str
    is_pdf: bool
    pages: int
    problem: Reason | None = None
    missing: bool = False
    stamp: Stamp = (0, 0)
    sound_tree: bool = False
    letters: int = LETTERS

    @property
    def word(self) -> str:
        """What the names of its slips begin with."""
        return _word(self.sha256, self.letters)


def find_scans(scans: Sequence[Path]) -> tuple[ScanFile, ...]:
    """Return the files in `scans`, folders opened up; raise UsageError for a missing one.

    A file whose content came before under another name is marked as a `duplicate`.
    """
    found: list[ScanFile] = []
    seen: set[str] = set()
    for path in _files(scans):
        scan = open_scan(path)
        if scan.problem is None and scan.sha256 in seen:
            scan = _refused(path, scan.sha256, Reason.DUPLICATE)
        seen.add(scan.sha256)
        found.append(scan)
    return tuple(_told_apart(found))


def _told_apart(scans: Sequence[ScanFile]) -> Iterator[ScanFile]:
    """Yield `scans`, with longer words for those of other content that would have the same word."""
    contents = {scan.sha256: scan.word for scan in scans}
    often = Counter(contents.values())
    for scan in scans:
        yield replace(scan, letters=MORE_LETTERS) if often[scan.word] > 1 else scan


def _word(sha256: str, letters: int) -> str:
    value, word = int(sha256, 16), ""
    for _ in range(letters):
        value, digit = divmod(value, len(CONSONANTS))
        word += CONSONANTS[digit]
    return word


def prints_left_out(scans: Sequence[Path]) -> tuple[Path, ...]:
    """Return what `find_scans` passes over in the folders of `scans`, as it was only printed."""
    folders = (path for path in scans if path.is_dir())
    return tuple(path for folder in folders for path in files_in(folder)[0] if is_own_print(path))


def _files(scans: Sequence[Path]) -> Iterator[Path]:
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


def open_scan(path: Path) -> ScanFile:
    """Look at the file at `path` without reading its pages; trouble is told in `problem`.

    One that cannot be opened goes by its name: several are empty, and each is a trouble of its own.
    """
    nameless = hashlib.sha256(os.fsencode(path.name)).hexdigest()
    sha256 = ""
    try:
        if not path.is_file():  # a pipe or a device would never end
            return _refused(path, nameless, Reason.UNREADABLE_FILE)
        stamp = _stamp(path)
        sha256 = _sha256(path, stamp)
        with memory_limited():
            scan = _opened(path, sha256, stamp)
    except pikepdf.PasswordError:
        return _refused(path, sha256, Reason.ENCRYPTED)
    except (Image.DecompressionBombError, MemoryError):
        return _refused(path, sha256 or nameless, Reason.TOO_LARGE)
    except Exception:  # libraries raise many kinds at broken files, and all mean the same here
        return _refused(path, nameless, Reason.UNREADABLE_FILE)
    return scan if scan.pages else _refused(path, sha256, Reason.UNREADABLE_FILE)


def _opened(path: Path, sha256: str, stamp: Stamp) -> ScanFile:
    if not _is_pdf(path):
        return ScanFile(path, path.name, sha256, False, _frames(path), stamp=stamp)
    pages, missing, sound = _pdf_pages(path)
    return ScanFile(path, path.name, sha256, True, pages + missing, None, missing, stamp, sound)


def _refused(path: Path, sha256: str, problem: Reason) -> ScanFile:
    return ScanFile(path, path.name, sha256, False, 1, problem)


def why_gone(scan: ScanFile) -> Reason | None:
    """Return why `scan` is no longer the file that was opened; None while it is."""
    try:
        stamp = _stamp(scan.path)
        if stamp == scan.stamp or _sha256(scan.path, stamp) == scan.sha256:
            return None
    except OSError:
        return Reason.UNREADABLE_FILE
    return Reason.FILE_CHANGED


def stamp_of(path: Path) -> Stamp:
    """Return the file's stamp as it is now, (0, 0) if it cannot be seen."""
    try:
        return _stamp(path)
    except OSError:
        return (0, 0)


def _stamp(path: Path) -> Stamp:
    about = path.stat()
    return about.st_size, about.st_mtime_ns


@lru_cache(maxsize=1)
def _sha256(path: Path, stamp: Stamp) -> str:  # noqa: ARG001  # another stamp, another content
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_pdf(path: Path) -> bool:
    with path.open("rb") as file:
        return b"%PDF-" in file.read(1024)


class _StreamOfPdf(io.BufferedReader):
    """A file that is closed with the PDF that reads it, which is let go of in a cache."""

    def __del__(self) -> None:
        self.close()


@dataclass(slots=True)
class _OpenPdf:
    """A PDF that is kept open, and how often a page of it was asked for."""

    pdf: pikepdf.Pdf
    asked: int = 0


def pdf_page(scan: ScanFile, page: int) -> pikepdf.Page:
    """Return page `page` (from 1) of a PDF, which is kept open for those to come."""
    kept = _kept_open(scan.path, scan.stamp, scan.sound_tree)
    if kept.asked >= max(scan.pages * KEPT_SHARE, KEPT_PAGES):
        close_pdf()
        kept = _kept_open(scan.path, scan.stamp, scan.sound_tree)
    kept.asked += 1
    if scan.sound_tree:
        return pagetree.page_at(kept.pdf, page - 1)
    return kept.pdf.pages[page - 1]


def close_pdf() -> None:
    """Let go of the PDF that is kept open."""
    _kept_open.cache_clear()


@lru_cache(maxsize=1)
def _kept_open(path: Path, stamp: Stamp, sound_tree: bool) -> _OpenPdf:  # noqa: ARG001  # another stamp, another file
    # As a stream: a file mapped into memory that becomes shorter takes the process with it, and a
    # name may hold bytes that are no characters.
    stream = _StreamOfPdf(path.open("rb", buffering=0))
    return _OpenPdf(_open_pdf(stream, pages_untouched=sound_tree))


def _open_pdf(file: BinaryIO, *, pages_untouched: bool) -> pikepdf.Pdf:
    """Open a PDF; unless its pages are left untouched each is given what it inherits, as all other
    programs have it, whatever is wrong with the tree.
    """
    return pikepdf.open(
        file,
        access_mode=pikepdf.AccessMode.stream,
        inherit_page_attributes=not pages_untouched,
    )


def _pdf_pages(path: Path) -> tuple[int, bool, bool]:
    """Return how many pages a PDF has, whether others have gone from it, and if its tree is sound.

    The libraries mend a broken file, with the pages that are left, and tell of it only once: a
    file that is kept open would seem whole the next time.
    """
    with path.open("rb") as file, _open_pdf(file, pages_untouched=True) as pdf:
        found, claimed = pagetree.sound_pages(pdf), pdf.Root.Pages.get("/Count", 0)
        there = len(pdf.pages)  # now the count is mended too
        mended = bool(pdf.get_warnings())
        gone = isinstance(claimed, int) and claimed > there
        if mended and not gone:
            gone = not _ends_as_pdf(path) or _pages_outside_tree(pdf)
        return there, gone, found == there and not mended


def _ends_as_pdf(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - PADDING_BYTES, 0))
        end = file.read().rstrip(b"\0\r\n\x1a ")
    return b"startxref" in end[-END_OF_PDF_BYTES:]


def _pages_outside_tree(pdf: pikepdf.Pdf) -> bool:
    listed = {page.objgen for page in pdf.pages}
    return any(
        isinstance(each, pikepdf.Dictionary)
        and each.get("/Type") == "/Page"
        and each.objgen not in listed
        for each in pdf.objects
    )


@contextlib.contextmanager
def open_image(path: Path) -> Iterator[Image.Image]:
    """Open an image file without a word about what is wrong with it; raise what Pillow raises."""
    with warnings.catch_warnings():
        # Pillow warns of sizes that are checked against our own limit, and of broken metadata.
        warnings.simplefilter("ignore")
        with Image.open(path) as image:
            yield image


def _frames(path: Path) -> int:
    with open_image(path) as image:
        return int(getattr(image, "n_frames", 1))
