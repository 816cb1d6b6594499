"""Owns the reading of a slip's own serial number, by zxing-cpp, from the small code on it."""

import numpy as np
from numpy.typing import NDArray

from scanpipe.layout import Layout
from scanpipe.reading.pictures import part_of

Grey = NDArray[np.uint8]

AROUND_MM = 2.0
"""Clear paper about the code, which is needed to find it."""


def read_serial(slip: Grey, layout: Layout, px_per_mm: float) -> str | None:
    """Return the serial number of a rectified slip; None if it has none that can be read."""
    if layout.serial is None:
        return None
    import zxingcpp  # late: few forms have serial numbers

    code = np.ascontiguousarray(part_of(slip, layout.serial.inset(-AROUND_MM), px_per_mm))
    found = zxingcpp.read_barcodes(
        code, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix)
    )
    return found[0].text if len(found) == 1 else None
