"""Owns streaks: lines that dirt on a feeder's glass draws along the whole page, and their removal.

A streak runs exactly along the paper's way, from one end of the page to the other, as nothing that
is printed or written does. It is taken out of the page before anything is read from it: where it
lets enough light through, what lies under it is brought back; elsewhere it is lost and said to be.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.reading.greys import median

Grey = NDArray[np.uint8]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]

BLOCKS = 48
"""The page is looked at in so many stripes across the paper's way."""

SOME = 8
"""One column in so many tells paper from lid."""

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
    standing = _streak_columns(page, 0)
    upright, lost_columns = _without_columns(page, standing)
    lying = _streak_columns(upright, 1)
    if not standing and not lying:
        return CleanPage(page)
    turned, lost_rows = _without_columns(upright.T, lying)
    lost = np.where(lost_rows[:, None] | lost_columns[None, :], np.uint8(255), np.uint8(0))
    return CleanPage(
        np.ascontiguousarray(turned.T),
        lost if lost.any() else None,
        _middles(standing),
        _middles(lying),
    )


def _middles(runs: list[tuple[int, int]]) -> tuple[float, ...]:
    return tuple((start + end - 1) / 2 for start, end in runs)


def _without_columns(page: Grey, runs: list[tuple[int, int]]) -> tuple[Grey, Bools]:
    """Return `page` without the streaks that fill `runs` of its columns, and which are lost."""
    lost = np.zeros(page.shape[1], np.bool_)
    if not runs:
        return page, lost
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
    return cleaned, lost


def _streak_columns(page: Grey, along: int) -> list[tuple[int, int]]:
    """Return first and one-past-last column (row, if `along` is 1) of every streak."""
    length, width = page.shape[along], page.shape[1 - along]
    reach = max(3, round(WIDEST_SHARE * max(page.shape)))
    if width < 8 * reach or length < 4 * BLOCKS:
        return []
    # The session field's line is long, but ends before the paper does. So a page whose first and
    # last stripe have nothing in common, as most, is looked at no further.
    ends = [_first_of_paper(page, along, order) for order in (range(BLOCKS), range(BLOCKS)[::-1])]
    deep = np.ones(width, np.bool_)
    for end in ends:
        if end is None:
            return []
        deep &= _valley_depth(end[None], reach)[0] > DEPTH
    if not deep.any():
        return []
    stripes = np.stack([_stripe(page, along, i) for i in range(BLOCKS)])
    stripes = stripes[[_shows_paper(stripe) for stripe in stripes]]
    if len(stripes) < BLOCKS / 2:
        return []
    deep &= (_valley_depth(stripes, reach) > DEPTH).mean(axis=0) >= CLEAR_SHARE
    deep[: 2 * reach], deep[-2 * reach :] = False, False
    edges = np.flatnonzero(np.diff(np.concatenate([[False], deep, [False]]).astype(np.int8)))
    runs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    # The flanks of a streak are too shallow to be counted but too dark to be left.
    return [(start - 2, end + 2) for start, end in runs if end - start <= reach]


def _first_of_paper(page: Grey, along: int, order: Iterable[int]) -> Floats | None:
    stripes = (_stripe(page, along, i) for i in order)
    return next((stripe for stripe in stripes if _shows_paper(stripe)), None)


def _shows_paper(stripe: Floats) -> bool:
    """Whether a stripe lies on the paper: on a dark lid nothing shows."""
    return median(stripe[::SOME]) > DARK_LID


def _stripe(page: Grey, along: int, index: int) -> Floats:
    """Return the mean of every column (row, if `along` is 1) in one of BLOCKS stripes."""
    start, end = (page.shape[along] * i // BLOCKS for i in (index, index + 1))
    part = page[:, start:end] if along else page[start:end]
    sums = cv2.reduce(part, along, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel()
    return np.asarray(sums / (end - start), np.float32)


def _valley_depth(stripes: Floats, reach: int) -> Floats:
    """Return how much darker each place is than the lighter of what lies left, and right, of it."""
    padded = np.pad(stripes, ((0, 0), (reach, reach)), mode="edge")
    width = stripes.shape[1]
    left, right = padded[:, :width], padded[:, 2 * reach :]
    return np.minimum(left, right) - stripes
