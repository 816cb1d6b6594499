"""Owns the measuring of a scan's condition, in plain numbers: is it faint, crooked, speckled?"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.layout import Layout
from scanpipe.reading.greys import grey_quantiles
from scanpipe.reading.strokes import piece_areas

Grey = NDArray[np.uint8]
Float = NDArray[np.float64]

GREYS_IN_BILEVEL = 0.005
"""Share of pixels neither black nor white above which a page is not a 1-bit scan."""

SPECK_MM2 = 0.08
"""Black pieces smaller than this are specks: a full stop is larger."""

FLAT = 1.015
"""The far end of a slip may seem so much smaller than the near end: marks are not found to the
hair. On a photo it is several percent."""


@dataclass(frozen=True, slots=True)
class SlipCondition:
    """How one slip was scanned.

    `px_per_mm`: true resolution, by its marks. `scale`: its size on the page over its size as
    drawn, None where the file does not say. `skew_deg`: away from the nearest of the four ways.
    `flat`: whether it lay flat, as on no photo. `print_darkness`: of the registration marks, 0-1.
    `fill` and `faint`: of the face with the most ink, and with the most pale ink. `foreign`:
    whether its marks are another form's.
    """

    px_per_mm: float
    scale: float | None
    skew_deg: float
    flat: bool
    print_darkness: float
    fill: float
    faint: float
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class PageCondition:
    """How one page was scanned.

    `standing_mm` and `lying_mm`: places of streaks from the page's left, and from its top.
    `specks_per_cm2` is 0 unless the page is a 1-bit scan.
    """

    specks_per_cm2: float
    standing_mm: tuple[float, ...]
    lying_mm: tuple[float, ...]
    slips: tuple[SlipCondition, ...]


NOTHING_SEEN = PageCondition(0.0, (), (), ())
"""A page without slips says nothing of the scanner: it may be anything."""


def is_bilevel(page: Grey) -> bool:
    """Whether `page` is a 1-bit scan."""
    some = page[::4]
    between = cv2.countNonZero(cv2.inRange(some, np.array(3), np.array(252)))
    return bool(between < GREYS_IN_BILEVEL * some.size)


def specks_per_cm2(page: Grey, px_per_mm: float) -> float:
    """Return how many specks there are to a cm² in the middle eighth of a 1-bit `page`."""
    middle = slice(len(page) * 7 // 16, len(page) * 9 // 16)
    black = (page[middle] < 128).astype(np.uint8)
    small = piece_areas(black)[0][1:] < SPECK_MM2 * px_per_mm**2
    return float(np.count_nonzero(small) / (black.size / px_per_mm**2 / 100))


def skew_deg(to_page: Float, layout: Layout) -> float:
    """Return how far the slip is turned from the nearest of the four ways, clockwise.

    `to_page`: shape (3, 3), slip mm to page px.
    """
    y = layout.height_mm / 2
    across = np.array([[0, y, 1], [layout.width_mm, y, 1]]) @ to_page.T
    (x0, y0), (x1, y1) = across[:, :2] / across[:, 2:]
    return math.degrees(math.remainder(math.atan2(y1 - y0, x1 - x0), math.pi / 2))


def lay_flat(to_page: Float, layout: Layout) -> bool:
    """Whether the slip is seen without perspective, as a scanner sees it.

    `to_page`: shape (3, 3), slip mm to page px.
    """
    width, height = layout.width_mm, layout.height_mm
    corners = np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1]])
    depths = corners @ to_page[2]
    return bool(depths.max() < FLAT * depths.min())


def print_darkness(slip: Grey, layout: Layout, px_per_mm: float) -> float:
    """Return how much darker than the paper the registration marks of a rectified slip are, 0-1.

    The marks that are torn off or covered do not count.
    """
    paper = max(grey_quantiles(slip[::4, ::4], [0.8])[0], 1.0)
    darkest = []
    for _, box in layout.marks():
        x0, y0, x1, y1 = (
            round(v * px_per_mm) for v in (box.x_mm, box.y_mm, box.right_mm, box.bottom_mm)
        )
        darkest.append(1 - grey_quantiles(slip[y0:y1, x0:x1], [0.25])[0] / paper)
    return float(np.median(darkest))
