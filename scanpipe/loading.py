"""Owns the loading of much code at a time."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collecting() -> Iterator[None]:
    """Import inside without Python's looking for garbage, of which modules leave none.

    Else that takes a quarter of the time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
