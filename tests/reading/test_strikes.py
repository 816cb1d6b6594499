"""Marks that somebody struck out with one line more, and marks that only look so."""

from dataclasses import replace

import numpy as np
import pytest

from scanpipe.simulation.hands import PENS
from scanpipe.simulation.pens import Marking
from scanpipe.simulation.scanner import SCANNERS
from scanpipe.simulation.strokes import Kind, draw_kind
from scanpipe.vocabulary import Reason, Status

PEN = PENS["ballpoint_blue"]
STEADY = replace(SCANNERS["office_grey"], turns=(0,))
BILEVEL = replace(STEADY, threshold=165, jpeg_quality=None)
MARKED = {Kind.CROSS: 0.8, Kind.TICK: 0.9, Kind.VEE: 0.8, Kind.CIRCLE: 1.2}
"""Sizes of marks, in face widths."""


def marked(kind: Kind, size: float, rating: int = 3) -> Marking:
    return Marking(rating, draw_kind(kind, np.random.default_rng(5)), PEN, size)


def line(slant_deg: float, length: float, rating: int = 3, *, down: float = 0.0) -> Marking:
    """A line through a face, or above or below its middle; lengths in face widths."""
    half = length / 2 * np.array([np.cos(np.deg2rad(slant_deg)), np.sin(np.deg2rad(slant_deg))])
    return Marking(rating, (np.array([-half, half]),), PEN, 1.0, (0.0, down))


@pytest.mark.parametrize("scanner", [STEADY, BILEVEL], ids=["grey", "black and white"])
@pytest.mark.parametrize("slant_deg", [-14, 0, 6])
@pytest.mark.parametrize("kind", MARKED)
def test_a_mark_with_a_level_line_through_it_is_no_answer(
    kind: Kind, slant_deg: float, scanner: object, reader: object
) -> None:
    """It was read as if the line were a part of it."""
    ink = reader.ink([marked(kind, MARKED[kind]), line(slant_deg, 1.45)], scanner)

    verdict = reader.verdict(ink)

    assert (verdict.status, verdict.reasons) == (Status.REVIEW, (Reason.STRUCK,))
    assert verdict.read_rating is None


def test_a_dash_through_a_face_is_a_mark(reader: object) -> None:
    verdict = reader.verdict(reader.ink([line(4, 1.45)], STEADY))

    assert (verdict.status, verdict.rating) == (Status.READ, 3)


@pytest.mark.parametrize("kind", [*MARKED, Kind.CIRCLED_CROSS, Kind.FILL, Kind.SCRIBBLE])
@pytest.mark.parametrize("size", [1.0, 1.3, 1.6])
def test_no_mark_is_struck_out_by_its_own_lines_however_large(
    size: float, kind: Kind, reader: object
) -> None:
    verdict = reader.verdict(reader.ink([marked(kind, size)], STEADY))

    assert Reason.STRUCK not in verdict.reasons
    assert verdict.read_rating == 3


def test_the_flat_line_of_a_cross_with_a_circle_about_it_strikes_nothing_out(
    reader: object,
) -> None:
    """The circle goes on where the line ends, and made it seem as long as one that strikes out."""
    marks = [marked(Kind.CIRCLE, 1.2), line(10, 1.15), line(-60, 1.1)]

    verdict = reader.verdict(reader.ink(marks, STEADY))

    assert (verdict.status, verdict.rating) == (Status.READ, 3)


def test_a_line_under_a_mark_strikes_nothing_out(reader: object) -> None:
    verdict = reader.verdict(reader.ink([marked(Kind.TICK, 0.9), line(0, 1.3, down=0.4)], STEADY))

    assert (verdict.status, verdict.rating) == (Status.READ, 3)
