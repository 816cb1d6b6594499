"""Owns telling pale lines that somebody drew from what paper gets by itself: stains, writing that
shines through from the back, folds.

A line is darker than what lies on either side of it. The rim of a stain is so on one side only, and
a scribble on the back lies among others as pale as itself.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.reading.greys import quantile
from scanpipe.reading.strokes import disc, each_stroke, sides_px

Bools = NDArray[np.bool_]
Mask = NDArray[np.uint8]
Floats = NDArray[np.float32]
Points = NDArray[np.intp]

DARK_PART = 0.1
"""A stroke is dark if so much of it is."""

BESIDE_FROM_MM = 0.25
BESIDE_TO_MM = 0.75
"""What lies beside a piece is looked at so far from it: no nearer, where its own soft edge is."""

BESIDE_RANK = 0.8
"""So dark is what lies beside it on the darker side, by rank among all that does."""

OUTSTANDING = 0.055
OUTSTANDING_SHARE = 0.45
"""A drawn line is darker than that by so much, at full toner, and by such a share of its own
darkness. Of the pieces of pale pencil marks 99 in 100 are, half of them by 0.148 and 0.95; of those
of smudges 19 in 100, half of them by 0.051 and 0.35 at most."""

BROAD_MM = 1.25
"""What is so broad on the average is no rim: a highlighter, which is even for want of a middle."""

FOLD_BREADTH_MM = 1.5
FOLD_SPAN_MM = 30.0
"""No line drawn by hand is so straight for so long."""


def thresholds() -> dict[str, float]:
    """Return the measures in force by which smudges are known, for the record of a run."""
    return {
        "dark_part": DARK_PART,
        "beside_from_mm": BESIDE_FROM_MM,
        "beside_to_mm": BESIDE_TO_MM,
        "beside_rank": BESIDE_RANK,
        "outstanding": OUTSTANDING,
        "outstanding_share": OUTSTANDING_SHARE,
        "broad_mm": BROAD_MM,
        "fold_breadth_mm": FOLD_BREADTH_MM,
        "fold_span_mm": FOLD_SPAN_MM,
    }


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What is seen of a band: `smooth`, how dark it is; `dark`, where it is so as pens make it;
    `bare`, where there is neither print nor ink. `scale`: how dark full toner is.
    """

    smooth: Floats
    dark: Bools
    bare: Bools
    scale: float
    px_per_mm: float


def without_smudges(pieces: Mask, look: Look) -> Mask:
    """Return `pieces` of ink (0 and 1) without the pale ones that nobody drew.

    A stroke of which a part is dark stays as it is.
    """
    px_per_mm = look.px_per_mm
    kept = pieces.copy()
    beside = look.bare & (cv2.dilate(pieces, disc(BESIDE_FROM_MM * px_per_mm)) == 0)
    labels = cv2.connectedComponents(pieces, connectivity=8)[1]
    for rows, columns in each_stroke(pieces, px_per_mm):
        if look.dark[rows, columns].mean() >= DARK_PART:
            continue
        fold = _lies_like_a_fold(rows, columns, px_per_mm)
        for label in np.unique(labels[rows, columns]):
            own = labels[rows, columns] == label
            piece = rows[own], columns[own]
            if fold or not _is_drawn(*piece, look, beside):
                kept[piece] = 0
    return kept


def _lies_like_a_fold(rows: Points, columns: Points, px_per_mm: float) -> bool:
    across, along = sides_px(rows, columns)
    return along >= FOLD_SPAN_MM * px_per_mm and across <= FOLD_BREADTH_MM * px_per_mm


def _is_drawn(rows: Points, columns: Points, look: Look, beside: Bools) -> bool:
    """Whether one piece stands out from what lies on either side of it, or is broad."""
    smooth, px_per_mm = look.smooth, look.px_per_mm
    around = disc(BESIDE_TO_MM * px_per_mm)
    margin = len(around) // 2
    top, left = max(rows.min() - margin, 0), max(columns.min() - margin, 0)
    where = slice(top, rows.max() + margin + 1), slice(left, columns.max() + margin + 1)
    piece = np.zeros(smooth[where].shape, np.uint8)
    piece[rows - top, columns - left] = 1
    near = smooth[where][(cv2.dilate(piece, around) > 0) & beside[where]]
    darkness = quantile(smooth[rows, columns], 0.5)
    outstanding = darkness - (quantile(near, BESIDE_RANK) if near.size else 0.0)
    if outstanding >= max(OUTSTANDING * look.scale, OUTSTANDING_SHARE * darkness):
        return True
    return _breadth_px(piece) >= BROAD_MM * px_per_mm


def _breadth_px(piece: Mask) -> float:
    """Return how broad a piece is on the average, as if it were one line."""
    framed = cv2.copyMakeBorder(piece, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(0.0,))
    depths = cv2.distanceTransform(framed, cv2.DIST_L2, 3)[framed > 0]
    return float(4 * depths.mean() - 2)
