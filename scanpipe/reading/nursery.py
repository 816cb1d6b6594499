"""Owns where workers come from, and what they have loaded before there is work.

On Linux a fork server loads it once for all of them. Elsewhere each does so itself: on macOS
libraries of the system do not bear being forked, and Windows has no such thing.
"""

import multiprocessing
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import BaseContext

from scanpipe.reading.processes import worker_to_be

START_METHOD = "forkserver" if sys.platform == "linux" else "spawn"

READERS = "scanpipe.reading.ahead"
"""The module that those who read pages load before there are any."""

FAREWELL_S = 5.0


class Nursery:
    """The fork server of this process, as long as there are crews; nothing where none is used.

    It ends with the last crew, and is waited for: else what it and the workers used would be
    counted nowhere, and it could outlive the command.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._crews = 0
        self._is_ours = False

    def enter(self, ahead: str | None) -> BaseContext:
        """Return where a new crew's processes start; a server that starts now loads `ahead`."""
        context = multiprocessing.get_context(START_METHOD)
        with self._lock:
            self._crews += 1
            if START_METHOD == "forkserver" and self._crews == 1:
                from multiprocessing.forkserver import _forkserver

                self._is_ours = _forkserver._forkserver_pid is None  # type: ignore[attr-defined]
                context.set_forkserver_preload([ahead] if ahead else [])
        return context

    def leave(self) -> None:
        """Tell that a crew has gone, and all its processes with it."""
        with self._lock:
            self._crews -= 1
            if self._is_ours and not self._crews:
                self._is_ours = False
                _end_server()


def _end_server() -> None:
    """End the fork server; one that others have begun to use meanwhile stays with them."""
    from multiprocessing.forkserver import _forkserver, set_forkserver_preload

    set_forkserver_preload(["__main__"])
    stop = _forkserver._stop  # type: ignore[attr-defined]  # there is no public way to it
    ending = threading.Thread(target=stop, daemon=True)
    ending.start()
    ending.join(FAREWELL_S)


NURSERY = Nursery()


@contextmanager
def loading_early() -> Iterator[None]:
    """Have what readers need be loaded from now on, though there is no crew yet.

    Where there is no fork server this does nothing.
    """
    NURSERY.enter(READERS)
    try:
        if START_METHOD == "forkserver":
            from multiprocessing import forkserver

            with worker_to_be():
                forkserver.ensure_running()
        yield
    finally:
        NURSERY.leave()
