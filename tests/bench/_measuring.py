"""Owns what a command costs: its time, its CPU by kind of process, and its memory.

CPU seconds are user and system time of a command with all the processes it starts, as the kernel
counts them. It counts a process only once its parent has waited for it. So what each kind of
process took is also looked up while it runs, in /proc: if something had escaped the first count,
the second would be larger. The second and memory are known on Linux only.
"""

import os
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PYTHON = sys.executable
SCANPIPE = (PYTHON, "-m", "scanpipe")
FINE_CODES = (0, 7)
"""scanpipe ends with 7 when some pages could not be read."""

CPU_INTERVAL_S, MEMORY_INTERVAL_S = 0.05, 0.1
"""How often /proc is looked at. A look at memory takes the kernel a while: never with the CPU."""

PROC = Path("/proc")
MAIN, WORKERS, PROGRAMS = "main process", "worker processes", "Tesseract and poppler"


@dataclass(frozen=True)
class Cost:
    """What a command took. `by_kind` holds CPU seconds, empty where it is not known, and
    `peak_mb` is what all its processes held at one moment, what they share counted once.
    """

    cpu_s: float
    wall_s: float
    by_kind: dict[str, float] = field(default_factory=dict)
    peak_mb: float | None = None


def measured(
    *words: object,
    memory: bool = False,
    kinds: bool = False,
    fine: Sequence[int] = FINE_CODES,
    log: Path | None = None,
) -> Cost:
    """Run a command and return its cost; raise SystemExit unless it ends with a code in `fine`.

    What it prints goes to `log`, if there is one.
    """
    with open(log or os.devnull, "wb") as out:
        started = time.perf_counter()
        process = subprocess.Popen(
            list(map(str, words)), stdout=out, stderr=out, env=surroundings()
        )
        watch = _Watch(process.pid, memory) if (memory or kinds) and knows_processes() else None
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        by_kind, peak_mb = watch.stop() if watch else ({}, None)
    if process.returncode not in fine:
        told = log.read_text(errors="replace")[-2000:] if log else ""
        raise SystemExit(f"code {process.returncode}: {' '.join(map(str, words))}\n{told}")
    return Cost(usage.ru_utime + usage.ru_stime, wall_s, by_kind, peak_mb)


def surroundings() -> dict[str, str]:
    """Return the environment in which scanpipe is this tree's, wherever another is installed."""
    return os.environ | {"PYTHONPATH": str(ROOT)}


def knows_processes() -> bool:
    """Whether the system tells of a process what it uses, and which processes it has started."""
    return Path(f"/proc/self/task/{os.getpid()}/children").exists()


class _Watch:
    """Looks again and again at a process and all that came of it."""

    def __init__(self, pid: int, memory: bool) -> None:
        self._pid = pid
        self._memory = memory
        self._times: dict[int, _Times] = {}
        self._most_kb = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)
        self._thread.start()

    def stop(self) -> tuple[dict[str, float], float | None]:
        """Stop looking; return CPU seconds by kind of process, and MB if memory was looked at."""
        self._ended.set()
        self._thread.join()
        if self._memory:
            return {}, self._most_kb / 1000
        return self._by_kind(), None

    def _look_on(self) -> None:
        interval_s = MEMORY_INTERVAL_S if self._memory else CPU_INTERVAL_S
        while not self._ended.wait(interval_s):
            if self._memory:
                self._most_kb = max(self._most_kb, sum(map(_held_kb, family(self._pid))))
            else:
                self._times |= {pid: times for pid in family(self._pid) if (times := _times(pid))}

    def _by_kind(self) -> dict[str, float]:
        """A worker's count of the programs it has waited for is surer than a look at them.

        What workers come from has waited for workers.
        """
        found: dict[str, float] = defaultdict(float)
        python = {pid: each for pid, each in self._times.items() if each.name.startswith("python")}
        parents = {each.parent for each in python.values()}
        for pid, each in self._times.items():
            if pid == self._pid:
                found[MAIN] += each.own_s
            elif pid in python:
                found[WORKERS] += each.own_s
                found[PROGRAMS] += each.waited_for_s if pid not in parents else 0.0
        return dict(found)


def family(pid: int) -> list[int]:
    """Return `pid` and all running processes that come of it."""
    found = [pid]
    for parent in found:
        for listed in (PROC / str(parent) / "task").glob("*/children"):
            try:
                found += map(int, listed.read_text().split())
            except OSError:
                continue
    return found


class _Times(NamedTuple):
    """A process's name and parent, its CPU seconds, and those of the children it has waited for."""

    name: str
    parent: int
    own_s: float
    waited_for_s: float


def _times(pid: int) -> _Times | None:
    try:
        name, _, rest = (PROC / str(pid) / "stat").read_text().partition("(")[2].rpartition(")")
    except OSError:
        return None
    cells = rest.split()
    ticks = [int(cell) for cell in cells[11:15]]
    each_s = 1 / os.sysconf("SC_CLK_TCK")
    return _Times(name, int(cells[1]), sum(ticks[:2]) * each_s, sum(ticks[2:]) * each_s)


def _held_kb(pid: int) -> int:
    """Return a process's PSS: the memory it holds, what it shares divided among the sharers."""
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
