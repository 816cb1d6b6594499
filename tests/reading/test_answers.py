"""From paper to readings: each row of a slip by itself, its session as the form has it told."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scanpipe.form import Form, form_from_data, load_form
from scanpipe.reading.kinds import kinds_of
from scanpipe.reading.pipeline import open_stack, read_stack
from scanpipe.reading.record import SlipReading
from scanpipe.simulation.files import pdf_page, write_stack
from scanpipe.simulation.hands import FAINT_PENCIL, PENS, mark
from scanpipe.simulation.scanner import SCANNERS, Scanner
from scanpipe.simulation.strokes import Kind
from scanpipe.simulation.subjects import Subject, answered, fed_page, unmarked
from scanpipe.vocabulary import Reason, Status

FORMS = Path(__file__).parents[2] / "forms"
DPI = 150
PEN = PENS["ballpoint_black"]

Read = Callable[..., list[SlipReading]]


@pytest.fixture
def read(tmp_path: Path, without_workers: Callable[[], AbstractContextManager[None]]) -> Read:
    """Make slips, scan and read them; `more` slips are scanned `then`, on another scanner."""
    usual = replace(SCANNERS["office_grey"], turns=(0,), dpi=DPI, jpeg_quality=None)

    def made(
        form: Form,
        subjects: Sequence[Subject],
        more: Sequence[Subject] = (),
        then: Scanner = usual,
    ) -> list[SlipReading]:
        rng = np.random.default_rng(4)
        pages = [fed_page(subject, form, usual, rng, DPI) for subject in subjects]
        pages += [fed_page(subject, form, then, rng, DPI) for subject in more]
        placed = write_stack(tmp_path, [pdf_page(page.image, DPI, 85) for page in pages])
        stack = open_stack(sorted({path for path, _ in placed}))
        with without_workers():
            return [s for page in read_stack(kinds_of(form), stack, 1) for s in page.slips]

    return made


def card() -> Form:
    return load_form(FORMS / "hadeland-2016-card.toml")


def crossed(form: Form, *ratings: int, session: int = 0) -> Subject:
    """A slip with a cross in each row; rating 0 leaves one empty."""
    rng = np.random.default_rng(7)
    rows = [
        answered(form, session, rating, rng, kind=Kind.CROSS, pen=PEN) if rating else unmarked(0)
        for rating in ratings
    ]
    return replace(rows[0], session_index=session, below=tuple(rows[1:]))


def test_every_row_has_its_own_answer_and_a_name_of_its_own(read: Read) -> None:
    slips = read(card(), [crossed(card(), 1, 0, 5)])
    assert [slip.slip.rpartition("-")[2] for slip in slips] == ["1", "2", "3"]
    assert {slip.paper for slip in slips} == {slips[0].slip.removesuffix("-1")}
    assert [(slip.session, slip.status, slip.rating) for slip in slips] == [
        ("F", Status.READ, 1),
        ("P2", Status.BLANK, None),
        ("P3", Status.READ, 5),
    ]


def test_two_marks_in_one_row_leave_the_other_rows_certain(read: Read) -> None:
    slip = crossed(card(), 2, 3, 4)
    twice = replace(slip.below[0], marks=(*slip.below[0].marks, *slip.below[1].marks))
    slip = replace(slip, below=(twice, slip.below[1]))
    first, doubtful, last = read(card(), [slip])
    assert (first.rating, last.rating) == (2, 4)
    assert (doubtful.status, doubtful.reasons) == (Status.REVIEW, (Reason.OVERVOTE,))
    assert doubtful.picture is not None
    assert first.picture is None


def test_a_tick_whose_tail_reaches_into_the_row_above_counts_for_its_own_row_alone(
    read: Read,
) -> None:
    rng = np.random.default_rng(5)
    high = replace(mark(3, rng, kind=Kind.TICK, pen=PEN), size=1.5, offset=(0.15, -0.45))
    slip = crossed(card(), 0, 3, 0)
    slip = replace(slip, below=(replace(slip.below[0], marks=(high,)), slip.below[1]))
    assert [(each.status, each.rating) for each in read(card(), [slip])] == [
        (Status.BLANK, None),
        (Status.READ, 3),
        (Status.BLANK, None),
    ]


def test_the_session_is_the_one_that_is_marked_and_a_slip_without_it_is_asked_about(
    read: Read,
) -> None:
    general = load_form(FORMS / "conference-general.toml")
    rng = np.random.default_rng(3)
    chosen = mark(1, rng, kind=Kind.CROSS, pen=PEN)
    faint = replace(mark(1, rng, kind=Kind.TICK, pen=FAINT_PENCIL), size=0.5)
    third = replace(crossed(general, 4, session=2), chosen=chosen)
    unsaid, empty = crossed(general, 4), crossed(general, 0)
    unsure = replace(crossed(general, 4, session=1), chosen=faint)
    read_third, read_unsaid, read_empty, read_unsure = read(general, [third, unsaid, empty, unsure])
    assert (read_third.session, read_third.rating) == (general.sessions[2].id, 4)
    assert (read_unsaid.status, read_unsaid.reasons) == (
        Status.REVIEW,
        (Reason.SESSION_UNREAD,),
    )
    assert (read_unsaid.session, read_unsaid.read_rating) == (None, 4)
    assert (read_empty.status, read_empty.session) == (Status.BLANK, None)
    assert (read_unsure.status, read_unsure.session) == (Status.REVIEW, None)


def test_a_choice_too_few_or_too_many_is_asked_about(read: Read) -> None:
    sign_up = load_form(FORMS / "hadeland-2016-signup.toml")
    rng = np.random.default_rng(1)
    two = answered(sign_up, 0, 2, rng, kind=Kind.CROSS, pen=PEN)
    one = replace(two, marks=two.marks[:1])
    three = replace(two, marks=(*two.marks, mark(4, rng, kind=Kind.CROSS, pen=PEN)))
    right, few, many, none = read(sign_up, [two, one, three, unmarked(0)])
    assert (right.status, sign_up.answer_names[(right.rating or 0) - 1]) == (Status.READ, "P1+P3")
    assert (few.status, few.reasons) == (Status.REVIEW, (Reason.UNDERVOTE,))
    assert (many.status, many.reasons) == (Status.REVIEW, (Reason.OVERVOTE,))
    assert none.status is Status.BLANK


def test_of_two_circles_one_that_is_crossed_out_is_asked_about(read: Read) -> None:
    sign_up = load_form(FORMS / "hadeland-2016-signup.toml")
    rng = np.random.default_rng(2)

    def circled(*struck: Kind) -> Subject:
        slip = answered(sign_up, 0, 2, rng, kind=Kind.CIRCLE, pen=PEN)
        over = [mark(1, rng, kind=kind, pen=PEN) for kind in struck]
        marks = (replace(each, size=1.4, offset=(0.0, 0.0)) for each in (*slip.marks, *over))
        return replace(slip, marks=tuple(marks))

    right, doubtful = read(sign_up, [circled(), circled(Kind.SLASH)])
    assert (right.status, right.rating) == (Status.READ, 2)
    assert (doubtful.status, doubtful.reasons) == (Status.REVIEW, (Reason.CORRECTION,))
    assert doubtful.read_rating == 2


@pytest.mark.usefixtures("in_this_process")
def test_a_page_that_cannot_be_read_can_be_entered_row_by_row(tmp_path: Path) -> None:
    scan = tmp_path / "empty.png"
    page = np.full((700, 900), 255, np.uint8)
    page[100:600:9, 100:800] = 0
    Image.fromarray(page).save(scan)
    (page_read,) = read_stack(kinds_of(card()), open_stack([scan]), 1)
    assert [slip.slip[-4:] for slip in page_read.slips] == ["-0-1", "-0-2", "-0-3"]
    assert {slip.status for slip in page_read.slips} == {Status.REJECTED}
    assert [slip.read_session for slip in page_read.slips] == ["F", "P2", "P3"]


def numbered(form: Form) -> Form:
    data = form.model_dump(mode="json", exclude_none=True)
    return form_from_data(data | {"slip": {"serial": True}}, "numbered")


def test_a_numbered_slip_fed_twice_is_known_and_one_that_was_copied_too(read: Read) -> None:
    form = numbered(load_form(FORMS / "hadeland-2016.toml"))
    first = replace(crossed(form, 4), serial="ABCD2345")
    copied = replace(crossed(form, 5), serial="ABCD2345")
    other = replace(crossed(form, 4), serial="ABCD2346")
    empty = replace(unmarked(0), serial="ABCD2347")
    slips = read(form, [first, other, empty, first, copied, empty])
    assert [slip.serial for slip in slips[:3]] == ["ABCD2345", "ABCD2346", "ABCD2347"]
    fed_again, copy, empty_again = slips[3:]
    assert (fed_again.reasons, fed_again.same_as) == ((Reason.DUPLICATE,), slips[0].slip)
    assert (copy.reasons, copy.same_as) == ((Reason.PHOTOCOPIED,), slips[0].slip)
    assert (empty_again.reasons, empty_again.same_as) == ((Reason.DUPLICATE,), slips[2].slip)


def test_a_numbered_slip_that_is_scanned_again_at_low_quality_is_no_copy(read: Read) -> None:
    form = numbered(load_form(FORMS / "hadeland-2016.toml"))
    kinds = (Kind.CROSS, Kind.TICK, Kind.VEE, Kind.CIRCLE, Kind.FILL, Kind.SCRIBBLE, Kind.SLASH)
    slips = [
        replace(marked(form, kind, number), serial=f"ABCD234{number}")
        for number, kind in enumerate(kinds, start=2)
    ]
    poor = replace(SCANNERS["office_grey"], turns=(180,), dpi=DPI, jpeg_quality=40)
    again = read(form, slips, slips, then=poor)[len(slips) :]
    assert [slip.reasons for slip in again] == [(Reason.DUPLICATE,)] * len(kinds)


def test_copies_of_a_numbered_slip_marked_by_different_people_are_told_from_second_scans(
    read: Read,
) -> None:
    form = numbered(load_form(FORMS / "hadeland-2016.toml"))
    slips = [
        replace(marked(form, kind, seed), serial="ABCD2345")
        for kind in (Kind.CROSS, Kind.TICK, Kind.CIRCLE)
        for seed in (1, 2)
    ]
    first, *copies = read(form, slips)
    assert first.status is Status.READ
    assert [slip.reasons for slip in copies] == [(Reason.PHOTOCOPIED,)] * len(copies)


def test_slips_with_different_numbers_are_different_however_alike_they_are_marked(
    read: Read,
) -> None:
    form = numbered(load_form(FORMS / "hadeland-2016.toml"))
    slip = replace(crossed(form, 4), serial="ABCD2345")
    slips = read(form, [slip, replace(slip, serial="ABCD2346")])
    assert [slip.status for slip in slips] == [Status.READ, Status.READ]


def marked(form: Form, kind: Kind, seed: int) -> Subject:
    """A slip with the face 4 marked by somebody."""
    return answered(form, 0, 4, np.random.default_rng(seed), kind=kind, pen=PEN)


# The words above the box reach into the band of faces: least, most, and most on a smaller slip.
@pytest.mark.parametrize(
    ("name", "height_mm"), [("hadeland-2016", 10), ("hadeland-2016", 22), ("warsztaty-pl", 22)]
)
def test_an_empty_slip_with_a_comment_box_is_blank(read: Read, name: str, height_mm: int) -> None:
    form = with_comment_box(load_form(FORMS / f"{name}.toml"), height_mm)
    (slip,) = read(form, [unmarked(0)])
    assert (slip.status, slip.reasons) == (Status.BLANK, ())
    assert slip.figures["stray_mm2"] == (0.0,)


def with_comment_box(form: Form, height_mm: int) -> Form:
    data = form.model_dump(mode="json", exclude_none=True) | {"comment": {"height_mm": height_mm}}
    if form.slip.size == "a7":
        data["slip"] = {"width_mm": 105, "height_mm": 80 + height_mm}
    return form_from_data(data, "comment")
