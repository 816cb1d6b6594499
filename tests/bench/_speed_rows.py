"""Owns the rows of the table of speed: how each figure is measured."""

import importlib.util
import json
import os
import pty
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from _measuring import MAIN, PROGRAMS, PYTHON, SCANPIPE, WORKERS, Cost, measured, surroundings
from _stacks import FORM, Stack, stack

ROUNDS = 3
WORKERS_RUN = 2
HELP_RUNS = 31
STARTS = 5
START_LIMIT_S = 60.0
LIGHT_DPI = 100

NOT_ALIKE = {"run.json", "journal.csv"}
"""Hold the time. Of run.json the readings are compared."""

IMAGES = {"grey": "grey JPEG", "1bit": "1-bit CCITT"}


@dataclass(frozen=True)
class Row:
    """A figure as the table shows it, with its goals; None where there is none."""

    figure: str
    value: str
    goal: str
    beyond: str = ""


class Bench:
    """One sitting: its stacks, and the runs over them."""

    def __init__(self, folder: Path, slips: int, rounds: int) -> None:
        self.folder = folder
        self.slips = slips
        self.rounds = rounds
        self.profiles: dict[str, dict[str, float]] = {}

    def stack(self, image: str = "grey") -> Stack:
        """Return the stack that most rows are measured on."""
        return stack(self.folder, self.slips, image)

    def output(self, of: Stack, how: str) -> Path:
        """Return the folder of a run's tables; `how` tells it from others over the same stack."""
        return self.folder / "out" / f"{of.pdf.stem} {how}"

    def run(
        self, of: Stack, workers: int = WORKERS_RUN, memory: bool = False, kinds: bool = False
    ) -> Cost:
        """Read a stack anew with so many workers."""
        return measured(
            *self.words(of, f"workers {workers}", "--workers", workers),
            memory=memory,
            kinds=kinds,
            log=self.folder / "run.log",
        )

    def words(self, of: Stack, how: str, *options: object) -> Sequence[object]:
        """Return the command that reads a stack with `options` into a folder that is not there."""
        output = self.output(of, how)
        shutil.rmtree(output, ignore_errors=True)
        output.parent.mkdir(exist_ok=True)
        return (*SCANPIPE, "run", of.pdf, "--form", FORM, "-o", output, *options)

    def by_turns(
        self, one: Callable[[], Cost], other: Callable[[], Cost]
    ) -> Iterator[tuple[Cost, Cost]]:
        """Yield the costs of both in every round, now the one first and now the other."""
        for round_ in range(self.rounds):
            if round_ % 2:
                second = other()
                yield one(), second
            else:
                first = one()
                yield first, other()


def against_poppler(bench: Bench, image: str, goal: str, beyond: str) -> Row:
    """Compare the CPU of a run with that of rasterising the same stack."""
    made = bench.stack(image)
    pairs = list(
        bench.by_turns(
            lambda: bench.run(made, kinds=True),
            lambda: measured("pdftoppm", "-r", 300, "-gray", made.pdf),
        )
    )
    bench.profiles[image] = profile(pairs, made.slips)
    ratio = median(run.cpu_s / bare.cpu_s for run, bare in pairs)
    sides = zip(*pairs, strict=True)
    run_ms, bare_ms = (1000 * median(cost.cpu_s for cost in side) / made.slips for side in sides)
    return Row(
        f"CPU of a run, OCR included, against `pdftoppm -r 300 -gray` alone; {IMAGES[image]}",
        f"{ratio:.2f} ({run_ms:.0f} ms a slip against {bare_ms:.0f})",
        goal,
        beyond,
    )


def profile(pairs: Sequence[tuple[Cost, Cost]], slips: int) -> dict[str, float]:
    """Return ms of CPU a slip: of the run, of its kinds of processes, and of poppler alone."""
    runs, bare = zip(*pairs, strict=True)
    kinds = [kind for kind in (MAIN, WORKERS, PROGRAMS) if runs[0].by_kind]
    found = {kind: median(run.by_kind.get(kind, 0.0) for run in runs) for kind in kinds}
    found["in all"] = median(run.cpu_s for run in runs)
    found["`pdftoppm` alone"] = median(each.cpu_s for each in bare)
    return {kind: 1000 * seconds / slips for kind, seconds in found.items()}


def workers_row(bench: Bench) -> Row:
    """Compare the time of a run with two workers with that of one."""
    made = bench.stack()
    pairs = list(bench.by_turns(lambda: bench.run(made, 2), lambda: bench.run(made, 1)))
    ratio = median(two.wall_s / one.wall_s for two, one in pairs)
    two_s, one_s = (median(cost.wall_s for cost in side) for side in zip(*pairs, strict=True))
    value = f"{ratio:.2f} ({two_s:.0f} s against {one_s:.0f})"
    return Row("time of a run, 2 workers against 1", value, "≤ 0.55")


