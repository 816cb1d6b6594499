"""Owns the crew that is a Dask cluster: met at the start, given jobs, and left as it was found."""

import logging
import multiprocessing
import secrets
import threading
import time
import warnings
from asyncio import CancelledError
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, wait
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from scanpipe.errors import MissingToolError, UsageError
from scanpipe.reading import errands
from scanpipe.reading.errands import Errand
from scanpipe.reading.limits import ALLOWANCE_BYTES
from scanpipe.reading.processes import deaf_threads, end, single_threaded
from scanpipe.reading.sending import AGAIN, ALIKE, Post, differences

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

LOCAL = "local"
"""Instead of an address: a cluster on this computer, for as long as the run lasts."""

CONNECT_TIMEOUT_S = 10
WORKERS_TIMEOUT_S = 30
RESTART_TIMEOUT_S = 10
"""A worker that hangs is asked for most of this time, and then killed."""

GRACE_S = 60.0
"""For the jobs under way when one has failed; each takes some seconds."""

FAREWELL_S = 5.0
COUNT_AGAIN_S = 5.0

TELL_AGAIN_S = 20.0
"""A worker that was killed is there again within some seconds, if anybody starts it anew."""

MEMORY_BYTES = 2 * ALLOWANCE_BYTES
"""Of a worker that is ours: a process with its libraries, and a page. Dask ends it above."""

ALLOWED_FAILURES = 1
"""A job is done once more if a worker died of it, and then in parts."""

LOUD = ("distributed", "distributed.client")
"""The loggers of Dask to which it gives a level of their own."""

_START = (
    "`dask scheduler` starts one and shows its address; `--dask local` makes one on this computer."
)


class ClusterCrew:
    """The workers of a Dask cluster, each reading one job at a time.

    Raises MissingToolError from the start if Dask is not installed, or a worker would read
    otherwise than this computer, and UsageError if there is no cluster at `address`. `waiting` is
    called every TELL_AGAIN_S while no worker is connected, on a thread of its own.
    """

    def __init__(
        self,
        address: str,
        workers: int,
        facts_of: Callable[[], Mapping[str, str]],
        folder: Path | None = None,
        waiting: Callable[[], None] | None = None,
    ) -> None:
        _import()
        self._address = address
        self._cluster = _local_cluster(workers, folder) if address == LOCAL else None
        self._counted = (0, -COUNT_AGAIN_S)
        try:
            self._client = _connect(self._cluster or address, address)
        except BaseException:
            _close(self._cluster)
            raise
        self._run = secrets.token_hex(8)
        self._stopped = threading.Event()
        try:
            errand = Errand(self._run, facts_of, facts_of())
            self._meet(errand)
        except BaseException:
            self._part()
            raise
        self._post = Post(self._client, errand)
        if waiting:
            threading.Thread(target=self._watch, args=(waiting,), daemon=True).start()

    @property
    def size(self) -> int:
        """How many workers there are just now; others may join, or leave."""
        size, at_s = self._counted
        if time.monotonic() - at_s > COUNT_AGAIN_S:
            size = max(self._connected(), 1)
            self._counted = (size, time.monotonic())
        return size

    @property
    def executor(self) -> Executor:
        """See Crew."""
        return self._post

    @contextmanager
    def alone(self) -> Iterator["ClusterCrew"]:
        """See Crew. Raises MissingToolError if no worker is left."""
        if not self._connected():
            raise MissingToolError(f"no worker of {self._address} is left", AGAIN)
        if wait(self._post.pending, GRACE_S).not_done:
            self.replace()
        yield self

    def replace(self) -> None:
        """See Crew: only workers that are at jobs of this run are started anew."""
        ours = set(self._client.futures)
        at_work = self._client.processing().items()
        busy = [worker for worker, keys in at_work if ours.intersection(keys)]
        self._post.give_up()
        if busy:
            with suppress(Exception):  # without a nanny a worker cannot be started anew
                self._client.restart_workers(busy, timeout=RESTART_TIMEOUT_S)

    def stop(self) -> None:
        """See Crew. A cluster that is not ours is left running, with nothing of this run on it."""
        if self._stopped.is_set():
            return
        self._stopped.set()
        self._post.shutdown(wait=False, cancel_futures=True)
        self._part()

    def _connected(self) -> int:
        """Return how many workers the scheduler has; of one that is gone it is not known: 0."""
        return len(self._client.scheduler_info(n_workers=-1).get("workers", ()))

    def _watch(self, waiting: Callable[[], None]) -> None:
        seen_s = time.monotonic()
        while not self._stopped.wait(min(COUNT_AGAIN_S, TELL_AGAIN_S)):
            try:
                connected = self._connected()
            except (Exception, CancelledError):  # the scheduler is gone, which the jobs tell
                return
            if connected:
                seen_s = time.monotonic()
            elif self._client.status == "running" and time.monotonic() - seen_s >= TELL_AGAIN_S:
                waiting()
                seen_s = time.monotonic()

    def _part(self) -> None:
        if self._cluster is None:
            with suppress(Exception):
                self._client.run(errands.leave, self._run, on_error="ignore")
        with suppress(Exception):
            self._client.close(timeout=FAREWELL_S)
        _close(self._cluster)

    def _meet(self, errand: Errand) -> None:
        """Ask every worker how it reads; raise MissingToolError if one differs."""
        answers = self._client.run(errands.answer, errand, on_error="return")
        problems = [
            f"worker {worker} {problem}"
            for worker, answer in answers.items()
            if (problem := _problem(answer, errand.facts))
        ]
        if problems:
            raise MissingToolError("\n".join(problems), ALIKE)


