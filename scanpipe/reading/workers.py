"""Owns the worker processes: jobs go in, results come out in the jobs' order.

A worker may be killed by the system, or never come back from a job. That costs the part of the
job that did it, and nothing else.
"""

import logging
import multiprocessing
import tempfile
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from scanpipe.reading.processes import end, start_worker, worker_to_be

Job = TypeVar("Job")
Result = TypeVar("Result")

JOB_LIMIT_S = 600.0
PART_LIMIT_S = 120.0
"""Far more than any job takes that will ever be done, on a slow machine too."""

START_LIMIT_S = 120.0
FAREWELL_S = 5.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Task(Generic[Job, Result]):
    """What is done with each job: `run`, in a worker, gives its results.

    `parts` divides a job that failed, so that its parts can be tried one by one; `lost` gives the
    result that stands for a part on which a worker died or did not come back. `known` gives the
    results of a job that need not be done; `done` is told those of every other, before they are
    handed on.
    """

    run: Callable[[Job], list[Result]]
    parts: Callable[[Job], Sequence[Job]]
    lost: Callable[[Job], Result]
    known: Callable[[Job], list[Result] | None] = lambda _job: None
    done: Callable[[Job, list[Result]], None] = lambda _job, _results: None


@dataclass(slots=True)
class _Begun(Generic[Job, Result]):
    """A job that waits for its turn to be handed on."""

    job: Job
    future: Future[list[Result]]
    known: bool = False

    @property
    def must_be_done_again(self) -> bool:
        """Whether the workers that were to do it have ended before it was done."""
        future = self.future
        return not future.done() or future.cancelled() or future.exception() is not None


def in_order(
    jobs: Iterable[Job],
    task: Task[Job, Result],
    workers: int,
    job_limit_s: float = JOB_LIMIT_S,
    folder: Path | None = None,
) -> Generator[Result, None, None]:
    """Do `jobs` in `workers` processes and yield their results in the jobs' order.

    Jobs are taken as they are needed. The workers' temporary files lie in a private folder inside
    `folder`, or where the system keeps such. Whatever `task.run` raises is raised here. Ending
    early, by Ctrl-C too, stops the workers at once.
    """
    with tempfile.TemporaryDirectory(
        prefix="scanpipe-", dir=folder and folder.absolute(), ignore_cleanup_errors=True
    ) as private:
        crew = _Crew(workers, private)
        ahead: deque[_Begun[Job, Result]] = deque()
        try:
            for job in jobs:
                ahead.append(_begin(job, crew, task))
                if len(ahead) > 2 * workers:
                    yield from _first(ahead, crew, task, job_limit_s)
            while ahead:
                yield from _first(ahead, crew, task, job_limit_s)
        finally:
            crew.stop()


class _Crew:
    """Some workers that can be stopped, whatever they are at, and replaced by new ones."""

    def __init__(self, workers: int, folder: str) -> None:
        self.folder = folder
        self._workers = workers
        self._pool = self._hire()

    def _hire(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        with worker_to_be():
            return ProcessPoolExecutor(self._workers, context, start_worker, (self.folder,))

    def submit(self, run: Callable[[Job], list[Result]], job: Job) -> Future[list[Result]]:
        """Give `job` to the next free worker; trouble is told by the future, not here."""
        try:
            with worker_to_be():
                return self._pool.submit(run, job)
        except BrokenProcessPool as error:
            future: Future[list[Result]] = Future()
            future.set_exception(error)
            return future

    def stop(self) -> None:
        """End the workers, and what they have started, without waiting for what they are at."""
        # Before Python 3.14 there is no public way to them.
        processes = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            end(process)
        for process in processes:
            process.join(FAREWELL_S)

    def replace(self) -> None:
        """Stop the workers and hire new ones."""
        self.stop()
        self._pool = self._hire()


def _begin(job: Job, crew: _Crew, task: Task[Job, Result]) -> _Begun[Job, Result]:
    known = task.known(job)
    if known is None:
        return _Begun(job, crew.submit(task.run, job))
    future: Future[list[Result]] = Future()
    future.set_result(known)
    return _Begun(job, future, known=True)


def _first(
    ahead: deque[_Begun[Job, Result]], crew: _Crew, task: Task[Job, Result], limit_s: float
) -> list[Result]:
    """Return the results of the first job `ahead`, one way or the other."""
    begun = ahead.popleft()
    try:
        results = begun.future.result(limit_s)
    except (BrokenProcessPool, TimeoutError):
        _log.warning("a worker died or hung; its work is done again in parts")
        results = _with_a_new_crew(begun.job, ahead, crew, task)
    if not begun.known:
        task.done(begun.job, results)
    return results


def _with_a_new_crew(
    job: Job, ahead: deque[_Begun[Job, Result]], crew: _Crew, task: Task[Job, Result]
) -> list[Result]:
    """Do the parts of `job` one by one; leave a crew at work on what is `ahead`."""
    crew.stop()
    results = _one_by_one(job, task, crew.folder)
    crew.replace()
    for later in ahead:
        if later.must_be_done_again:
            later.future = crew.submit(task.run, later.job)
    return results


def _one_by_one(job: Job, task: Task[Job, Result], folder: str) -> list[Result]:
    """Do the parts of `job` one at a time in a worker of their own.

    Raises BrokenProcessPool when a worker cannot even start: that is no job's fault.
    """
    results: list[Result] = []
    crew = _Crew(1, folder)
    try:
        crew.submit(_answer, None).result(START_LIMIT_S)
        for part in task.parts(job):
            try:
                results += crew.submit(task.run, part).result(PART_LIMIT_S)
            except (BrokenProcessPool, TimeoutError):
                _log.exception("a worker did not come back from %r", part)
                results.append(task.lost(part))
                crew.replace()
    finally:
        crew.stop()
    return results


def _answer(_: None) -> list[None]:
    return []
