"""Slips that go through the scanner a second time, and slips that only look alike."""

import io
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from scanpipe.form import Form
from scanpipe.reading import decision
from scanpipe.reading.duplicates import SlipsBefore
from scanpipe.reading.fingerprint import Fingerprint, Sought, fingerprint, outline_of
from scanpipe.reading.kinds import kinds_of
from scanpipe.reading.measures import Overlap
from scanpipe.reading.pipeline import open_stack, read_stack
from scanpipe.reading.record import PageReading, SlipReading
from scanpipe.simulation.files import add_page
from scanpipe.simulation.hands import PENS, mark
from scanpipe.simulation.paper import Paper, make_slip
from scanpipe.simulation.scanner import SCANNERS, Placed, Scanner, feed, scan_glass
from scanpipe.simulation.strokes import Kind
from scanpipe.vocabulary import Reason, Status

PX_PER_MM = 8.0

ALIKE = (Kind.CROSS, Kind.CIRCLE, Kind.FILL)


@dataclass
class Box:
    """What came out of the box: slips marked alike in pairs, a blank one and a dabbed one."""

    alike: list[Paper]
    blank: Paper
    dabbed: list[Paper]


@pytest.fixture(scope="module")
def box(form: Form) -> Box:
    rng = np.random.default_rng(11)
    pen = PENS["ballpoint_blue"]
    pairs = [kind for kind in ALIKE for _ in range(2)]
    alike = [make_slip(form, 1, [mark(4, rng, kind=kind, pen=pen)], rng) for kind in pairs]
    dab = mark(3, rng, kind=Kind.DOT, pen=pen)
    return Box(alike, make_slip(form, 2, [], rng), [make_slip(form, 3, [dab], rng)] * 2)


def save(path: Path, pages: Sequence[np.ndarray], dpi: float) -> Path:
    with pikepdf.new() as pdf:
        for page in pages:
            add_page(pdf, page, dpi, 75)
        pdf.save(path)
    return path


