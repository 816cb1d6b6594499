"""Slips on whose printed words somebody drew or wrote, and slips that only look so: badly printed,
or printed before the form was changed.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from scanpipe.composing import layout_of
from scanpipe.form import Form, form_from_data, load_form
from scanpipe.printed import rebuilt, with_printing
from scanpipe.reading import session
from scanpipe.reading.kinds import SlipKinds, kinds_of
from scanpipe.reading.measures import FieldText
from scanpipe.reading.pipeline import open_stack, read_pages
from scanpipe.reading.record import SlipReading
from scanpipe.simulation.hands import mark
from scanpipe.simulation.paper import make_slip
from scanpipe.simulation.pens import Marking
from scanpipe.simulation.scanner import SCANNERS, Scanner, scan
from scanpipe.simulation.strokes import Kind
from scanpipe.simulation.wear import FRESH, Wear
from scanpipe.vocabulary import Reason, Status

FORMS = Path(__file__).parents[2] / "forms"
EXAMPLES = sorted(path.stem for path in FORMS.glob("*.toml"))
DPI = 200
PX_PER_MM = DPI / 25.4
STEADY = replace(SCANNERS["office_grey"], turns=(0,))

Line = Sequence[tuple[float, float]]
Read = Callable[..., list[SlipReading]]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Return what is read of a slip with some marks, on which lines were drawn, in mm."""
    monkeypatch.setattr(session, "recognise", lambda fields, _: [FieldText("", 0.0)] * len(fields))

    def made(
        form: Form,
        marks: Sequence[Marking] = (),
        lines: Sequence[Line] = (),
        scanner: Scanner = STEADY,
        wear: Wear = FRESH,
        kinds: SlipKinds | None = None,
    ) -> list[SlipReading]:
        rng = np.random.default_rng(4)
        paper = make_slip(form, 0, marks, rng, wear=wear, dpi=DPI)
        for line in lines:
            points = (np.array(line) * PX_PER_MM).round().astype(np.int32)
            cv2.polylines(paper.grey, [points], False, 50, 4)
        path = tmp_path / "scan.png"
        Image.fromarray(scan(paper, scanner, rng)).save(
            path, dpi=(scanner.dpi, scanner.dpi), compress_level=1
        )
        (page,) = read_pages(kinds or kinds_of(form), open_stack([path]).files[0], [1])
        return list(page.slips)

    return made


@pytest.fixture(scope="module")
def answers() -> Form:
    """A form whose answers are words below the circles."""
    return load_form(FORMS / "school-day.toml")


@pytest.fixture(scope="module")
def questions() -> Form:
    """A form with several rows, each with a label to the left."""
    return load_form(FORMS / "course-questions.toml")


def cross(rating: int) -> Marking:
    return mark(rating, np.random.default_rng(7), kind=Kind.CROSS)


def under_the_word(form: Form, rating: int) -> Line:
    (row,) = layout_of(form).rows
    box = row.below[rating - 1]
    y_mm = box.y_mm + 0.85 * box.height_mm
    return [(box.centre.x_mm - 3, y_mm), (box.centre.x_mm + 3, y_mm + 0.2)]


def over_the_word(form: Form, rating: int) -> list[Line]:
    (row,) = layout_of(form).rows
    x, y = row.below[rating - 1].centre.x_mm, row.below[rating - 1].centre.y_mm
    return [[(x - 3, y - 1.8), (x + 3, y + 1.4)], [(x - 3, y + 1.4), (x + 3, y - 1.8)]]


def scrawl(x_mm: float, y_mm: float, wide_mm: float) -> Line:
    """A few letters in somebody's hand, 3 mm high."""
    steps = np.arange(0, wide_mm, 1.0)
    return [(x_mm + x, y_mm + 1.5 * (-1) ** number) for number, x in enumerate(steps)]


def test_an_answer_s_word_that_is_underlined_is_no_blank_slip(answers: Form, read: Read) -> None:
    """All in a word's box was taken for the word."""
    (slip,) = read(answers, [], [under_the_word(answers, 2)])
    assert (slip.status, slip.reasons[0]) == (Status.REVIEW, Reason.MARGINAL)


def test_an_answer_s_word_that_is_crossed_out_beside_a_cross_elsewhere_is_asked_about(
    answers: Form, read: Read
) -> None:
    """The cross alone was read."""
    (plain,) = read(answers, [cross(1)])
    assert plain.read_rating == 1
    assert Reason.MARGINAL not in plain.reasons
    (slip,) = read(answers, [cross(1)], over_the_word(answers, 3))
    assert (slip.status, slip.reasons[0]) == (Status.REVIEW, Reason.MARGINAL)


def test_words_written_over_the_question_are_asked_about(answers: Form, read: Read) -> None:
    """Letters as high as print touch none of it, and were taken for it."""
    question = layout_of(answers).question
    written = scrawl(question.centre.x_mm - 10, question.centre.y_mm, 20)
    (slip,) = read(answers, [cross(1)], [written])
    assert slip.reasons[0] is Reason.MARGINAL


