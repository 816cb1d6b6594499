"""Owns the reading of a slip's own serial number, by zxing-cpp, from the small code on it."""

import numpy as np
from numpy.typing import NDArray

from scanpipe.layout import Box, Layout

Grey = NDArray[np.uint8]

PX_PER_MM = 8.0
AROUND_MM = 2.0
"""Clear paper about the code, which is needed to find it."""


def code_box(layout: Layout) -> Box | None:
    """Return where on a slip the code is, with paper about it; None if it has none."""
    return layout.serial and layout.serial.inset(-AROUND_MM)


def read_serial(code: Grey) -> str | None:
    """Return the serial number in a picture of the `code_box`, at PX_PER_MM, if it can be read."""
    import zxingcpp  # late: few forms have serial numbers

    found = zxingcpp.read_barcodes(
        code, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix)
    )
    return found[0].text if len(found) == 1 else None
