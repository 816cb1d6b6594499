from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from scanpipe.reading.attribution import Inked, attribute
from scanpipe.reading.faces import Row
from scanpipe.reading.strokes import beyond_dark, disc, piece_areas, runs_through, without_specks

PX_PER_MM = 8.0
SHAPE = (240, 1184)
CENTRES = np.array([[120.0 + 236 * i, 120.0] for i in range(5)])
FACE_PX = np.full(len(CENTRES), 7.0 * PX_PER_MM)
ROW = Row(CENTRES, FACE_PX, 1.6 * FACE_PX, range(24, SHAPE[1] - 24))


def canvas() -> np.ndarray:
    return np.zeros(SHAPE, np.uint8)


def counted(
    image: np.ndarray, darkness: float = 0.8, rim: np.ndarray | None = None, row: Row = ROW
) -> tuple[list[Inked], int, int]:
    ink = image > 0
    dark = np.where(ink, darkness, 0).astype(np.float32)
    touches = np.zeros(SHAPE, bool) if rim is None else rim > 0
    return attribute(without_specks(ink, PX_PER_MM), touches, dark, 0.3, row, PX_PER_MM)


def place(face: int, dx_mm: float = 0, dy_mm: float = 0) -> tuple[int, int]:
    x, y = CENTRES[face]
    return round(x + dx_mm * PX_PER_MM), round(y + dy_mm * PX_PER_MM)


@pytest.mark.parametrize("face", range(5))
def test_a_stroke_counts_with_every_pixel_for_the_face_it_is_in(face: int) -> None:
    image = canvas()
    cv2.line(image, place(face, -4, -4), place(face, 4, 4), 255, 5)

    faces, stray, _ = counted(image)

    assert faces[face].dark_px == np.count_nonzero(image)
    assert faces[face].inside_px == np.count_nonzero(image)
    assert [each.dark_px for i, each in enumerate(faces) if i != face] == [0] * 4
    assert stray == 0


def test_no_ink_is_nothing() -> None:
    assert counted(canvas()) == ([Inked()] * 5, 0, 0)


def test_a_stroke_that_reaches_over_to_the_neighbour_is_one_mark() -> None:
    image = canvas()
    cv2.line(image, place(2, -5, 3), place(2, 19, -8), 255, 5)

    faces, _, _ = counted(image)

    assert faces[2].dark_px == np.count_nonzero(image)
    assert faces[3].dark_px == 0


def test_a_line_through_two_faces_counts_for_both() -> None:
    image = canvas()
    cv2.line(image, place(1), place(2), 255, 5)

    faces, _, _ = counted(image)

    assert faces[1].dark_px == pytest.approx(faces[2].dark_px, rel=0.05)
    assert faces[1].dark_px > 0


def test_a_circle_around_a_face_counts_though_nothing_is_in_the_face() -> None:
    image = canvas()
    cv2.circle(image, place(4), round(9.5 * PX_PER_MM), 255, 5)

    faces, _, _ = counted(image)

    assert faces[4].dark_px == np.count_nonzero(image)
    assert faces[4].inside_px == 0


def sure_px(of: Inked) -> int:
    return of.dark_px - of.dab_px - of.hair_px - of.aside_px


def test_a_circle_that_reaches_the_slips_edge_is_still_a_circle() -> None:
    image = canvas()
    cv2.circle(image, place(4, 2), round(9.5 * PX_PER_MM), 255, 9)
    edge = int(np.nonzero(image.any(axis=0))[0].max())
    row = replace(ROW, columns=range(24, edge + 1))

    faces, _, _ = counted(image, row=row)

    assert sure_px(faces[4]) == np.count_nonzero(image)


def test_a_line_under_a_face_is_a_mark() -> None:
    image = canvas()
    cv2.line(image, place(1, -5, 9), place(1, 5, 9.5), 255, 5)

    faces, _, _ = counted(image)

    assert sure_px(faces[1]) == np.count_nonzero(image)


BESIDE = {
    "a word beside the face": lambda image: cv2.putText(
        image, "nei", place(1, 7.5, 2), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 255, 5
    ),
    "a crease beside it": lambda image: cv2.line(
        image, place(1, -6, -15), place(1, -11, 14), 255, 3
    ),
    "a notch torn from the edge": lambda image: cv2.ellipse(
        image, (0, place(0)[1]), (56, 60), 0, -90, 90, 255, -1
    ),
    "a drop on it": lambda image: cv2.circle(image, place(1, 1, 2), 19, 255, -1),
    "a hole punched beside it": lambda image: cv2.circle(image, place(1, 7, 6), 22, 255, -1),
}


