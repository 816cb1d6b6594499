"""Owns the commands for the days after an event: scans to tables, corrections."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanpipe.cli.parameters import FORMS, OLD_FOLDER, cores, form_path
from scanpipe.cli.speaking import progress, show
from scanpipe.errors import ExitCode

if TYPE_CHECKING:
    from scanpipe.reporting import Outcome


@click.command()
@click.argument(
    "scans",
    metavar="SCAN...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
)
@click.option("--form", callback=form_path, help="Form; needed when forms/ holds several.")
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the tables.  [default: output/<form id>]",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=cores,
    show_default="one per processor",
    help="Pages read at the same time.",
)
@click.option(
    "--csv",
    type=click.Choice(["semicolon", "comma"]),
    help="Separator in the tables.  [default: as the form's language is used to]",
)
@click.option(
    "--expected",
    type=click.IntRange(min=0),
    help="How many slips were handed in; says when it is not as many as were read.",
)
def run(
    scans: tuple[Path, ...],
    form: Path | None,
    folder: Path | None,
    workers: int,
    csv: str | None,
    expected: int | None,
) -> None:
    """Read the scanned slips in SCAN... and write the tables.

    SCAN is a PDF, TIFF, PNG or JPEG file, or a folder of them.
    """
    with stopped_gently(), progress("Pages") as bar:
        from scanpipe.form import find_form
        from scanpipe.run import read_scans

        form = form or find_form(FORMS)
        outcome = read_scans(form, scans, folder, workers, csv, bar, _tell_continued, expected)
    show(outcome.report)
    raise click.exceptions.Exit(_code_after(outcome))


@click.command("apply")
@click.argument("folder", metavar="DIR", type=OLD_FOLDER)
def apply_(folder: Path) -> None:
    """Take the corrections in DIR/review.csv into the tables."""
    from scanpipe.reporting import apply_review

    outcome = apply_review(folder)
    show(outcome.report)
    if not outcome.balance.adds_up:
        raise click.exceptions.Exit(ExitCode.UNBALANCED)


def _code_after(outcome: "Outcome") -> ExitCode:
    """Return what the shell is told after a run: the worst that happened."""
    if not outcome.balance.adds_up:
        return ExitCode.UNBALANCED
    if not outcome.balance.slips:
        return ExitCode.NOTHING_READABLE
    return ExitCode.SOME_UNREADABLE if outcome.rejected else ExitCode.DONE


@contextmanager
def stopped_gently() -> Iterator[None]:
    """Let what ends a process from outside, a terminal that is closed too, stop it as Ctrl-C does.

    Python itself would end without a word, and without ending the workers.
    """

    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    asked = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    # Whoever ignores a signal (nohup) wants it ignored.
    heard = [number for number in asked if signal.getsignal(number) == signal.SIG_DFL]
    for number in heard:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, signal.SIG_DFL)


def _tell_continued(pages: int, total: int) -> None:
    click.echo(f"Continued: {pages} of {total} pages had been read before.", err=True)