def test_an_answer_written_beside_a_row_s_label_is_asked_about(questions: Form, read: Read) -> None:
    label = layout_of(questions).rows[1].label
    written = scrawl(label.right_mm - 10, label.centre.y_mm, 7)
    slips = read(questions, [], [written])
    assert [slip.reasons[0] for slip in slips] == [Reason.MARGINAL] * 3


def test_the_tail_of_a_mark_that_runs_among_words_is_no_ink_on_them(
    answers: Form, read: Read
) -> None:
    (row,) = layout_of(answers).rows
    face, word = row.targets[1], row.below[1]
    end = (word.centre.x_mm - 8, word.bottom_mm - 0.5)
    tail = [(face.centre.x_mm, face.centre.y_mm), (end[0] + 2, word.y_mm + 0.5), end]
    (slip,) = read(answers, [cross(2)], [tail])
    assert slip.read_rating == 2
    assert slip.figures["on_words_mm2"] == (0.0,)


@pytest.mark.parametrize("name", EXAMPLES)
def test_on_no_printed_slip_there_is_ink_among_the_letters(name: str, read: Read) -> None:
    for slip in read(load_form(FORMS / f"{name}.toml"), []):
        assert slip.status is Status.BLANK or slip.reasons == (Reason.SESSION_UNREAD,)
        assert slip.figures["on_words_mm2"] == slip.figures["stray_mm2"] == (0.0,)


THICK = replace(SCANNERS["dark_1bit"], turns=(0,))


@pytest.mark.parametrize(
    ("scanner", "wear"),
    [
        pytest.param(THICK, FRESH, id="thick in black and white"),
        pytest.param(THICK, Wear(copies=2), id="copied twice"),
        pytest.param(replace(SCANNERS["coarse"], turns=(0,)), FRESH, id="100 dpi"),
        pytest.param(SCANNERS["phone"], FRESH, id="phone"),
        pytest.param(STEADY, Wear(toner=0.55), id="little toner"),
        pytest.param(STEADY, Wear(scale=0.93), id="printed small"),
    ],
)
@pytest.mark.parametrize("name", ["school-day", "course-questions", "conference-general"])
def test_bad_print_and_bad_scans_leave_no_ink_among_the_letters(
    name: str, scanner: Scanner, wear: Wear, read: Read
) -> None:
    for slip in read(load_form(FORMS / f"{name}.toml"), [], (), scanner, wear):
        assert slip.figures["on_words_mm2"] == slip.figures["stray_mm2"] == (0.0,)


def changed(form: Form, **texts: str) -> Form:
    return form_from_data(form.model_dump(mode="json", exclude_none=True) | texts, "changed")


@pytest.mark.parametrize(
    "before",
    [
        pytest.param({"title": "Open dag på ungdomsskulen i heile kommunen"}, id="longer title"),
        pytest.param({"question": "Lærte du noko heilt nytt i dag?"}, id="another question"),
    ],
)
def test_slips_that_were_printed_before_the_form_was_changed_ask_nobody(
    before: dict[str, str], answers: Form, read: Read
) -> None:
    """What is printed there is none of the letters that the form has now."""
    kinds = replace(kinds_of(answers), printed=rebuilt(changed(answers, **before)))
    (slip,) = read(changed(answers, **before), [cross(2)], kinds=kinds)
    assert slip.read_rating == 2
    assert slip.figures["on_words_mm2"] == slip.figures["stray_mm2"] == (0.0,)


def test_ink_is_still_found_on_the_words_that_stayed(answers: Form, read: Read) -> None:
    before = changed(answers, title="Open dag på ungdomsskulen i heile kommunen")
    kinds = replace(kinds_of(answers), printed=rebuilt(before))
    (slip,) = read(before, [cross(1)], over_the_word(answers, 3), kinds=kinds)
    assert slip.reasons[0] is Reason.MARGINAL


@pytest.fixture
def card() -> Form:
    """A form whose slips list its sessions, each with its row."""
    return load_form(FORMS / "hadeland-2016-card.toml")


def test_no_words_are_known_where_the_sessions_listed_have_other_names_now(card: Form) -> None:
    """With the end of a name cut off, it would be found on the slips, and its end be ink."""
    assert kinds_of(card).words_on(0)
    first, *others = card.sessions
    short = first.model_copy(update={"name": "Fellessesjon"})
    renamed = card.model_copy(update={"sessions": (short, *others)})
    assert kinds_of(renamed, rebuilt(card)).words_on(0) == ()


def test_labels_that_were_printed_in_two_wordings_are_not_known_any_more(questions: Form) -> None:
    first, *others = questions.questions
    longer = first.model_copy(update={"text": f"{first.text} i stort"})
    before = questions.model_copy(update={"questions": (longer, *others)})
    layout = layout_of(questions)
    printed_twice = with_printing(rebuilt(before), questions, None)
    for printed in (rebuilt(before), printed_twice):
        known = {words.box for words in kinds_of(questions, printed).words_on(0)}
        assert layout.event in known
        assert not known & {*layout.words}
