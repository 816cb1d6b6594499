import cv2
import numpy as np
import pytest

from scanpipe.form import Form
from scanpipe.layout import Layout
from scanpipe.reading.art import FAR_MM, SEARCH_MM, find_art, line_spread_px
from scanpipe.simulation.paper import blank_slip

PX_PER_MM = 8.0
DPI = PX_PER_MM * 25.4
TOP = round(55 * PX_PER_MM)
BOTTOM = round(86 * PX_PER_MM)


@pytest.fixture(scope="module")
def printed(form: Form) -> np.ndarray:
    """Darkness of the band of faces, as printed."""
    slip = blank_slip(form, 0, DPI)
    return (1 - slip[TOP:BOTTOM].astype(np.float32) / 255).astype(np.float32)


def shifted(band: np.ndarray, x_mm: float, y_mm: float) -> np.ndarray:
    by = np.array([[1, 0, x_mm * PX_PER_MM], [0, 1, y_mm * PX_PER_MM]])
    return cv2.warpAffine(band, by, band.shape[::-1])


def test_all_faces_are_found_where_they_are_printed(printed: np.ndarray, layout: Layout) -> None:
    art = find_art(printed, layout, PX_PER_MM, TOP)

    assert len(art.seen) == 5
    assert min(art.seen) > 0.95
    assert art.toner > 0.7
    assert art.distance_px.shape == printed.shape


@pytest.mark.parametrize("x_mm", [-0.7, 0.0, 0.33])
@pytest.mark.parametrize("y_mm", [-0.6, 0.45])
def test_faces_a_little_off_their_place_are_masked_where_they_are(
    x_mm: float, y_mm: float, printed: np.ndarray, layout: Layout
) -> None:
    band = shifted(printed, x_mm, y_mm)

    art = find_art(band, layout, PX_PER_MM, TOP)

    uncovered = (band > 0.5) & ~art.mask(1.5)
    assert min(art.seen) > 0.95
    assert uncovered.sum() < 0.005 * (band > 0.5).sum()


def test_faces_far_off_their_place_are_not_seen(printed: np.ndarray, layout: Layout) -> None:
    art = find_art(shifted(printed, 3 + SEARCH_MM, 2), layout, PX_PER_MM, TOP)

    assert max(art.seen) < 0.6


def test_an_empty_band_has_no_art(layout: Layout) -> None:
    art = find_art(np.zeros((BOTTOM - TOP, 1184), np.float32), layout, PX_PER_MM, TOP)

    assert art.seen == (0.0,) * 5
    assert art.toner == 0


@pytest.mark.parametrize("hidden", range(5))
def test_a_covered_face_is_missed_and_the_others_are_seen(
    hidden: int, printed: np.ndarray, layout: Layout
) -> None:
    x = round(layout.faces[hidden].centre.x_mm * PX_PER_MM)
    band = printed.copy()
    band[:, x - 70 : x + 70] = 0

    art = find_art(band, layout, PX_PER_MM, TOP)

    assert art.seen[hidden] < 0.1
    assert min(seen for i, seen in enumerate(art.seen) if i != hidden) > 0.95


def test_paler_print_has_less_toner(printed: np.ndarray, layout: Layout) -> None:
    full, pale = (
        find_art(np.asarray(printed * share, np.float32), layout, PX_PER_MM, TOP)
        for share in (1.0, 0.5)
    )

    assert pale.toner == pytest.approx(full.toner / 2, rel=0.05)
    assert min(pale.seen) > 0.95


def test_a_wider_margin_masks_more(printed: np.ndarray, layout: Layout) -> None:
    art = find_art(printed, layout, PX_PER_MM, TOP)

    areas = [int(art.mask(margin).sum()) for margin in (0, 1, 2, 4)]

    assert areas == sorted(set(areas))


def test_blurred_or_thick_print_is_given_a_wider_margin(
    printed: np.ndarray, layout: Layout
) -> None:
    thick = cv2.dilate(printed, np.ones((5, 5), np.uint8))
    spreads = []
    for band in (printed, thick):
        art = find_art(band, layout, PX_PER_MM, TOP)
        spread = line_spread_px(band, art, 0.16, PX_PER_MM)
        spreads.append(spread)
        faces = cv2.blur(art.distance_px, (9, 9)) < 60
        left = (band > 0.16) & faces & ~art.mask(spread)
        assert left.sum() < 0.03 * (band > 0.16).sum()

    assert spreads[1] > spreads[0] + 1


def test_a_pen_mark_does_not_widen_the_margin(printed: np.ndarray, layout: Layout) -> None:
    inked = printed.copy()
    centre = layout.faces[2].centre
    at = (round(centre.x_mm * PX_PER_MM), round(centre.y_mm * PX_PER_MM) - TOP)
    cv2.circle(inked, at, 40, (0.8,), -1)

    plain, marked = (
        line_spread_px(band, find_art(band, layout, PX_PER_MM, TOP), 0.16, PX_PER_MM)
        for band in (printed, inked)
    )

    assert marked == plain


def from_edge_px(layout: Layout, shape: tuple[int, ...], x_mm: float, y_mm: float) -> np.ndarray:
    """Distance of each pixel's middle from the edge of the lines, by their geometry."""
    rows, columns = np.indices(shape)
    nearest = np.full(shape, FAR_MM * PX_PER_MM)
    for face in layout.faces:
        ring = face.outline()
        x = columns + 0.5 - (ring.centre.x_mm + x_mm) * PX_PER_MM
        y = rows + 0.5 + TOP - (ring.centre.y_mm + y_mm) * PX_PER_MM
        off_ring = np.abs(np.hypot(x, y) - ring.radius_mm * PX_PER_MM)
        nearest = np.minimum(nearest, off_ring - ring.width_mm / 2 * PX_PER_MM)
        for line in face.lines():
            ends = np.array([[p.x_mm, p.y_mm] for p in line.points()])
            steps = np.linspace(0, len(ends) - 1, 40 * len(ends))
            for px, py in np.column_stack(
                [np.interp(steps, np.arange(len(ends)), each) for each in ends.T]
            ):
                at_x, at_y = (px + x_mm) * PX_PER_MM, (py + y_mm) * PX_PER_MM - TOP
                y0, x0 = max(int(at_y) - 24, 0), max(int(at_x) - 24, 0)
                near = (slice(y0, int(at_y) + 24), slice(x0, int(at_x) + 24))
                off = np.hypot(columns[near] + 0.5 - at_x, rows[near] + 0.5 - at_y)
                nearest[near] = np.minimum(nearest[near], off - line.width_mm / 2 * PX_PER_MM)
    return nearest


@pytest.mark.parametrize(("x_mm", "y_mm"), [(0.0, 0.0), (0.33, 0.2), (-0.7, 0.06)])
def test_how_far_the_edge_of_print_lies_is_told_to_a_fraction_of_a_pixel(
    x_mm: float, y_mm: float, printed: np.ndarray, layout: Layout
) -> None:
    art = find_art(shifted(printed, x_mm, y_mm), layout, PX_PER_MM, TOP)

    off_px = art.distance_px - from_edge_px(layout, printed.shape, x_mm, y_mm)
    told = off_px[(art.distance_px > -1) & (art.distance_px < FAR_MM * PX_PER_MM)]
    assert abs(told.mean()) < 0.25
    assert told.std() < 0.15
    assert art.distance_px.max() == FAR_MM * PX_PER_MM
