"""Owns bad files: damaged, locked, misnamed, or no files at all."""

import io
import os
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pikepdf

from scanpipe.simulation.faults.fault import (
    READ,
    Fault,
    GoodStack,
    Maker,
    one_file,
)
from scanpipe.simulation.faults.pdfs import bomb
from scanpipe.vocabulary import Reason

UNREADABLE = Reason.UNREADABLE_FILE.value
MISSING = Reason.PAGES_MISSING.value
DAMAGED = Reason.DAMAGED_IMAGE.value
TOO_LARGE = Reason.TOO_LARGE.value
DUPLICATE = Reason.DUPLICATE.value
ENCRYPTED = Reason.ENCRYPTED.value
CHANGED = Reason.FILE_CHANGED.value


def file_faults() -> Iterator[Fault]:
    """Yield every kind of bad file that this system can have."""
    yield from _damaged()
    yield from _closed()
    yield from _misnamed()
    yield from _no_files()


def _damaged() -> Iterator[Fault]:
    yield Fault("an empty file", (UNREADABLE,), one_file("empty.pdf", lambda _: b""))
    header = one_file("header.pdf", lambda _: b"%PDF-1.7\n")
    yield Fault("only a PDF's header", (UNREADABLE,), header)
    # Pages first, pictures after them: all pages are known, and none has its picture.
    for percent, ends in ((10, DAMAGED), (50, f"{READ}|{DAMAGED}"), (90, f"{READ}|{DAMAGED}")):
        cut = one_file("cut.pdf", partial(_three_pages_cut, percent / 100))
        yield Fault(f"a PDF cut at {percent} %", (ends, ends, DAMAGED, MISSING), cut)
    nearly = one_file("cut.pdf", partial(_three_pages_cut, 0.99))
    ends = f"{READ}|{DAMAGED}"
    yield Fault("a PDF cut at 99 %", (READ, READ, ends, MISSING), nearly)
    in_turn = one_file("cut.pdf", lambda good: _cut(_pages_in_turn(good), 0.5))
    yield Fault("a PDF written page by page, cut at 50 %", (READ, MISSING), in_turn)
    packed = one_file("cut.pdf", lambda good: _cut(_packed(good), 0.9))
    yield Fault("a PDF with packed objects, cut at 90 %", (UNREADABLE,), packed)
    yield Fault("a PDF without pages", (UNREADABLE,), one_file("none.pdf", _no_pages))
    more = one_file("count.pdf", lambda good: _counting(good, 9))
    yield Fault("a PDF that claims more pages than it has", (READ, READ, READ, MISSING), more)
    fewer = one_file("count.pdf", lambda good: _counting(good, 1))
    yield Fault("a PDF that claims fewer pages than it has", (READ, READ, READ), fewer)
    moved = one_file("moved.pdf", lambda good: b"Sent by our scanner\r\n\r\n" + good.pdf(0))
    yield Fault("a PDF with text before its beginning", (READ,), moved)
    trailing = one_file("more.pdf", lambda good: good.pdf(0) + b"\0" * 5000)
    yield Fault("a PDF with rubbish after its end", (READ,), trailing)
    unlisted = one_file("list.pdf", lambda good: _without_table(good.pdf(0, 1)))
    yield Fault("a PDF whose table of contents is wrong", (READ, READ), unlisted)
    circle = one_file("circle.pdf", _in_a_circle)
    yield Fault("a PDF whose pages lie in a circle", (f"{UNREADABLE}|{DAMAGED}",), circle)
    bomb = one_file("bomb.pdf", _object_bomb)
    yield Fault(
        "a PDF whose objects unpack to gigabytes", (f"{TOO_LARGE}|{UNREADABLE}|{DAMAGED}",), bomb
    )


def _three_pages_cut(share: float, good: GoodStack) -> bytes:
    return _cut(good.pdf(0, 1, 2), share)


def _cut(data: bytes, share: float) -> bytes:
    return data[: int(len(data) * share)]


def _pages_in_turn(good: GoodStack) -> bytes:
    packed = io.BytesIO()
    first, *others = (good.picture(number) for number in range(3))
    first.save(packed, "PDF", save_all=True, append_images=others, resolution=150)
    return packed.getvalue()


