"""Owns the way of jobs to a Dask cluster and back, and of scans to workers that do not see them."""

import errno
from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from scanpipe.errors import MissingToolError, UsageError
from scanpipe.reading import copies, errands
from scanpipe.reading.errands import Errand, Lacking, ScanJob, Unfit
from scanpipe.reading.scanfiles import ScanFile, why_gone
from scanpipe.reading.scanfolders import stamp_of

if TYPE_CHECKING:
    from distributed import Client

PIECE_BYTES = 4_000_000
"""The scheduler holds a few of these at a time."""

MOST_ATTEMPTS = 5
"""How often a scan is sent for the same job: workers may be lost meanwhile, but not all day."""

NO_ROOM = {errno.ENOSPC, errno.EACCES, errno.EROFS, getattr(errno, "EDQUOT", errno.ENOSPC)}

SHARE = "Put the scans where every worker sees them under the same path."
AGAIN = "Start it again, and run the same command: it goes on where it stopped."
ALIKE = "Install the same on every worker as on this computer, and start them anew."


def differences(there: Mapping[str, str], here: Mapping[str, str]) -> str:
    """Return in words what differs between the facts of a worker and ours; empty if nothing."""
    names = [name for name in {**here, **there} if here.get(name) != there.get(name)]
    if not names:
        return ""
    listed = (f"{n} {there.get(n, 'missing')}, here {here.get(n, 'missing')}" for n in names)
    return f"might read otherwise: it has {'; '.join(listed)}"


@dataclass(frozen=True, slots=True)
class _Parcel:
    """A job on its way, and who waits for its results."""

    future: Future[Any]
    run: Callable[[Any], list[Any]]
    job: ScanJob
    attempts: int = MOST_ATTEMPTS


class Post(Executor):
    """An executor whose jobs go to the workers of a cluster, and their scans behind them.

    The cluster does a job anew whose worker was lost. BrokenExecutor in a future says that
    several workers were.
    """

    def __init__(self, client: "Client", errand: Errand) -> None:
        self._client = client
        self._errand = errand
        self._engine = client.get_executor(pure=False)
        self._sender = ThreadPoolExecutor(1, "scans to workers")
        self._holders: dict[str, list[str]] = {}
        self._stopped = False
        self._pending: dict[Future[Any], Future[Any]] = {}

    @property
    def pending(self) -> list[Future[Any]]:
        """The jobs that are not done yet."""
        return list(self._pending)

    def give_up(self) -> None:
        """Have the jobs that are not done yet be done by nobody; their futures are cancelled."""
        for future, sent in list(self._pending.items()):
            future.cancel()
            sent.cancel()

    def submit(self, run: Callable[..., Any], job: Any, /) -> Future[Any]:  # type: ignore[override]
        """Give a job to a worker."""
        future: Future[Any] = Future()
        future.add_done_callback(self._forget)
        scan: ScanFile = job.file
        if scan.problem is not None or why_gone(scan) is not None:
            future.set_result(run(job))
        else:
            seen_from_anywhere = replace(scan, path=scan.path.absolute())
            self._send(_Parcel(future, run, job.with_copy(seen_from_anywhere)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no jobs any more; those that are under way end without anybody to hear of it."""
        self._stopped = True
        self._sender.shutdown(wait=wait, cancel_futures=cancel_futures)
        self._engine.shutdown(wait=wait)

    def _send(self, parcel: _Parcel, **where: object) -> None:
        sent = self._engine.submit(errands.do, self._errand, parcel.run, parcel.job, **where)
        self._pending[parcel.future] = sent
        sent.add_done_callback(partial(self._receive, parcel))

    def _forget(self, future: Future[Any]) -> None:
        self._pending.pop(future, None)

    def _receive(self, parcel: _Parcel, sent: Future[Any]) -> None:
        """Hand on what came of a job. Called in a thread that must not wait."""
        if self._stopped or parcel.future.done():
            return
        found = self._outcome(sent)
        if isinstance(found, Lacking) or stamp_of(parcel.job.file.path) != parcel.job.file.stamp:
            self._sender.submit(self._look_again, parcel, found)
        elif isinstance(found, Exception):
            parcel.future.set_exception(found)
        else:
            parcel.future.set_result(found)

    def _outcome(self, sent: Future[Any]) -> Any:
        """Return what came of a job: its results, Lacking, or an exception."""
        from distributed import KilledWorker

        if sent.cancelled():
            return MissingToolError("the Dask cluster has stopped", AGAIN)
        error = sent.exception()
        if isinstance(error, KilledWorker):
            return BrokenExecutor(str(error))
        if error is not None:
            return error
        found = sent.result()
        if isinstance(found, Unfit):
            told = differences(found.facts, self._errand.facts)
            return MissingToolError(f"worker {found.address} {told}", ALIKE)
        return found

    def _look_again(self, parcel: _Parcel, found: object) -> None:
        """Send the scan to the worker that lacks it, and the job once more."""
        future, job = parcel.future, parcel.job
        try:
            if why_gone(job.file) is not None:
                future.set_result(parcel.run(job))  # it tells of each page why it is not read
            elif isinstance(found, Lacking):
                self._bring(job.file, found.address, parcel.attempts)
                again = replace(parcel, attempts=parcel.attempts - 1)
                self._send(again, workers=[found.address], allow_other_workers=True)
            elif isinstance(found, Exception):
                future.set_exception(found)
            else:
                future.set_result(found)
        except Exception as error:
            future.set_exception(error)

    def _bring(self, scan: ScanFile, worker: str, attempts: int) -> None:
        """Have `worker` get a copy of `scan`; a worker that is lost meanwhile needs none."""
        if not attempts:
            raise UsageError(f"{scan.path} could not be sent to the workers of the cluster", SHARE)
        size_bytes = scan.path.stat().st_size
        if size_bytes > copies.MOST_BYTES:
            raise UsageError(
                f"worker {worker} does not see {scan.path}, which is too large to be sent", SHARE
            )
        if self._ask(worker, errands.copy_of, scan.sha256) or self._is_linked(scan.sha256, worker):
            return
        self._ask(worker, errands.begin, scan.sha256, size_bytes)
        with scan.path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                self._ask(worker, errands.take, scan.sha256, piece)
        if self._ask(worker, errands.finish, scan.sha256):
            self._holders.setdefault(scan.sha256, []).append(worker)

    def _is_linked(self, sha256: str, worker: str) -> bool:
        """Whether `worker` could share the copy of another on its computer."""
        for holder in self._holders.get(sha256, ()):
            if _host(holder) == _host(worker):
                path = self._ask(holder, errands.copy_of, sha256)
                if path and self._ask(worker, errands.link, sha256, str(path)):
                    return True
        return False

    def _ask(self, worker: str, function: Callable[..., Any], *given: object) -> Any:
        """Have `worker` call `function`; None if it is not there any more."""
        answers = self._client.run(
            function, self._errand.run, *given, workers=[worker], on_error="return"
        )
        answer = answers.get(worker)
        if isinstance(answer, OSError) and answer.errno in NO_ROOM:
            raise UsageError(f"worker {worker} has no room for a scan: {answer}", SHARE)
        return None if isinstance(answer, Exception) else answer


def _host(address: str) -> str:
    return address.rpartition(":")[0]
