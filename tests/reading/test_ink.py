from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scanpipe.form import Form
from scanpipe.layout import Layout
from scanpipe.reading.decision import MARKED_FILL
from scanpipe.reading.ink import measure_and_show_ink
from scanpipe.reading.kinds import kinds_of
from scanpipe.reading.pages import PX_PER_MM
from scanpipe.reading.pipeline import open_stack, read_stack
from scanpipe.selftest.rehearsal import Sitting, make
from scanpipe.simulation.files import write_stack
from scanpipe.simulation.hands import PENS, mark
from scanpipe.simulation.paper import make_slip
from scanpipe.simulation.pens import Marking, Pen
from scanpipe.simulation.scanner import SCANNERS
from scanpipe.simulation.strokes import Kind, draw_kind
from scanpipe.simulation.wear import Wear
from scanpipe.vocabulary import Status

PEN = PENS["ballpoint_blue"]
SIZES = {
    Kind.CROSS: 0.8,
    Kind.TICK: 0.9,
    Kind.CIRCLE: 1.25,
    Kind.FILL: 0.8,
    Kind.SCRIBBLE: 0.9,
    Kind.SLASH: 0.8,
}
STRAIGHT = replace(SCANNERS["office_grey"], turns=(0,), skew_deg=0.5)


def drawn(
    kind: Kind, rating: int, offset: tuple[float, float] = (0, 0), size: float = 0
) -> Marking:
    """The same strokes every time, wherever they are put."""
    strokes = draw_kind(kind, np.random.default_rng(5))
    return Marking(rating, strokes, PEN, size or SIZES[kind], offset)


def fills(ink: object) -> list[float]:
    return [face.fill for face in ink.faces]


def others(values: list[float], rating: int) -> list[float]:
    return [value for i, value in enumerate(values, start=1) if i != rating]


@pytest.mark.parametrize("kind", [Kind.CROSS, Kind.TICK, Kind.CIRCLE, Kind.FILL])
def test_the_same_stroke_counts_the_same_on_every_face(kind: Kind, reader: object) -> None:
    seen = []
    for rating in range(1, 6):
        ink = reader.ink([drawn(kind, rating)], STRAIGHT)
        verdict = reader.verdict(ink)
        assert (verdict.status, verdict.rating) == (Status.READ, rating)
        assert max(others(fills(ink), rating)) < 0.001
        seen.append(fills(ink)[rating - 1])

    assert max(seen) - min(seen) < 0.02


@pytest.mark.parametrize("dpi", [100, 200, 300])
def test_printed_art_is_never_counted_as_ink_at_any_resolution(dpi: int, reader: object) -> None:
    ink = reader.ink((), replace(STRAIGHT, dpi=dpi))

    assert max(fills(ink)) < 0.001
    assert min(face.seen for face in ink.faces) > 0.9
    assert reader.verdict(ink).status is Status.BLANK


@pytest.mark.parametrize("threshold", [115, 165, 205])
@pytest.mark.parametrize("dpi", [200, 300])
def test_printed_art_is_never_counted_as_ink_in_black_and_white(
    dpi: int, threshold: int, reader: object
) -> None:
    bilevel = replace(STRAIGHT, dpi=dpi, threshold=threshold, jpeg_quality=None)

    ink = reader.ink((), bilevel)

    assert max(fills(ink)) < 0.001
    assert reader.verdict(ink).status is Status.BLANK


@pytest.mark.parametrize("number", [17, 32, 142, 163])
def test_the_edge_of_thick_print_in_a_dark_scan_is_no_dab_beside_the_mark(
    number: int, form: Form, tmp_path: Path
) -> None:
    """A threshold so high lets print come out thick, and where its edge fell between two pixels
    a rim of it was taken for a dab.
    """
    (page,) = make(form, Sitting("1bit-dark", 3, number))
    ((path, _),) = write_stack(tmp_path, [page.packed])

    (read,) = read_stack(kinds_of(form), open_stack([path]), 1)

    (slip,) = read.slips
    assert (slip.status, str(slip.rating)) == (Status.READ, str(page.rows[0].rating))
    assert sum(fill > 0 for fill in slip.fills) == 1


