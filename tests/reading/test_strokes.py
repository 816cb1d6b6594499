import cv2
import numpy as np
import pytest

from scanpipe.reading.strokes import Inked, Row, attribute, disc, without_specks

PX_PER_MM = 8.0
SHAPE = (240, 1184)
CENTRES = np.array([[120.0 + 236 * i, 120.0] for i in range(5)])
ROW = Row(CENTRES, 7 * PX_PER_MM, 7 * 1.6 * PX_PER_MM)


def canvas() -> np.ndarray:
    return np.zeros(SHAPE, np.uint8)


def counted(image: np.ndarray, darkness: float = 0.8) -> tuple[list[Inked], int]:
    ink = image > 0
    dark = np.where(ink, darkness, 0).astype(np.float32)
    return attribute(ink, np.zeros(SHAPE, bool), dark, 0.3, ROW, PX_PER_MM)


def place(face: int, dx_mm: float = 0, dy_mm: float = 0) -> tuple[int, int]:
    x, y = CENTRES[face]
    return round(x + dx_mm * PX_PER_MM), round(y + dy_mm * PX_PER_MM)


@pytest.mark.parametrize("face", range(5))
def test_a_stroke_counts_with_every_pixel_for_the_face_it_is_in(face: int) -> None:
    image = canvas()
    cv2.line(image, place(face, -4, -4), place(face, 4, 4), 255, 5)

    faces, stray = counted(image)

    assert faces[face].dark_px == np.count_nonzero(image)
    assert faces[face].inside_px == np.count_nonzero(image)
    assert [each.dark_px for i, each in enumerate(faces) if i != face] == [0] * 4
    assert stray == 0


def test_no_ink_is_nothing() -> None:
    assert counted(canvas()) == ([Inked()] * 5, 0)


def test_a_stroke_that_reaches_over_to_the_neighbour_is_one_mark() -> None:
    image = canvas()
    cv2.line(image, place(2, -5, 3), place(2, 19, -8), 255, 5)

    faces, _ = counted(image)

    assert faces[2].dark_px == np.count_nonzero(image)
    assert faces[3].dark_px == 0


def test_a_line_through_two_faces_counts_for_both() -> None:
    image = canvas()
    cv2.line(image, place(1), place(2), 255, 5)

    faces, _ = counted(image)

    assert faces[1].dark_px == pytest.approx(faces[2].dark_px, rel=0.05)
    assert faces[1].dark_px > 0


def test_a_circle_around_a_face_counts_though_nothing_is_in_the_face() -> None:
    image = canvas()
    cv2.circle(image, place(4), round(9.5 * PX_PER_MM), 255, 5)

    faces, _ = counted(image)

    assert faces[4].dark_px == np.count_nonzero(image)
    assert faces[4].inside_px == 0


def test_a_circle_around_two_faces_counts_for_both() -> None:
    image = canvas()
    middle = ((CENTRES[1] + CENTRES[2]) / 2).round().astype(int).tolist()
    cv2.ellipse(image, middle, (235, 100), 0, 0, 360, 255, 5)

    faces, _ = counted(image)

    assert min(faces[1].dark_px, faces[2].dark_px) > 0.4 * np.count_nonzero(image)


def test_pieces_that_print_cut_apart_are_one_stroke() -> None:
    image = canvas()
    cv2.line(image, place(0, -4, 0), place(0, 14, 0), 255, 5)
    image[:, place(0, 7)[0] : place(0, 7)[0] + 6] = 0

    faces, _ = counted(image)

    assert faces[0].dark_px == np.count_nonzero(image)


def test_ink_about_no_face_is_stray() -> None:
    image = canvas()
    between = ((CENTRES[1] + CENTRES[2]) / 2).round().astype(int)
    cv2.circle(image, (int(between[0]), 12), 8, 255, -1)

    faces, stray = counted(image)

    assert [each.dark_px for each in faces] == [0] * 5
    assert stray == np.count_nonzero(image)


def test_dust_that_lies_free_is_nothing() -> None:
    image = canvas()
    for x in range(40, 1150, 60):
        cv2.circle(image, (x, 100), 2, 255, -1)

    assert counted(image) == ([Inked()] * 5, 0)


def test_a_stroke_that_is_pale_throughout_is_pale_and_one_with_a_dark_part_is_dark() -> None:
    image = canvas()
    cv2.line(image, place(3, -4, -4), place(3, 4, 4), 255, 5)

    pale, _ = counted(image, darkness=0.2)
    dark, _ = counted(image, darkness=0.5)

    assert (pale[3].dark_px, pale[3].pale_px) == (0, np.count_nonzero(image))
    assert (dark[3].dark_px, dark[3].pale_px) == (np.count_nonzero(image), 0)


def test_small_pieces_are_specks_and_larger_ones_stay() -> None:
    image = canvas()
    image[50:52, 50:51] = 1
    image[100:110, 100:110] = 1

    kept = without_specks(image > 0, PX_PER_MM)

    assert kept.sum() == 100
    assert kept[105, 105] == 1


@pytest.mark.parametrize("radius", [0.2, 1, 3.4, 8])
def test_a_disc_is_round_and_odd(radius: float) -> None:
    element = disc(radius)

    assert element.shape[0] == element.shape[1]
    assert element.shape[0] % 2 == 1
    assert np.array_equal(element, element[::-1])
    assert element[len(element) // 2].all()
