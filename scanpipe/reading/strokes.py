"""Owns the way from ink pixels to faces: pieces joined into strokes, each counted where it belongs.

A stroke belongs whole to the face that it is about, so that a circle or a tick's tail that reaches
over to the neighbour is one mark, not two.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Mask = NDArray[np.uint8]
Points = NDArray[np.intp]
Float = NDArray[np.float64]
Floats = NDArray[np.float32]

BRIDGE_MM = 0.6
"""Pieces of a stroke cut apart by a masked line lie no further apart than twice this."""

SPECK_MM2 = 0.05
"""Smaller pieces are dust and noise."""

OWN_SHARE = 0.72
"""A stroke with this share of its ink nearest to one face is about that face..."""

NEIGHBOUR_HULL = 0.30
"""...unless its convex hull takes in so much of another face."""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """The row of faces in px of the band: `centres` of shape (N, 2), and their radii."""

    centres: Float
    face_px: float
    response_px: float


@dataclass(frozen=True, slots=True, eq=False)
class Inked:
    """Ink by face: px of strokes with a dark part, px of strokes that are pale throughout, px
    within the face's outline, and ink about no face.
    """

    dark_px: list[int]
    pale_px: list[int]
    inside_px: list[int]
    stray_px: int


def attribute(ink: Bools, darkness: Floats, strong: float, row: Row, px_per_mm: float) -> Inked:
    """Count the pixels of `ink` for the faces of `row`.

    A stroke is dark when part of it, by `darkness`, reaches `strong`.
    """
    pieces = without_specks(ink, px_per_mm)
    joined = cv2.dilate(pieces, disc(BRIDGE_MM * px_per_mm))
    count, labels = cv2.connectedComponents(joined, connectivity=8)
    dark_px, pale_px, inside_px = ([0] * len(row.centres) for _ in range(3))
    stray_px = 0
    nearest = _nearest_face(ink.shape[1], row.centres[:, 0])
    ys, xs = np.nonzero(pieces)
    order = np.argsort(labels[ys, xs], kind="stable")
    starts = np.searchsorted(labels[ys, xs][order], np.arange(1, count + 1))
    for start, end in pairwise(starts.tolist()):
        rows, columns = ys[order[start:end]], xs[order[start:end]]
        faces = _faces_of_stroke(rows, columns, nearest, row)
        gaps = np.hypot(columns - row.centres[faces, 0], rows - row.centres[faces, 1])
        if gaps.min() > row.response_px:
            stray_px += len(rows)
            continue
        dark = float(np.quantile(darkness[rows, columns], 0.9)) >= strong
        tally = dark_px if dark else pale_px
        for face in np.unique(faces).tolist():
            own = faces == face
            tally[face] += int(np.count_nonzero(own))
            if dark:
                inside_px[face] += int(np.count_nonzero(gaps[own] < row.face_px))
    return Inked(dark_px, pale_px, inside_px, stray_px)


def without_specks(ink: Bools, px_per_mm: float) -> Mask:
    """Return `ink` (as 0 and 1) without its smallest pieces."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    large = stats[:, cv2.CC_STAT_AREA] >= SPECK_MM2 * px_per_mm**2
    large[0] = False
    return np.asarray(large[labels], np.uint8)


def disc(radius_px: float) -> Mask:
    """Return a round structuring element."""
    size = 2 * max(1, round(radius_px)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)


def _nearest_face(width_px: int, centres_x: Float) -> Points:
    """Return for each column the face nearest to it."""
    away = np.abs(np.arange(width_px)[:, None] - centres_x[None, :])
    return np.asarray(np.argmin(away, axis=1), np.intp)


def _faces_of_stroke(rows: Points, columns: Points, nearest: Points, row: Row) -> Points:
    """Return for each pixel of a stroke the face that it counts for.

    A stroke that is mostly one face's and does not take in another counts there whole; any
    other counts where it lies.
    """
    own = nearest[columns]
    shares = np.bincount(own, minlength=len(row.centres)) / len(own)
    main = int(np.argmax(shares))
    if shares[main] == 1 or shares[main] < OWN_SHARE:
        return own
    hull = np.asarray(
        cv2.convexHull(np.column_stack([columns, rows]).astype(np.float32)), np.float32
    )
    others = (i for i in np.flatnonzero(shares).tolist() if i != main)
    if any(_hull_share(hull, row.centres[i], row.face_px) >= NEIGHBOUR_HULL for i in others):
        return own
    return np.full(len(own), main, np.intp)


def _hull_share(hull: Floats, centre: Float, radius_px: float) -> float:
    """Return how much of a face lies within a convex hull, 0-1."""
    if len(hull) < 3:
        return 0.0
    whole = round(radius_px)
    circle = np.asarray(cv2.ellipse2Poly((0, 0), (whole, whole), 0, 0, 360, 10), np.float32)
    area, _ = cv2.intersectConvexConvex(hull, circle + centre.astype(np.float32))
    return float(area / (math.pi * radius_px**2))
