"""A process that is kept to its allowance says so when it needs more, and is not killed."""

import subprocess
import sys

import pytest

from scanpipe.reading.limits import ALLOWANCE_BYTES, memory_limited

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux keeps a process to such a limit"
)


def test_more_than_the_allowance_is_refused_and_afterwards_it_is_not() -> None:
    with memory_limited():
        bytes(ALLOWANCE_BYTES // 4)  # asked for, and never touched: that would take time
        with pytest.raises(MemoryError):
            bytes(ALLOWANCE_BYTES + 50_000_000)
    bytes(ALLOWANCE_BYTES + 50_000_000)


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