def _packed(good: GoodStack) -> bytes:
    packed = io.BytesIO()
    with pikepdf.open(io.BytesIO(good.pdf(0, 1))) as pdf:
        pdf.save(packed, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return packed.getvalue()


def _no_pages(_: GoodStack) -> bytes:
    packed = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.save(packed)
    return packed.getvalue()


def _counting(good: GoodStack, count: int) -> bytes:
    return good.pdf(0, 1, 2).replace(b"/Count 3", b"/Count %d" % count)


def _without_table(pdf: bytes) -> bytes:
    start = pdf.rindex(b"startxref") + 10
    return pdf[:start] + b"7" + pdf[start + 1 :]


def _in_a_circle(_: GoodStack) -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
        b"2 0 obj\n<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>\nendobj\n"
        b"trailer\n<</Root 1 0 R/Size 3>>\nstartxref\n0\n%%EOF\n"
    )


def _object_bomb(_: GoodStack) -> bytes:
    """Return a PDF with its catalog in an object stream that holds 3 GB of nothing after it."""
    body = bomb(3_000, b"1 0 <</Type/Catalog/Pages 9 0 R>>")
    stream = b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>" % len(body)
    data = b"%PDF-1.5\n2 0 obj\n" + stream + b"\nstream\n" + body + b"\nendstream\nendobj\n"
    # Objects 0 to 3: none, the catalog in the stream, the stream, this table.
    places = ((0, 0), (2, 2), (1, 9), (1, len(data)))
    table = b"".join(bytes([kind]) + at.to_bytes(3, "big") + b"\0" for kind, at in places)
    about = b"<</Type/XRef/Size 4/Root 1 0 R/W[1 3 1]/Length %d>>" % len(table)
    end = b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(data)
    return data + b"3 0 obj\n" + about + b"\nstream\n" + table + end


def _closed() -> Iterator[Fault]:
    user = one_file("locked.pdf", lambda good: _locked(good, user="secret"))
    yield Fault("a PDF that asks for a password", (ENCRYPTED,), user)
    owner = one_file("locked.pdf", lambda good: _locked(good, user=""))
    yield Fault("a PDF that may be read but not changed", (READ,), owner)
    # The administrator may read everything.
    yield Fault("a file that one may not read", (f"{UNREADABLE}|{READ}",), _forbidden)


def _locked(good: GoodStack, user: str) -> bytes:
    packed = io.BytesIO()
    with pikepdf.open(io.BytesIO(good.pdf(0))) as pdf:
        pdf.save(packed, encryption=pikepdf.Encryption(user=user, owner="more secret"))
    return packed.getvalue()


def _forbidden(folder: Path, good: GoodStack) -> Sequence[Path]:
    path = folder / "mine.pdf"
    path.write_bytes(good.pdf(0))
    path.chmod(0)
    return [path]


def _misnamed() -> Iterator[Fault]:
    text = one_file("text.pdf", lambda _: b"Dear all,\n\nthe scans are on the other disk.\n")
    yield Fault("a text named .pdf", (UNREADABLE,), text)
    letter = one_file("letter.pdf", lambda _: b"PK\x03\x04" + bytes(2000))
    yield Fault("a word processor's file named .pdf", (UNREADABLE,), letter)
    page = one_file("page.png", lambda _: b"<!doctype html><title>404</title>")
    yield Fault("a web page named .png", (UNREADABLE,), page)
    yield Fault("a PNG named .pdf", (READ,), one_file("scan.pdf", _png))
    yield Fault("a PDF named .png", (READ,), one_file("scan.png", lambda good: good.pdf(0)))


def _png(good: GoodStack) -> bytes:
    packed = io.BytesIO()
    good.picture().save(packed, "PNG")
    return packed.getvalue()


def _no_files() -> Iterator[Fault]:
    yield Fault("a folder named x.pdf", (READ,), _folder)
    if sys.platform == "win32":
        return
    yield Fault("a link to nowhere", (UNREADABLE,), _link_to("nowhere"))
    yield Fault("a link to itself", (UNREADABLE,), _link_to("link.pdf"))
    yield Fault("a link to a device without end", (UNREADABLE,), _link_to("/dev/zero"))
    yield Fault("a pipe", (UNREADABLE,), _pipe)


def _folder(folder: Path, good: GoodStack) -> Sequence[Path]:
    inside = folder / "box" / "x.pdf"
    inside.mkdir(parents=True)
    (inside / "scan.pdf").write_bytes(good.pdf(0))
    return [inside.parent]


def _link_to(target: str) -> Maker:
    def make(folder: Path, _: GoodStack) -> Sequence[Path]:
        path = folder / "link.pdf"
        path.symlink_to(folder / target)
        return [path]

    return make


def _pipe(folder: Path, _: GoodStack) -> Sequence[Path]:
    path = folder / "pipe.pdf"
    if sys.platform != "win32":
        os.mkfifo(path)
    return [path]
