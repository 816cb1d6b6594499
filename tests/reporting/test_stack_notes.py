import io
import json

import pytest
from rich.console import Console

from scanpipe.messages import messages_for
from scanpipe.reading.record import Note, NoteKind, Place
from scanpipe.reporting import apply_review
from scanpipe.reporting.stack_notes import sentence

ENGLISH, NORWEGIAN = messages_for("en"), messages_for("nb")
STREAKS = Note(NoteKind.STREAKS, 40, 292, 37.2)


def shown(outcome):
    console = Console(file=io.StringIO(), width=200, highlight=False)
    console.print(outcome.report, soft_wrap=True)
    return console.file.getvalue()


@pytest.mark.parametrize(
    ("note", "text"),
    [
        (STREAKS, "Dark line at the same place on 40 pages: clean the scanner's glass"),
        (Note(NoteKind.STREAKS, 5, 9), "Dark lines from end to end on 5 pages: clean the"),
        (Note(NoteKind.COARSE, 9, 9, 100.4), "All 9 pages were scanned at only about 100 dpi: "),
        (Note(NoteKind.SCALE_OFF, 7, 9, 0.942), "7 of 9 pages were printed or scanned at 94 %: "),
        (Note(NoteKind.SKEWED, 7, 9, 6.6), "7 of 9 pages went through crooked, by 7° or so: "),
    ],
)
def test_a_note_tells_what_was_seen_and_what_to_do(note, text):
    assert sentence(note, ENGLISH).startswith(text)


@pytest.mark.parametrize("language", ["en", "nb", "nn"])
@pytest.mark.parametrize("kind", NoteKind)
def test_every_kind_of_note_is_one_plain_sentence(kind, language):
    text = sentence(Note(kind, 12, 40, 0.9), messages_for(language))
    assert "12" in text
    assert text[0].isupper() or text[0].isdigit()
    assert text.endswith(".")
    assert "{" not in text


def test_blank_pages_are_named_file_by_file():
    where = (Place("a.pdf", 4), Place("a.pdf", 9), Place("b.pdf", 1))
    text = sentence(Note(NoteKind.FACE_DOWN, 3, 40, where=where), ENGLISH)
    assert text.startswith("No slip is seen on 3 pages")
    assert "(a.pdf: 4, 9; b.pdf: 1)" in text


def test_of_many_blank_pages_the_first_are_named():
    where = tuple(Place("turned.pdf", page) for page in range(1, 301))
    text = sentence(Note(NoteKind.FACE_DOWN, 300, 300, where=where), ENGLISH)
    assert "(turned.pdf: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 …)" in text


def test_notes_stand_in_run_json_and_on_the_terminal_after_apply_too(write, readings, folder):
    notes = []

    def pages():
        yield from readings.mixed()
        notes.append(STREAKS)

    outcome = write(pages(), notes=notes)
    (noted,) = json.loads((folder.path / "run.json").read_bytes())["notes"]
    assert noted == {
        "kind": "streaks",
        "pages": 40,
        "of": 292,
        "value": 37.2,
        "where": [],
        "text": sentence(STREAKS, NORWEGIAN),
    }
    assert f"Merknad: {sentence(STREAKS, NORWEGIAN)}" in shown(outcome)
    before = (folder.path / "run.json").read_bytes()
    assert f"Merknad: {sentence(STREAKS, NORWEGIAN)}" in shown(apply_review(folder.path))
    assert (folder.path / "run.json").read_bytes() == before


def test_when_all_is_well_nothing_is_said(write, readings, folder):
    assert "Merknad" not in shown(write(readings.hadeland()))
    assert json.loads((folder.path / "run.json").read_bytes())["notes"] == []


def test_a_run_from_before_there_were_notes_can_still_be_corrected(write, readings, folder):
    write(readings.mixed())
    path = folder.path / "run.json"
    data = json.loads(path.read_bytes())
    del data["notes"]
    for reading in data["readings"]:
        del reading["same_as"]
    path.write_text(json.dumps(data), encoding="utf-8")
    assert apply_review(folder.path).notes == ()