@pytest.mark.parametrize("draw", BESIDE.values(), ids=BESIDE)
def test_what_is_about_a_face_and_no_mark_is_never_sure(
    draw: Callable[[np.ndarray], object],
) -> None:
    """Each was read as an answer."""
    image = canvas()
    draw(image)
    image[:, :24] = 0

    faces, _, _ = counted(image)

    assert sum(each.aside_px for each in faces) > 100
    assert [sure_px(each) for each in faces] == [0] * 5


def test_a_thick_pen_is_no_blot() -> None:
    image = canvas()
    cv2.line(image, place(2, -4, -4), place(2, 4, 4), 255, 17)
    cv2.line(image, place(2, 4, -4), place(2, -4, 4), 255, 17)

    faces, _, _ = counted(image)

    assert sure_px(faces[2]) == np.count_nonzero(image)


def test_a_circle_around_two_faces_counts_for_both() -> None:
    image = canvas()
    middle = ((CENTRES[1] + CENTRES[2]) / 2).round().astype(int).tolist()
    cv2.ellipse(image, middle, (235, 100), 0, 0, 360, 255, 5)

    faces, _, _ = counted(image)

    assert min(faces[1].dark_px, faces[2].dark_px) > 0.4 * np.count_nonzero(image)


def test_pieces_that_print_cut_apart_are_one_stroke() -> None:
    image = canvas()
    cv2.line(image, place(0, -4, 0), place(0, 14, 0), 255, 5)
    image[:, place(0, 7)[0] : place(0, 7)[0] + 6] = 0

    faces, _, _ = counted(image)

    assert faces[0].dark_px == np.count_nonzero(image)


def test_ink_about_no_face_is_stray() -> None:
    image = canvas()
    between = ((CENTRES[1] + CENTRES[2]) / 2).round().astype(int)
    cv2.circle(image, (int(between[0]), 12), 8, 255, -1)

    faces, stray, _ = counted(image)

    assert [each.dark_px for each in faces] == [0] * 5
    assert stray == np.count_nonzero(image)


def test_dust_that_lies_free_is_counted_and_no_ink() -> None:
    image = canvas()
    for x in range(40, 1150, 60):
        cv2.circle(image, (x, 100), 2, 255, -1)

    assert counted(image) == ([Inked()] * 5, 0, 19)


def test_a_stroke_that_is_pale_throughout_is_pale_and_one_with_a_dark_part_is_dark() -> None:
    image = canvas()
    cv2.line(image, place(3, -4, -4), place(3, 4, 4), 255, 5)

    pale, _, _ = counted(image, darkness=0.2)
    dark, _, _ = counted(image, darkness=0.5)

    assert (pale[3].dark_px, pale[3].pale_px) == (0, np.count_nonzero(image))
    assert (dark[3].dark_px, dark[3].pale_px) == (np.count_nonzero(image), 0)


def test_small_pieces_are_specks_and_larger_ones_stay() -> None:
    image = canvas()
    image[50:52, 50:51] = 1
    image[100:110, 100:110] = 1

    kept = without_specks(image > 0, PX_PER_MM)

    assert kept.sum() == 100
    assert kept[105, 105] == 1


def test_every_piece_has_its_area_also_one_that_hangs_on_by_a_corner() -> None:
    image = canvas()
    image[10:14, 10:15] = 1
    image[14:16, 15:17] = 1
    image[50:53, 80] = 1

    areas, labels = piece_areas(image)

    assert sorted(areas.tolist()) == [0, 3, 24]
    assert (labels > 0).tolist() == (image > 0).tolist()


