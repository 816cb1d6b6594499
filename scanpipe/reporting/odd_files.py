"""Owns what is said of files that cannot be read as scans: what each is, and what to do."""

from collections.abc import Iterator, Sequence

from scanpipe.messages import Messages, later
from scanpipe.reading.record import Content

NAMES_TOLD = 5
"""Of so many files of one kind the names are told."""

_SENTENCES = {
    Content.EMPTY: later("{names}: the file is empty. Copy it again from the scanner."),
    Content.ZEROS: later(
        "{names}: nothing but zeros is in it, as after a copy that was broken off. Copy it again "
        "from the scanner."
    ),
    Content.PDF: later(
        "{names}: a PDF, but damaged. Copy it again from the scanner, or scan again."
    ),
    Content.PICTURE: later(
        "{names}: a picture, but damaged. Copy it again from the scanner, or scan again."
    ),
    Content.HEIC: later("{names}: a photo in the format HEIC. Save it as JPEG or PDF."),
    Content.WORD: later(
        "{names}: a Word document, no scan. If scans are pasted into it, save it as PDF; else take "
        "it away."
    ),
    Content.EXCEL: later("{names}: an Excel workbook, no scan. Take it away."),
    Content.POWERPOINT: later(
        "{names}: a PowerPoint presentation, no scan. If scans are pasted into it, save it as PDF; "
        "else take it away."
    ),
    Content.OLD_OFFICE: later(
        "{names}: a document of Word, Excel, Outlook or the like, no scan. If scans are in it, "
        "save it as PDF; else take it away."
    ),
    Content.ZIP: later("{names}: a ZIP archive. Unpack it, and give what is in it."),
    Content.WEB_PAGE: later(
        "{names}: a web page, no scan; downloads end so when one is not signed in. Download it "
        "again in the browser."
    ),
    Content.TEXT: later("{names}: a text, no scan. Take it away."),
    Content.CLOSED: later(
        "{names}: the file may not be opened. Close it in other programs, and see whether you have "
        "the right to read it."
    ),
    Content.NO_FILE: later("{names}: there is no file behind the name. Take it away."),
    Content.LOCKED: later(
        "{names}: asks for a password. Open it in a PDF program, save it without one, and give "
        "that."
    ),
    Content.UNKNOWN: later("{names}: not a kind of file that scanpipe knows. Scan again, as PDF."),
}


def told_contents(found: Sequence[tuple[str, Content]], t: Messages) -> Iterator[str]:
    """Yield a sentence for each kind of content that was `found` in files, by their names."""
    for kind in dict.fromkeys(content for _, content in found):
        names = [name for name, content in found if content is kind]
        listed = ", ".join(names[:NAMES_TOLD])
        more = len(names) - NAMES_TOLD
        if more > 0:
            listed = t("{names} and {more} more", names=listed, more=more)
        yield t(_SENTENCES[kind], names=listed)
