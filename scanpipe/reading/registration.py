"""Owns registration: page -> the slips on it, each with its transform to slip millimetres.

Marks are grouped into slips by where each says that its slip lies, and the transform is fitted to
all of a slip's mark corners by least squares.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.layout import Box, Layout
from scanpipe.marks import Corner, MarkCode
from scanpipe.reading.fiducials import FoundMark, find_marks, looks, merged

Grey = NDArray[np.uint8]
Float = NDArray[np.float64]

AFFINE_RESIDUAL_MM = 0.25
"""Above this an affine transform leaves something unexplained, as a photo's perspective does."""

ROOM_SHARE = 0.7
"""So much of a slip's area beside the slips found may hold another, lying on one of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """One slip on the page.

    `to_page`: shape (3, 3), slip mm to page px. `session_index`: what all its marks say; None
    when one of them says otherwise, or is another form's. `residual_mm`: root mean square
    distance of the mark corners from where the transform puts them. `px_per_mm`: mean scale.
    `layout`: of the slip, as its marks say.
    """

    to_page: Float
    marks: tuple[FoundMark, ...]
    session_index: int | None
    residual_mm: float
    px_per_mm: float
    layout: Layout

    def centre_px(self) -> tuple[float, float]:
        """Return the slip's centre on the page."""
        centre = np.array([[self.layout.width_mm / 2, self.layout.height_mm / 2]])
        (x, y), *_ = project(self.to_page, centre)
        return float(x), float(y)


def find_slips(
    page: Grey, px_per_mm: float | None, layouts: Sequence[Layout], code: MarkCode
) -> tuple[Registration, ...]:
    """Return the slips on `page` (shape (H, W), 255 = white) from top to bottom.

    `layouts`: of each kind of slip, by what its marks say. `px_per_mm` is the page's resolution as
    the file has it, or None; a wrong one does no harm.
    """
    marks: list[FoundMark] = []
    slips: list[Registration] = []
    for look in looks(page, px_per_mm):
        marks = merged(marks, find_marks(look, code))
        slips = [slip for own, layout in _by_layout(marks, layouts) for slip in _slips(own, layout)]
        whole = slips and all(len(slip.marks) == len(Corner) for slip in slips)
        if whole and (look.is_thorough or not has_room_for_more(page, slips)):
            break
    return tuple(sorted(slips, key=lambda slip: slip.centre_px()[::-1]))


def _by_layout(
    marks: list[FoundMark], layouts: Sequence[Layout]
) -> list[tuple[list[FoundMark], Layout]]:
    """Return the marks by the layout of their slips; another form's go with most of the others."""
    apart: dict[int, list[FoundMark]] = {}
    different = list(dict.fromkeys(layouts))
    places = [different.index(layout) for layout in layouts]
    for mark in marks:
        if mark.session_index is not None:
            apart.setdefault(places[mark.session_index], []).append(mark)
    most = max(apart, key=lambda place: len(apart[place]), default=0)
    foreign = [mark for mark in marks if mark.session_index is None]
    apart[most] = [mark for mark in marks if mark in apart.get(most, []) or mark in foreign]
    return [(own, different[place]) for place, own in apart.items() if own]


def has_room_for_more(page: Grey, slips: Sequence[Registration]) -> bool:
    """Whether the page is so large that a slip may have been overlooked."""
    areas_px = [slip.layout.width_mm * slip.layout.height_mm * slip.px_per_mm**2 for slip in slips]
    return page.size - sum(areas_px) > ROOM_SHARE * min(areas_px)


def outline_px(slip: Registration) -> Float:
    """Return the slip's corners on the page, shape (4, 2)."""
    width, height = slip.layout.width_mm, slip.layout.height_mm
    return project(slip.to_page, np.array([[0, 0], [width, 0], [width, height], [0, height]]))


def project(transform: Float, points: Float) -> Float:
    """Map `points`, shape (N, 2), by a projective `transform`, shape (3, 3)."""
    homogeneous = np.column_stack([points, np.ones(len(points))]) @ transform.T
    return homogeneous[:, :2] / homogeneous[:, 2:]


def rectify(
    page: Grey,
    registration: Registration,
    px_per_mm: float,
    beyond: int = 255,
    box: Box | None = None,
) -> Grey:
    """Return the slip, or a `box` of it, upright at `px_per_mm`, shape (height, width); `beyond`
    outside the page.
    """
    layout = registration.layout
    box = box or Box(0, 0, layout.width_mm, layout.height_mm)
    size = (round(box.width_mm * px_per_mm), round(box.height_mm * px_per_mm))
    # Pixel centres lie at half pixels in mm.
    x_mm, y_mm = box.x_mm + 0.5 / px_per_mm, box.y_mm + 0.5 / px_per_mm
    to_mm = np.array([[1 / px_per_mm, 0, x_mm], [0, 1 / px_per_mm, y_mm], [0, 0, 1]])
    half = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])
    matrix = half @ registration.to_page @ to_mm
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    if _is_affine(matrix):  # half the work
        upright = cv2.warpAffine(page, matrix[:2], size, flags=flags, borderValue=(beyond,))
    else:
        upright = cv2.warpPerspective(page, matrix, size, flags=flags, borderValue=(beyond,))
    return np.asarray(upright, np.uint8)


