"""Owns the command line: parses, calls one function, and maps errors to exit codes.

Everything but click is imported by the command that needs it, so that `--help` is quick.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanpipe import __version__
from scanpipe.errors import ExitCode, ScanpipeError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from scanpipe.reporting import Outcome
    from scanpipe.simulation.stack import ImageKind

FORMS = Path("forms")
PLAIN_WIDTH = 120
"""Characters to a line where there is no terminal to ask: room for a long session name."""

_AFTER_A_STOP = {"run": "The same command goes on where it stopped."}

_FILE = click.Path(dir_okay=False, path_type=Path)
_OLD_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OLD_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


class _Commands(click.Group):
    """The commands in the order in which an event needs them, and what their errors become."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise
        except ScanpipeError as error:
            _complain(error.message, error.hint)
            ctx.exit(error.exit_code)
        except (KeyboardInterrupt, click.Abort):
            _complain("Stopped.", _AFTER_A_STOP.get(ctx.invoked_subcommand or "", ""))
            ctx.exit(ExitCode.INTERRUPTED)
        except Exception as error:
            _confess(error, debug=ctx.params["debug"])
            ctx.exit(ExitCode.BUG)


def _form_path(_ctx: click.Context, _param: click.Parameter, value: str | None) -> Path | None:
    """Return the form file that `value` means: a path, or the id of a form in forms/."""
    if value is None:
        return None
    path = Path(value)
    return path if path.suffix or path.is_file() else FORMS / f"{value}.toml"


def _cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="scanpipe")
@click.option("--debug", is_flag=True, help="Show where in the program an unexpected error arose.")
def main(debug: bool) -> None:  # noqa: ARG001  # _Commands looks at it
    """Paper evaluation slips with smileys: print them, scan them, get the table.

    FORM is a form file, or the id of a form in the folder forms/.
    """
    _speak_utf8()


@main.command()
@click.argument("form_id", metavar="ID")
def new(form_id: str) -> None:
    """Write a commented form file forms/ID.toml to fill in."""
    from scanpipe.starter import write_starter

    path = write_starter(form_id, FORMS)
    click.echo(f"Wrote {path}. Fill it in with any text editor, then:")
    click.echo(f"  scanpipe print {form_id} -o slips.pdf")


@main.command("print")
@click.argument("form", callback=_form_path)
@click.option("-o", "--output", type=_FILE, required=True, help="The PDF to write.")
@click.option(
    "--sheet",
    type=click.Choice(["a4", "letter", "slip"]),
    default="a4",
    show_default=True,
    help="Paper: several slips to a sheet with cut lines, or every page one slip.",
)
@click.option(
    "--copies",
    type=click.IntRange(1, 5000),
    default=1,
    show_default=True,
    help="Slips of each session.",
)
def print_(form: Path, output: Path, sheet: str, copies: int) -> None:
    """Write the slips of FORM as a PDF to print."""
    from scanpipe.form import load_form
    from scanpipe.printing import Sheet, print_slips

    with _progress("Pages") as progress:
        printed = print_slips(load_form(form), output, Sheet(sheet), copies, progress)
    click.echo(f"Wrote {output}: {printed.slips} slips on {printed.pages} pages.")
    click.echo("Print it at 100 % (“actual size”), not “fit to page”.")


@main.command()
@click.argument(
    "scans",
    metavar="SCAN...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
)
@click.option("--form", callback=_form_path, help="Form; needed when forms/ holds several.")
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
    default=_cores,
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
    with _stopped_gently(), _progress("Pages") as progress:
        from scanpipe.form import find_form
        from scanpipe.run import read_scans

        form = form or find_form(FORMS)
        outcome = read_scans(form, scans, folder, workers, csv, progress, _tell_continued, expected)
    _show(outcome.report)
    raise click.exceptions.Exit(_code_after(outcome))


@main.command("apply")
@click.argument("folder", metavar="DIR", type=_OLD_FOLDER)
def apply_(folder: Path) -> None:
    """Take the corrections in DIR/review.csv into the tables."""
    from scanpipe.reporting import apply_review

    outcome = apply_review(folder)
    _show(outcome.report)
    if not outcome.balance.adds_up:
        raise click.exceptions.Exit(ExitCode.UNBALANCED)


