"""Owns the finding of registration marks on a page, by OpenCV's AprilTag detector."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.marks import Corner, MarkCode

Grey = NDArray[np.uint8]
Float = NDArray[np.float64]

SEARCH_PX_PER_MM = 5.0
"""Resolution at which marks are sought first: a module is then 4 px."""

SEARCH_SIDE_PX = 1800
"""Longest side sought first where the resolution is not known."""

SMALLEST_PAGE_MM = 90
"""A page that is smaller by its resolution has its resolution wrong."""


@dataclass(frozen=True, slots=True, eq=False)
class FoundMark:
    """A mark on the page. `session_index` is None when this form has no such mark.

    `corners_px`: shape (4, 2), clockwise from the mark's own top left.
    """

    corner: Corner
    session_index: int | None
    corners_px: Float


def looks(page: Grey, px_per_mm: float | None) -> Iterator[tuple[Grey, float]]:
    """Yield the page in the ways in which marks may be found, cheapest first, each with its scale.

    `px_per_mm` is the page's resolution as the file has it, or None; a wrong one does no harm.
    """
    factor = _first_factor(page, px_per_mm)
    first = _resized(page, factor)
    yield first, factor
    full = 1.0 if max(page.shape) > 1200 else 2.0
    if full != factor:
        yield _resized(page, full), full
    smooth = np.asarray(cv2.GaussianBlur(first, (0, 0), 1.0), np.uint8)
    yield smooth, factor
    even = cv2.createCLAHE(clipLimit=4.0, tileGridSize=(8, 8)).apply(smooth)
    yield np.asarray(even, np.uint8), factor


@cache
def _detector() -> cv2.aruco.ArucoDetector:
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    parameters.cornerRefinementWinSize = 4
    parameters.minMarkerPerimeterRate = 0.015
    parameters.adaptiveThreshWinSizeMin = 5
    parameters.adaptiveThreshWinSizeMax = 37
    parameters.adaptiveThreshWinSizeStep = 16
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)
    return cv2.aruco.ArucoDetector(dictionary, parameters)


def _first_factor(page: Grey, px_per_mm: float | None) -> float:
    if px_per_mm is None or max(page.shape) / px_per_mm < SMALLEST_PAGE_MM:
        return min(1.0, SEARCH_SIDE_PX / float(max(page.shape)))
    return min(1.0, SEARCH_PX_PER_MM / px_per_mm)


def _resized(page: Grey, factor: float) -> Grey:
    if factor == 1:
        return page
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(page, None, fx=factor, fy=factor, interpolation=how), np.uint8)


def find_marks(image: Grey, factor: float, code: MarkCode) -> list[FoundMark]:
    """Return the marks on `image`, a page scaled by `factor`, in pixels of the page itself."""
    found, numbers, _ = _detector().detectMarkers(image)
    if numbers is None:
        return []
    return [
        FoundMark(
            Corner(int(number) % 4),
            code.session_index(int(number)),
            (quad.reshape(4, 2).astype(np.float64) + 0.5) / factor,
        )
        for quad, number in zip(found, np.ravel(numbers), strict=True)
    ]


def merged(first: list[FoundMark], more: list[FoundMark]) -> list[FoundMark]:
    """Join two lists of marks; one found twice stands there once."""
    joined = list(first)
    for mark in more:
        middle = mark.corners_px.mean(axis=0)
        side = float(np.linalg.norm(mark.corners_px[0] - mark.corners_px[2]))
        near = (np.linalg.norm(m.corners_px.mean(axis=0) - middle) < side / 2 for m in joined)
        if not any(near):
            joined.append(mark)
    return joined
