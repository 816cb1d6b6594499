from pathlib import Path

import numpy as np
import pytest

from scanpipe.composing import layout_of
from scanpipe.form import Form
from scanpipe.marks import Corner
from scanpipe.simulation import paper
from scanpipe.simulation.paper import back_of, blank_slip, empty_paper, foreign_page, make_slip
from scanpipe.simulation.pens import Marking, Pen
from scanpipe.simulation.wear import Wear

DPI = 100


def mark_darkness(form: Form, grey: np.ndarray, corner: Corner) -> float:
    box = layout_of(form).mark(corner)
    left, top, right, bottom = (
        round(at / 25.4 * DPI) for at in (box.x_mm, box.y_mm, box.right_mm, box.bottom_mm)
    )
    return 1 - float(grey[top:bottom, left:right].mean()) / 255


def test_a_blank_slip_is_as_big_as_the_form_says(form: Form) -> None:
    height, width = blank_slip(form, 0, DPI).shape

    assert width / DPI * 25.4 == pytest.approx(148, abs=0.3)
    assert height / DPI * 25.4 == pytest.approx(105, abs=0.3)


def test_each_session_has_its_own_slip(form: Form) -> None:
    assert not np.array_equal(blank_slip(form, 0, DPI), blank_slip(form, 1, DPI))


def test_strokes_from_elsewhere_can_be_put_on_a_face(form: Form, rng: np.random.Generator) -> None:
    strokes = [[[0.0, 0.0], [1.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]]
    slip = make_slip(form, 0, [Marking(4, strokes, Pen(0.6, 0.9), 0.8)], rng, dpi=DPI)

    columns = np.nonzero(slip.grey < blank_slip(form, 0, DPI))[1] / DPI * 25.4
    assert columns.mean() == pytest.approx(layout_of(form).faces[3].centre.x_mm, abs=1)


@pytest.mark.parametrize("corner", Corner)
def test_a_torn_corner_takes_its_mark_and_no_other(
    corner: Corner, form: Form, rng: np.random.Generator
) -> None:
    slip = make_slip(form, 0, [], rng, wear=Wear(torn=(corner,)), dpi=DPI)
    box_mm = [layout_of(form).mark(c).centre for c in Corner]

    there = [slip.cover[round(p.y_mm / 25.4 * DPI), round(p.x_mm / 25.4 * DPI)] for p in box_mm]
    assert [at == 0 for at in there] == [c is corner for c in Corner]


def test_faint_toner_lightens_the_print_but_not_the_pen(
    form: Form, rng: np.random.Generator
) -> None:
    dab = Marking(3, [[[0.0, 0.0]]], Pen(3.0, 0.95, 0, 0), 0.1)
    slip = make_slip(form, 0, [dab], rng, wear=Wear(toner=0.4), dpi=DPI)

    fresh = mark_darkness(form, blank_slip(form, 0, DPI), Corner.TOP_LEFT)
    assert mark_darkness(form, slip.grey, Corner.TOP_LEFT) == pytest.approx(0.4 * fresh, rel=0.25)
    assert slip.grey.min() < 30


def test_fit_to_page_shrinks_everything(form: Form, rng: np.random.Generator) -> None:
    slip = make_slip(form, 0, [], rng, wear=Wear(scale=0.93), dpi=DPI)

    assert slip.extent_mm == pytest.approx((148 * 0.93, 105 * 0.93), abs=0.4)


@pytest.mark.parametrize("wear", [Wear(stains=3), Wear(fold=True), Wear(show_through=0.2)])
def test_wear_only_darkens_paper(wear: Wear, form: Form, rng: np.random.Generator) -> None:
    slip, fresh = make_slip(form, 0, [], rng, wear=wear, dpi=DPI), blank_slip(form, 0, DPI)

    assert (slip.grey <= fresh).all()
    assert (slip.grey < fresh).sum() > 100


def test_a_crooked_cut_leaves_less_paper_but_all_marks(
    form: Form, rng: np.random.Generator
) -> None:
    slip = make_slip(form, 0, [], rng, wear=Wear(crooked_mm=3), dpi=DPI)

    bare = slip.cover == 0
    assert 0.001 < bare.mean() < 0.1
    inner = round(3.2 / 25.4 * DPI)
    assert not bare[inner:-inner, inner:-inner].any()


def test_a_back_shows_the_front_faintly_and_mirrored(form: Form, rng: np.random.Generator) -> None:
    front = make_slip(form, 0, [], rng, dpi=DPI)
    back = back_of(front, 0.1)

    assert back.grey.min() > 225
    alike = np.corrcoef(back.grey.ravel(), front.grey[:, ::-1].ravel())[0, 1]
    assert alike > 0.6


def test_an_empty_page_is_white_and_a_foreign_one_is_written_on() -> None:
    assert (empty_paper((148, 105), DPI).grey == 255).all()
    assert 0.005 < (foreign_page((148, 105), DPI).grey < 128).mean() < 0.1


def test_only_the_kinds_of_slip_that_are_handed_out_are_drawn(
    form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A form of twenty sessions was drawn twenty times for a stack of three slips."""
    drawn: list[int] = []
    draw = paper.rasterise

    def noted(pdf: Path, page: int, dpi: float) -> np.ndarray:
        drawn.append(page)
        return draw(pdf, page, dpi)

    monkeypatch.setattr(paper, "rasterise", noted)
    renamed = form.model_copy(update={"title": "A form that nothing was drawn of"})
    for _ in range(2):
        blank_slip(renamed, 1, 75)
    assert drawn == [2]
