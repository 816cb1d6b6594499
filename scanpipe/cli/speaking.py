"""Owns what is said on stdout and stderr: reports, errors, progress."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import TYPE_CHECKING

import click

from scanpipe import __version__

if TYPE_CHECKING:
    from rich.console import RenderableType

PLAIN_WIDTH = 120
"""Characters to a line where there is no terminal to ask: room for a long session name."""


PLAIN_STEP, PLAIN_PAUSE_S = 0.1, 2.0
"""Between two plain lines of progress: this share of the work, and this time, at the least."""

Tell = Callable[[int, int], None]


@contextmanager
def progress(what: str, first: str = "", *, quiet: bool = False) -> Iterator[Tell]:
    """Show on stderr a bar with a count and the time left; plain lines where nobody sees a bar.

    Yields a function that takes how many are done, and of how many. Until it is first called,
    the bar says `first`. If `quiet`, nothing is shown.
    """
    if quiet:
        yield lambda _done, _total: None
        return
    if not sys.stderr.isatty():
        yield PlainProgress(what)
        return
    from rich import progress as rich
    from rich.console import Console

    columns = (
        rich.TextColumn("{task.description}"),
        rich.BarColumn(),
        rich.MofNCompleteColumn(),
        rich.TimeRemainingColumn(),
        rich.TextColumn("left"),
    )
    with rich.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(first or what, total=None)
        yield lambda done, total: bar.update(task, description=what, completed=done, total=total)


class PlainProgress:
    """Progress for a log: now and then a line on stderr, and none for work that is soon done."""

    def __init__(self, what: str, now: Callable[[], float] = time.monotonic) -> None:
        self._what, self._now = what, now
        self._done = self._known = self._told = 0
        self._begun_at = self._told_at = now()
        self._spoke = False

    def __call__(self, done: int, total: int) -> None:
        """Tell that `done` of `total` are done, unless that was told just now."""
        if not done or (not self._done and done > 1):
            self._begin(done)
        self._done = done
        now = self._now()
        due = done - self._told >= PLAIN_STEP * total and now - self._told_at >= PLAIN_PAUSE_S
        if (due and done < total) or (self._spoke and self._told < done == total):
            self._told, self._told_at, self._spoke = done, now, True
            click.echo(f"{self._what}: {done} of {total}{self._left(done, total, now)}", err=True)

    def _begin(self, known: int) -> None:
        """Start the clock: what was done in an earlier run says nothing of the pace."""
        self._known = self._told = known
        self._begun_at = self._told_at = self._now()

    def _left(self, done: int, total: int, now: float) -> str:
        if not self._known < done < total:
            return ""
        pace_s = (now - self._begun_at) / (done - self._known)
        minutes, seconds = divmod(round(pace_s * (total - done)), 60)
        return f", {minutes}:{seconds:02} left"


def say(*lines: str, quiet: bool = False) -> None:
    """Print `lines` on stdout, unless `quiet`."""
    if not quiet:
        click.echo("\n".join(lines))


def show(report: "RenderableType", *, quiet: bool = False) -> None:
    """Print `report` on stdout, in the terminal's width if there is one, unless `quiet`."""
    if quiet:
        return
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH, highlight=False)
    # A command that is to be copied must not be broken over two lines.
    console.print(report, soft_wrap=True)


def has_a_screen() -> bool:
    """Tell whether a browser can show itself: without one, a page of text would take its place."""
    elsewhere = sys.platform in ("win32", "darwin")
    return elsewhere or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def complain(message: str, hint: str = "") -> None:
    """Tell on stderr what was found, and on the next lines what to do about it."""
    click.echo(message, err=True)
    if hint:
        click.echo(hint, err=True)


def confess(error: Exception, *, debug: bool) -> None:
    """Tell that an error nobody foresaw is our fault, in one line or with its traceback."""
    if debug:
        import traceback

        click.echo("".join(traceback.format_exception(error)), err=True)
    said = " ".join(str(error).split())
    click.echo(
        f"A fault in scanpipe {__version__}: {type(error).__name__}: {said}. Please report it "
        "where you got scanpipe, with what `scanpipe --debug` and the rest of the command prints.",
        err=True,
    )


def speak_utf8() -> None:
    """Let no character stop a message: Windows pipes use an old code page unless told."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            encoding = "utf-8" if sys.platform == "win32" else None
            stream.reconfigure(encoding=encoding, errors="replace")