def fed(papers: Sequence[Paper], scanner: Scanner, seed: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [feed(paper, replace(scanner, jpeg_quality=None), rng).image for paper in papers]


@pytest.fixture(scope="module")
def read(
    form: Form, box: Box, tmp_path_factory: pytest.TempPathFactory, without_workers: Callable
) -> list[PageReading]:
    """One file with the whole box, two slips of it at its end again; another with it all again.

    Between the two lies a page of slips on the glass, of which one was fed before.
    """
    folder = tmp_path_factory.mktemp("scans")
    with without_workers():
        return list(read_stack(kinds_of(form), open_stack(scanned_into(folder, box)), 1))


def scanned_into(folder: Path, box: Box) -> list[Path]:
    grey, fine = SCANNERS["office_grey"], replace(SCANNERS["office_fine"], turns=(180,))
    slips = [*box.alike, box.blank, *box.dabbed]
    first = fed([*slips, box.alike[2], box.alike[5]], grey, 1)
    rng = np.random.default_rng(2)
    loose = [Placed(box.alike[0], 90, 70, 31.0), Placed(box.blank, 90, 210, 0.0)]
    glass = scan_glass(loose, (180, 290), replace(SCANNERS["glass"], jpeg_quality=None), rng).image
    return [
        save(folder / "monday-1.pdf", first, 200),
        save(folder / "monday-2.pdf", [glass], 200),
        save(folder / "tuesday.pdf", fed(slips, fine, 3), 300),
    ]


def slips_in(pages: Sequence[PageReading], file: str) -> list[SlipReading]:
    return [slip for page in pages if page.file == file for slip in page.slips]


def test_slips_marked_alike_are_not_taken_for_one(read: list[PageReading]) -> None:
    first = slips_in(read, "monday-1.pdf")[: 2 * len(ALIKE)]
    assert [slip.status for slip in first] == [Status.READ] * 2 * len(ALIKE)


def test_a_slip_fed_again_is_put_to_review_and_keeps_what_was_read(
    read: list[PageReading],
) -> None:
    slips = slips_in(read, "monday-1.pdf")
    again = slips[-2:]
    assert [slip.same_as for slip in again] == [slips[2].slip, slips[5].slip]
    for slip in again:
        assert (slip.status, slip.reasons) == (Status.REVIEW, (Reason.DUPLICATE,))
        assert (slip.session, slip.rating) == ("P1", None)
        assert (slip.read_session, slip.read_rating) == ("P1", 4)


def test_a_stack_scanned_again_in_another_file_upside_down_and_finer(
    read: list[PageReading],
) -> None:
    first = slips_in(read, "monday-1.pdf")[: 2 * len(ALIKE)]
    again = slips_in(read, "tuesday.pdf")[: 2 * len(ALIKE)]
    assert [slip.same_as for slip in again] == [slip.slip for slip in first]


def test_a_slip_is_known_again_among_others_on_the_glass(read: list[PageReading]) -> None:
    fed_before = slips_in(read, "monday-1.pdf")[0]
    lying, blank = slips_in(read, "monday-2.pdf")
    assert (lying.same_as, blank.same_as) == (fed_before.slip, None)


def test_blank_slips_and_dabs_are_never_taken_for_repeats(read: list[PageReading]) -> None:
    for file in ("monday-1.pdf", "tuesday.pdf"):
        slips = slips_in(read, file)[2 * len(ALIKE) : 2 * len(ALIKE) + 3]
        assert [slip.same_as for slip in slips] == [None] * 3
        assert slips[0].status is Status.BLANK


def test_there_is_a_picture_of_every_repeat(read: list[PageReading]) -> None:
    repeats = [slip for page in read for slip in page.slips if slip.same_as]
    assert len(repeats) == 2 + 1 + 2 * len(ALIKE)
    for slip in repeats:
        assert slip.picture is not None
        assert Image.open(io.BytesIO(slip.picture)).size == (888, 630)


def test_no_slip_is_lost_or_renamed(read: list[PageReading]) -> None:
    names = [slip.slip for page in read for slip in page.slips]
    assert len(names) == len(set(names)) == 11 + 2 + 9


Drawing = Callable[[np.ndarray], None]
Draws = Callable[..., Fingerprint]


@pytest.fixture
def draws() -> Draws:
    """Return the fingerprint of a band with ink along a polyline, mm, and round specks."""
    import cv2

    def draws(
        *points: tuple[float, float],
        width_mm: float = 0.6,
        session: int = 0,
        specks: Sequence[tuple[float, float, float]] = (),
    ) -> Fingerprint:
        band = np.zeros((240, 1200), np.uint8)
        line = np.rint(np.array(points) * PX_PER_MM).astype(np.int32)
        cv2.polylines(band, [line], False, (1,), round(width_mm * PX_PER_MM))
        for x, y, radius in specks:
            at = (round(x * PX_PER_MM), round(y * PX_PER_MM))
            cv2.circle(band, at, round(radius * PX_PER_MM), (1,), -1)
        relief = band.astype(np.float32) - np.float32(0.5)
        found = fingerprint(session, relief, np.full(band.shape, 99, np.float32), PX_PER_MM)
        assert found is not None
        return found

    return draws


VEE = ((40.0, 8.0), (46.0, 20.0), (55.0, 5.0))


def test_an_outline_shares_all_with_itself_shifted_a_little_and_wider(draws: Draws) -> None:
    shifted = tuple((x + 0.4, y - 0.3) for x, y in VEE)
    found = Sought(draws(*VEE)).overlap(draws(*shifted, width_mm=0.8))
    assert found is not None
    assert found.least > 0.97
    assert found.unmoved < 0.7


@pytest.mark.parametrize("by", [(1.2, 0.0), (0.0, -1.2), (6.0, 3.0)])
def test_an_outline_further_off_shares_little(draws: Draws, by: tuple[float, float]) -> None:
    moved = tuple((x + by[0], y + by[1]) for x, y in VEE)
    found = Sought(draws(*VEE)).overlap(draws(*moved))
    assert found is None or found.least < 0.75


def test_half_of_a_mark_is_not_the_mark_whichever_comes_first(draws: Draws) -> None:
    whole, half = draws(*VEE), draws(*VEE[:2])
    found = Sought(whole).overlap(half)
    assert found is not None
    assert found == Sought(half).overlap(whole) or Sought(half).overlap(whole) is None
    assert found.least < 0.6


@pytest.mark.parametrize(("radius_mm", "cut_mm"), [(7, 2.5), (10, 4.0)])
def test_a_mark_of_which_one_scan_lost_a_piece_at_its_side_is_known_again(
    radius_mm: float, cut_mm: float, draws: Draws
) -> None:
    """A printed line cut off the left of a circle, and the rest was too little to be no dirt."""
    turns = [math.radians(angle) for angle in range(-150, 151, 5)]
    circle = [(50 + radius_mm * math.cos(turn), 15 + radius_mm * math.sin(turn)) for turn in turns]
    cut = [point for point in circle if point[0] > 50 - radius_mm + cut_mm]
    before = SlipsBefore(decision.same_slip, decision.same_numbered_slip)
    assert before.find_or_add("whole", draws(*circle)) is None
    assert before.find_or_add("cut", draws(*cut)) == "whole"


def test_dirt_far_off_does_not_hide_a_repeat(draws: Draws) -> None:
    before = SlipsBefore(decision.same_slip, decision.same_numbered_slip)
    assert before.find_or_add("first", draws(*VEE)) is None
    dirty = draws(*VEE, specks=[(120, 10, 0.5), (12, 25, 0.6)])
    assert before.find_or_add("second", dirty) == "first"


def test_the_same_ink_in_another_session_is_another_slip(draws: Draws) -> None:
    before = SlipsBefore(decision.same_slip, decision.same_numbered_slip)
    assert before.find_or_add("first", draws(*VEE)) is None
    assert before.find_or_add("second", draws(*VEE, session=1)) is None


def test_a_slip_fed_three_times_points_to_the_first(draws: Draws) -> None:
    before = SlipsBefore(decision.same_slip, decision.same_numbered_slip)
    found = [before.find_or_add(f"slip {i}", draws(*VEE)) for i in range(3)]
    assert found == [None, "slip 0", "slip 0"]


@pytest.mark.parametrize("x", np.arange(39.0, 44.0, 0.5).tolist())
def test_a_repeat_is_found_across_the_borders_of_the_index(draws: Draws, x: float) -> None:
    before = SlipsBefore(decision.same_slip, decision.same_numbered_slip)
    before.find_or_add("first", draws(*[(a + x, b) for a, b in VEE]))
    again = draws(*[(a + x + 0.4, b + 0.4) for a, b in VEE])
    assert before.find_or_add("second", again) == "first"


def test_no_ink_has_no_fingerprint() -> None:
    nothing = np.full((240, 1200), -0.5, np.float32)
    assert fingerprint(0, nothing, np.full(nothing.shape, 99, np.float32), PX_PER_MM) is None


def test_the_work_does_not_grow_with_the_square_of_the_stack() -> None:
    compared = itertools.count()
    rng = np.random.default_rng(4)
    before = SlipsBefore(lambda _shared, _mm, _mm2: next(compared) < 0, bool)
    outline = outline_of(rng.integers(0, 60, (90, 2)).astype(np.int16))
    for number in range(700):
        low, high = rng.normal((100, 10), 4, 2), rng.normal((114, 24), 4, 2)
        before.find_or_add(f"{number}", Fingerprint(0, outline, 90, (*low, *high), 9.0, 1, 1))
    assert next(compared) < 0.05 * 700**2 / 2


@pytest.mark.parametrize(
    ("shared", "outline_mm", "ink_mm2", "same"),
    [
        (Overlap(0.85, 0.98, 0.85), 60.0, 20.0, False),
        (Overlap(0.85, 0.98, 0.85), 60.0, 90.0, True),
        (Overlap(0.70, 0.98, 0.70), 200.0, 150.0, False),
        (Overlap(0.95, 0.97, 0.40), 20.0, 10.0, True),
        (Overlap(0.85, 1.00, 0.85), 20.0, 10.0, True),
        (Overlap(0.75, 1.00, 0.75), 20.0, 10.0, False),
        (Overlap(0.99, 1.00, 0.99), 6.0, 3.0, True),
        (Overlap(1.00, 1.00, 0.90), 6.0, 3.0, False),
        (Overlap(1.00, 1.00, 1.00), 4.0, 2.0, False),
    ],
)
def test_how_much_must_be_in_common_hangs_on_how_much_there_is(
    shared: Overlap, outline_mm: float, ink_mm2: float, same: bool
) -> None:
    assert decision.same_slip(shared, outline_mm, ink_mm2) is same
