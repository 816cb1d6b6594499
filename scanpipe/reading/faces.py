"""Owns the faces as they lie in the band, and which of them a stroke is about.

A stroke belongs whole to the face that it is about, so that a circle or a tick's tail that reaches
over to the neighbour is one mark, not two.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.reading.strokes import Bools, Points, hull_of

Float = NDArray[np.float64]
Floats = NDArray[np.float32]

OWN_SHARE = 0.72
"""A stroke with this share of its ink nearest to one face is about that face..."""

NEIGHBOUR_HULL = 0.30
"""...unless its convex hull takes in so much of another face."""


def thresholds() -> dict[str, float]:
    """Return the shares in force by which a stroke is given to a face, for the record of a run."""
    return {
        "own_share": OWN_SHARE,
        "neighbour_hull": NEIGHBOUR_HULL,
    }


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """The faces, or whatever else is to be marked, in px of the band: `centres` of shape (N, 2),
    and the radii of each and of its response area, of shape (N,). `columns`: those of the band
    that do not lie along the slip's edge.
    """

    centres: Float
    face_px: Float
    response_px: Float
    columns: range

    def reaches_edge(self, columns: Points) -> bool:
        """Whether something in these columns may come from beyond the slip's edge."""
        return bool(self.at_edge(columns).any())

    def at_edge(self, columns: Points) -> Bools:
        """Return which of some columns lie along the slip's edge."""
        return (columns <= self.columns.start) | (columns >= self.columns.stop - 1)


def faces_of_stroke(rows: Points, columns: Points, row: Row) -> Points:
    """Return for each pixel of a stroke the face that it counts for.

    A stroke that is mostly one face's and does not take in another counts there whole; any
    other counts where it lies.
    """
    own = _nearest_faces(rows, columns, row)
    shares = np.bincount(own, minlength=len(row.centres)) / len(own)
    main = int(np.argmax(shares))
    if shares[main] == 1 or shares[main] < OWN_SHARE:
        return own
    hull = hull_of(rows, columns)
    others = (i for i in np.flatnonzero(shares).tolist() if i != main)
    if any(
        _hull_share(hull, row.centres[i], float(row.face_px[i])) >= NEIGHBOUR_HULL for i in others
    ):
        return own
    return np.full(len(own), main, np.intp)


def _nearest_faces(rows: Points, columns: Points, row: Row) -> Points:
    """Return for each pixel the face nearest to it, by the size of its response area."""
    across = columns[:, None] - row.centres[None, :, 0]
    down = rows[:, None] - row.centres[None, :, 1]
    away = (across * across + down * down) / np.square(row.response_px)
    return np.asarray(np.argmin(away, axis=1), np.intp)


def _hull_share(hull: Floats, centre: Float, radius_px: float) -> float:
    """Return how much of a face lies within a convex hull, 0-1."""
    if len(hull) < 3:
        return 0.0
    whole = round(radius_px)
    circle = np.asarray(cv2.ellipse2Poly((0, 0), (whole, whole), 0, 0, 360, 10), np.float32)
    area, _ = cv2.intersectConvexConvex(hull, circle + centre.astype(np.float32))
    return float(area / (math.pi * radius_px**2))