HARM = {
    "faint toner": Wear(toner=0.55),
    "stained": Wear(stains=5),
    "folded": Wear(fold=True),
    "written on the back": Wear(show_through=0.12),
    "cut crooked": Wear(crooked_mm=2.0),
    "printed small": Wear(scale=0.93),
    "printed large": Wear(scale=1.04),
}


@pytest.mark.parametrize("harm", HARM)
def test_a_blank_slip_stays_empty_whatever_happened_to_the_paper_or_a_person_looks(
    harm: str, reader: object
) -> None:
    ink = reader.ink((), STRAIGHT, HARM[harm])

    verdict = reader.verdict(ink)

    assert verdict.status is not Status.READ
    assert max(fills(ink)) < 0.02 or verdict.status is Status.REVIEW


@pytest.mark.parametrize(
    "name", ["coarse", "black_lid", "grey_lid", "low_contrast", "hard_jpeg", "phone", "glass"]
)
def test_a_blank_slip_stays_empty_whatever_the_scanner_or_a_person_looks(
    name: str, reader: object
) -> None:
    ink = reader.ink((), replace(SCANNERS[name], turns=(0,)))

    verdict = reader.verdict(ink)

    assert verdict.status is not Status.READ
    assert max(fills(ink)) < 0.02 or verdict.status is Status.REVIEW


@pytest.mark.parametrize(
    "kind", [Kind.TICK, Kind.CIRCLE, Kind.UNDERLINE, Kind.VEE, Kind.CIRCLED_CROSS]
)
@pytest.mark.parametrize("rating", [1, 5])
def test_a_tick_or_a_circle_counts_though_the_middle_of_the_face_stays_clear(
    rating: int, kind: Kind, reader: object
) -> None:
    rng = np.random.default_rng(2)

    verdict = reader.verdict(reader.ink([mark(rating, rng, kind=kind, pen=PEN)], STRAIGHT))

    assert verdict.read_rating == rating
    assert verdict.status is Status.READ


@pytest.mark.parametrize("towards", [-1, 1])
def test_a_circle_that_reaches_over_to_the_neighbour_counts_for_one_face(
    towards: int, reader: object
) -> None:
    circle = drawn(Kind.CIRCLE, 3, (0.3 * towards, 0), 1.7)

    ink = reader.ink([circle], STRAIGHT)

    assert fills(ink)[2] > MARKED_FILL
    assert max(others(fills(ink), 3)) == 0
    assert reader.verdict(ink).rating == 3


@pytest.mark.parametrize("towards", [-1, 1])
def test_the_long_tail_of_a_tick_counts_for_the_face_that_is_ticked(
    towards: int, reader: object
) -> None:
    points = np.array([[0.0, 0.35], [0.15, 0.5], [1.0, 0.0]])
    points[:, 0] = points[:, 0] if towards > 0 else 1 - points[:, 0]
    tick = Marking(3, (points,), PEN, 1.6, (0.55 * towards, -0.1))

    ink = reader.ink([tick], STRAIGHT)

    assert max(others(fills(ink), 3)) == 0
    assert reader.verdict(ink).rating == 3


@pytest.mark.parametrize(("size", "inwards"), [(2.25, 0.0), (1.8, 0.2), (1.6, 0.3), (1.5, 0.4)])
def test_two_circles_that_cross_are_never_one_mark(
    size: float, inwards: float, reader: object
) -> None:
    circles = [
        drawn(Kind.CIRCLE, 2, (inwards, 0), size),
        drawn(Kind.CIRCLE, 3, (-inwards, 0), size),
    ]

    verdict = reader.verdict(reader.ink(circles, STRAIGHT))

    assert (verdict.status, verdict.rating) == (Status.REVIEW, None)