def memory_row(bench: Bench) -> Row:
    """Compare the most memory held at a time over a small stack and one ten times as large."""
    few, many = max(bench.slips // 5, 1), max(bench.slips * 2, 10)
    stacks = [stack(bench.folder, slips) for slips in (few, many)]
    little, much = (bench.run(each, memory=True).peak_mb for each in stacks)
    value = "not measured: Linux only"
    if little and much:
        value = f"{much / little:.2f} ({much:.0f} MB against {little:.0f})"
    figure = f"peak memory of all processes, {many:,} slips against {few:,}"
    return Row(figure, value, "≤ 1.1, < 700 MB", "< 400 MB")


def scale_row(bench: Bench) -> Row:
    """Compare the CPU of a slip in a stack and in one twenty times as large."""
    many = 20 * bench.slips
    large = stack(bench.folder, many, dpi=LIGHT_DPI)
    small = stack(bench.folder, bench.slips, dpi=LIGHT_DPI)
    before, cost, after = bench.run(small), bench.run(large), bench.run(small)
    each_ms = 1000 * cost.cpu_s / many
    small_ms = 1000 * (before.cpu_s + after.cpu_s) / 2 / bench.slips
    return Row(
        f"CPU of a slip, {many:,} slips against {bench.slips:,}; {LIGHT_DPI} dpi",
        f"{each_ms / small_ms:.2f} ({each_ms:.1f} ms against {small_ms:.1f})",
        "≤ 1.05",
    )


def help_row(_: Bench) -> Row:
    """Compare the time until help is there with that of the shortest Python program."""
    asked: tuple[Sequence[str], ...] = ((*SCANPIPE, "--help"), (PYTHON, "-c", "pass"))
    times = [[measured(*words).wall_s for words in asked] for _ in range(HELP_RUNS)]
    ours_ms, least_ms = (1000 * median(side) for side in zip(*times, strict=True))
    value = f"{ours_ms / least_ms:.1f} ({ours_ms:.0f} ms against {least_ms:.0f})"
    return Row("`scanpipe --help` against `python -c pass`, time", value, "≤ 6", "≤ 4")


def progress_row(bench: Bench) -> Row:
    """Measure the time until the progress bar shows on a terminal."""
    seconds = median(seconds_to_progress(bench, bench.stack()) for _ in range(STARTS))
    return Row("first progress shown after", f"{seconds:.2f} s", "≤ 1 s")


def seconds_to_progress(bench: Bench, of: Stack) -> float:
    """Start a run on a terminal of its own and stop it as soon as it says something there."""
    output = bench.output(of, "stopped")
    shutil.rmtree(output, ignore_errors=True)
    near, far = pty.openpty()
    started = time.perf_counter()
    process = subprocess.Popen(
        [*SCANPIPE, "run", str(of.pdf), "--form", str(FORM), "-o", str(output)],
        stdout=subprocess.DEVNULL,
        stderr=far,
        env=surroundings() | {"TERM": "xterm"},
    )
    os.close(far)
    seen = b""
    while b"Pages" not in seen and select.select([near], [], [], START_LIMIT_S)[0]:
        seen += os.read(near, 1000)
    seconds = time.perf_counter() - started
    process.terminate()
    process.wait()
    os.close(near)
    return seconds


def same_row(bench: Bench) -> Row:
    """Compare what runs with 1, 2 and 4 workers and over Dask have written, byte for byte."""
    made = bench.stack()
    ways: dict[str, tuple[object, ...]] = {
        f"workers {count}": ("--workers", count) for count in (1, 2, 4)
    }
    dask = knows_dask()
    if dask:
        ways["Dask"] = ("--dask", "local")
    for how, options in ways.items():
        measured(*bench.words(made, how, *options), log=bench.folder / "run.log")
    results = {how: written(bench.output(made, how)) for how in ways}
    first = results["workers 1"]
    odd = sorted(
        {
            name
            for each in results.values()
            for name in first | each
            if first.get(name) != each.get(name)
        }
    )
    value = f"not the same: {', '.join(odd)}" if odd else f"the same bytes, {len(first)} files"
    figure = "results of 1, 2, 4 workers" + (" and of Dask" if dask else "; Dask not there")
    return Row(figure, value, "the same bytes")


def knows_dask() -> bool:
    """Whether this scanpipe can read on a Dask cluster, and `distributed` is installed."""
    words = [*SCANPIPE, "run", "--help"]
    told = subprocess.run(words, capture_output=True, check=True, env=surroundings()).stdout
    return b"--dask" in told and importlib.util.find_spec("distributed") is not None


def written(folder: Path) -> dict[str, bytes]:
    """Return all that a run wrote and that does not hold the time, by name."""
    files = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in NOT_ALIKE
    }
    readings = json.loads((folder / "run.json").read_text(encoding="utf-8"))["readings"]
    return files | {"readings in run.json": json.dumps(readings).encode()}


ROWS: dict[str, Callable[[Bench], Row]] = {
    "grey": lambda bench: against_poppler(bench, "grey", "≤ 1.0", "≤ 0.5"),
    "1bit": lambda bench: against_poppler(bench, "1bit", "≤ 1.0", "≤ 0.6"),
    "workers": workers_row,
    "memory": memory_row,
    "scale": scale_row,
    "help": help_row,
    "progress": progress_row,
    "same": same_row,
}
BIG = "scale"
