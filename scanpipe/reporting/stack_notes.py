"""Owns what is said about a stack as a whole: a plain sentence for every kind of note."""

from scanpipe.reading.record import Note, NoteKind

_SENTENCES = {
    NoteKind.OTHER_FORM: (
        "{share} hold slips of another event: check that form and scan belong together"
    ),
    NoteKind.STREAKS: (
        "dark line at the same place on {pages}: clean the scanner's glass, all of its narrow strip"
    ),
    NoteKind.FAINT_MARKS: (
        "marks are faint or very small on {share}: if the paper shows more than the pictures in "
        "review, scan again in grey at 300 dpi"
    ),
    NoteKind.PALE_PRINT: (
        "the print is pale on {share}: scan again with a darker setting; if the paper is pale "
        "too, change the printer's toner before the next event"
    ),
    NoteKind.COARSE: (
        "{share} were scanned at only about {value:.0f} dpi: scan again at 200 or 300 dpi"
    ),
    NoteKind.SPECKLED: (
        "black and white scan full of specks on {share}: scan again in grey at 200 or 300 dpi"
    ),
    NoteKind.SCALE_OFF: (
        "{share} were printed or scanned at {value:.0%}: print at 100 % (“actual size”), not "
        "“fit to page”"
    ),
    NoteKind.SKEWED: (
        "{share} went through crooked, by {value:.0f}° or so: set the feeder's guides close to "
        "the slips"
    ),
}

_LINES_ANYWHERE = "dark lines from end to end on {pages}: clean the scanner's glass"


def sentence(note: Note) -> str:
    """Return what `note` tells, in one sentence."""
    text = _SENTENCES[note.kind]
    if note.kind is NoteKind.STREAKS and note.value is None:
        text = _LINES_ANYWHERE
    pages = "1 page" if note.pages == 1 else f"{note.pages} pages"
    share = f"all {pages}" if note.pages == note.of else f"{note.pages} of {note.of} pages"
    said = text.format(pages=pages, share=share, value=note.value or 0.0).replace("%: ", " %: ")
    return f"{said[0].upper()}{said[1:]}."
