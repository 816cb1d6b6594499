"""Owns the finding of registration marks on a page, by OpenCV's AprilTag detector."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.layout import MARK_MM
from scanpipe.marks import Corner, MarkCode

Grey = NDArray[np.uint8]
Float = NDArray[np.float64]

SEARCH_PX_PER_MM = 5.0
"""Resolution at which marks are sought first: a module is then 4 px."""

EASY_PX_PER_MM = (4.5, 7.0)
"""Within this a page is reduced by a whole number, which costs a quarter of the time."""

SMALLEST_MARK = 0.7
"""A mark that is printed so much smaller than it should be is still sought at first."""

QUICK_WINDOW = 23
SMALLEST_OUTLINE = 0.015
"""Outline of the smallest mark that is ever sought, in shares of the page's longest side."""

LARGEST_OUTLINE = 1.0
"""A larger one is asked for only where the file has its resolution wrong."""

THOROUGH_WINDOWS = (5, 37, 16)
"""Windows, in px, within which black is told from white: the first is enough for most marks."""

SEARCH_SIDE_PX = 1800
"""Longest side sought first where the resolution is not known."""

SMALLEST_PAGE_MM = 90
"""A page that is smaller by its resolution has its resolution wrong."""

CORNER_MM = 28.0
"""Where a page is one slip, its marks lie within so much of the page's corners, also when it was
fed three degrees askew."""

CODE_BITS = 6
"""Rows, and columns, of data in a mark of the family."""


@dataclass(frozen=True, slots=True, eq=False)
class FoundMark:
    """A mark on the page. `session_index` is None when this form has no such mark.

    `corners_px`: shape (4, 2), clockwise from the mark's own top left.
    """

    corner: Corner
    session_index: int | None
    corners_px: Float


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A page scaled by `factor`, in which to look for marks with an outline of at least
    `smallest_px`; None for marks of any size, and thoroughly. With `corner_px` only the page's
    corners are looked at, so far in, and only for the form's own marks.
    """

    image: Grey
    factor: float
    smallest_px: float | None = None
    corner_px: int | None = None

    @property
    def is_thorough(self) -> bool:
        """Whether no mark is passed over that can be found in this image."""
        return self.smallest_px is None


def looks(page: Grey, px_per_mm: float | None) -> Iterator[Look]:
    """Yield the page in the ways in which marks may be found, cheapest first.

    `px_per_mm` is the page's resolution as the file has it, or None; a wrong one does no harm.
    """
    first = first_look(page, px_per_mm)
    if px_per_mm is not None:
        scale = px_per_mm * first.factor
        quick = replace(first, smallest_px=4 * MARK_MM * SMALLEST_MARK * scale)
        corner_px = round(CORNER_MM * scale)
        if 2 * corner_px < min(first.image.shape):
            yield replace(quick, corner_px=corner_px)
        yield quick
    yield first
    full = 1.0 if max(page.shape) > 1200 else 2.0
    if full != first.factor:
        yield Look(_resized(page, full), full)
    smooth = np.asarray(cv2.GaussianBlur(first.image, (0, 0), 1.0), np.uint8)
    yield replace(first, image=smooth)
    even = cv2.createCLAHE(clipLimit=4.0, tileGridSize=(8, 8)).apply(smooth)
    yield replace(first, image=np.asarray(even, np.uint8))


def first_look(page: Grey, px_per_mm: float | None) -> Look:
    """Return the page at the resolution at which marks are sought first."""
    factor = _first_factor(page, px_per_mm)
    return Look(_resized(page, factor), factor)


@cache
def _detector(
    smallest: float, windows: tuple[int, int, int], numbers: tuple[int, ...] | None
) -> cv2.aruco.ArucoDetector:
    """Return a detector of marks with an outline of `smallest` times the page's longest side.

    It knows the marks with these `numbers`, or all. To hold a mark against all of them takes
    longer than to find it.
    """
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    parameters.cornerRefinementWinSize = 4
    parameters.minMarkerPerimeterRate = smallest
    parameters.adaptiveThreshWinSizeMin = windows[0]
    parameters.adaptiveThreshWinSizeMax = windows[1]
    parameters.adaptiveThreshWinSizeStep = windows[2]
    known = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)
    if numbers is not None:
        rows = np.ascontiguousarray(known.bytesList[list(numbers)])
        known = cv2.aruco.Dictionary(rows, CODE_BITS, known.maxCorrectionBits)
    return cv2.aruco.ArucoDetector(known, parameters)


@cache
def _own_numbers(code: MarkCode) -> tuple[int, ...]:
    return tuple(code.number(index, corner) for index in range(code.sessions) for corner in Corner)


def _first_factor(page: Grey, px_per_mm: float | None) -> float:
    if px_per_mm is None or max(page.shape) / px_per_mm < SMALLEST_PAGE_MM:
        return min(1.0, SEARCH_SIDE_PX / float(max(page.shape)))
    whole = max(int(px_per_mm / EASY_PX_PER_MM[0]), 1)
    if px_per_mm / whole <= EASY_PX_PER_MM[1]:
        return 1 / whole
    return min(1.0, SEARCH_PX_PER_MM / px_per_mm)


def _resized(page: Grey, factor: float) -> Grey:
    if factor == 1:
        return page
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(page, None, fx=factor, fy=factor, interpolation=how), np.uint8)


def find_marks(look: Look, code: MarkCode) -> list[FoundMark]:
    """Return the marks to be found by a `look` at a page, in pixels of the page itself."""
    own = None if look.corner_px is None else _own_numbers(code)
    return [
        FoundMark(
            Corner(number % 4),
            code.session_index(number),
            (corners + origin + 0.5) / look.factor,
        )
        for part, origin in _parts(look)
        for corners, number in _detected(part, look.smallest_px, own)
    ]


def numbers_seen(look: Look) -> tuple[int, ...]:
    """Return the numbers of all marks to be found by a `look` at a page, whatever form's."""
    return tuple(
        number for part, _ in _parts(look) for _, number in _detected(part, look.smallest_px, None)
    )


def _parts(look: Look) -> Iterator[tuple[Grey, tuple[int, int]]]:
    """Yield what is looked at, and where it lies in the look's image: x and y of its top left."""
    side = look.corner_px
    if side is None:
        yield look.image, (0, 0)
        return
    height, width = look.image.shape
    for y in (0, height - side):
        for x in (0, width - side):
            yield look.image[y : y + side, x : x + side], (x, y)


def _detected(
    image: Grey, smallest_px: float | None, own: tuple[int, ...] | None
) -> Iterator[tuple[Float, int]]:
    """Yield the corners and the number of every mark in `image` that is known."""
    smallest, windows = SMALLEST_OUTLINE, THOROUGH_WINDOWS
    if smallest_px is not None:
        share = smallest_px / max(image.shape)
        smallest = round(min(max(share, SMALLEST_OUTLINE), LARGEST_OUTLINE), 2)
        windows = (QUICK_WINDOW, QUICK_WINDOW, 1)
    found, numbers, _ = _detector(smallest, windows, own).detectMarkers(image)
    for quad, number in zip(found, [] if numbers is None else np.ravel(numbers), strict=True):
        corners = quad.reshape(4, 2).astype(np.float64)
        yield corners, int(number) if own is None else own[int(number)]


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
