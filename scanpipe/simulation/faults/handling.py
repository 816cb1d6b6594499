"""Owns sound files that are handled badly: oddly named, given twice, changed while being read."""

import io
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pikepdf

from scanpipe.simulation.faults.fault import BLANK_BACK, READ, Fault, GoodStack, one_file
from scanpipe.simulation.faults.pdfs import PdfPage, flate, pdf_of
from scanpipe.vocabulary import Reason

UNREADABLE = Reason.UNREADABLE_FILE.value
DUPLICATE = Reason.DUPLICATE.value
CHANGED = Reason.FILE_CHANGED.value

LONG = 60
"""Pages of a file that is still being read when something happens to it."""

READ_BY_THEN = 24
"""Pages that may have been read when the first page's reading arrives."""

MANY = 2000


def handling_faults() -> Iterator[Fault]:
    """Yield every kind of file that is handled badly."""
    yield from _odd_names()
    yield from _given_twice()
    yield from _moving()
    yield Fault(f"a PDF of {MANY} pages", (BLANK_BACK,) * MANY, one_file("many.pdf", _many))


def _odd_names() -> Iterator[Fault]:
    names = {
        "spaces": "the box  of Friday .pdf",
        "letters from abroad": "bøker og æbler på Å – 会議.pdf",
        "a comma, a semicolon and quotes": "a,b;c'd.pdf",
        "an equals sign first": "=1+1.pdf",
        "a hyphen first": "-r.pdf",
        "two hundred letters": "x" * 200 + ".pdf",
    }
    if sys.platform != "win32":
        names["a line break"] = "first\nsecond.pdf"
    for told, name in names.items():
        drawn = one_file(name, lambda good: _drawn(good.pdf(0)))
        yield Fault(f"a name with {told}", (READ,), drawn)
    if sys.platform == "linux":
        broken = os.fsdecode(b"gr\xf8nn.pdf")
        drawn = one_file(broken, lambda good: _drawn(good.pdf(0)))
        yield Fault("a name that is no UTF-8", (READ,), drawn)


def _drawn(pdf: bytes) -> bytes:
    """Return the PDF with a dot on each page, so that poppler must be given its name."""
    packed = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for page in opened.pages:
            page.contents_add(b"\n0 0 1 1 re f")
        opened.save(packed)
    return packed.getvalue()


def _given_twice() -> Iterator[Fault]:
    def twice(folder: Path, good: GoodStack) -> Sequence[Path]:
        path = folder / "box.pdf"
        path.write_bytes(good.pdf(0))
        return [path, path]

    def copied(folder: Path, good: GoodStack) -> Sequence[Path]:
        path, _ = twice(folder, good)
        return [path, Path(shutil.copy(path, folder / "copy.pdf"))]

    def linked(folder: Path, good: GoodStack) -> Sequence[Path]:
        path, _ = twice(folder, good)
        (folder / "link.pdf").symlink_to(path)
        return [path, folder / "link.pdf"]

    yield Fault("a file named twice", (READ, DUPLICATE), twice)
    yield Fault("a file and its copy", (READ, DUPLICATE), copied)
    if sys.platform != "win32":
        yield Fault("a file and a link to it", (READ, DUPLICATE), linked)


def _moving() -> Iterator[Fault]:
    def ends(afterwards: str) -> tuple[str, ...]:
        unsure = (f"{BLANK_BACK}|{afterwards}",) * READ_BY_THEN
        return unsure + (afterwards,) * (LONG - READ_BY_THEN)

    long = one_file("box.pdf", lambda _: _empty_pages(LONG))
    if sys.platform != "win32":  # where a file that is open cannot be taken away
        yield Fault("a file that vanishes meanwhile", ends(UNREADABLE), long, _vanish)
    yield Fault("a file that grows meanwhile", ends(CHANGED), long, _grow)
    yield Fault("a file that becomes shorter meanwhile", ends(CHANGED), long, _shrink)


def _vanish(paths: Sequence[Path]) -> None:
    paths[0].unlink()


def _grow(paths: Sequence[Path]) -> None:
    with paths[0].open("ab") as file:
        file.write(b"% the next page")


def _shrink(paths: Sequence[Path]) -> None:
    os.truncate(paths[0], 100)


def _many(_: GoodStack) -> bytes:
    return _empty_pages(MANY)


def _empty_pages(count: int) -> bytes:
    """Return a PDF of white pages, each with an image of its own."""
    sizes = ((160 + number // 40, 160 + number % 40) for number in range(count))
    return pdf_of(*[PdfPage([flate(np.full(size, 255, np.uint8))]) for size in sizes])
