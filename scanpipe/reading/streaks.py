"""Owns streaks: lines that dirt on a feeder's glass draws along the whole page, and their removal.

A streak runs exactly along the paper's way, from one end of the page to the other, as nothing that
is printed or written does. It is taken out of the page before anything is read from it: where it
lets enough light through, what lies under it is brought back; elsewhere it is lost and said to be.
"""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]

BLOCKS = 48
"""The page is looked at in so many stripes across the paper's way."""

CLEAR_SHARE = 0.8
"""Share of the stripes in which a streak must show; print and pen marks fill far fewer."""

DEPTH = 5.0
"""Grey levels (of 255) by which a streak is darker than the page on both its sides."""

DARK_LID = 100
"""Grey level below which a stripe shows the lid and not the paper."""

WIDEST_SHARE = 0.012
"""Widest streak as a share of the page's side; what is wider is no streak."""


LEAST_LIGHT = 0.3
"""A streak that lets through less of the light hides what lies under it."""


@dataclass(frozen=True, slots=True, eq=False)
class CleanPage:
    """A page without its streaks, and where they were: `standing_px` from the page's left,
    `lying_px` from its top. `lost`, shape of the page, is 255 where nothing could be brought
    back; None when nothing is lost.
    """

    pixels: Grey
    lost: Grey | None = None
    standing_px: tuple[float, ...] = ()
    lying_px: tuple[float, ...] = ()


def remove_streaks(page: Grey) -> CleanPage:
    """Return `page`, shape (H, W), without the streaks along either axis."""
    upright, lost_columns, standing = _without_columns(page)
    lying, lost_rows, across = _without_columns(np.asarray(cv2.transpose(upright), np.uint8))
    if not standing and not across:
        return CleanPage(page)
    lost = np.where(lost_rows[:, None] | lost_columns[None, :], np.uint8(255), np.uint8(0))
    return CleanPage(np.ascontiguousarray(lying.T), lost if lost.any() else None, standing, across)


def _without_columns(page: Grey) -> tuple[Grey, Bools, tuple[float, ...]]:
    """Return `page` without the streaks that stand on it, which columns are lost, and the middle
    column of each streak.
    """
    lost = np.zeros(page.shape[1], np.bool_)
    runs = _streak_columns(page)
    if not runs:
        return page, lost, ()
    cleaned = page.copy()
    for start, end in runs:
        left, right = max(start - 1, 0), min(end, page.shape[1] - 1)
        share = (np.arange(start, end) - left) / max(right - left, 1)
        between = np.outer(page[:, left], 1 - share) + np.outer(page[:, right], share)
        under = page[:, start:end]
        light = np.median(under / np.maximum(between, 1), axis=0)
        if light.min() >= LEAST_LIGHT:
            cleaned[:, start:end] = np.clip(np.rint(under / light), 0, 255)
        else:
            cleaned[:, start:end] = np.rint(between)
            lost[start:end] = True
    return cleaned, lost, tuple((start + end - 1) / 2 for start, end in runs)


def _streak_columns(page: Grey) -> list[tuple[int, int]]:
    """Return first and one-past-last column of every streak."""
    width = page.shape[1]
    reach = max(3, round(WIDEST_SHARE * max(page.shape)))
    if width < 8 * reach or page.shape[0] < 4 * BLOCKS:
        return []
    stripes = _stripes(page)
    # On a dark lid nothing shows.
    depth = _valley_depth(stripes[np.median(stripes, axis=1) > DARK_LID], reach)
    if len(depth) < BLOCKS / 2:
        return []
    # The session field's line is long, but ends before the paper does.
    shows = depth > DEPTH
    deep = shows[0] & shows[-1] & (shows.mean(axis=0) >= CLEAR_SHARE)
    deep[: 2 * reach], deep[-2 * reach :] = False, False
    edges = np.flatnonzero(np.diff(np.concatenate([[False], deep, [False]]).astype(np.int8)))
    runs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    # The flanks of a streak are too shallow to be counted but too dark to be left.
    return [(start - 2, end + 2) for start, end in runs if end - start <= reach]


def _stripes(page: Grey) -> Floats:
    """Return the mean of every column in each of BLOCKS stripes, shape (BLOCKS, W)."""
    edges = np.linspace(0, len(page), BLOCKS + 1).astype(int).tolist()
    sums = [
        cv2.reduce(page[a:b], 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[0] for a, b in pairwise(edges)
    ]
    return np.asarray(np.stack(sums) / np.diff(edges)[:, None], np.float32)


def _valley_depth(stripes: Floats, reach: int) -> Floats:
    """Return how much darker each place is than the lighter of what lies left, and right, of it."""
    padded = np.pad(stripes, ((0, 0), (reach, reach)), mode="edge")
    width = stripes.shape[1]
    left, right = padded[:, :width], padded[:, 2 * reach :]
    return np.minimum(left, right) - stripes