def _is_affine(matrix: Float) -> bool:
    return bool(np.allclose(matrix[2], (0, 0, 1), rtol=0, atol=1e-12))


@dataclass(slots=True, eq=False)
class _Group:
    """Marks that seem to be of one slip; `pose` is what the first says of it."""

    centre_px: Float
    angle: float
    px_per_mm: float
    marks: dict[Corner, FoundMark]


def _slips(marks: list[FoundMark], layout: Layout) -> list[Registration]:
    groups: list[_Group] = []
    for mark in marks:
        pose = _pose(mark, layout)
        fitting = [group for group in groups if _belongs(mark, pose, group, layout)]
        if fitting:
            nearest = min(
                fitting, key=lambda g: float(np.linalg.norm(g.centre_px - pose.centre_px))
            )
            nearest.marks[mark.corner] = mark
        else:
            groups.append(pose)
    return [_register(tuple(group.marks.values()), layout) for group in groups]


def _pose(mark: FoundMark, layout: Layout) -> _Group:
    """Say from one mark alone where its slip lies; good to a few mm."""
    box = layout.mark(mark.corner)
    matrix = _similarity(_corners_mm(box.corners()), mark.corners_px)
    centre = project(matrix, np.array([[layout.width_mm / 2, layout.height_mm / 2]]))[0]
    angle = math.atan2(matrix[1, 0], matrix[0, 0])
    scale = math.hypot(matrix[1, 0], matrix[0, 0])
    return _Group(centre, angle, scale, {mark.corner: mark})


def _belongs(mark: FoundMark, pose: _Group, group: _Group, layout: Layout) -> bool:
    turned = abs(math.remainder(pose.angle - group.angle, math.tau))
    apart_mm = float(np.linalg.norm(pose.centre_px - group.centre_px)) / group.px_per_mm
    return (
        mark.corner not in group.marks
        and turned < math.radians(25)
        and 0.7 < pose.px_per_mm / group.px_per_mm < 1.4
        and apart_mm < layout.height_mm / 3
    )


def _corners_mm(points: Iterable[object]) -> Float:
    return np.array([[p.x_mm, p.y_mm] for p in points], np.float64)  # type: ignore[attr-defined]


def _register(marks: tuple[FoundMark, ...], layout: Layout) -> Registration:
    mm = np.concatenate([_corners_mm(layout.mark(mark.corner).corners()) for mark in marks])
    px = np.concatenate([mark.corners_px for mark in marks])
    matrix = _fit(mm, px, len(marks))
    scales = np.linalg.svd(_jacobian(matrix, layout), compute_uv=False)
    px_per_mm = float(np.sqrt(scales[0] * scales[1]))
    said = {mark.session_index for mark in marks}
    return Registration(
        matrix,
        marks,
        said.pop() if len(said) == 1 else None,
        _residual_px(matrix, mm, px) / px_per_mm,
        px_per_mm,
        layout,
    )


def _fit(mm: Float, px: Float, marks: int) -> Float:
    """Fit the simplest transform that explains the marks.

    Two marks or fewer span too little for more than a similarity.
    """
    if marks <= 2:
        return _similarity(mm, px)
    affine = _affine(mm, px)
    scale = math.sqrt(abs(float(np.linalg.det(affine[:2, :2]))))
    if _residual_px(affine, mm, px) <= AFFINE_RESIDUAL_MM * scale:
        return affine
    homography, _ = cv2.findHomography(mm, px, 0)
    return affine if homography is None else np.asarray(homography, np.float64)


def _similarity(mm: Float, px: Float) -> Float:
    """Fit turn, scale and shift by least squares (Umeyama 1991, without reflection)."""
    z, w = (p[:, 0] + 1j * p[:, 1] for p in (mm, px))
    dz, dw = z - z.mean(), w - w.mean()
    a = np.vdot(dz, dw) / np.vdot(dz, dz).real
    b = w.mean() - a * z.mean()
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag], [0, 0, 1]])


def _affine(mm: Float, px: Float) -> Float:
    design = np.column_stack([mm, np.ones(len(mm))])
    solution, *_ = np.linalg.lstsq(design, px, rcond=None)
    return np.vstack([solution.T, [0, 0, 1]])


def _residual_px(matrix: Float, mm: Float, px: Float) -> float:
    return float(np.sqrt(np.mean(np.sum((project(matrix, mm) - px) ** 2, axis=1))))


def _jacobian(matrix: Float, layout: Layout) -> Float:
    """Return how the transform stretches the slip's centre, px per mm, shape (2, 2)."""
    x, y = layout.width_mm / 2, layout.height_mm / 2
    at = project(matrix, np.array([[x, y], [x + 1, y], [x, y + 1]]))
    return np.column_stack([at[1] - at[0], at[2] - at[0]])
