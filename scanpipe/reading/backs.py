"""Owns the question whether a page without slips is an empty back, and so may go without a row."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.marks import MarkCode
from scanpipe.reading.fiducials import find_marks, first_look
from scanpipe.reading.greys import grey_quantiles

Grey = NDArray[np.uint8]

SMALL_SIDE_PX = 900
"""Longest side looked at: an A6 page then has 6 px to the mm."""

EDGE_SHARE = 0.03
"""Margin within the paper's edge that is left out: shadows, crooked cuts."""

CONTRAST = 10
"""Grey levels (of 255) by which print or ink differs from the paper about it."""

CONTENT_SHARE = 0.0006
"""More of the paper than this differs: there is something on the page. Dust is below it."""

DARKEST_PAPER = 90
"""A page whose lightest part is darker shows no paper."""


def is_blank_back(page: Grey, px_per_mm: float | None, code: MarkCode) -> bool:
    """Whether `page`, shape (H, W), is bare paper, or shows a slip of the form from behind."""
    return _is_bare(page) or _shows_through(page, px_per_mm, code)


def _is_bare(page: Grey) -> bool:
    factor = min(1.0, SMALL_SIDE_PX / max(page.shape))
    small = cv2.resize(page, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    if np.percentile(small, 95) < DARKEST_PAPER:
        return False
    paper = _paper(np.asarray(small, np.uint8))
    inside = int(np.count_nonzero(paper))
    if inside < 0.05 * small.size:
        return False
    calm = cv2.GaussianBlur(small, (0, 0), 1.0)
    about = cv2.medianBlur(calm, 41)
    differs = (cv2.absdiff(calm, about) > CONTRAST) & (paper > 0)
    return int(np.count_nonzero(differs)) < CONTENT_SHARE * inside


def _paper(small: Grey) -> Grey:
    """Return a mask of the paper: the largest light area, filled, without its edge."""
    light = (small > 0.6 * np.percentile(small, 95)).astype(np.uint8)
    outlines, _ = cv2.findContours(light, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    mask = np.zeros_like(small)
    cv2.drawContours(mask, [max(outlines, key=cv2.contourArea)], -1, (255,), -1)
    edge = round(EDGE_SHARE * max(small.shape))
    mask[:edge], mask[-edge:], mask[:, :edge], mask[:, -edge:] = 0, 0, 0, 0
    return np.asarray(cv2.erode(mask, np.ones((2 * edge + 1, 2 * edge + 1), np.uint8)), np.uint8)


def _shows_through(page: Grey, px_per_mm: float | None, code: MarkCode) -> bool:
    """Whether marks of the form are seen mirrored, through the paper."""
    look = first_look(page, px_per_mm)
    low, high = grey_quantiles(look.image, (0.002, 0.6))
    stretched = np.clip((look.image.astype(np.float32) - low) / max(high - low, 1) * 255, 0, 255)
    mirrored = np.ascontiguousarray(stretched.astype(np.uint8)[:, ::-1])
    found = find_marks(replace(look, image=mirrored), code)
    return any(mark.session_index is not None for mark in found)
