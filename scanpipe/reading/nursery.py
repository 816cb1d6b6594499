"""Owns where workers come from, and what they have loaded before there is work.

On Linux a fork server loads it once for all of them. Elsewhere each does so itself: on macOS
libraries of the system do not bear being forked, and Windows has no such thing.
"""

import atexit
import multiprocessing
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import BaseContext

from scanpipe.reading.processes import environment, worker_to_be

START_METHOD = "forkserver" if sys.platform == "linux" else "spawn"

READERS = "scanpipe.reading.ahead"
"""The module that those who read pages load before there are any."""

FAREWELL_S = 5.0

_PARENT, _FOLDER = "SCANPIPE_PARENT", "SCANPIPE_SOCKET"
"""A fork server finds here whose it is, though that process may be gone by the time it looks, and
where its socket lies.
"""


class Nursery:
    """The fork server of this process, as long as there are crews; nothing where none is used.

    It ends with the last crew, and is waited for: else what it and the workers used would be
    counted nowhere, and it could outlive the command. A fork server that somebody else began may
    have loaded anything, and is left alone.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._crews = 0
        self._server: _Server | None = None

    def enter(self, ahead: str | None) -> BaseContext:
        """Return where a new crew's processes start; a server that starts now loads `ahead`."""
        with self._lock:
            if not self._crews and START_METHOD == "forkserver":
                self._server = _Server.begun(ahead)
            self._crews += 1
            return multiprocessing.get_context("forkserver" if self._server else "spawn")

    def leave(self) -> None:
        """Tell that a crew has gone, and all its processes with it."""
        with self._lock:
            self._crews -= 1
            if self._server and not self._crews:
                self._server.end()
                self._server = None


class _Server:
    """A fork server of ours. Python has no public way to end one, or to say where its socket lies:
    else that stays behind when this process is killed.
    """

    def __init__(self, folder: "tempfile.TemporaryDirectory[str]") -> None:
        self._folder = folder

    @classmethod
    def begun(cls, ahead: str | None) -> "_Server | None":
        """Begin a server that loads `ahead`; None if there is one already, or no place for it."""
        from multiprocessing.forkserver import _forkserver

        if _forkserver._forkserver_pid is not None:  # type: ignore[attr-defined]
            return None
        try:
            folder = tempfile.TemporaryDirectory(prefix="scanpipe-", ignore_cleanup_errors=True)
        except OSError:
            return None
        told = {_PARENT: str(os.getpid()), _FOLDER: folder.name}
        config = multiprocessing.current_process()._config  # type: ignore[attr-defined]
        before = dict(config)
        config["tempdir"] = folder.name
        multiprocessing.set_forkserver_preload([ahead] if ahead else [])
        try:
            with environment(told), worker_to_be():
                _forkserver.ensure_running()
        except OSError:  # the name of a socket must be short
            folder.cleanup()
            return None
        finally:
            config.clear()
            config.update(before)
            multiprocessing.set_forkserver_preload(["__main__"])
        return cls(folder)

    def end(self) -> None:
        from multiprocessing.forkserver import _forkserver

        stop = _forkserver._stop  # type: ignore[attr-defined]
        ending = threading.Thread(target=stop, daemon=True)
        ending.start()
        ending.join(FAREWELL_S)
        self._folder.cleanup()


NURSERY = Nursery()


def tidy_up_after_parent() -> None:
    """Have this process, if it is a fork server, remove its folder should its parent be killed."""
    if _PARENT in os.environ:
        atexit.register(_remove_unless, int(os.environ[_PARENT]), os.environ[_FOLDER])


def _remove_unless(parent: int, folder: str) -> None:
    if os.getppid() != parent:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def loading_early() -> Iterator[None]:
    """Have what readers need be loaded from now on, though there is no crew yet.

    Where there is no fork server this does nothing.
    """
    NURSERY.enter(READERS)
    try:
        yield
    finally:
        NURSERY.leave()
