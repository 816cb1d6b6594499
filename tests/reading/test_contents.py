"""What a file is that is no scan, from files as people have them in the folder of their scans."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from scanpipe.reading.contents import content_of
from scanpipe.reading.record import Content


def packed(*names: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return data.getvalue()


FILES = {
    "never written": (b"", Content.EMPTY),
    "copied to a full disk": (bytes(9000), Content.ZEROS),
    "docx": (packed("[Content_Types].xml", "word/document.xml"), Content.WORD),
    "xlsx": (packed("[Content_Types].xml", "xl/workbook.xml"), Content.EXCEL),
    "pptx": (packed("[Content_Types].xml", "ppt/presentation.xml"), Content.POWERPOINT),
    "zip": (packed("box.pdf"), Content.ZIP),
    "zip that is cut off": (packed("box.pdf")[:40], Content.ZIP),
    "doc": (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), Content.OLD_OFFICE),
    "a page to sign in": (b"\xef\xbb\xbf\r\n<!DOCTYPE html><html>", Content.WEB_PAGE),
    "a letter": ("Kjære alle,\nskannene ligger på den andre disken.\n".encode(), Content.TEXT),
    "a long letter": (("x" + "å" * 4000).encode(), Content.TEXT),
    "half a PDF": (b"%PDF-1.7\n", Content.PDF),
    "half a PNG": (b"\x89PNG\r\n\x1a\n", Content.PICTURE),
    "half a JPEG": (b"\xff\xd8\xff\xe0\0\x10JFIF", Content.PICTURE),
    "a telephone's photo": (b"\0\0\0\x18ftypheic\0\0\0\0", Content.HEIC),
    "anything": (b"\x93\x12\xff\x01" * 500, Content.UNKNOWN),
}


@pytest.mark.parametrize("name", FILES)
def test_what_lies_among_the_scans_is_known_for_what_it_is(name: str, tmp_path: Path) -> None:
    data, content = FILES[name]
    path = tmp_path / "box.pdf"
    path.write_bytes(data)
    assert content_of(path) is content


def test_a_link_to_nowhere_and_a_folder_are_no_files(tmp_path: Path) -> None:
    assert content_of(tmp_path) is Content.NO_FILE
    assert content_of(tmp_path / "gone.pdf") is Content.NO_FILE


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    assert content_of(tmp_path / "pipe.pdf") is Content.NO_FILE


def test_a_file_that_may_not_be_opened_is_said_to_be_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "box.pdf"
    path.write_bytes(b"%PDF-1.7\n")
    monkeypatch.setattr(Path, "open", refuse)
    assert content_of(path) is Content.CLOSED
