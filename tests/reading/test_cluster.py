"""Reading on a Dask cluster: a real one of two processes, which are killed, blinded and altered."""

import logging
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from scanpipe.errors import ExitCode, MissingToolError, UsageError
from scanpipe.reading import cluster, copies, errands, pipeline, sending, workers
from scanpipe.reading.cluster import ClusterCrew
from scanpipe.reading.crews import Crew
from scanpipe.reading.nursery import NURSERY, READERS
from scanpipe.reading.scanfiles import ScanFile, open_scan
from scanpipe.reading.workers import Task, in_order
from scanpipe.run import read_scans

# Loaded only where these tests run: it takes a second.
pytestmark = pytest.mark.skipif(
    not find_spec("distributed"), reason='needs `pip install "scanpipe[dask]"`'
)

ROOT = Path(__file__).parents[2]
AWKWARD = ROOT / "samples" / "awkward.pdf"
TABLES = ("results.csv", "summary.csv", "review.csv")
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)

NOTHING = dict[str, str]


def test_ctrl_c_ends_a_cluster_of_our_own_and_leaves_only_what_was_read(
    desk, monkeypatch, tmp_path
) -> None:
    children = set(multiprocessing.active_children())

    def stop(pages: int, _total: int) -> None:
        if pages:
            raise KeyboardInterrupt

    monkeypatch.chdir(desk.path)
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(pipeline, "PAGES_AT_A_TIME", 1)
    form = Path("forms", "hadeland-2016.toml")
    with pytest.raises(KeyboardInterrupt):
        read_scans(form, [AWKWARD], workers=1, progress=stop, dask="local")

    assert set(multiprocessing.active_children()) <= children
    left = [path.name for path in desk.output.rglob("*")]
    assert left == [".scanpipe", "readings.sqlite"]
    assert list(tmp_path.glob("dask*")) == []


UNWATCHED = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "5s",
}
"""What Dask looks at all the time, for a page about its cluster that nobody sees here."""


@contextmanager
def quick_starts() -> Iterator[None]:
    """Have Dask take workers from a process that has loaded all they need: those for which others
    were killed would load it anew. A process of Python has one of this kind, which is ours else.
    """
    import dask

    if "forkserver" not in multiprocessing.get_all_start_methods():
        yield
        return
    from multiprocessing import forkserver

    NURSERY.leave()
    multiprocessing.set_forkserver_preload(["distributed", "scanpipe.reading.pipeline"])
    forkserver.ensure_running()
    with dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"} | UNWATCHED):
        yield
    forkserver._forkserver._stop()
    multiprocessing.set_forkserver_preload(["__main__"])
    NURSERY.enter(READERS)


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A cluster that is there already. No run leaves a file on it."""
    import cloudpickle
    import distributed

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    folder = tmp_path_factory.mktemp("cluster")
    with (
        quick_starts(),
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address=None,
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
            local_directory=str(folder),
            silence_logs="CRITICAL",
        ) as running,
    ):
        yield running
    assert [path for path in folder.rglob("*") if path.is_file() and "scanpipe" in str(path)] == []


def crew_of(dask: Any, facts: Callable[[], dict[str, str]] = NOTHING) -> ClusterCrew:
    return ClusterCrew(dask.scheduler_address, 1, facts)


def is_whole(dask: Any) -> bool:
    """Whether both workers are at work: one that was killed is missed some time later."""
    running = [each for each in dask.workers.values() if each.status.name == "running"]
    return len(running) == 2 == len(dask.scheduler.workers)


@pytest.fixture
def crew(dask: Any) -> Iterator[ClusterCrew]:
    # Those that the test before has killed come back late on a computer with much to do, or Dask
    # has given them up.
    patience = time.monotonic() + 20
    while not is_whole(dask) and time.monotonic() < patience:
        time.sleep(0.05)
    if not is_whole(dask):
        dask.scale(0)
        while dask.workers:
            time.sleep(0.1)
        dask.scale(2)
        dask.wait_for_workers(2, timeout=120)
    crew = crew_of(dask)
    yield crew
    crew.stop()


@pytest.fixture
def client(dask: Any) -> Iterator[Any]:
    import distributed

    with distributed.Client(dask, set_as_default=False) as client:
        yield client


@pytest.fixture
def scan(tmp_path: Path) -> ScanFile:
    """A scan of a few bytes: what is done with it is up to the job."""
    path = tmp_path / "scan.pdf"
    path.write_bytes(b"%PDF-1.4 the scan")
    stamp = (path.stat().st_size, path.stat().st_mtime_ns)
    return replace(open_scan(path), problem=None, stamp=stamp, sha256=sha256_of(path))


def sha256_of(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


@dataclass(frozen=True)
class Job:
    """An expression, with parts between plus signs; `job.copy` is the scan as a worker sees it."""

    text: str
    file: ScanFile
    copy: ScanFile | None = None

    def with_copy(self, copy: ScanFile) -> "Job":
        return replace(self, copy=copy)


TASK: Task[Job, Any] = Task(
    lambda job: eval(job.text, {"job": job, "os": os}),  # noqa: S307
    lambda job: [replace(job, text=part) for part in job.text.split("+")],
    lambda job: f"lost {job.text}",
)
DEADLY = "os.kill(os.getpid(), 9)"
ENDLESS = "__import__('threading').Event().wait()"
SEEN = "[job.copy.path.read_bytes()]"


def done(crew: Crew, scan: ScanFile, *texts: str, job_limit_s: float = 120.0) -> list[Any]:
    """The results, or what comes of workers that are gone: nobody starts others here, and the
    half an hour that a job may take would be waited for.
    """
    return list(in_order([Job(text, scan) for text in texts], TASK, crew, job_limit_s))


@pytest.fixture
def some_pages(desk, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A job more than there are workers: slips of several kinds, a back, and a page of text."""
    monkeypatch.setattr(pipeline, "FEWEST_AT_A_TIME", 2)
    with pikepdf.open(AWKWARD) as awkward, pikepdf.new() as pdf:
        pdf.pages.extend(awkward.pages[number - 1] for number in (13, 15, 18, 20, 21, 23))
        pdf.save(desk.path / "box.pdf")
    return Path("box.pdf")


