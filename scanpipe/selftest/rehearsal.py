"""Owns the rehearsal: makes the pages of scenarios, reads them as `run` does, and compares.

Everything goes through files, in a private folder that is gone afterwards.
"""

import multiprocessing
import signal
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from scanpipe import tools
from scanpipe.errors import UsageError
from scanpipe.form import Form
from scanpipe.machine import MOST_PROCESSES
from scanpipe.reading.kinds import kinds_of
from scanpipe.reading.pipeline import open_stack, read_stack
from scanpipe.reading.record import PageReading
from scanpipe.selftest.comparing import Outcome, compare
from scanpipe.selftest.tally import Tally
from scanpipe.simulation.files import write_stack
from scanpipe.simulation.scenarios import SCENARIOS, Scenario
from scanpipe.simulation.sittings import ScannedPage, sitting, sittings_for

STACK_SLIPS = 20
"""Scenarios with fewer slips than this share a stack: each stack starts workers of its own."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Sitting:
    """Which pages to make: all that decides about them but form and strokes."""

    scenario: str
    seed: int
    number: int


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One slip rehearsed, or page: how to make it again, and what became of it."""

    sitting: Sitting
    outcome: Outcome


def scenarios_named(name: str | None) -> list[Scenario]:
    """Return the scenario called `name`, or for None all in which the marks can still be seen.

    Raises UsageError that tells what there is.
    """
    if name is None:
        return [scenario for scenario in SCENARIOS.values() if scenario.group.readable]
    if name not in SCENARIOS:
        near = get_close_matches(name, SCENARIOS, n=3, cutoff=0.4)
        listed = ", ".join(near or SCENARIOS)
        raise UsageError(
            f"there is no scenario {name}",
            f"Perhaps one of: {listed}. `scanpipe selftest --scenarios` lists them all.",
        )
    return [SCENARIOS[name]]


def rehearse(
    form: Form,
    scenarios: Sequence[Scenario],
    slips: int,
    seed: int = 1,
    workers: int = 1,
    progress: Progress | None = None,
) -> dict[str, Tally]:
    """Return what became of about `slips` slips of each of `scenarios`, by its name.

    `progress` is told the pages done, and all, a sitting of several counting as one. Raises
    MissingToolError.
    """
    tools.require(form.models)
    wanted = [_sittings(scenario, form, slips, seed) for scenario in scenarios]
    stacks = wanted if slips >= STACK_SLIPS else [[each for some in wanted for each in some]]
    total, done = sum(map(len, wanted)), 0
    tallies = {scenario.name: Tally() for scenario in scenarios}
    with maker(workers) as pool:
        for stack in stacks:
            start = done

            def tell(pages: int, start: int = start) -> None:
                if progress:
                    progress(start + pages, total)

            for each in rehearse_stack(form, stack, pool, workers, told=tell):
                tallies[each.sitting.scenario].add([each.outcome])
            done += len(stack)
            tell(len(stack))
    return tallies


def _sittings(scenario: Scenario, form: Form, slips: int, seed: int) -> list[Sitting]:
    return [Sitting(scenario.name, seed, n) for n in range(sittings_for(scenario, form, slips))]


def maker(workers: int) -> ProcessPoolExecutor:
    """Return the pool in which pages are made."""
    context = multiprocessing.get_context("spawn")
    size = min(workers, MOST_PROCESSES)
    return ProcessPoolExecutor(size, mp_context=context, initializer=_start_maker)


def _start_maker() -> None:
    """Leave Ctrl-C to the parent, and the other cores to the other workers."""
    import cv2

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)


def make(form: Form, wanted: Sitting, strokes: Path | None = None) -> list[ScannedPage]:
    """Return the pages of one sitting; `strokes`: a folder of strokes to draw marks from."""
    scenario = SCENARIOS[wanted.scenario].drawn_from(strokes)
    return sitting(scenario, form, wanted.seed, wanted.number)


def rehearse_stack(
    form: Form,
    sittings: Sequence[Sitting],
    pool: ProcessPoolExecutor,
    workers: int,
    strokes: Path | None = None,
    told: Callable[[int], None] | None = None,
) -> list[Rehearsal]:
    """Make the pages of `sittings` in `pool`, read them as one stack, and compare.

    `told` hears now and then how many sittings' worth of work is done.
    """
    jobs = [pool.submit(make, form, each, strokes) for each in sittings]
    made: list[tuple[Sitting, ScannedPage]] = []
    try:
        for done, (each, job) in enumerate(zip(sittings, jobs, strict=True)):
            made += [(each, page) for page in job.result()]
            if told:
                told(done * 2 // 3)
    except BaseException:
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    # What is fed a second time comes after everything that is fed for the first.
    made.sort(key=lambda item: item[1].second)
    readings = _read(form, [page for _, page in made], workers)
    return [
        Rehearsal(each, outcome)
        for (each, page), reading in zip(made, readings, strict=True)
        for outcome in compare(page.rows, reading)
    ]


def _read(form: Form, pages: Iterable[ScannedPage], workers: int) -> list[PageReading | None]:
    """Return the reading of every page, None for one of which nothing was said."""
    with tempfile.TemporaryDirectory(prefix="scanpipe-") as folder:
        placed = write_stack(Path(folder), [page.packed for page in pages])
        stack = open_stack(sorted({path for path, _ in placed}))
        read = {(page.file, page.page): page for page in read_stack(kinds_of(form), stack, workers)}
    return [read.get((path.name, page)) or read.get((path.name, None)) for path, page in placed]
