"""Owns where workers come from, and what they have loaded before there is work.

On Linux a fork server loads it once for all of them. Elsewhere each does so itself: on macOS
libraries of the system do not bear being forked, and Windows has no such thing.
"""

import atexit
import multiprocessing
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import util
from multiprocessing.context import BaseContext
from pathlib import Path

from scanpipe.reading.processes import environment, worker_to_be

START_METHOD = "forkserver" if sys.platform == "linux" else "spawn"

READERS = "scanpipe.reading.ahead"
"""The module that those who read pages load before there are any."""

FAREWELL_S = 5.0

_PARENT = "SCANPIPE_PARENT"
"""A fork server finds here whose it is, though that process may be gone by the time it looks."""


class Nursery:
    """The fork server of this process, as long as there are crews; nothing where none is used.

    It ends with the last crew, and is waited for: else what it and the workers used would be
    counted nowhere, and it could outlive the command. A fork server that somebody else began may
    have loaded anything, and is left alone.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._crews = 0
        self._method = START_METHOD

    def enter(self, ahead: str | None) -> BaseContext:
        """Return where a new crew's processes start; a server that starts now loads `ahead`."""
        with self._lock:
            if not self._crews:
                self._method = START_METHOD
                if self._method == "forkserver" and not _began_server(ahead):
                    self._method = "spawn"
            self._crews += 1
            return multiprocessing.get_context(self._method)

    def leave(self) -> None:
        """Tell that a crew has gone, and all its processes with it."""
        with self._lock:
            self._crews -= 1
            if self._method == "forkserver" and not self._crews:
                _end_server()


def _began_server(ahead: str | None) -> bool:
    """Begin the fork server, and tell if there is one, of ours, now."""
    from multiprocessing.forkserver import _forkserver

    if _forkserver._forkserver_pid is not None:  # type: ignore[attr-defined]
        return False
    multiprocessing.set_forkserver_preload([ahead] if ahead else [])
    try:
        # It may have gone with the server before.
        Path(util.get_temp_dir()).mkdir(mode=0o700, exist_ok=True)
        with environment({_PARENT: str(os.getpid())}), worker_to_be():
            _forkserver.ensure_running()
    except OSError:  # its socket lies in the folder for temporary files, whose name may be too long
        return False
    finally:
        multiprocessing.set_forkserver_preload(["__main__"])
    return True


def _end_server() -> None:
    from multiprocessing.forkserver import _forkserver

    stop = _forkserver._stop  # type: ignore[attr-defined]  # there is no public way to it
    ending = threading.Thread(target=stop, daemon=True)
    ending.start()
    ending.join(FAREWELL_S)
    with suppress(OSError):
        Path(util.get_temp_dir()).rmdir()


NURSERY = Nursery()


def tidy_up_after_parent() -> None:
    """Have this process, if it is a fork server, remove its socket should its parent be killed.

    Else the parent does.
    """
    parent = os.environ.get(_PARENT)
    if parent:
        atexit.register(_remove_socket_unless, int(parent))


def _remove_socket_unless(parent: int) -> None:
    if os.getppid() == parent:
        return
    from multiprocessing.forkserver import _forkserver

    address = _forkserver._forkserver_address  # type: ignore[attr-defined]
    if address:
        shutil.rmtree(Path(address).parent, ignore_errors=True)


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
