"""Owns a worker's process: how it starts, and that it ends with everything it has started.

On POSIX a worker leads a process group, which Tesseract and poppler belong to. It ends the group
itself when its parent is gone, however that came about.
"""

import importlib
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from scanpipe.reading.limits import limit_memory, memory_limited

ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OMP_THREAD_LIMIT",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
    ),
    "1",
)
"""The workers fill the cores already. Libraries look at these once, when they are loaded."""

NO_LAST_WORD = {"PYTHONWARNINGS": "ignore::UserWarning:multiprocessing.resource_tracker"}
"""After a kill Python clears up what it shares between processes, and would say so."""

_FOLDERS = ("TMPDIR", "TEMP", "TMP")
"""Where programs look for the folder for their temporary files."""

STOPPING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""Signals by which a system, or a terminal that is closed, asks a process to end."""


@contextmanager
def worker_to_be() -> Iterator[None]:
    """Have what a process started inside is to inherit: one thread, and no ear for Ctrl-C.

    Workers are stopped by their parent, without a traceback of their own.
    """
    with environment(ONE_THREAD | NO_LAST_WORD), _undisturbed():
        yield


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Ignore Ctrl-C, and put off what else stops us: a worker half begun would outlive its crew."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    put_off: list[int] = []
    handlers = {signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN)}
    for number in STOPPING:
        if callable(signal.getsignal(number)):
            handlers[number] = signal.signal(number, lambda number, _: put_off.append(number))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for late in put_off:
            signal.raise_signal(late)


@contextmanager
def single_threaded() -> Iterator[None]:
    """Have what is started inside, a program or a process, use one thread."""
    with environment(ONE_THREAD):
        yield


@contextmanager
def deaf_threads() -> Iterator[None]:
    """Have threads started inside, and the processes that these start, have no ear for Ctrl-C.

    It is heard afterwards. On Windows it is as ever.
    """
    if sys.platform == "win32":
        yield
        return
    from multiprocessing import resource_tracker

    # It would be started by the first such thread, and open its ears again.
    with environment(NO_LAST_WORD):
        resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def start_worker(folder: str, ahead: str | None, surroundings: Mapping[str, str]) -> None:
    """Begin a worker's life, and load the module `ahead`.

    What the worker leaves behind lies in `folder`, which its parent removes. `surroundings`: the
    environment as its parent has it; a fork server's may be older.
    """
    lead_a_group()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tempfile.tempdir = folder
    os.environ.clear()
    os.environ.update(surroundings)
    os.environ.update(dict.fromkeys(_FOLDERS, folder))
    # Only now what takes half a second to load: a parent may be killed meanwhile.
    import cv2

    cv2.setNumThreads(1)
    if ahead:
        importlib.import_module(ahead)
    limit_memory()


def lead_a_group() -> None:
    """Have this process, and what it starts, end with its parent."""
    if sys.platform != "win32":
        os.setpgid(0, 0)
    threading.Thread(target=_end_with_parent, name="parent watch", daemon=True).start()


@contextmanager
def working_alone(folder: Path) -> Iterator[None]:
    """Be for a while what `start_worker` makes of a process for good, in one that is not ours."""
    import cv2

    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        ours = ONE_THREAD | dict.fromkeys(_FOLDERS, str(folder))
        with environment(ours), temporary_files_in(folder), memory_limited():
            yield
    finally:
        cv2.setNumThreads(threads)


@contextmanager
def environment(changed: Mapping[str, str]) -> Iterator[None]:
    """Have what is started inside find these variables in its environment."""
    before = {name: os.environ.get(name) for name in changed}
    os.environ.update(changed)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def temporary_files_in(folder: Path | None) -> Iterator[None]:
    """Have this process put its temporary files into `folder` for a while, if one is given."""
    before = tempfile.tempdir
    tempfile.tempdir = str(folder.absolute()) if folder else before
    try:
        yield
    finally:
        tempfile.tempdir = before


def end(process: BaseProcess) -> None:
    """End a worker and what it has started at once, whatever they are at; do not wait."""
    if process.pid is not None and not _end_tree(process.pid):
        process.kill()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        _end_tree(os.getpid())


def _end_tree(pid: int) -> bool:
    """Kill the worker `pid` and its children; tell whether there was such a tree."""
    if sys.platform == "win32":
        words = ["taskkill", "/F", "/T", "/PID", str(pid)]
        done = subprocess.run(words, capture_output=True, check=False)
        return done.returncode == 0
    try:
        os.killpg(pid, signal.SIGKILL)
    except OSError:  # it has not come to lead a group yet, or there is nobody left in it
        return False
    return True
