"""Owns the scan files: how many pages each has, and whether one has changed."""

import contextlib
import hashlib
import io
import logging
import os
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import pikepdf
from PIL import Image

from scanpipe.reading import pagetree
from scanpipe.reading.limits import memory_limited
from scanpipe.reading.scanfolders import END_OF_PDF_BYTES, Stamp, paths_of, read_stamp
from scanpipe.vocabulary import Reason

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
    for path in paths_of(scans):
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


def open_scan(path: Path) -> ScanFile:
    """Look at the file at `path` without reading its pages; trouble is told in `problem`.

    One that cannot be opened goes by its name: several are empty, and each is a trouble of its own.
    """
    nameless = hashlib.sha256(os.fsencode(path.name)).hexdigest()
    sha256 = ""
    try:
        if not path.is_file():  # a pipe or a device would never end
            return _refused(path, nameless, Reason.UNREADABLE_FILE)
        stamp = read_stamp(path)
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
        stamp = read_stamp(scan.path)
        if stamp == scan.stamp or _sha256(scan.path, stamp) == scan.sha256:
            return None
    except OSError:
        return Reason.UNREADABLE_FILE
    return Reason.FILE_CHANGED


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
