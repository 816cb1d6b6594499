"""Owns the servers of a review and of an audit: where they listen, and how they stop."""

import secrets
import socket
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from pathlib import Path

from flask import Flask
from waitress import create_server, wasyncore

from scanpipe.errors import UsageError
from scanpipe.messages import later, messages_for
from scanpipe.reporting.auditing import OpenAudit
from scanpipe.reporting.deciding import OpenReview
from scanpipe.reviewing.app import create_app
from scanpipe.reviewing.audit_app import create_audit_app
from scanpipe.reviewing.audit_phrases import left_over, opening
from scanpipe.reviewing.guard import HOST, MAX_REQUEST_BYTES
from scanpipe.reviewing.scans_again import ScansAgain

THREADS = 6
"""A browser asks for a page's parts over as many connections at once."""

GREETING = later(
    "The review page is at {address}\nEvery decision is saved at once. Stop with Ctrl-C."
)
FAREWELL = later(
    "The review page is closed. What you decided stands in review.csv; if you have not yet taken "
    "it into the tables, `scanpipe apply` does."
)

AUDIT_GREETING = later(
    "The audit is at {address}\nEvery answer is saved at once. Stop with Ctrl-C."
)

TOKEN_BYTES = 32

LOOK_UP_S = 1.0
"""So soon at the latest Ctrl-C is heard on Windows, too."""


class PageServer(ABC):
    """A server for pages on this computer only, at an address that nobody can guess.

    It listens from the start; `run` answers. `port` 0 lets the system choose. Raises UsageError
    if the port is taken.
    """

    def __init__(self, make_app: Callable[[str, int], Flask], port: int) -> None:
        listening = _listening(port)
        self.port: int = listening.getsockname()[1]
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self.address = f"http://{HOST}:{self.port}/{token}/"
        self._stopping = threading.Event()
        self._connections: dict[int, object] = {}
        self._server = create_server(
            make_app(token, self.port),
            map=self._connections,
            sockets=[listening],
            threads=THREADS,
            ident=None,
            max_request_body_size=MAX_REQUEST_BYTES,
        )

    @property
    @abstractmethod
    def greeting(self) -> str:
        """What to tell the person who started it."""

    @property
    @abstractmethod
    def farewell(self) -> str:
        """What to tell when it has stopped."""

    def run(self) -> None:
        """Answer until Ctrl-C, or until `stop` is called from another thread."""
        try:
            while not self._stopping.is_set():
                wasyncore.loop(LOOK_UP_S, map=self._connections, count=1)
        except KeyboardInterrupt:
            pass
        finally:
            self.close()

    def stop(self) -> None:
        """Let `run` come to its end."""
        self._stopping.set()
        self._server.pull_trigger()

    def close(self) -> None:
        """Finish what is being answered, and listen no more."""
        self._server.task_dispatcher.shutdown()
        wasyncore.close_all(self._connections)


class ReviewServer(PageServer):
    """The server of the review page for the run in `folder`.

    Raises OutputError if the folder holds no run, or a review.csv that is no table.
    """

    def __init__(self, folder: Path, port: int = 0) -> None:
        review = OpenReview(folder)
        self._t = messages_for(review.standing().form.language)
        super().__init__(partial(create_app, review), port)

    @property
    def greeting(self) -> str:
        """What to tell the person who started it."""
        return self._t(GREETING, address=self.address)

    @property
    def farewell(self) -> str:
        """What to tell when it has stopped."""
        return self._t(FAREWELL)


class AuditServer(PageServer):
    """The server of an audit of `slips` slips of the run in `folder`, drawn with `seed`; or of the
    audit that goes on there, or of the result of a finished one.

    An audit that stood there stays until this one can begin. Raises OutputError if the folder
    holds no run, UsageError if the scan of a slip to be looked at is not where it was.
    """

    def __init__(
        self, folder: Path, slips: int | None = None, seed: int | None = None, port: int = 0
    ) -> None:
        run, scans = OpenReview(folder).standing().run, ScansAgain()
        self._audit = OpenAudit(folder, run, slips, seed)
        self._slips = slips
        left = [self._audit.readings[slip] for slip in self._audit.audit.left]
        lacking = scans.lacks(run, left)
        if lacking:
            raise UsageError(
                "an audit needs the scans, and these are not where they were, or were changed: "
                f"{', '.join(sorted(lacking))}",
                "Put them back, and stand in the folder where you ran `scanpipe run`.",
            )
        self._t = messages_for(run.form.language)
        super().__init__(partial(create_audit_app, self._audit, scans), port)
        self._begin()

    @property
    def greeting(self) -> str:
        """What to tell the person who started it."""
        address = self._t(AUDIT_GREETING, address=self.address)
        return "\n".join([*opening(self._audit, self._slips, self._t), address])

    @property
    def farewell(self) -> str:
        """What to tell when it has stopped: the result, or what is left."""
        left = len(self._audit.audit.left)
        return left_over(self._audit, self._t) if left else "\n".join(self._audit.said)

    def _begin(self) -> None:
        try:
            self._audit.begin()
        except BaseException:
            self.close()
            raise


def _listening(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform == "win32":  # where another program may otherwise take the same port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:  # where a port is otherwise kept for a minute after its last connection
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as error:
        listening.close()
        raise UsageError(
            f"port {port} cannot be used: {error.strerror or error}",
            "Leave --port out, and one that is free is taken.",
        ) from error
    listening.setblocking(False)
    return listening