@pytest.mark.parametrize("first", [1, 4])
@pytest.mark.parametrize("kinds", [(Kind.CROSS, Kind.TICK), (Kind.FILL, Kind.SLASH)])
def test_a_second_mark_is_not_hidden_by_a_darker_one(
    kinds: tuple[Kind, Kind], first: int, reader: object
) -> None:
    strong = replace(drawn(kinds[0], first), pen=PENS["felt_tip"])
    weak = replace(drawn(kinds[1], 5), pen=PENS["pencil"])

    verdict = reader.verdict(reader.ink([strong, weak], STRAIGHT))

    assert verdict.status is Status.REVIEW
    assert verdict.rating is None


def test_a_very_dark_mark_is_a_mark_and_not_one_withdrawn(reader: object) -> None:
    filled = replace(drawn(Kind.FILL, 4, size=1.0), pen=PENS["felt_tip"])

    verdict = reader.verdict(reader.ink([filled], STRAIGHT))

    assert (verdict.status, verdict.rating) == (Status.READ, 4)


@pytest.mark.parametrize("pen", ["pencil", "fineliner", "ballpoint_red", "felt_tip"])
@pytest.mark.parametrize("dpi", [100, 200])
def test_every_pen_is_seen(pen: str, dpi: int, reader: object) -> None:
    cross = replace(drawn(Kind.CROSS, 2), pen=PENS[pen])

    ink = reader.ink([cross], replace(STRAIGHT, dpi=dpi))

    assert int(np.argmax(fills(ink))) == 1
    assert reader.verdict(ink).read_rating == 2


STAINED, SHINING = Wear(stains=3), Wear(show_through=0.12)


@pytest.mark.parametrize(
    ("wear", "seed"),
    [
        *((STAINED, seed) for seed in (5, 6, 9, 12, 19, 21)),
        *((SHINING, seed) for seed in (4, 14, 17)),
    ],
)
def test_stains_and_writing_on_the_back_beside_a_cross_ask_nobody(
    wear: Wear, seed: int, reader: object
) -> None:
    """They are as pale as a pencil, and cover as much of one of the other faces."""
    verdict = reader.verdict(reader.ink([drawn(Kind.CROSS, 2)], STRAIGHT, wear, seed))

    assert (verdict.status, verdict.rating) == (Status.READ, 2)


PALE_PENS = {
    "hard pencil": Pen(0.45, 0.18, 0.4, 0.2),
    "soft pencil": Pen(0.9, 0.24, 0.5, 0.2),
    "light blue": Pen(0.6, 0.28, 0.05, 0.1),
    "highlighter": Pen(3.0, 0.16, 0.05, 0.05),
}


@pytest.mark.parametrize("kind", [Kind.CROSS, Kind.TICK, Kind.CIRCLE, Kind.SLASH])
@pytest.mark.parametrize("pen", PALE_PENS)
@pytest.mark.parametrize("dpi", [100, 200])
def test_a_pale_mark_that_takes_the_place_of_a_struck_one_asks(
    dpi: int, pen: str, kind: Kind, reader: object
) -> None:
    struck = (drawn(Kind.CROSS, 2), replace(drawn(Kind.UNDERLINE, 2, size=1.3), pen=PEN))
    instead = replace(drawn(kind, 4, size=0.9), pen=PALE_PENS[pen])

    verdict = reader.verdict(reader.ink([*struck, instead], replace(STRAIGHT, dpi=dpi)))

    assert verdict.status is Status.REVIEW


def test_more_ink_gives_more_fill(reader: object) -> None:
    amounts = [
        fills(reader.ink([replace(drawn(Kind.CROSS, 3), pen=replace(PEN, width_mm=width))]))[2]
        for width in (0.4, 0.8, 1.6)
    ]

    assert amounts == sorted(amounts)
    assert amounts[0] > 0


