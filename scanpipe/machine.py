"""Owns what this computer has to work with."""

import os
import sys

MOST_PROCESSES = 61 if sys.platform == "win32" else 256
"""A program on Windows cannot wait for more of its processes at a time."""


def cores() -> int:
    """Return how many processors this process may use, and can."""
    if hasattr(os, "sched_getaffinity"):
        return min(len(os.sched_getaffinity(0)), MOST_PROCESSES)
    return min(os.cpu_count() or 1, MOST_PROCESSES)
