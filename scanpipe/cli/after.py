"""Owns the commands for the days after an event: scans to tables, corrections."""

import gc
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from scanpipe.cli.completion import form_names, table_folders
from scanpipe.cli.parameters import FORMS, OLD_FOLDER, QUIET, form_path, tables_in
from scanpipe.cli.speaking import complain, has_a_screen, progress, say, show
from scanpipe.errors import ExitCode, OutputError
from scanpipe.loading import without_collecting
from scanpipe.machine import cores

if TYPE_CHECKING:
    from scanpipe.form import Form
    from scanpipe.reporting import Outcome
    from scanpipe.reporting.report import ReportFiles
    from scanpipe.reviewing import PageServer

_NO_REPORT = click.option("--no-report", is_flag=True, help="Write the tables, and no report.")
_JSON = click.option(
    "--json", "as_json", is_flag=True, help="Tell the outcome as JSON on stdout, for scripts."
)
_DIR = click.argument(
    "folder", metavar="DIR", type=OLD_FOLDER, callback=tables_in, shell_complete=table_folders
)


_HOW_TO_READ = (
    click.option(
        "--form",
        callback=form_path,
        shell_complete=form_names,
        help="Form; needed when forms/ holds several.",
    ),
    click.option(
        "-o",
        "--output",
        "folder",
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder for the tables.  [default: output/<form id>]",
    ),
    click.option(
        "--workers",
        type=click.IntRange(1, 256),
        default=cores,
        show_default="one per processor",
        help="Pages read at the same time.",
    ),
    click.option(
        "--csv",
        type=click.Choice(["semicolon", "comma"]),
        help="Separator in the tables.  [default: as the form's language is used to]",
    ),
    click.option(
        "--expected",
        type=click.IntRange(min=0),
        help="How many slips were handed in; says when it is not as many as were read.",
    ),
)


def _how_to_read(command: Callable[..., None]) -> Callable[..., None]:
    """Give `command` the options of all that reads scans."""
    for option in reversed(_HOW_TO_READ):
        command = option(command)
    return command


