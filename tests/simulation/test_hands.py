import numpy as np
import pytest

from scanpipe.composing import layout_of
from scanpipe.form import Form
from scanpipe.layout import RESPONSE_SHARE
from scanpipe.simulation.hands import CLEAR, SLOPPY, Crowd, correction, mark, struck_out
from scanpipe.simulation.paper import blank_slip, make_slip
from scanpipe.simulation.pens import Marking
from scanpipe.simulation.strokes import Kind

DPI = 100

AREAS: list[np.ndarray] = []
"""Which pixels of the one form here lie in the response area of each face."""


def ink_by_face(form: Form, marks: list[Marking], rng: np.random.Generator) -> list[float]:
    """Share of all new ink that falls into each response area."""
    new = blank_slip(form, 0, DPI).astype(float) - make_slip(form, 0, marks, rng, dpi=DPI).grey
    if not AREAS:
        layout = layout_of(form)
        reach_mm = layout.rows[0].radius_mm * RESPONSE_SHARE
        y, x = np.mgrid[0 : new.shape[0], 0 : new.shape[1]] * 25.4 / DPI
        AREAS.extend(
            np.hypot(x - face.centre.x_mm, y - face.centre.y_mm) < reach_mm for face in layout.faces
        )
    return [float(new[area].sum() / new.sum()) for area in AREAS]


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(("crowd", "least"), [(CLEAR, 0.8), (SLOPPY, 0.4)])
def test_a_mark_has_its_ink_in_the_response_area_of_its_face(
    kind: Kind, crowd: Crowd, least: float, form: Form, rng: np.random.Generator
) -> None:
    for rating in range(1, 6):
        shares = ink_by_face(form, [mark(rating, rng, crowd=crowd, kind=kind)], rng)

        assert shares[rating - 1] == max(shares)
        assert shares[rating - 1] > least


def test_a_correction_has_the_most_ink_where_it_was_scribbled_out(
    form: Form, rng: np.random.Generator
) -> None:
    marks = correction(2, 5, rng)
    shares = ink_by_face(form, list(marks), rng)

    assert sorted(range(1, 6), key=lambda rating: -shares[rating - 1])[:2] == [2, 5]
    assert len({mark.pen for mark in marks}) == 1


def test_what_was_struck_out_and_what_was_kept_can_be_told_apart(rng: np.random.Generator) -> None:
    for _ in range(40):
        abandoned, *over, kept = struck_out(2, 5, rng)

        assert {mark.kind for mark in over} <= {"scribble", "fill"}
        assert 1 <= len(over) <= 2
        assert {abandoned.kind, kept.kind}.isdisjoint({"scribble", "fill"})
        assert [abandoned.rating, over[0].rating, kept.rating] == [2, 2, 5]


def test_a_crowd_uses_all_its_kinds_and_pens(rng: np.random.Generator) -> None:
    marks = [mark(1, rng) for _ in range(300)]

    assert {m.kind for m in marks} == {kind.value for kind in CLEAR.kinds}
    widths = [m.pen.width_mm for m in marks]
    assert min(widths) >= 0.3
    assert 1.2 < max(widths) <= 2.4