@main.command()
@click.argument("form", callback=_form_path)
@click.option("-o", "--output", type=_FILE, required=True, help="The PDF to write.")
@click.option("--truth", type=_FILE, required=True, help="CSV of what is on every slip, to write.")
@click.option("--counts", type=_OLD_FILE, help="CSV of how many slips of each session and rating.")
@click.option("--slips", type=click.IntRange(1, 20000), help="How many slips, without --counts.")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="The same seed makes the same stack.",
)
@click.option(
    "--image",
    type=click.Choice(["grey", "1bit"]),
    default="grey",
    show_default=True,
    help="What the scanner saves: grey JPEG, or black and white.",
)
@click.option(
    "--dpi",
    type=click.IntRange(75, 600),
    default=200,
    show_default=True,
    help="The scanner's resolution.",
)
@click.option("--awkward", is_flag=True, help="Add slips and pages that make trouble.")
def simulate(
    form: Path,
    output: Path,
    truth: Path,
    counts: Path | None,
    slips: int | None,
    seed: int,
    image: "ImageKind",
    dpi: int,
    awkward: bool,
) -> None:
    """Make a scanned stack of FORM without paper, to rehearse with."""
    from scanpipe.form import load_form
    from scanpipe.simulation import load_counts
    from scanpipe.simulation import simulate as make_stack

    event = load_form(form)
    with _progress("Pages") as progress:
        make_stack(
            event,
            output,
            truth,
            counts=load_counts(counts, event) if counts else None,
            slips=slips,
            seed=seed,
            image=image,
            dpi=dpi,
            awkward=awkward,
            progress=progress,
        )
    click.echo(f"Wrote {output}, and what is on it to {truth}.")


@main.command()
@click.argument("form", callback=_form_path)
@click.option(
    "--n",
    "slips",
    type=click.IntRange(1, 20000),
    default=40,
    show_default=True,
    help="Slips of each scenario; of some kinds fewer.",
)
@click.option("--scenario", help="Only this one, by its name in the table.")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="The same seed makes the same slips.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=_cores,
    show_default="one per processor",
    help="Pages made, or read, at the same time.",
)
@click.option("--confusion", is_flag=True, help="Show what was marked against what was read.")
def selftest(
    form: Path, slips: int, scenario: str | None, seed: int, workers: int, confusion: bool
) -> None:
    """Rehearse: make scans of FORM of every kind, read them, and compare with the truth.

    Ends with exit code 1 if any slip was read wrong without a word, or lost.
    """
    from scanpipe.form import load_form
    from scanpipe.selftest import confusion_table, rehearse, scenario_table
    from scanpipe.selftest import scenarios_named as named

    event, scenarios = load_form(form), named(scenario)
    with _progress("Pages") as progress:
        tallies = rehearse(event, scenarios, slips, seed, workers, progress)
    _show(scenario_table(tallies))
    if confusion:
        _show(confusion_table(tallies, event))
    if any(tally.wrong for tally in tallies.values()):
        raise click.exceptions.Exit(ExitCode.BUG)


@main.command()
def doctor() -> None:
    """Check what scanpipe needs on this computer, and say what to do."""
    from scanpipe.tools import check

    checks = check(FORMS)
    for item in checks:
        click.echo(
            f"{'FAULT' if item.problem else 'ok':6}{item.what}: {item.problem or item.found}"
        )
        if item.todo:
            click.echo("\n".join(f"      {line}" for line in item.todo.splitlines()))
    if any(item.problem for item in checks):
        raise click.exceptions.Exit(ExitCode.MISSING_TOOL)


def _code_after(outcome: "Outcome") -> ExitCode:
    """Return what the shell is told after a run: the worst that happened."""
    if not outcome.balance.adds_up:
        return ExitCode.UNBALANCED
    if not outcome.balance.slips:
        return ExitCode.NOTHING_READABLE
    return ExitCode.SOME_UNREADABLE if outcome.rejected else ExitCode.DONE


@contextmanager
def _stopped_gently() -> Iterator[None]:
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


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on stderr, with a count and the time left, if a person is there to see it.

    Yields a function that takes how many are done, and of how many.
    """
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich import progress
    from rich.console import Console

    columns = (
        progress.TextColumn(what),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(),
        progress.TextColumn("left"),
    )
    with progress.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _show(report: "RenderableType") -> None:
    """Print `report` on stdout, in the terminal's width if there is one."""
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH, highlight=False)
    # A command that is to be copied must not be broken over two lines.
    console.print(report, soft_wrap=True)


def _complain(message: str, hint: str = "") -> None:
    """Tell on stderr what was found, and on the next lines what to do about it."""
    click.echo(message, err=True)
    if hint:
        click.echo(hint, err=True)


def _confess(error: Exception, *, debug: bool) -> None:
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


def _speak_utf8() -> None:
    """Let no character stop a message: Windows pipes use an old code page unless told."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            encoding = "utf-8" if sys.platform == "win32" else None
            stream.reconfigure(encoding=encoding, errors="replace")
