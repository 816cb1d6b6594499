"""Slips that were stapled together or punched: what lies on a face is no answer, and what lies
elsewhere asks nobody.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from scanpipe.composing import layout_of
from scanpipe.form import Form, load_form
from scanpipe.reading import session
from scanpipe.reading.kinds import kinds_of
from scanpipe.reading.measures import FieldText
from scanpipe.reading.pipeline import open_stack, read_pages
from scanpipe.reading.record import SlipReading
from scanpipe.simulation.hands import PENS, mark
from scanpipe.simulation.paper import make_slip
from scanpipe.simulation.pens import Marking
from scanpipe.simulation.scanner import SCANNERS, Scanner, scan
from scanpipe.simulation.strokes import Kind
from scanpipe.simulation.wear import punched, stapled
from scanpipe.vocabulary import Reason, Status

FORMS = Path(__file__).parents[2] / "forms"
DPI = 200
STEADY = replace(SCANNERS["office_grey"], turns=(0,))
BILEVEL = replace(STEADY, jpeg_quality=None, threshold=165)

Grey = np.ndarray
Draw = Callable[[Grey], Grey]
Read = Callable[..., SlipReading]


@pytest.fixture(params=["hadeland-2016", "service-1-10"])
def form(request: pytest.FixtureRequest) -> Form:
    """Large faces, and small circles with a number in each."""
    return load_form(FORMS / f"{request.param}.toml")


@pytest.fixture
def read(form: Form, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Return what is read of a slip with some marks, on which something lies."""
    monkeypatch.setattr(session, "recognise", lambda fields, _: [FieldText("", 0.0)] * len(fields))

    def made(
        marks: Sequence[Marking] = (), *things: Draw, scanner: Scanner = STEADY, seed: int = 4
    ) -> SlipReading:
        rng = np.random.default_rng(seed)
        paper = make_slip(form, 0, marks, rng, dpi=DPI)
        for thing in things:
            paper = replace(paper, grey=thing(paper.grey))
        path = tmp_path / "scan.png"
        Image.fromarray(scan(paper, scanner, rng)).save(path, dpi=(scanner.dpi, scanner.dpi))
        (page,) = read_pages(kinds_of(form), open_stack([path]).files[0], [1])
        (slip,) = page.slips
        return slip

    return made


def at_face(form: Form, rating: int, right: float, down: float) -> tuple[float, float]:
    """A place so many face radii from the middle of a face, mm."""
    face = layout_of(form).faces[rating - 1]
    return (
        face.centre.x_mm + right * face.radius_mm,
        face.centre.y_mm + down * face.radius_mm,
    )


def staple(at_mm: tuple[float, float], turn_deg: float = 0.0) -> Draw:
    return lambda grey: stapled(grey, at_mm, turn_deg, DPI)


def hole(at_mm: tuple[float, float], lid: int = 20) -> Draw:
    return lambda grey: punched(grey, at_mm, DPI, lid)


def short_line(start_mm: tuple[float, float], end_mm: tuple[float, float]) -> Draw:
    def drawn(grey: Grey) -> Grey:
        start, end = ([round(mm / 25.4 * DPI) for mm in each] for each in (start_mm, end_mm))
        return np.asarray(cv2.line(grey.copy(), start, end, 60, 7, cv2.LINE_AA), np.uint8)

    return drawn


def cross(rating: int) -> Marking:
    return mark(rating, np.random.default_rng(7), kind=Kind.CROSS)


COARSE = replace(STEADY, dpi=150)


@pytest.mark.parametrize(
    ("turn_deg", "scanner"), [(20, STEADY), (62, STEADY), (-35, BILEVEL), (20, COARSE)]
)
def test_a_staple_over_a_face_is_no_answer(
    turn_deg: float, scanner: Scanner, form: Form, read: Read
) -> None:
    """It was read as a line through the face."""
    slip = read([], staple(at_face(form, 2, 0.1, -0.6), turn_deg), scanner=scanner)
    assert (slip.status, slip.reasons[0]) == (Status.REVIEW, Reason.MARGINAL)