def test_a_worker_killed_in_mid_run_changes_no_byte(
    some_pages, desk, dask, without_workers
) -> None:
    import distributed

    killed: list[int] = []

    def kill_one_at_work(pages: int, _total: int) -> None:
        if pages and not killed:
            at_work = {address for address, keys in busy.processing().items() if keys}
            (nanny, *_) = (n for n in dask.workers.values() if n.worker_address in at_work)
            killed.append(nanny.pid)
            os.kill(nanny.pid, KILL)

    with distributed.Client(dask, set_as_default=False) as busy, chdir(desk.path):
        form = Path("forms", "hadeland-2016.toml")
        read_scans(form, [some_pages], progress=kill_one_at_work, dask=dask.scheduler_address)

    assert killed
    read = Path(desk.output).rename(desk.path / "killed")
    with without_workers():
        undisturbed = desk.run(some_pages)
    assert undisturbed.bytes_of(*TABLES) == replace(undisturbed, path=read).bytes_of(*TABLES)


def test_results_come_in_the_order_of_the_jobs(crew, scan) -> None:
    assert done(crew, scan, *(f"[{i}]+[{i}]" for i in range(12))) == [
        i for i in range(12) for _ in range(2)
    ]


def test_a_page_that_kills_every_worker_costs_itself_and_nothing_else(dask, crew, scan) -> None:
    dask.scheduler.allowed_failures, before = 0, dask.scheduler.allowed_failures
    try:
        found = done(crew, scan, "[0]", f"[1]+{DEADLY}+[2]", "[3]")
    finally:
        dask.scheduler.allowed_failures = before
    assert found == [0, 1, f"lost {DEADLY}", 2, 3]


def test_a_job_that_never_ends_costs_itself_and_nothing_else(crew, scan, monkeypatch) -> None:
    # A worker needs its time to come back on a computer with much to do, while other tests run.
    monkeypatch.setattr(workers, "PART_LIMIT_S", 10)
    monkeypatch.setattr(cluster, "GRACE_S", 0.1)
    found = done(crew, scan, f"[1]+{ENDLESS}", "[2]", job_limit_s=1)
    assert found == [1, f"lost {ENDLESS}", 2]


def test_what_a_job_raises_is_raised(crew, scan) -> None:
    with pytest.raises(ZeroDivisionError):
        done(crew, scan, "[0]", "[1 / 0]")


def blind(path: str) -> None:
    """Have a worker not see `path`, as one on another computer."""
    seen = errands.why_gone
    errands.why_gone = lambda scan: "gone" if str(scan.path) == path else seen(scan)


def test_a_scan_that_workers_do_not_see_is_sent_to_each_once_and_removed(
    client, crew, scan, monkeypatch
) -> None:
    client.run(blind, str(scan.path))
    monkeypatch.setattr(sending, "PIECE_BYTES", 5)
    asked: list[str] = []
    ask = sending.Post._ask

    def listen(self: sending.Post, worker: str, function: Any, *given: object) -> Any:
        asked.append(function.__name__)
        return ask(self, worker, function, *given)

    monkeypatch.setattr(sending.Post, "_ask", listen)

    found = done(crew, scan, *[SEEN] * 12, "[str(job.copy.path)]")

    assert found[:-1] == [scan.path.read_bytes()] * 12
    assert found[-1] != str(scan.path)
    assert asked.count("begin") == 1
    assert asked.count("take") == 4
    assert not Path(found[-1]).exists()