@click.command()
@click.argument(
    "scans",
    metavar="SCAN...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
)
@_how_to_read
@click.option(
    "--dask",
    metavar="ADDRESS",
    help="Read on the Dask cluster with this scheduler; `local` starts one here.",
)
@click.option(
    "--crops/--no-crops",
    default=None,
    help="Keep pictures of the slips in doubt, or none.  [default: as before; at first, keep]",
)
@_NO_REPORT
@_JSON
@QUIET
def run(
    scans: tuple[Path, ...],
    form: Path | None,
    folder: Path | None,
    workers: int,
    csv: str | None,
    expected: int | None,
    dask: str | None,
    crops: bool | None,
    no_report: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Read the scanned slips in SCAN... and write the tables.

    SCAN is a PDF, TIFF, PNG or JPEG file, or a folder of them.
    """
    from scanpipe.reading.nursery import loading_early

    bar_shown = progress("Pages", "Looking at the scans", quiet=quiet)
    early = nullcontext() if dask else loading_early()
    with stopped_gently(), bar_shown as bar, early:
        with without_collecting():
            from scanpipe.form import find_form
            from scanpipe.run import read_scans

        form = form or find_form(FORMS)
        continued = None if quiet else partial(_tell_continued, form)
        meanwhile = None if no_report else _prepare_report
        outcome = read_scans(
            form,
            scans,
            folder=folder,
            workers=workers,
            csv=csv,
            progress=bar,
            continued=continued,
            waiting=partial(_tell_waiting, form, dask),
            expected=expected,
            dask=dask,
            crops=crops,
            meanwhile=meanwhile,
        )
    _finish(outcome, _code_after(outcome), no_report, as_json, quiet)


@click.command()
@click.argument("scans", metavar="FOLDER", type=OLD_FOLDER)
@_how_to_read
@click.option(
    "--every",
    "every_s",
    metavar="SECONDS",
    type=click.FloatRange(1, 3600),
    default=10,
    show_default=True,
    help="Look so often; a file is read when it has not changed for so long.",
)
def watch(
    scans: Path,
    form: Path | None,
    folder: Path | None,
    workers: int,
    csv: str | None,
    expected: int | None,
    every_s: float,
) -> None:
    """Read what the scanner puts into FOLDER as it comes; tables and report follow.

    Ctrl-C ends it, and the same command goes on. No page is read twice.
    """
    from scanpipe.form import find_form, load_form
    from scanpipe.reading.scanfolders import refuse_output_inside
    from scanpipe.run import OUTPUT, read_scans
    from scanpipe.watching import Watch

    path = form or find_form(FORMS)
    known = load_form(path)
    tables = folder or OUTPUT / known.id
    last: list[Outcome] = []
    refuse_output_inside(scans, tables)

    def read(ready: Sequence[Path]) -> "Outcome":
        with progress("Pages", "Looking at the scans") as bar:
            outcome = read_scans(
                path,
                [scans],
                folder=tables,
                workers=workers,
                csv=csv,
                progress=bar,
                expected=expected,
                ready=ready,
            )
        if not outcome.balance.adds_up:
            show(outcome.report)
            raise click.exceptions.Exit(_report_too(outcome, ExitCode.UNBALANCED))
        _written_report(outcome)
        last[:] = [outcome]
        return outcome

    try:
        with stopped_gently():
            Watch(known, scans, every_s, read, click.echo).run()
    except KeyboardInterrupt:
        for outcome in last:
            show(outcome.report)
        _tell_how_to_go_on(known)
        raise click.exceptions.Exit(ExitCode.INTERRUPTED) from None


def _tell_how_to_go_on(form: "Form") -> None:
    from scanpipe.messages import messages_for

    t = messages_for(form.language)
    complain(
        t("The watch is ended. What was read is kept: the same command goes on where it stopped."),
        t("If no more scans come, `scanpipe run` on the folder clears that away."),
    )


@click.command("apply")
@_DIR
@_NO_REPORT
@_JSON
@QUIET
def apply_(folder: Path, no_report: bool, as_json: bool, quiet: bool) -> None:
    """Take the corrections in DIR/review.csv into the tables."""
    from scanpipe.reporting import apply_review, staying_in

    with staying_in(folder):
        outcome = apply_review(folder)
    code = ExitCode.DONE if outcome.balance.adds_up else ExitCode.UNBALANCED
    _finish(outcome, code, no_report, as_json, quiet)


@click.command()
@_DIR
@QUIET
def report(folder: Path, quiet: bool) -> None:
    """Write the report of the tables in DIR anew: for the wall, for Excel, for slides."""
    from scanpipe.reporting import staying_in
    from scanpipe.reporting.report import write_report

    with _writing_the_report(quiet), staying_in(folder):
        written = write_report(folder)
    say(*written.said, quiet=quiet)
    if not written.adds_up:
        raise click.exceptions.Exit(ExitCode.UNBALANCED)


_NO_OPEN = click.option("--no-open", is_flag=True, help="Print the address, and open no browser.")
_PORT = click.option(
    "--port",
    type=click.IntRange(1024, 65535),
    help="Port on this computer.  [default: one that is free]",
)


@click.command()
@_DIR
@_NO_OPEN
@_PORT
def review(folder: Path, no_open: bool, port: int | None) -> None:
    """Decide in the browser what DIR/review.csv asks; every decision is saved there at once."""
    from scanpipe.reviewing import ReviewServer
    from scanpipe.shell import quoted

    with stopped_gently():
        _serve(ReviewServer(folder, port or 0), no_open)
    click.echo(f"  scanpipe apply {quoted(folder)}")


@click.command()
@_DIR
@click.option(
    "--n",
    "slips",
    type=click.IntRange(1, 100_000),
    help="Slips to check.  [default: 50]",
)
@click.option("--seed", type=click.IntRange(min=0), help="The same seed draws the same slips.")
@_NO_OPEN
@_PORT
def audit(
    folder: Path, slips: int | None, seed: int | None, no_open: bool, port: int | None
) -> None:
    """Check slips of DIR drawn at random, without seeing what was read; kept in DIR/audit.json.

    An audit that was not finished goes on. Of a finished one the result is shown, unless --n or
    --seed asks for another.
    """
    from scanpipe.reviewing import AuditServer

    with stopped_gently():
        _serve(AuditServer(folder, slips, seed, port or 0), no_open)


def _serve(server: "PageServer", no_open: bool) -> None:
    """Tell where the page is, open it in a browser, and answer until Ctrl-C."""
    click.echo(server.greeting)
    if not no_open and has_a_screen():
        click.launch(server.address)
    server.run()
    click.echo(server.farewell)


def _finish(
    outcome: "Outcome", code: ExitCode, no_report: bool, as_json: bool, quiet: bool
) -> NoReturn:
    """Tell what a run or an `apply` came to, write the report too, and end with what happened."""
    from scanpipe.reporting import outcome_as_json

    if not as_json:
        show(outcome.report, quiet=quiet)
        if quiet:
            _tell_gone(outcome)
    report = None if no_report else _written_report(outcome, quiet)
    code = code if no_report else _code_with(report, code)
    if as_json:
        say(outcome_as_json(outcome, code, report))
    elif report:
        say(*report.said, quiet=quiet)
    raise click.exceptions.Exit(code)


def _tell_gone(outcome: "Outcome") -> None:
    """Say which slips have left the tables: nobody would miss them in what says nothing."""
    from scanpipe.messages import messages_for
    from scanpipe.reporting import told_gone

    if outcome.gone:
        complain(told_gone(outcome.gone, messages_for(outcome.form.language)))


def _report_too(outcome: "Outcome", code: ExitCode) -> ExitCode:
    """Write the report, and say where; return `code`, or that it cannot be written."""
    report = _written_report(outcome)
    if report:
        say(*report.said)
    return _code_with(report, code)


def _code_with(report: "ReportFiles | None", code: ExitCode) -> ExitCode:
    """Return `code`, or that the report could not be written; figures that are off matter more."""
    return code if report or code is ExitCode.UNBALANCED else ExitCode.OUTPUT


@cache
def _prepare_report() -> None:
    """Load what the report needs. All that is loaded by then stays, and is looked at by Python's
    search for garbage no more, which took half a second of the report's two.
    """
    from scanpipe.reporting.report import prepare_report

    prepare_report()
    gc.freeze()


def _written_report(outcome: "Outcome", quiet: bool = False) -> "ReportFiles | None":
    """Write the report of the tables that are there; return None if it cannot be written.

    Nothing that goes wrong here takes away from the tables.
    """
    from scanpipe.messages import messages_for
    from scanpipe.reporting.report import write_report
    from scanpipe.shell import quoted

    try:
        with _writing_the_report(quiet):
            return write_report(outcome.folder)
    except OutputError as error:
        t = messages_for(outcome.form.language)
        complain(
            t("The tables are written, but the report is not: {fault}", fault=error.message),
            t(
                "If a file of it is open in Excel or another program, close it there. Then type "
                "`scanpipe report {folder}`; nothing needs to be read again.",
                folder=quoted(outcome.folder),
            ),
        )
        return None


@contextmanager
def _writing_the_report(quiet: bool) -> Iterator[None]:
    """Show on a terminal that something goes on: of the report it is not known how far it is."""
    with progress("Report", "Writing the report", quiet=quiet):
        yield


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


def _tell_continued(form: Path, pages: int, total: int) -> None:
    from scanpipe.form import load_form
    from scanpipe.messages import messages_for

    t = messages_for(load_form(form).language)
    text = t("Continued: {pages} of {total} pages had been read before.", pages=pages, total=total)
    click.echo(text, err=True)


def _tell_waiting(form: Path, address: str | None) -> None:
    from scanpipe.form import load_form
    from scanpipe.messages import messages_for

    t = messages_for(load_form(form).language)
    complain(
        t(
            "No worker of the Dask cluster {address} is connected any more: the reading waits for "
            "one.",
            address=address,
        ),
        t(
            "Start one, or end this with Ctrl-C: what was read is kept, and the same command goes "
            "on where it stopped."
        ),
    )
