"""A process that is kept to its allowance says so when it needs more, and is not killed."""

import subprocess
import sys

import pytest

from scanpipe.reading.limits import ALLOWANCE_BYTES

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux keeps a process to such a limit"
)


# What is asked for is never touched: that would take time.
ASKING = f"""
from scanpipe.reading.limits import memory_limited
with memory_limited():
    bytes({ALLOWANCE_BYTES // 4})
    try:
        bytes({ALLOWANCE_BYTES + 50_000_000})
    except MemoryError:
        print("refused")
bytes({ALLOWANCE_BYTES + 50_000_000})
print("given")
"""


def test_more_than_the_allowance_is_refused_and_afterwards_it_is_not() -> None:
    # In a process in which no thread of an earlier test ends meanwhile, and gives memory back.
    done = subprocess.run([sys.executable, "-c", ASKING], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("refused\ngiven\n", "")


def test_what_a_worker_starts_is_kept_to_the_allowance_too() -> None:
    asks = f"bytes({ALLOWANCE_BYTES} * 2)"
    starts = f"subprocess.run([sys.executable, '-c', '{asks}'])"
    program = f"import subprocess, sys; from scanpipe.reading import limits as l; {{}}{starts}"

    kept, free = (
        subprocess.run([sys.executable, "-c", program.format(first)], capture_output=True)
        for first in ("l.limit_memory(); ", "")
    )

    assert b"MemoryError" in kept.stderr
    assert free.stderr == b""
