"""Owns what is said about a stack as a whole: a plain sentence for every kind of note."""

from collections.abc import Sequence
from itertools import groupby

from babel.numbers import format_decimal

from scanpipe.messages import Messages, later
from scanpipe.reading.record import Note, NoteKind, Place

_SENTENCES = {
    NoteKind.OTHER_FORM: later(
        "{share} hold slips of another event: check that form and scan belong together."
    ),
    NoteKind.STREAKS: later(
        "Dark line at the same place on {pages}: clean the scanner's glass, all of its narrow "
        "strip."
    ),
    NoteKind.FAINT_MARKS: later(
        "Marks are faint or very small on {share}: if the paper shows more than the pictures in "
        "review, scan again in grey at 300 dpi."
    ),
    NoteKind.PALE_PRINT: later(
        "The print is pale on {share}: scan again with a darker setting; if the paper is pale "
        "too, change the printer's toner before the next event."
    ),
    NoteKind.COARSE: later(
        "{share} were scanned at only about {value} dpi: scan again at 200 or 300 dpi."
    ),
    NoteKind.SPECKLED: later(
        "Black and white scan full of specks on {share}: scan again in grey at 200 or 300 dpi."
    ),
    NoteKind.SCALE_OFF: later(
        "{share} were printed or scanned at {value} %: print at 100 % (“actual size”), not “fit "
        "to page”."
    ),
    NoteKind.SKEWED: later(
        "{share} went through crooked, by {value}° or so: set the feeder's guides close to the "
        "slips."
    ),
    NoteKind.FACE_DOWN: later(
        "No slip is seen on {pages} of a stack that was scanned on one side ({where}): if slips "
        "lay face down there, turn them over and scan them as well."
    ),
}

PLACES_NAMED = 12

_LINES_ANYWHERE = later("Dark lines from end to end on {pages}: clean the scanner's glass.")


def sentence(note: Note, t: Messages) -> str:
    """Return what `note` tells, in one sentence of the language of `t`."""
    text = _SENTENCES[note.kind]
    if note.kind is NoteKind.STREAKS and note.value is None:
        text = _LINES_ANYWHERE
    pages = t.plural("{count} page", "{count} pages", note.pages)
    facts = {"pages": pages, "share": _share(note, t), "value": _value(note, t)}
    said = t(text, **facts, where=_where(note.where))
    return f"{said[0].upper()}{said[1:]}"


def _share(note: Note, t: Messages) -> str:
    if note.pages == note.of:
        return t.plural("all {count} page", "all {count} pages", note.pages)
    return t("{pages} of {all} pages", pages=note.pages, all=note.of)


def _value(note: Note, t: Messages) -> str:
    """Return the figure of `note` as a whole number; a share as percent."""
    value = note.value or 0.0
    whole = round(100 * value if note.kind is NoteKind.SCALE_OFF else value)
    return format_decimal(whole, locale=t.code)


def _where(places: Sequence[Place]) -> str:
    """Return the first of the `places`, file by file."""
    files = groupby(places[:PLACES_NAMED], key=lambda place: place.file)
    told = "; ".join(
        f"{file}: {', '.join(str(place.page) for place in found)}" for file, found in files
    )
    return told if len(places) <= PLACES_NAMED else f"{told} …"
