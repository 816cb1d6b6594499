"""Owns the serial numbers of slips: random, and shown as a Data Matrix.

They follow no order and are written down nowhere, so that a number says which slip, never whose.
"""

import base64
import secrets
from collections.abc import Callable, Iterator
from functools import lru_cache

SERIAL_BYTES = 5
"""40 bits are eight letters and digits, which just fill a Data Matrix of 14 by 14 modules."""


def new_serial() -> str:
    """Return a random serial number: eight of the letters A-Z and the digits 2-7 (RFC 4648)."""
    return base64.b32encode(secrets.token_bytes(SERIAL_BYTES)).decode("ascii")


def all_different(draw: Callable[[], str]) -> Iterator[str]:
    """Yield serial numbers without end, no number twice; "", which prints none, may repeat."""
    seen: set[str] = set()
    while True:
        serial = draw()
        if serial and serial in seen:
            continue
        seen.add(serial)
        yield serial


@lru_cache(maxsize=64)
def serial_modules(serial: str) -> tuple[tuple[bool, ...], ...]:
    """Return the rows of the Data Matrix (ISO/IEC 16022, ECC 200) of `serial`, True where black."""
    import numpy as np
    import zxingcpp

    code = zxingcpp.create_barcode(serial, zxingcpp.BarcodeFormat.DataMatrix)
    image = np.array(code.to_image(scale=1, add_quiet_zones=False))
    return tuple(tuple(bool(value == 0) for value in row) for row in image)