def _problem(answer: Mapping[str, str] | Exception, facts: Mapping[str, str]) -> str:
    """Return why a worker cannot be used; empty if it can."""
    if isinstance(answer, ModuleNotFoundError):
        return f"cannot run scanpipe: {answer}"
    if isinstance(answer, Exception):
        return f"cannot read: {answer}"
    return differences(answer, facts)


def _import() -> None:
    try:
        import distributed  # noqa: F401  # it gives its loggers their levels
    except ImportError as error:
        raise MissingToolError(
            f"reading on a Dask cluster needs a package that is not installed: {error}",
            'Install it with `pip install "scanpipe[dask]"`.',
        ) from None
    # What goes wrong with workers is told by us, or mended without a word.
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _connect(cluster: "LocalCluster | str", address: str) -> "Client":
    from distributed import Client

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of versions that differ: those that matter we ask for
            client = Client(
                cluster, timeout=CONNECT_TIMEOUT_S, set_as_default=False, name="scanpipe"
            )
    except (OSError, ValueError, TimeoutError) as error:
        raise UsageError(f"no Dask scheduler answers at {address}: {error}", _START) from None
    try:
        client.wait_for_workers(1, timeout=WORKERS_TIMEOUT_S)
    except TimeoutError:
        client.close()
        raise UsageError(
            f"the Dask cluster at {address} has no workers", f"`dask worker {address}` starts some."
        ) from None
    return client


def _local_cluster(workers: int, folder: Path | None) -> "LocalCluster":
    import dask
    from distributed import LocalCluster

    config: dict[str, object] = {"distributed.scheduler.allowed-failures": ALLOWED_FAILURES}
    if folder is not None:  # the scheduler too has files, and is told of no folder but this way
        config["temporary-directory"] = str(folder.absolute())
    with single_threaded(), deaf_threads(), dask.config.set(config):
        return LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
            memory_limit=MEMORY_BYTES,
            local_directory=None if folder is None else str(folder.absolute()),
            silence_logs=logging.CRITICAL,
            preload=[errands.__name__],
        )


def _close(cluster: "LocalCluster | None") -> None:
    """End the workers of a cluster that is ours, whatever they are at, and what they started."""
    if cluster is None:
        return
    for nanny in cluster.workers.values():
        nanny.auto_restart = False
    ours = {nanny.pid for nanny in cluster.workers.values()}
    processes = [each for each in multiprocessing.active_children() if each.pid in ours]
    for process in processes:
        end(process)
    with suppress(Exception):
        cluster.close(timeout=FAREWELL_S)
    for process in processes:
        process.join(FAREWELL_S)