@pytest.mark.parametrize("radius", [0.2, 1, 3.4, 8])
def test_a_disc_is_round_and_odd(radius: float) -> None:
    element = disc(radius)

    assert element.shape[0] == element.shape[1]
    assert element.shape[0] % 2 == 1
    assert np.array_equal(element, element[::-1])
    assert element[len(element) // 2].all()


def rule_through(face: int, thick_mm: float) -> np.ndarray:
    """A printed line across a face, which hides what lies under it."""
    line = canvas()
    (left, y), (right, _) = place(face, -8), place(face, 8)
    half_px = round(thick_mm * PX_PER_MM / 2)
    line[y - half_px : y + half_px + 1, left:right] = 255
    return line


def blot(face: int, off_mm: float, diameter_mm: float) -> np.ndarray:
    y, x = np.indices(SHAPE)
    away_px = np.hypot(x - CENTRES[face, 0], y - CENTRES[face, 1] - off_mm * PX_PER_MM)
    return np.where(away_px <= diameter_mm / 2 * PX_PER_MM, np.uint8(255), np.uint8(0))


def seen_beside(line: np.ndarray, ink: np.ndarray) -> list[Inked]:
    return counted(np.where(line > 0, 0, ink), rim=cv2.dilate(line, disc(1.6)))[0]


@pytest.mark.parametrize("off_mm", [0.0, 0.1, 0.2, 0.3])
def test_what_a_printed_line_leaves_of_a_dab_still_asks(off_mm: float) -> None:
    left = seen_beside(rule_through(1, 0.5), blot(1, off_mm, diameter_mm=1.0))

    assert left[1].dab_px > 0


@pytest.mark.parametrize("away_mm", [0.3, 0.4, 0.5])
def test_dust_that_touches_a_printed_line_is_nothing(away_mm: float) -> None:
    left = seen_beside(rule_through(1, 0.5), blot(1, away_mm, diameter_mm=0.5))

    assert left[1] == Inked()


def test_a_hair_that_touches_a_printed_line_is_a_hair_and_no_dab() -> None:
    hair = canvas()
    cv2.line(hair, place(1, -1, 0.5), place(1, 1.2, 0.8), 255, 2)

    counted_ink = seen_beside(rule_through(1, 0.5), hair)[1]

    assert counted_ink.hair_px > 0
    assert counted_ink.dab_px == 0


def test_the_soft_edge_of_a_hair_is_not_pale_ink_but_a_pale_line_with_a_dark_spot_is() -> None:
    hair, pencil = canvas(), canvas()
    cv2.line(hair, place(0, -1), place(0, 1), 255, 3)
    cv2.line(pencil, place(3, -3), place(3, 3), 255, 5)
    spot = canvas()
    cv2.line(spot, place(3, -3), place(3, -2.2), 255, 3)
    pale = cv2.dilate(hair, disc(1)) | pencil

    left = beyond_dark(without_specks(pale > 0, PX_PER_MM), (hair | spot) > 0, PX_PER_MM)

    assert np.array_equal(left > 0, pencil > 0)


def test_only_what_reaches_from_edge_to_edge_runs_through() -> None:
    line, cross = canvas(), canvas()
    cv2.line(line, (400, 0), (404, SHAPE[0] - 1), 255, 20)
    cv2.line(cross, place(2, -10, -11), place(2, 10, 11), 255, 5)
    cv2.line(cross, (800, 0), (800, 30), 255, 5)
    cv2.line(cross, (1000, SHAPE[0] - 30), (1000, SHAPE[0] - 1), 255, 5)

    assert runs_through(without_specks(line > 0, PX_PER_MM), PX_PER_MM)
    assert not runs_through(without_specks(cross > 0, PX_PER_MM), PX_PER_MM)


def circle_over(face: int, right_mm: float) -> np.ndarray:
    """A circle that lies half beside a face, with the face's own outline hiding some of it."""
    image = canvas()
    cv2.ellipse(image, place(face, right_mm, 0), (70, 60), 0, 0, 360, 255, 5)
    cv2.circle(image, place(face), round(FACE_PX[face]), 0, 12)
    return image


@pytest.mark.parametrize("right_mm", [-4, -2.5, 3, 5])
def test_the_piece_of_a_circle_that_print_cuts_off_is_part_of_the_mark(right_mm: float) -> None:
    faces, _, _ = counted(circle_over(2, right_mm))

    assert sure_px(faces[2]) > 500
    assert faces[2].aside_px == 0


@pytest.mark.parametrize("mark", [circle_over(2, 5), canvas()])
@pytest.mark.parametrize("at_mm", [(-15.5, 1), (10, 3), (-3, 11), (-2, -9)])
def test_a_word_beside_a_cross_or_a_circled_cross_is_no_part_of_it(
    mark: np.ndarray, at_mm: tuple[float, float]
) -> None:
    image = mark.copy()
    cv2.line(image, place(2, -4, -4), place(2, 4, 4), 255, 5)
    cv2.line(image, place(2, -4, 4), place(2, 4, -4), 255, 5)
    cv2.putText(image, "nei", place(2, *at_mm), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 255, 4)

    faces, _, _ = counted(image)

    assert faces[2].aside_px > 300
