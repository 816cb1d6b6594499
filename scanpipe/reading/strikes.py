"""Owns whether a mark is struck out: whether a level line runs across its face and out of it at
both sides, over something else.

The lines of a cross are steeper, and a dash that is the mark itself runs over nothing.
"""

from collections.abc import Sequence
from enum import IntEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.reading.beside import goes_round
from scanpipe.reading.faces import Row
from scanpipe.reading.strokes import Bools, Mask, Stroke, disc

Float = NDArray[np.float64]

SLANT_DEG, SLANT_STEP_DEG = 16, 4
"""A level line rises or falls no more than this. Of a thousand marks that people drew one has a
line so level that runs out of the face; at 24 degrees one in a hundred."""

MIDDLE_SHARE = 0.4
"""A line further from the middle of the face than this, in face radii, is the rim of something."""

WAVER_MM = 0.35
"""So far a line drawn by hand strays from a straight one."""

UNBROKEN_SHARE = 0.95
LINE_SEEN_SHARE = 0.5
"""A line has ink in so much of its way across the face that print leaves to be seen, and print
leaves so much."""

OVER_SHARE = 0.3
"""What it strikes out has so much ink off the line, as a share of what lies on it."""

ALONE_SHARE = 0.2
"""In a circle the line is alone, with no more ink beside it in the face than this share of its own:
about a cross the circle goes as well, and makes its lines seem longer."""

ON_LINE_MM = 0.9
"""Ink so near to the line is its own: it is as wide as a felt pen, and wavers."""

FOLLOWED_MM = 5.0
"""A line is followed so far out of the face."""


class _Seen(IntEnum):
    BARE, INK, HIDDEN = range(3)


def thresholds() -> dict[str, float]:
    """Return the measures in force by which a line is known that strikes out, for the record."""
    return {
        "slant_deg": SLANT_DEG,
        "slant_step_deg": SLANT_STEP_DEG,
        "middle_share": MIDDLE_SHARE,
        "waver_mm": WAVER_MM,
        "unbroken_share": UNBROKEN_SHARE,
        "line_seen_share": LINE_SEEN_SHARE,
        "over_share": OVER_SHARE,
        "alone_share": ALONE_SHARE,
        "on_line_mm": ON_LINE_MM,
        "followed_mm": FOLLOWED_MM,
    }


def struck_mm(
    strokes: Sequence[Stroke], rim: Bools, row: Row, face: int, px_per_mm: float
) -> float:
    """Return how far the line that strikes out a mark of such `strokes` reaches out of the face, at
    the side where it reaches less far, mm; 0 if there is none. `rim` is where print hides ink.
    """
    rows, columns = (np.concatenate(each) for each in zip(*strokes, strict=True))
    x, y = (round(value) for value in row.centres[face].tolist())
    radius_px = float(row.face_px[face])
    right, down = columns - x, rows - y
    level = np.abs(down) < radius_px
    if min(-right[level].min(initial=0), right[level].max(initial=0)) <= radius_px:
        return 0.0
    reach = round(radius_px + FOLLOWED_MM * px_per_mm)
    near = np.maximum(np.abs(right), np.abs(down)) <= reach
    ink = np.zeros((2 * reach + 1, 2 * reach + 1), np.uint8)
    ink[down[near] + reach, right[near] + reach] = 1
    seen: Mask = np.asarray(cv2.dilate(ink, disc(WAVER_MM * px_per_mm)), np.uint8)
    seen[_about(rim, x, y, reach)] = _Seen.HIDDEN
    out_px, slant, off_px = _longest(seen, radius_px, px_per_mm)
    if not out_px:
        return 0.0
    from_line = np.abs(down * np.cos(slant) - right * np.sin(slant) - off_px)
    over = from_line > ON_LINE_MM * px_per_mm
    if over.sum() < OVER_SHARE * (~over).sum():
        return 0.0
    outside = np.hypot(right, down) > radius_px
    if goes_round(rows[outside], columns[outside], row, face):
        alone = (over & ~outside).sum() <= ALONE_SHARE * (~over & ~outside).sum()
        return out_px / px_per_mm if alone else 0.0
    return out_px / px_per_mm


def _longest(seen: Mask, radius_px: float, px_per_mm: float) -> tuple[float, float, float]:
    """Return how far the level line across a face that reaches furthest out of it does so at either
    side, px; its slant; and how far from the middle it runs, px. The face lies amid `seen`.
    """
    reach = len(seen) // 2
    slants = np.deg2rad(np.arange(-SLANT_DEG, SLANT_DEG + 1, SLANT_STEP_DEG))
    most_px = MIDDLE_SHARE * radius_px
    offs = np.arange(-most_px, most_px, 1.5 * WAVER_MM * px_per_mm)
    slant, off = (each.reshape(-1, 1) for each in np.meshgrid(slants, offs))
    along = np.arange(-reach, reach + 1, 3.0)
    right = np.cos(slant) * along - np.sin(slant) * off
    down = np.sin(slant) * along + np.cos(slant) * off
    places = (np.rint(each).astype(np.intp).clip(-reach, reach) + reach for each in (down, right))
    line = seen[tuple(places)]
    half_px = np.sqrt(radius_px**2 - off**2)
    across = _is_across(line, np.abs(along) <= half_px)
    sides = [_reached_px(line, along * side, half_px) for side in (-1, 1)]
    out_px = np.minimum(*sides) * across
    best = int(out_px.argmax())
    return float(out_px[best]), float(slant[best, 0]), float(off[best, 0])


def _is_across(line: Mask, inside: Bools) -> Bools:
    ink = np.count_nonzero((line == _Seen.INK) & inside, axis=1)
    shown = np.count_nonzero((line != _Seen.HIDDEN) & inside, axis=1)
    enough = shown >= LINE_SEEN_SHARE * np.count_nonzero(inside, axis=1)
    return np.asarray(enough & (ink >= UNBROKEN_SHARE * shown), np.bool_)


def _reached_px(line: Mask, away: Float, half_px: Float) -> Float:
    """Return how far beyond the face each line has ink before it ends, px; `away`: how far along
    each of its places lies.
    """
    beyond = away > half_px
    end = np.where(beyond & (line == _Seen.BARE), away, np.inf).min(axis=1, keepdims=True)
    last = np.where(beyond & (line == _Seen.INK) & (away < end), away, 0.0).max(axis=1)
    return np.asarray(np.maximum(last - half_px[:, 0], 0.0), np.float64)


def _about(rim: Bools, x: int, y: int, reach: int) -> Bools:
    """Return what of `rim` lies within `reach` px of a place, across and down."""
    about = cv2.copyMakeBorder(
        rim[max(y - reach, 0) : y + reach + 1, max(x - reach, 0) : x + reach + 1].view(np.uint8),
        max(reach - y, 0),
        max(y + reach + 1 - rim.shape[0], 0),
        max(reach - x, 0),
        max(x + reach + 1 - rim.shape[1], 0),
        cv2.BORDER_CONSTANT,
        value=0,
    )
    return about.view(np.bool_)
