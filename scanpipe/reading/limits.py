"""Owns how much memory is held: a file that would fill the computer's costs its page, not the run.

Where the system knows no such limit (Windows; macOS takes it and does not keep it), what is read
is still bounded by the number of pixels and bytes that the decoding stages allow.
"""

import contextlib
import ctypes
import sys
from collections.abc import Iterator
from pathlib import Path

ALLOWANCE_BYTES = 700_000_000
"""What decoding a page may take on top of the libraries. An A3 page at 600 dpi in colour, more
than people scan, takes 500 MB.
"""


def limit_memory() -> None:
    """Keep this process, and each that it starts, to the allowance from now on."""
    _set_soft_limit(_in_use_bytes() + ALLOWANCE_BYTES)


@contextlib.contextmanager
def memory_limited() -> Iterator[None]:
    """Keep this process to the allowance for a while: too much then raises MemoryError."""
    before = _set_soft_limit(_in_use_bytes() + ALLOWANCE_BYTES)
    try:
        yield
    finally:
        if before is not None:
            _set_soft_limit(before)


def _in_use_bytes() -> int:
    """Return the memory for data that this process has; 0 where the system does not tell."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData:")), 0)


def _set_soft_limit(limit_bytes: int) -> int | None:
    """Set the limit that a process may lift again; return the former one, None if it was not set.

    RLIMIT_DATA, not RLIMIT_AS: libraries reserve address space by the gigabyte and never use it.
    """
    if sys.platform == "win32":
        return None
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    allowed = limit_bytes if hard == resource.RLIM_INFINITY else min(limit_bytes, hard)
    try:
        resource.setrlimit(resource.RLIMIT_DATA, (allowed, hard))
    except (ValueError, OSError):
        return None
    return soft


def hand_back_memory() -> None:
    """Give the system back what was freed: glibc would keep it."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
