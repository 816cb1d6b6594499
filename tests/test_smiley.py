"""The faces' geometry: inside the outline, thin, and a mood for every rating."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanpipe.smiley import Point, Smiley, mood_of

CENTRE = Point(20.0, 30.0)
FACES = st.builds(Smiley, st.just(CENTRE), st.floats(5, 10), st.floats(-1, 1))


@given(FACES)
def test_everything_drawn_lies_inside_the_outline(face: Smiley) -> None:
    ring = face.outline()
    assert ring.radius_mm + ring.width_mm / 2 == pytest.approx(face.radius_mm)
    inner_mm = ring.radius_mm - ring.width_mm / 2
    for line in (face.mouth(), *face.eyes()):
        for point in line.points():
            reach_mm = math.dist((point.x_mm, point.y_mm), (20, 30)) + line.width_mm / 2
            assert reach_mm < inner_mm


@given(FACES)
def test_eyes_and_mouth_never_touch(face: Smiley) -> None:
    lowest_eye_mm = max(eye.end.y_mm + eye.width_mm / 2 for eye in face.eyes())
    highest_mouth_mm = min(point.y_mm for point in face.mouth().points())
    assert lowest_eye_mm < highest_mouth_mm - face.mouth().width_mm / 2


def test_no_print_is_wide_enough_to_hide_a_dab_of_the_pen() -> None:
    face = Smiley(CENTRE, 7.0, 0.5)
    for line in (face.outline(), face.mouth(), *face.eyes()):
        assert line.width_mm <= 0.6


@given(st.integers(2, 7))
def test_moods_rise_evenly_from_saddest_to_happiest(smileys: int) -> None:
    moods = [mood_of(rating, smileys) for rating in range(1, smileys + 1)]
    assert (moods[0], moods[-1]) == (-1, 1)
    steps = [b - a for a, b in itertools.pairwise(moods)]
    assert steps == pytest.approx([2 / (smileys - 1)] * (smileys - 1))


@given(st.floats(0.1, 1))
def test_the_mouth_smiles_when_happy_and_hangs_when_sad(mood: float) -> None:
    happy, sad = Smiley(CENTRE, 7.0, mood).mouth(), Smiley(CENTRE, 7.0, -mood).mouth()
    assert happy.control.y_mm > happy.start.y_mm  # y runs downwards
    assert sad.control.y_mm < sad.start.y_mm


def test_a_calm_mouth_is_straight() -> None:
    mouth = Smiley(CENTRE, 7.0, 0.0).mouth()
    assert {round(point.y_mm, 9) for point in mouth.points()} == {round(mouth.start.y_mm, 9)}