def test_a_scan_that_changes_while_it_is_read_is_looked_at_here(crew, scan) -> None:
    jobs = iter([Job("[1]", scan), Job("[os.getpid()]", scan)])

    def changing() -> Iterator[Job]:
        yield next(jobs)
        scan.path.write_bytes(b"%PDF-1.4 more pages")
        yield next(jobs)

    assert list(in_order(changing(), TASK, crew))[-1] == os.getpid()


def test_a_scan_too_large_to_be_sent_says_where_to_put_it(client, crew, scan, monkeypatch) -> None:
    client.run(blind, str(scan.path))
    monkeypatch.setattr(copies, "MOST_BYTES", 3)
    with pytest.raises(UsageError, match="too large") as raised:
        done(crew, scan, SEEN)
    assert "every worker sees them" in raised.value.hint


def facts() -> dict[str, str]:
    """Tell of an older Tesseract wherever there is one."""
    return {"Tesseract": os.environ.get("OLD_TESSERACT", "5.3.0"), "poppler": "22.12.0"}


def set_old(value: str | None) -> None:
    os.environ.pop("OLD_TESSERACT", None)
    if value:
        os.environ["OLD_TESSERACT"] = value


@pytest.fixture
def old_worker(client: Any) -> Iterator[str]:
    address = min(client.scheduler_info()["workers"])
    client.run(set_old, "4.1.1", workers=[address])
    yield address
    client.run(set_old, None)


def test_a_worker_that_might_read_otherwise_is_named_with_what_differs(dask, old_worker) -> None:
    with pytest.raises(MissingToolError) as raised:
        crew_of(dask, facts)
    (line,) = raised.value.message.splitlines()
    assert old_worker in line
    assert "Tesseract 4.1.1, here 5.3.0" in line
    assert "poppler" not in line


def forget() -> None:
    """Have a worker be as new."""
    errands._desks.clear()


def test_so_is_one_that_comes_later(dask, client, scan) -> None:
    crew = crew_of(dask, facts)
    client.run(forget)
    client.run(set_old, "4.1.1")
    try:
        with pytest.raises(MissingToolError, match=r"Tesseract 4\.1\.1, here 5\.3\.0"):
            done(crew, scan, "[1]")
    finally:
        client.run(set_old, None)


@contextmanager
def small_cluster(folder: Path) -> Iterator[Any]:
    """A cluster of threads: there at once, and nobody else's when it goes away."""
    import dask
    import distributed

    # Its worker looks for a scheduler that has gone away before it ends.
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
        distributed.LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            processes=False,
            protocol="tcp://",
            dashboard_address=None,
            local_directory=str(folder),
            silence_logs="CRITICAL",
        ) as running,
    ):
        yield running


def test_a_scheduler_that_goes_away_is_told_by_us_alone(scan, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT_TIMEOUT_S", 0.5)
    said: list[logging.LogRecord] = []
    hear = logging.Handler()
    hear.emit = said.append  # type: ignore[method-assign]
    with small_cluster(tmp_path) as dask:
        crew = crew_of(dask)
        for name in ("distributed", "distributed.client"):
            monkeypatch.setattr(logging.getLogger(name), "handlers", [hear])
        job = crew.executor.submit(TASK.run, Job("__import__('time').sleep(1)", scan))
        dask.sync(dask.scheduler.close)
        with pytest.raises(MissingToolError, match="the Dask cluster has stopped"):
            job.result(20)
        crew.stop()
    assert [record.getMessage() for record in said] == []


def test_that_no_worker_is_left_is_said_again_and_again(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(cluster, "TELL_AGAIN_S", 0.1)
    told = threading.Semaphore(0)
    with small_cluster(tmp_path) as dask:
        crew = ClusterCrew(dask.scheduler_address, 1, NOTHING, waiting=told.release)
        assert not told.acquire(timeout=0.5), "said though there is a worker"
        dask.scale(0)
        assert told.acquire(timeout=20)
        assert told.acquire(timeout=20)
        crew.stop()


def test_without_a_scheduler_the_command_says_how_to_start_one(desk, monkeypatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT_TIMEOUT_S", 0.2)
    done = desk.type("run", AWKWARD, "--dask", "tcp://127.0.0.1:9")
    assert done.exit_code == ExitCode.USAGE
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in done.output
    assert "--dask local" in done.output


def test_without_the_package_the_command_says_how_to_install_it(desk, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = desk.type("run", AWKWARD, "--dask", "local")
    assert done.exit_code == ExitCode.MISSING_TOOL
    assert 'pip install "scanpipe[dask]"' in done.output
