"""Where everything stands: apart from each other, on the slip, and as wide as agreed."""

import itertools
import math
import re
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scanpipe.composing import layout_of
from scanpipe.errors import FormError
from scanpipe.form import form_from_data
from scanpipe.layout import MARK_INSET_MM, MARK_MM, QUIET_MM, RESPONSE_SHARE, Box, Layout
from scanpipe.marks import Corner
from scanpipe.smiley import Point

SIZES = st.sampled_from(
    [{"size": "a5"}, {"size": "a6"}, {"size": "quarter-letter"}]
) | st.fixed_dictionaries({"width_mm": st.floats(95, 300), "height_mm": st.floats(90, 300)})


def layout(slip: dict[str, Any], smileys: int = 5, **changes: Any) -> Layout:
    data = {
        "id": "x",
        "title": "T",
        "date": "2024-04-06",
        "place": "P",
        "language": "en",
        "question": "Q?",
        "scale": {"smileys": smileys},
        "slip": slip,
        "sessions": [{"id": "A", "name": "Opening"}],
    }
    return layout_of(form_from_data(data | changes, "form"))


def layout_if_any(slip: dict[str, Any], smileys: int) -> Layout:
    try:
        return layout(slip, smileys)
    except FormError:
        assume(False)
        raise


def pitch_mm(found: Layout) -> float:
    """Distance between the centres of the first two targets."""
    first, second, *_ = found.rows[0].targets
    return second.centre.x_mm - first.centre.x_mm


def test_on_a6_five_faces_are_14_mm_across_and_as_far_apart_as_the_slip_allows() -> None:
    a6 = layout({"size": "a6"})
    assert 2 * a6.faces[0].radius_mm == pytest.approx(14.0)
    assert pitch_mm(a6) == pytest.approx(29.5)


def test_marks_are_7_mm_and_6_mm_from_the_edges() -> None:
    a6 = layout({"size": "a6"})
    marks = dict(a6.marks())
    assert marks[Corner.TOP_LEFT] == Box(6.0, 6.0, 7.0, 7.0)
    assert marks[Corner.TOP_RIGHT] == Box(135.0, 6.0, 7.0, 7.0)
    assert marks[Corner.BOTTOM_RIGHT] == Box(135.0, 92.0, 7.0, 7.0)
    assert marks[Corner.BOTTOM_LEFT] == Box(6.0, 92.0, 7.0, 7.0)


@given(SIZES, st.integers(2, 7))
def test_response_areas_stay_clear_of_each_other_of_the_edge_and_of_all_print(
    slip: dict[str, Any], smileys: int
) -> None:
    found = layout_if_any(slip, smileys)
    radius_mm = found.rows[0].radius_mm * RESPONSE_SHARE
    assert len(found.faces) == smileys
    assert pitch_mm(found) >= 2 * radius_mm - 1e-6
    printed = [found.event, found.session, found.question, found.rule]
    printed += [box.inset(-QUIET_MM / 2) for _, box in found.marks()]
    for face in found.faces:
        assert radius_mm + 3 < face.centre.x_mm < found.width_mm - radius_mm - 3
        assert all(distance_mm(face.centre, box) >= radius_mm for box in printed)


@given(SIZES, st.integers(2, 7))
def test_text_stands_in_bands_below_each_other_and_clear_of_the_marks(
    slip: dict[str, Any], smileys: int
) -> None:
    found = layout_if_any(slip, smileys)
    bands = [found.event, found.session, found.question, found.rule]
    for upper, lower in itertools.pairwise(bands):
        assert upper.bottom_mm < lower.y_mm
    assert bands[0].y_mm > 3
    assert bands[-1].bottom_mm < found.height_mm - 3
    for band in bands:
        for _, mark in found.marks():
            beside = band.x_mm >= mark.right_mm + QUIET_MM or band.right_mm <= mark.x_mm - QUIET_MM
            over_or_under = band.bottom_mm < mark.y_mm - 1 or band.y_mm > mark.bottom_mm + 1
            assert beside or over_or_under


@given(SIZES, st.integers(2, 7))
def test_the_row_is_level_even_and_in_the_middle(slip: dict[str, Any], smileys: int) -> None:
    found = layout_if_any(slip, smileys)
    xs = [face.centre.x_mm for face in found.faces]
    assert len({face.centre.y_mm for face in found.faces}) == 1
    assert (xs[0] + xs[-1]) / 2 == pytest.approx(found.width_mm / 2)
    assert [b - a for a, b in itertools.pairwise(xs)] == pytest.approx(
        [pitch_mm(found)] * (smileys - 1)
    )
    assert [face.mood for face in found.faces] == sorted(face.mood for face in found.faces)


def test_too_many_smileys_for_the_width_are_refused_with_the_width_they_need() -> None:
    with pytest.raises(FormError, match="7 smileys do not fit") as caught:
        layout({"width_mm": 110, "height_mm": 100}, smileys=7)
    assert "120 mm" in caught.value.hint
    assert "at most 6 smileys" in caught.value.hint
    assert len(layout({"width_mm": 110, "height_mm": 100}, smileys=6).faces) == 6
    assert len(layout({"width_mm": 120, "height_mm": 100}, smileys=7).faces) == 7