@pytest.mark.parametrize(
    ("right", "lid", "scanner"),
    [(0.5, 10, STEADY), (0.9, 110, STEADY), (0.5, 10, BILEVEL), (0.9, 10, COARSE)],
)
def test_a_hole_through_a_face_is_no_answer(
    right: float, lid: int, scanner: Scanner, form: Form, read: Read
) -> None:
    """It was read as a face that was filled in."""
    slip = read([], hole(at_face(form, 2, right, 0.2), lid), scanner=scanner)
    assert slip.status is Status.REVIEW
    assert slip.reasons[0] in (Reason.MARGINAL, Reason.REGISTRATION_POOR)


@pytest.mark.parametrize("form", ["hadeland-2016"], indirect=True)
def test_a_hole_in_the_middle_of_a_face_is_no_answer_where_who_fills_it_fills_more(
    form: Form, read: Read
) -> None:
    slip = read([], hole(at_face(form, 5, 0.2, 0.1)))
    assert slip.status is Status.REVIEW


def test_a_hole_through_another_face_than_the_marked_one_is_asked_about(
    form: Form, read: Read
) -> None:
    """The mark that stood there may have been punched out."""
    slip = read([cross(1)], hole(at_face(form, 3, 0.5, 0.2)))
    assert slip.status is Status.REVIEW


def test_a_marked_slip_that_was_stapled_and_punched_elsewhere_asks_nobody(read: Read) -> None:
    """Each was taken for something written beside the mark."""
    things = (staple((80.0, 88.0), -7), hole((22.0, 88.0)), hole((124.0, 88.0)))
    slip = read([cross(2)], *things)
    assert slip.read_rating == 2
    assert Reason.MARGINAL not in slip.reasons
    assert slip.figures["drawn_stray_mm2"] == (0.0,)


@pytest.mark.parametrize("form", ["hadeland-2016"], indirect=True)
def test_a_marked_slip_with_a_straight_line_far_from_its_edge_is_still_asked_about(
    read: Read,
) -> None:
    """It may be drawn, and take back what is marked."""
    slip = read([cross(2)], staple((100.0, 43.0), -7))
    assert (slip.status, slip.reasons[0]) == (Status.REVIEW, Reason.MARGINAL)


def test_a_slip_without_a_mark_is_still_asked_about_for_a_hole_elsewhere(read: Read) -> None:
    slip = read([], hole((124.0, 20.0)))
    assert (slip.status, slip.reasons[0]) == (Status.REVIEW, Reason.MARGINAL)


@pytest.mark.parametrize(
    ("seed", "kind", "pen"),
    [
        (0, Kind.SLASH, "ballpoint_black"),
        (1, Kind.SLASH, "ballpoint_black"),
        (2, Kind.SLASH, "felt_tip"),
        (0, Kind.FILL, "ballpoint_black"),
        (1, Kind.FILL, "felt_tip"),
    ],
)
def test_straight_lines_through_faces_and_filled_faces_are_still_answers(
    seed: int, kind: Kind, pen: str, read: Read
) -> None:
    drawn = mark(2, np.random.default_rng(seed), kind=kind, pen=PENS[pen])
    slip = read([drawn], seed=seed)
    assert slip.read_rating == 2
    assert Reason.MARGINAL not in slip.reasons


def test_a_line_ruled_through_the_middle_of_a_face_is_an_answer(form: Form, read: Read) -> None:
    """As straight as a staple, but it was aimed."""
    slip = read([], staple(at_face(form, 2, 0.1, 0.1), 40))
    assert slip.read_rating == 2
    assert Reason.MARGINAL not in slip.reasons


@pytest.mark.parametrize("form", ["hadeland-2016"], indirect=True)
def test_a_tick_whose_straight_tail_print_cuts_off_is_an_answer(form: Form, read: Read) -> None:
    """By itself the tail looks like a staple."""
    tail = staple(at_face(form, 2, 0.5, -0.35), -55)
    assert read([], tail).status is Status.REVIEW

    corner, start = at_face(form, 2, -0.15, 0.75), at_face(form, 2, -0.55, 0.2)
    slip = read([], tail, short_line(start, corner))
    assert slip.read_rating == 2
    assert Reason.MARGINAL not in slip.reasons
