"""Owns the worker processes: jobs go in, results come out in the jobs' order.

A worker may be killed by the system, or never come back from a job. That costs the part of the
job that did it, and nothing else.
"""

import contextlib
import logging
import multiprocessing
import os
import signal
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Generic, TypeVar

import cv2

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
    result that stands for a part on which a worker died or did not come back.
    """

    run: Callable[[Job], list[Result]]
    parts: Callable[[Job], Sequence[Job]]
    lost: Callable[[Job], Result]


def in_order(
    jobs: Iterable[Job], task: Task[Job, Result], workers: int, job_limit_s: float = JOB_LIMIT_S
) -> Iterator[Result]:
    """Do `jobs` in `workers` processes and yield their results in the jobs' order.

    Jobs are taken as they are needed. Whatever `task.run` raises is raised here. Ending early, by
    Ctrl-C too, stops the workers at once.
    """
    with tempfile.TemporaryDirectory(prefix="scanpipe-") as folder:
        crew = _Crew(workers, folder)
        ahead: deque[tuple[Job, Future[list[Result]]]] = deque()
        try:
            for job in jobs:
                ahead.append((job, crew.submit(task.run, job)))
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
        return ProcessPoolExecutor(self._workers, context, _start_worker, (self.folder,))

    def submit(self, run: Callable[[Job], list[Result]], job: Job) -> Future[list[Result]]:
        """Give `job` to the next free worker; trouble is told by the future, not here."""
        try:
            with _deaf_to_interrupts():
                return self._pool.submit(run, job)
        except BrokenProcessPool as error:
            future: Future[list[Result]] = Future()
            future.set_exception(error)
            return future

    def stop(self) -> None:
        """End the workers without waiting for what they are at."""
        # Before Python 3.14 there is no public way to them.
        processes = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        for process in processes:
            process.join(FAREWELL_S)

    def replace(self) -> None:
        """Stop the workers and hire new ones."""
        self.stop()
        self._pool = self._hire()


def _first(
    ahead: deque[tuple[Job, Future[list[Result]]]],
    crew: _Crew,
    task: Task[Job, Result],
    limit_s: float,
) -> list[Result]:
    """Return the results of the first job `ahead`, one way or the other."""
    job, future = ahead.popleft()
    try:
        return future.result(limit_s)
    except (BrokenProcessPool, TimeoutError):
        _log.warning("a worker died or hung; its work is done again in parts")
    crew.stop()
    results = _one_by_one(job, task, crew.folder)
    crew.replace()
    for place, (later, done) in enumerate(ahead):
        if not done.done() or done.cancelled() or done.exception() is not None:
            ahead[place] = (later, crew.submit(task.run, later))
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


@contextlib.contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Start workers that Ctrl-C does not reach: their parent stops them, without a traceback."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _start_worker(folder: str) -> None:
    """Keep libraries from starting threads of their own: the workers fill the cores already.

    What a worker that is stopped leaves behind lies in `folder`, which its parent removes.
    """
    os.environ["OMP_THREAD_LIMIT"] = "1"
    tempfile.tempdir = folder
    cv2.setNumThreads(1)
