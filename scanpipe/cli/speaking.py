"""Owns what is said on stdout and stderr: reports, errors, progress."""

import sys
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


@contextmanager
def progress(what: str, first: str = "") -> Iterator[Callable[[int, int], None]]:
    """Show a bar on stderr, with a count and the time left, if a person is there to see it.

    Yields a function that takes how many are done, and of how many. Until it is first called,
    the bar says `first`.
    """
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
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


def show(report: "RenderableType") -> None:
    """Print `report` on stdout, in the terminal's width if there is one."""
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH, highlight=False)
    # A command that is to be copied must not be broken over two lines.
    console.print(report, soft_wrap=True)


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
