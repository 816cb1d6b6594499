"""Stacks with something wrong throughout, each from a file as a scanner makes it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pikepdf
import pytest

from scanpipe.form import Form
from scanpipe.reading import decision, notes, session
from scanpipe.reading.condition import PageCondition, SlipCondition
from scanpipe.reading.kinds import kinds_of
from scanpipe.reading.measures import FieldText
from scanpipe.reading.pages import see_pages
from scanpipe.reading.pipeline import open_stack
from scanpipe.reading.record import Note, NoteKind
from scanpipe.simulation.files import add_page
from scanpipe.simulation.hands import FAINT_PENCIL, PENS, mark
from scanpipe.simulation.paper import make_slip
from scanpipe.simulation.pens import Pen
from scanpipe.simulation.scanner import SCANNERS, Scanner, feed
from scanpipe.simulation.strokes import Kind
from scanpipe.simulation.wear import FRESH, Wear

SLIPS = 3
GREY = SCANNERS["office_grey"]
BALLPOINT = PENS["ballpoint_blue"]

notes_on = partial(
    notes.notes_on, marginal_fill=decision.MARGINAL_FILL, faint_fill=decision.FAINT_FILL
)

Noted = Callable[..., tuple[Note, ...]]


@pytest.fixture
def noted(form: Form, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Noted:
    """Return the notes on a PDF of a few slips fed through `scanner`. No words are needed."""
    monkeypatch.setattr(session, "recognise", lambda fields, _: [FieldText("", 0.0)] * len(fields))

    def noted(
        scanner: Scanner, pen: Pen = BALLPOINT, wear: Wear = FRESH, read_by: Form = form
    ) -> tuple[Note, ...]:
        rng = np.random.default_rng(5)
        plain = replace(scanner, jpeg_quality=None)
        path = tmp_path / "stack.pdf"
        with pikepdf.new() as pdf:
            for number in range(SLIPS):
                marking = mark(number + 1, rng, kind=Kind.CROSS, pen=pen)
                paper = make_slip(form, number, [marking], rng, wear=wear, dpi=200)
                page = feed(paper, plain, rng).image
                add_page(pdf, page, scanner.dpi, scanner.jpeg_quality)
            pdf.save(path)
        (file,) = open_stack([path]).files
        seen = see_pages(kinds_of(read_by), file, range(1, SLIPS + 1))
        return notes_on([page.condition for page in seen])

    return noted


@pytest.mark.parametrize("scanner", ["office_grey", "office_fine", "office_1bit", "black_lid"])
def test_of_an_ordinary_stack_there_is_nothing_to_say(noted: Noted, scanner: str) -> None:
    assert noted(SCANNERS[scanner]) == ()


def test_a_line_at_the_same_place_on_every_page(noted: Noted) -> None:
    (note,) = noted(replace(GREY, streaks_mm=(37.0,), turns=(0,)))
    assert note == Note(NoteKind.STREAKS, SLIPS, SLIPS, note.value)
    assert note.value == pytest.approx(37, abs=1)


def test_slips_of_another_event(form: Form, noted: Noted) -> None:
    (note,) = noted(GREY, read_by=form.model_copy(update={"id": "another-event"}))
    assert note == Note(NoteKind.OTHER_FORM, SLIPS, SLIPS)


def test_marks_that_hardly_show(noted: Noted) -> None:
    assert noted(GREY, pen=FAINT_PENCIL) == (Note(NoteKind.FAINT_MARKS, SLIPS, SLIPS),)


def test_print_that_hardly_shows(noted: Noted) -> None:
    notes = noted(GREY, wear=Wear(toner=0.45))
    assert notes == (Note(NoteKind.PALE_PRINT, SLIPS, SLIPS),)


def test_a_scan_at_too_low_a_resolution(noted: Noted) -> None:
    (note,) = noted(SCANNERS["coarse"])
    assert note == Note(NoteKind.COARSE, SLIPS, SLIPS, note.value)
    assert note.value == pytest.approx(100, abs=1)


def test_a_black_and_white_scan_full_of_specks(noted: Noted) -> None:
    notes = noted(replace(SCANNERS["office_1bit"], threshold=228, noise=6.0))
    assert notes == (Note(NoteKind.SPECKLED, SLIPS, SLIPS),)


@pytest.mark.parametrize("scale", [0.94, 1.04])
def test_slips_printed_at_another_size(noted: Noted, scale: float) -> None:
    (note,) = noted(GREY, wear=Wear(scale=scale))
    assert note == Note(NoteKind.SCALE_OFF, SLIPS, SLIPS, note.value)
    assert note.value == pytest.approx(scale, abs=0.005)


@pytest.mark.parametrize("lies", [(7.0,), (173.0,), (-97.0,)])
def test_slips_that_went_through_crooked(noted: Noted, lies: tuple[float, ...]) -> None:
    (note,) = noted(replace(GREY, turns=lies, skew_deg=0.2))
    assert note == Note(NoteKind.SKEWED, SLIPS, SLIPS, note.value)
    assert note.value == pytest.approx(7, abs=0.5)


SOUND = SlipCondition(7.9, 1.0, 0.4, True, 0.85, 0.05, 0.0)


def page(*slips: SlipCondition, **seen: object) -> PageCondition:
    plain = {"specks_per_cm2": 0.0, "standing_mm": (), "lying_mm": ()}
    return PageCondition(**plain | seen, slips=slips)


def test_one_odd_page_or_two_are_not_spoken_of() -> None:
    odd = page(replace(SOUND, scale=0.94), standing_mm=(40.0,))
    assert notes_on([odd] * 2 + [page(SOUND)] * 2) == ()
    assert notes_on([odd] * 3 + [page(SOUND)] * 100)[0].kind is NoteKind.STREAKS


def test_an_empty_stack_and_pages_without_slips_give_no_note() -> None:
    assert notes_on([]) == ()
    assert notes_on([page()] * 10) == ()


def test_blank_slips_do_not_count_as_faint() -> None:
    blank = replace(SOUND, fill=0.0001, faint=0.001)
    assert notes_on([page(blank)] * 10) == ()
    faint = replace(SOUND, fill=0.004)
    assert notes_on([page(blank)] * 80 + [page(faint)] * 4 + [page(SOUND)] * 10) == (
        Note(NoteKind.FAINT_MARKS, 4, 14),
    )


def test_lines_at_different_places_have_no_place() -> None:
    pages = [page(SOUND, standing_mm=(10.0 * i,)) for i in range(1, 8)]
    assert notes_on(pages) == (Note(NoteKind.STREAKS, 7, 7),)
    across = [page(SOUND, lying_mm=(50.0 + i / 4,)) for i in range(4)]
    (note,) = notes_on(across)
    assert (note.pages, note.value) == (4, pytest.approx(50.4, abs=0.5))


def test_loose_slips_on_the_glass_may_lie_at_any_angle_and_photos_are_not_to_scale() -> None:
    loose = page(*[replace(SOUND, skew_deg=30.0)] * 4)
    photo = page(replace(SOUND, skew_deg=9.0, scale=0.93, flat=False))
    assert notes_on([loose] * 5) == ()
    assert notes_on([photo] * 5) == ()
