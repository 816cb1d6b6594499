"""Owns where on a rectified slip, in pixels, that stands which the layout has in mm."""

import cv2
import numpy as np
from numpy.typing import NDArray

from scanpipe.layout import Box, Layout

Bools = NDArray[np.bool_]
Where = tuple[slice, slice]

STRAY_EDGE_MM = 6.0
"""Cut lines and the shadow of the paper's edge lie this far in at most."""

BAND_SHARE = 2.1
"""Half height of the measured band in face radii; beyond it stands other print."""


def slices_of(box: Box, px_per_mm: float) -> Where:
    """Return the rows and columns of `box`."""
    x0, y0, x1, y1 = (
        max(0, round(v * px_per_mm)) for v in (box.x_mm, box.y_mm, box.right_mm, box.bottom_mm)
    )
    return slice(y0, y1), slice(x0, x1)


def band_on(layout: Layout, shape: tuple[int, ...], px_per_mm: float) -> Where:
    """Return the rows and columns that hold all faces, and nothing that is printed beside them."""
    first, last = layout.all_rows[0].targets[0], layout.all_rows[-1].targets[0]
    top_mm = first.centre.y_mm - first.radius_mm * BAND_SHARE
    bottom_mm = last.centre.y_mm + last.radius_mm * BAND_SHARE
    labels = [row.label.right_mm for row in layout.all_rows if row.label]
    left_mm = min(labels) if len(labels) == len(layout.all_rows) else 0.0
    bottom_px = min(round(bottom_mm * px_per_mm), shape[0])
    return slice(round(top_mm * px_per_mm), bottom_px), slice(round(left_mm * px_per_mm), shape[1])


def faces_on(layout: Layout, shape: tuple[int, ...], px_per_mm: float, radii: float = 1.0) -> Bools:
    """Return where on the slip the faces are, or what lies within so many `radii` of them."""
    faces = np.zeros(shape, np.uint8)
    for face in layout.faces:
        centre = round(face.centre.x_mm * px_per_mm), round(face.centre.y_mm * px_per_mm)
        cv2.circle(faces, centre, round(face.radius_mm * radii * px_per_mm), 1, -1)
    return faces > 0


def off_all_edges(rows: slice, columns: slice, shape: tuple[int, ...], px_per_mm: float) -> Where:
    """Return what of some rows and columns does not lie along the slip's edges."""
    edge = round(STRAY_EDGE_MM * px_per_mm)
    return (
        slice(max(rows.start or 0, edge), min(rows.stop, shape[0] - edge)),
        slice(max(columns.start or 0, edge), min(columns.stop, shape[1] - edge)),
    )