def test_the_session_field_is_as_wide_as_the_marks_stand() -> None:
    a5 = layout({"size": "a5"})
    assert a5.session.x_mm == a5.mark(Corner.TOP_LEFT).x_mm == MARK_INSET_MM
    assert a5.session.right_mm == a5.mark(Corner.TOP_RIGHT).x_mm + MARK_MM


def test_a_box_knows_its_corners_and_its_inside() -> None:
    box = Box(1.0, 2.0, 10.0, 20.0)
    assert box.corners() == (Point(1, 2), Point(11, 2), Point(11, 22), Point(1, 22))
    assert box.inset(1.0) == Box(2.0, 3.0, 8.0, 18.0)
    assert box.centre == Point(6.0, 12.0)


THREE = [{"id": f"S{i}", "name": f"Session {i}"} for i in range(3)]


@pytest.mark.parametrize("size", ["a6", "a5", "quarter-letter"])
def test_a_card_has_its_rows_evenly_below_each_other_and_a_quarter_for_their_names(
    size: str,
) -> None:
    card = layout({"size": size, "session": "rows"}, sessions=THREE)
    assert [row.key for row in card.rows] == ["S0", "S1", "S2"]
    ys = [row.targets[0].centre.y_mm for row in card.rows]
    assert ys[1] - ys[0] == pytest.approx(ys[2] - ys[1])
    for row in card.rows:
        assert row.label is not None
        assert row.label.centre.y_mm == pytest.approx(row.targets[0].centre.y_mm)
        assert row.label.x_mm == MARK_INSET_MM
        assert row.label.width_mm >= 0.27 * card.width_mm - 1e-6
        assert row.label.right_mm + row.radius_mm * RESPONSE_SHARE < row.targets[0].centre.x_mm
    assert card.rows[0].radius_mm >= 5.5


def test_people_mark_their_session_in_smaller_circles_under_the_list_of_names() -> None:
    general = layout({"size": "a6", "session": "marked"}, sessions=THREE)
    assert general.choice is not None
    assert [target.number for target in general.choice.targets] == [1, 2, 3]
    assert general.choice.radius_mm < 0.7 * general.rows[0].radius_mm
    assert general.rows[0].radius_mm == pytest.approx(7.0)
    first, list_of_names = general.choice.targets[0], general.choice.legend
    assert first.centre.x_mm - first.radius_mm == pytest.approx(MARK_INSET_MM, abs=1.0)
    assert max(line.bottom_mm for line in list_of_names) < first.centre.y_mm
    assert general.faces == (*general.choice.targets, *general.rows[0].targets)
    assert general.session in general.passages


def test_a_printed_session_is_no_passage_that_is_the_same_on_every_slip() -> None:
    printed = layout({"size": "a6"})
    assert printed.session not in printed.passages
    assert printed.passages == (printed.event, printed.question, printed.rule)


def test_names_stand_in_two_columns_when_they_are_many() -> None:
    many = [{"id": f"S{i}", "name": f"Session {i}"} for i in range(7)]
    general = layout({"size": "a6", "session": "marked"}, sessions=many)
    assert general.choice is not None
    assert len({line.x_mm for line in general.choice.legend}) == 2
    xs = [line.x_mm for line in general.choice.legend]
    assert xs == sorted(xs)
    assert xs.count(min(xs)) == 4


def test_a_word_under_the_last_circle_beside_a_label_stays_on_the_paper() -> None:
    scale = {"answers": ["Yes", "No", "Perhaps", "Never", "Always", "Do not know"]}
    card = layout({"size": "a5", "session": "rows"}, sessions=THREE, scale=scale)
    for row in card.rows:
        assert row.below[-1].right_mm <= card.width_mm - 3.8 + 1e-6
        assert row.below[-1].centre.x_mm == pytest.approx(row.targets[-1].centre.x_mm)


def test_what_needs_more_height_says_how_much() -> None:
    with pytest.raises(FormError, match="mm more than its 74 mm of height") as caught:
        layout({"size": "a7", "session": "marked"}, sessions=THREE)
    found = re.search(r"(\d+) mm high", caught.value.hint)
    assert found is not None
    slip = {"width_mm": 105, "height_mm": int(found[1]), "session": "marked"}
    assert layout(slip, sessions=THREE).choice


def test_a_logo_takes_room_from_the_event_and_a_line_of_colour_from_what_is_below() -> None:
    plain, dressed = layout({}), layout({}, look={"logo": "l.png", "accent": "#000000"})
    assert dressed.logo is not None
    assert dressed.event.right_mm < dressed.logo.x_mm
    assert dressed.logo.right_mm <= plain.event.right_mm + 1e-6
    assert dressed.session.y_mm > plain.session.y_mm


def distance_mm(point: Point, box: Box) -> float:
    dx = max(box.x_mm - point.x_mm, 0.0, point.x_mm - box.right_mm)
    dy = max(box.y_mm - point.y_mm, 0.0, point.y_mm - box.bottom_mm)
    return math.hypot(dx, dy)
