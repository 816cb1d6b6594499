"""Owns the handing out of work: jobs go to a crew, results come out in the jobs' order.

A worker may be killed by the system, or never come back from a job. That costs the part of the
job that did it, and nothing else.
"""

import logging
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future
from dataclasses import dataclass
from typing import Generic, TypeVar

from scanpipe.reading.crews import Crew

Job = TypeVar("Job")
Result = TypeVar("Result")

JOB_LIMIT_S = 1800.0
PART_LIMIT_S = 120.0
"""Far more than any job takes that will ever be done, on a slow machine too."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Task(Generic[Job, Result]):
    """What is done with each job: `run`, in a worker, gives its results.

    `parts` divides a job that failed, so that its parts can be tried one by one, and these in turn;
    `lost` gives the result that stands for one without parts but itself on which a worker died or
    did not come back. `known` gives the
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
    crew: Crew,
    job_limit_s: float = JOB_LIMIT_S,
) -> Generator[Result, None, None]:
    """Have `crew` do `jobs`, and yield their results in the jobs' order.

    Jobs are taken as they are needed. Whatever `task.run` raises is raised here. The crew is
    stopped at the end: at once when that comes early, by Ctrl-C too.
    """
    ahead: deque[_Begun[Job, Result]] = deque()
    try:
        for job in jobs:
            ahead.append(_begin(job, crew, task))
            if len(ahead) > 2 * crew.size:
                yield from _first(ahead, crew, task, job_limit_s)
        while ahead:
            yield from _first(ahead, crew, task, job_limit_s)
    finally:
        crew.stop()


def _begin(job: Job, crew: Crew, task: Task[Job, Result]) -> _Begun[Job, Result]:
    known = task.known(job)
    if known is None:
        return _Begun(job, crew.executor.submit(task.run, job))
    future: Future[list[Result]] = Future()
    future.set_result(known)
    return _Begun(job, future, known=True)


def _first(
    ahead: deque[_Begun[Job, Result]], crew: Crew, task: Task[Job, Result], limit_s: float
) -> list[Result]:
    """Return the results of the first job `ahead`, one way or the other."""
    begun = ahead.popleft()
    try:
        results = begun.future.result(limit_s)
    except (BrokenExecutor, TimeoutError):
        _log.warning("a worker died or hung; its work is done again in parts")
        results = _in_parts(begun.job, crew, task)
        for later in ahead:
            if later.must_be_done_again:
                later.future = crew.executor.submit(task.run, later.job)
    if not begun.known:
        task.done(begun.job, results)
    return results


def _in_parts(job: Job, crew: Crew, task: Task[Job, Result]) -> list[Result]:
    """Do the parts of `job` one at a time, with nothing else under way that could be to blame."""
    with crew.alone() as worker:
        return list(_parts_done(job, worker, task))


def _parts_done(job: Job, worker: Crew, task: Task[Job, Result]) -> Iterator[Result]:
    """Yield the results of the parts of `job`; a part that fails is divided further."""
    for part in task.parts(job):
        try:
            yield from worker.executor.submit(task.run, part).result(PART_LIMIT_S)
        except (BrokenExecutor, TimeoutError):
            _log.exception("a worker did not come back from %r", part)
            worker.replace()
            if len(task.parts(part)) > 1:
                yield from _parts_done(part, worker, task)
            else:
                yield task.lost(part)