def test_writing_beside_the_faces_is_stray_ink_and_no_mark(reader: object) -> None:
    below = drawn(Kind.SCRIBBLE, 3, (1.05, 1.25), 0.7)

    ink = reader.ink([below], STRAIGHT)

    assert max(fills(ink)) < 0.003
    assert ink.stray_mm2 > 2
    assert reader.verdict(ink).status is Status.REVIEW


def test_print_that_was_covered_is_missed_and_the_slip_never_called_blank(
    unmarked: np.ndarray, layout: Layout, reader: object
) -> None:
    upright = unmarked.copy()
    x, y = (
        round(PX_PER_MM * value)
        for value in (layout.faces[3].centre.x_mm, layout.faces[3].centre.y_mm)
    )
    reach = round(8 * PX_PER_MM)
    upright[y - reach : y + reach, x - reach : x + reach] = np.median(upright)

    ink, _, _ = measure_and_show_ink(upright, layout, PX_PER_MM)

    assert ink.faces[3].seen < 0.3
    assert reader.verdict(ink).status is Status.REVIEW


@pytest.mark.parametrize("grey", [0, 90, 255])
def test_a_slip_of_one_grey_is_measured_without_an_error_and_never_blank(
    grey: int, layout: Layout, reader: object
) -> None:
    size = (round(layout.height_mm * PX_PER_MM), round(layout.width_mm * PX_PER_MM))

    ink, _, _ = measure_and_show_ink(np.full(size, grey, np.uint8), layout, PX_PER_MM)

    assert reader.verdict(ink).status is Status.REVIEW


RESCANS = [
    ("office_grey", 3),
    ("office_fine", 4),
    ("low_contrast", 6),
    ("hard_jpeg", 7),
]
GROWING_DABS = [(Kind.DOT, width_mm, 0.8, 0.1) for width_mm in (0.3, 0.6, 0.8, 1.0)]
GROWING_DASHES = [(Kind.SLASH, 0.4, 0.8, size) for size in (0.05, 0.15, 0.4)]
PALING_CROSSES = [(Kind.CROSS, 0.6, dark, 0.8) for dark in (0.05, 0.12, 0.2, 0.3)]


@pytest.mark.parametrize(
    ("kind", "width_mm", "darkness", "size"), GROWING_DABS + GROWING_DASHES + PALING_CROSSES
)
def test_scanned_again_no_mark_turns_into_a_blank_without_passing_through_review(
    kind: Kind, width_mm: float, darkness: float, size: float, reader: object
) -> None:
    strokes = draw_kind(kind, np.random.default_rng(5))
    marking = Marking(4, strokes, Pen(width_mm, darkness), size, (0.05, -0.1))
    answers = set()
    for name, seed in RESCANS:
        verdict = reader.verdict(reader.ink([marking], SCANNERS[name], seed=seed))
        if verdict.status is not Status.REVIEW:
            answers.add((verdict.status, verdict.rating))

    assert answers in (set(), {(Status.READ, 4)}, {(Status.BLANK, None)})


@pytest.fixture(scope="module")
def unmarked(form: Form, reader: object) -> np.ndarray:
    """A slip without a mark, upright."""
    rng = np.random.default_rng(20160923)
    return reader.upright(make_slip(form, 0, [], rng, dpi=200), STRAIGHT)


@pytest.mark.parametrize("grey", [60, 190, 215])
@pytest.mark.parametrize(
    ("across", "from_share"),
    [(True, 0.0), (True, 0.3), (True, 0.6), (True, 0.85), (False, 0.3), (False, 0.6), (False, 0.7)],
)
def test_a_slip_on_which_the_scan_broke_off_in_even_grey_is_neither_read_nor_blank(
    grey: int,
    from_share: float,
    across: bool,
    unmarked: np.ndarray,
    reader: object,
    layout: Layout,
) -> None:
    upright = unmarked.copy()
    broken = upright if across else upright.T
    broken[:, round(from_share * broken.shape[1]) :] = grey

    ink, _, _ = measure_and_show_ink(upright, layout, PX_PER_MM)

    assert reader.verdict(ink).status is Status.REVIEW
