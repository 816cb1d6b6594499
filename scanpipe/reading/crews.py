"""Owns the crews that read: workers behind an executor, and how they are stopped and replaced."""

import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any, Protocol

from scanpipe.errors import WorkersError
from scanpipe.machine import MOST_PROCESSES
from scanpipe.reading.nursery import NURSERY
from scanpipe.reading.processes import end, start_worker, worker_to_be

START_LIMIT_S = 120.0
STARTS = 3
"""One that failed proves nothing: the system may have killed it."""

FAREWELL_S = 5.0


class Crew(Protocol):
    """Some workers. What becomes of a job is told by its future: BrokenExecutor if a worker died
    of it.
    """

    @property
    def size(self) -> int:
        """How many jobs can be done at the same time."""

    @property
    def executor(self) -> Executor:
        """Takes jobs as long as the workers are not replaced."""

    def alone(self) -> AbstractContextManager["Crew"]:
        """Give a crew for a while that has nothing else to do, and that one job cannot harm for
        others. What was under way before has ended then, done or not.
        """

    def replace(self) -> None:
        """Stop whatever the workers are at, and have new ones."""

    def stop(self) -> None:
        """Stop the workers for good, and remove what they have left behind."""


class Pool(ProcessPoolExecutor):
    """Processes that are started one after the other, as there is work for them."""

    def __init__(self, workers: int, folder: str, start: BaseContext, ahead: str | None) -> None:
        with worker_to_be():
            life = folder, ahead, dict(os.environ)
            super().__init__(workers, start, start_worker, life)

    def submit(self, run: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        """Give a job to the next free process; trouble is told by the future, not here."""
        try:
            with worker_to_be():
                return super().submit(run, *given, **named)
        except BrokenExecutor as error:
            future: Future[Any] = Future()
            future.set_exception(error)
            return future

    def end(self) -> None:
        """End the processes, and what they have started, without waiting for what they are at."""
        # Before Python 3.14 there is no public way to them.
        processes = list((self._processes or {}).values())
        self.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            end(process)
        for process in processes:
            process.join(FAREWELL_S)


class LocalCrew:
    """Processes on this computer.

    Their temporary files lie in a private folder inside `folder`, or where the system keeps such.
    `ahead`: the module that they load before there is work.
    """

    def __init__(self, workers: int, folder: Path | None = None, ahead: str | None = None) -> None:
        self.size = min(workers, MOST_PROCESSES)
        self._ahead = ahead
        self._stopped = False
        self._private = tempfile.TemporaryDirectory(
            prefix="scanpipe-", dir=folder and folder.absolute(), ignore_cleanup_errors=True
        )
        self._start = NURSERY.enter(ahead)
        self.executor = self._hire()

    def _hire(self) -> Pool:
        return Pool(self.size, self._private.name, self._start, self._ahead)

    def begin(self) -> None:
        """Have all processes start now, and load what they need, though there is no work yet."""
        for _ in range(self.size):
            self.executor.submit(_be_there)

    @contextmanager
    def alone(self) -> Iterator["LocalCrew"]:
        """See Crew. Raises WorkersError if no worker can even start: that is no job's fault."""
        self.executor.end()
        one = LocalCrew(1, Path(self._private.name), self._ahead)
        try:
            one.see_it_start()
            yield one
        finally:
            one.stop()
            self.executor = self._hire()

    def see_it_start(self) -> None:
        """Raise WorkersError if no worker can even start."""
        said: Exception = BrokenExecutor()
        for _ in range(STARTS):
            try:
                self.executor.submit(_be_there).result(START_LIMIT_S)
            except (BrokenExecutor, TimeoutError) as error:
                said = error
                self.replace()
            else:
                return
        raise WorkersError(
            f"the processes that read the pages do not start on this computer: {said}",
            "Is there memory left? Then run the same command again. In a script of your own, call "
            'scanpipe below `if __name__ == "__main__":`, for every process loads the script.',
        ) from said

    def replace(self) -> None:
        """See Crew."""
        self.executor.end()
        self.executor = self._hire()

    def stop(self) -> None:
        """See Crew."""
        if not self._stopped:
            self._stopped = True
            self.executor.end()
            self._private.cleanup()
            NURSERY.leave()


def _be_there() -> None:
    """Do nothing: a worker that does so has started."""
