"""Owns what a file is that cannot be read as a scan, by how it begins."""

import zipfile
from pathlib import Path

from scanpipe.reading.record import Content

HEAD_BYTES = 4096

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"GIF8", b"BM")
_HEIC = (b"ftyphei", b"ftyphev", b"ftypmif1", b"ftypmsf1")
_WEB_PAGE = (b"<!doctype html", b"<html")
_IN_ZIP = {
    "word/": Content.WORD,
    "xl/": Content.EXCEL,
    "ppt/": Content.POWERPOINT,
}


def content_of(path: Path) -> Content:
    """Return what the file at `path` is; whatever is wrong with it is an answer."""
    try:
        if not path.is_file():  # a pipe or a device would never end
            return Content.NO_FILE
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError:
        return Content.CLOSED
    if not head.strip(b"\0"):
        return Content.ZEROS if head else Content.EMPTY
    if head.startswith(_ZIP):
        return _in_zip(path)
    return _by_head(head)


def _by_head(head: bytes) -> Content:
    if b"%PDF-" in head[:1024]:
        return Content.PDF
    if head.startswith(_PICTURES):
        return Content.PICTURE
    if head[4:].startswith(_HEIC):
        return Content.HEIC
    if head.startswith(_OLD_OFFICE):
        return Content.OLD_OFFICE
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_WEB_PAGE):
        return Content.WEB_PAGE
    return Content.TEXT if _is_text(head) else Content.UNKNOWN


def _in_zip(path: Path) -> Content:
    """Return what a ZIP is: the files of office programs are such."""
    try:
        with zipfile.ZipFile(path) as packed:
            names = packed.namelist()
    except Exception:  # as at broken files everywhere: many kinds are raised
        return Content.ZIP
    found = (kind for folder, kind in _IN_ZIP.items() if any(n.startswith(folder) for n in names))
    return next(found, Content.ZIP)


def _is_text(head: bytes) -> bool:
    """Whether it is text, as far as it goes; the head may end within a letter."""
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:
            return False
        text = head[: error.start].decode("utf-8")
    return all(letter.isprintable() or letter.isspace() for letter in text)
