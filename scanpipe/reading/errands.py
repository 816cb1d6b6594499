"""Owns what a Dask cluster's worker does for a run: what a worker here does, or a word why not.

Every function but `do` and `dask_setup` is called by way of `Client.run`, in the worker's event
loop; jobs come one at a time, on a thread of their own.
"""

import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, Self

from scanpipe.reading.copies import Copies
from scanpipe.reading.processes import lead_a_group, working_alone
from scanpipe.reading.scanfiles import ScanFile, why_gone


class ScanJob(Protocol):
    """Work on one scan; `copy` is where the worker finds it."""

    file: ScanFile
    copy: ScanFile | None

    def with_copy(self, copy: ScanFile) -> Self:
        """Return the job with the scan at another place."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What all jobs of a run have in common.

    `facts_of` tells what a reading depends on besides its scan, by name, wherever it is called;
    `facts` is what it tells where the run was started.
    """

    run: str
    facts_of: Callable[[], Mapping[str, str]]
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Lacking:
    """The worker at `address` does not see the scan."""

    address: str


@dataclass(frozen=True, slots=True)
class Unfit:
    """The worker at `address` might read otherwise: its facts are others."""

    address: str
    facts: Mapping[str, str]


@dataclass(slots=True)
class _Desk:
    """What this worker has of one run."""

    copies: Copies
    facts: Mapping[str, str] | None = None


_desks: dict[str, _Desk] = {}
_left: set[str] = set()
"""Runs that have ended, of which a job may still come."""

_laying = threading.Lock()
_at_work = threading.Lock()
"""The stages of reading share what a process has only one of; a worker may have several threads."""


def do(
    errand: Errand, run: Callable[[Any], list[Any]], job: ScanJob
) -> list[Any] | Lacking | Unfit:
    """Do `job` as `run` does it, if this worker is fit for it and sees the scan."""
    from distributed import get_worker

    worker = get_worker()
    with _at_work:
        if errand.run in _left:
            return []
        desk = _desk(errand.run, worker)
        if desk.facts is None:
            desk.facts = errand.facts_of()
        if desk.facts != errand.facts:
            return Unfit(worker.address, desk.facts)
        scan = _find(job.copy or job.file, desk.copies)
        if scan is None:
            return Lacking(worker.address)
        with working_alone(desk.copies.folder):
            return run(job.with_copy(scan))


def _find(scan: ScanFile, copies: Copies) -> ScanFile | None:
    """Return `scan` where this worker sees its content: under the same path, or as a copy."""
    if why_gone(scan) is None:
        return scan
    path = copies.find(scan.sha256)
    return replace(scan, path=path) if path else None


def answer(errand: Errand, dask_worker: Any = None) -> Mapping[str, str]:
    """Return the facts of this worker."""
    desk = _desk(errand.run, dask_worker)
    desk.facts = errand.facts_of()
    return desk.facts


def copy_of(run: str, sha256: str, dask_worker: Any = None) -> Path | None:
    """Return where this worker's copy of a scan lies."""
    return _desk(run, dask_worker).copies.find(sha256)


def begin(run: str, sha256: str, size_bytes: int, dask_worker: Any = None) -> None:
    """Begin to take a scan in pieces."""
    _desk(run, dask_worker).copies.begin(sha256, size_bytes)


def take(run: str, sha256: str, piece: bytes, dask_worker: Any = None) -> None:
    """Take the next piece of a scan; raise OSError if there is no room for it."""
    _desk(run, dask_worker).copies.take(sha256, piece)


def finish(run: str, sha256: str, dask_worker: Any = None) -> bool:
    """Keep the scan that came in pieces; tell whether it is whole."""
    return _desk(run, dask_worker).copies.finish(sha256)


def link(run: str, sha256: str, other: str, dask_worker: Any = None) -> bool:
    """Share the copy of another worker on this computer; tell whether that can be done."""
    return _desk(run, dask_worker).copies.link(sha256, Path(other))


def leave(run: str) -> None:
    """Remove all that this worker has of a run."""
    _left.add(run)
    desk = _desks.pop(run, None)
    if desk is not None:
        desk.copies.close()


def dask_setup(_worker: Any) -> None:
    """Begin the life of a worker that belongs to one run alone, as `start_worker` does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lead_a_group()


def _desk(run: str, worker: Any) -> _Desk:
    with _laying:
        if run not in _desks:
            _desks[run] = _Desk(Copies(Path(worker.local_directory)))
        return _desks[run]
