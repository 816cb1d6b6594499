"""Owns what lies on a page beside the slips found on it: nothing, a slip's back, or more."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.layout import MARK_MM
from scanpipe.marks import MarkCode
from scanpipe.reading.fiducials import SMALLEST_MARK, Look, find_marks, first_look
from scanpipe.reading.greys import grey_quantiles

Grey = NDArray[np.uint8]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Outline = cv2.typing.MatLike

SMALL_SIDE_PX = 900
"""Longest side looked at: an A6 page then has 6 px to the mm."""

EDGE_SHARE = 0.03
"""Margin within the paper's edge that is left out: shadows, crooked cuts."""

CONTRAST = 10
"""Grey levels (of 255) by which print or ink differs from the paper about it."""

PRINT_CONTRAST = 30
"""The same for print seen as it is; the grain of a table has less."""

CONTENT_SHARE = 0.0006
"""More of the paper than this differs: there is something on the page. Dust is below it."""

DARKEST_PAPER = 90
"""A page whose lightest part is darker shows no paper."""

BESIDE_MM = 5.0
"""So far about a slip lie its own edge, cut by hand, and the shadow of it."""

PIECES_MM = (1.0, 40.0)
"""Letters and faces are so long; dust is shorter, edges and shadows are longer."""

SLIP_SHARE = 0.25
"""So much of what a slip shows, beside the slips found, may be one more."""

LOOK_PX_PER_MM = 3.5
"""Mirrored marks are sought at no less: a module is then 3 px."""


def is_blank_back(page: Grey, px_per_mm: float | None, code: MarkCode) -> bool:
    """Whether `page`, shape (H, W), is bare paper, or shows a slip of the form from behind."""
    return _is_bare(page) or _shows_through(first_look(page, px_per_mm), code)


def holds_more(page: Grey, slips_px: Sequence[Floats], px_per_mm: float, code: MarkCode) -> bool:
    """Whether `page`, shape (H, W), may hold another slip than those found on it: one that has
    lost its marks, or lies face down among others.

    `slips_px`: the corners of each slip found, shape (4, 2).
    """
    factor = 1 / max(int(px_per_mm / LOOK_PX_PER_MM), 1)
    coarse = np.asarray(
        cv2.resize(page, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8
    )
    scale = px_per_mm * factor
    slips = [corners * factor for corners in slips_px]
    if _shows_another(coarse, slips, scale):
        return True
    smallest_px = 4 * MARK_MM * SMALLEST_MARK * scale
    alone = _without(coarse, slips, scale)
    return len(slips) > 1 and _shows_through(Look(alone, factor, smallest_px), code)


def _is_bare(page: Grey) -> bool:
    small, _ = _small(page)
    if np.percentile(small, 95) < DARKEST_PAPER:
        return False
    paper = _inside([max(_light_areas(small), key=cv2.contourArea)], small.shape)
    inside = int(np.count_nonzero(paper))
    if inside < 0.05 * small.size:
        return False
    return int(np.count_nonzero(_differs(small, CONTRAST) & paper)) < CONTENT_SHARE * inside


def _small(page: Grey) -> tuple[Grey, float]:
    """Return `page` reduced, and by what."""
    factor = min(1.0, SMALL_SIDE_PX / max(page.shape))
    small = cv2.resize(page, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), factor


def _differs(small: Grey, contrast: int) -> Bools:
    """Return where a reduced page differs by `contrast` from what lies about."""
    calm = cv2.GaussianBlur(small, (0, 0), 1.0)
    return np.asarray(cv2.absdiff(calm, cv2.medianBlur(calm, 41)) > contrast, np.bool_)


def _light_areas(small: Grey) -> Sequence[Outline]:
    """Return the outlines of what is light: paper, and the lid if it is white."""
    light = (small > 0.6 * np.percentile(small, 95)).astype(np.uint8)
    return cv2.findContours(light, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]


def _inside(outlines: Sequence[Outline], shape: tuple[int, ...]) -> Bools:
    """Return what lies within the `outlines`, without the edge."""
    mask = np.zeros(shape, np.uint8)
    cv2.drawContours(mask, outlines, -1, (255,), -1)
    edge = round(EDGE_SHARE * max(shape))
    mask[:edge], mask[-edge:], mask[:, :edge], mask[:, -edge:] = 0, 0, 0, 0
    eroded = cv2.erode(mask, np.ones((2 * edge + 1, 2 * edge + 1), np.uint8))
    return np.asarray(eroded > 0, np.bool_)


def _shows_another(page: Grey, slips_px: Sequence[Floats], px_per_mm: float) -> bool:
    """Whether about as much is seen beside the slips as on one of them."""
    small, factor = _small(page)
    scale = px_per_mm * factor
    slips = [corners * factor for corners in slips_px]
    differs = _differs(small, PRINT_CONTRAST)
    on_slips = _content_mm2(differs & _covered(small.shape, slips, 0), scale)
    paper = _inside(_light_areas(small), small.shape)
    beside = paper & ~_covered(small.shape, slips, BESIDE_MM * scale)
    return _content_mm2(differs & beside, scale) > SLIP_SHARE * on_slips / len(slips)


def _content_mm2(differs: Bools, px_per_mm: float) -> float:
    """Return how much of what `differs` from the paper is print or writing."""
    _, _, found, _ = cv2.connectedComponentsWithStats(differs.view(np.uint8), connectivity=8)
    sides = found[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1) / px_per_mm
    written = (PIECES_MM[0] < sides) & (sides < PIECES_MM[1])
    return float(found[1:, cv2.CC_STAT_AREA][written].sum() / px_per_mm**2)


def _covered(shape: tuple[int, ...], slips_px: Sequence[Floats], more_px: float) -> Bools:
    """Return where on a page the slips lie, each larger by `more_px`."""
    covered = np.zeros(shape, np.uint8)
    outlines = [np.rint(corners).astype(np.int32) for corners in slips_px]
    for outline in outlines:
        cv2.fillConvexPoly(covered, outline, (1,))
    if more_px:
        cv2.polylines(covered, outlines, True, (1,), round(2 * more_px))
    return covered > 0


def _without(page: Grey, slips_px: Sequence[Floats], px_per_mm: float) -> Grey:
    """Return `page` with bare paper in the place of the slips."""
    white = np.uint8(grey_quantiles(page, [0.8])[0])
    return np.where(_covered(page.shape, slips_px, BESIDE_MM * px_per_mm), white, page)


def _shows_through(look: Look, code: MarkCode) -> bool:
    """Whether marks of the form are seen mirrored, through the paper."""
    low, high = grey_quantiles(look.image, (0.002, 0.6))
    greys = np.arange(256, dtype=np.float32)
    stretched = np.clip((greys - low) / max(high - low, 1) * 255, 0, 255).astype(np.uint8)
    mirrored = cv2.flip(cv2.LUT(look.image, stretched), 1)
    found = find_marks(replace(look, image=np.asarray(mirrored, np.uint8)), code)
    return any(mark.session_index is not None for mark in found)
