"""Marks with something written so close to them that its strokes pass for theirs; and marks of
which a part is cut off.
"""

from dataclasses import replace

import numpy as np
import pytest

from scanpipe.simulation.hands import PENS
from scanpipe.simulation.pens import Marking
from scanpipe.simulation.scanner import SCANNERS
from scanpipe.simulation.strokes import Kind, Polyline, Strokes, draw_kind, normalised
from scanpipe.vocabulary import Reason, Status

PEN = PENS["ballpoint_blue"]
STEADY = replace(SCANNERS["office_grey"], turns=(0,))
BILEVEL = replace(STEADY, threshold=165, jpeg_quality=None)
SIZES = {Kind.CROSS: 1.15, Kind.TICK: 1.15, Kind.CIRCLE: 1.25}

NEI = (
    [(0, 3), (0, 0), (0, 1), (1, 0), (2, 1), (2, 3)],
    [(3, 1.5), (5, 1.5), (4.8, 0.3), (3.5, 0), (3, 1.5), (3.5, 3), (5, 2.7)],
    [(6, 0), (6, 3)],
)
"""The letters of "nei", not joined."""

UNDER, OVER = (0.76, 0.6), (0.76, -0.6)
"""Where a word stands, in face widths from the face's middle: where a cross ends."""


def marked(kind: Kind, size: float = 0) -> Marking:
    strokes = draw_kind(kind, np.random.default_rng(5))
    return Marking(3, strokes, PEN, size or SIZES[kind])


def written(word: Strokes, place: tuple[float, float]) -> Marking:
    return Marking(3, normalised(word), PEN, 0.3, place)


def arc(radius: float, start_deg: float, end_deg: float) -> Polyline:
    turns = np.deg2rad(np.linspace(start_deg, end_deg, 30))
    return np.column_stack([radius * np.cos(turns), radius * np.sin(turns)])


@pytest.mark.parametrize("scanner", [STEADY, BILEVEL], ids=["grey", "black and white"])
@pytest.mark.parametrize("place", [UNDER, OVER], ids=["under", "over"])
@pytest.mark.parametrize("kind", SIZES)
def test_a_word_close_to_a_mark_may_take_it_back_and_asks(
    kind: Kind, place: tuple[float, float], scanner: object, reader: object
) -> None:
    """ "nei" below a cross was taken for the tail of the cross, and the cross was read."""
    alone = reader.verdict(reader.ink([marked(kind)], scanner))
    assert (alone.status, alone.rating) == (Status.READ, 3)

    verdict = reader.verdict(reader.ink([marked(kind), written(NEI, place)], scanner))

    assert (verdict.status, verdict.reasons) == (Status.REVIEW, (Reason.MARGINAL,))
    assert verdict.read_rating == 3


@pytest.mark.parametrize("within", [Kind.CROSS, Kind.TICK])
def test_a_circle_about_a_mark_is_part_of_it_though_the_pen_left_the_paper(
    within: Kind, reader: object
) -> None:
    """Its pieces touch nothing in the face."""
    pieces = (arc(0.72, -80, 10), arc(0.72, 30, 130), arc(0.72, 150, 250))
    circle = Marking(3, pieces, PEN, 1.0)

    verdict = reader.verdict(reader.ink([marked(within, 0.8), circle], STEADY))

    assert (verdict.status, verdict.rating) == (Status.READ, 3)


def test_a_tick_with_a_long_tail_that_breaks_off_is_all_tick(reader: object) -> None:
    tail = (np.array([[0.3, -0.1], [0.62, -0.42]]), np.array([[0.66, -0.46], [0.74, -0.54]]))

    tick = [marked(Kind.TICK, 0.9), Marking(3, tail, PEN, 1.0, (0.52, -0.32))]
    ink = reader.ink(tick, STEADY)

    assert ink.faces[2].apart_mm2 > 0.0
    assert reader.verdict(ink).rating == 3
