"""The marks' numbers: told apart by corner, session and form."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanpipe.marks import MODULES, SLOTS, Corner, mark_code, mark_modules

FORM_IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", fullmatch=True)


@given(FORM_IDS, st.integers(1, SLOTS))
def test_a_number_gives_back_its_session_and_corner(form_id: str, sessions: int) -> None:
    code = mark_code(form_id, sessions)
    numbers = {
        code.number(index, corner): (index, corner)
        for index in range(sessions)
        for corner in Corner
    }
    assert len(numbers) == 4 * sessions
    for number, (index, corner) in numbers.items():
        assert 0 <= number < 4 * SLOTS
        assert number % 4 == corner
        assert code.session_index(number) == index


@given(FORM_IDS, st.integers(1, 20))
def test_numbers_that_a_form_does_not_use_stand_for_nothing(form_id: str, sessions: int) -> None:
    code = mark_code(form_id, sessions)
    known = [number for number in range(587) if code.session_index(number) is not None]
    assert len(known) == 4 * sessions


def test_another_forms_slip_agrees_on_no_session() -> None:
    ours, theirs = mark_code("hadeland-2016", 5), mark_code("hadeland-2017", 5)
    for index in range(5):
        told = {ours.session_index(theirs.number(index, corner)) for corner in Corner}
        assert len(told) > 1 or told == {None}


@pytest.mark.parametrize("number", [0, 1, 300, 586])
def test_the_modules_are_the_mark_that_opencv_detects(number: int) -> None:
    modules = np.array(mark_modules(number))
    assert modules.shape == (MODULES, MODULES)
    assert modules[[0, -1], :].all()
    assert modules[:, [0, -1]].all()
    image = np.kron(np.pad(~modules, 2, constant_values=True), np.ones((6, 6), bool))
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)
    _, found, _ = cv2.aruco.ArucoDetector(dictionary).detectMarkers(image.astype(np.uint8) * 255)
    assert found is not None
    assert found.ravel().tolist() == [number]
