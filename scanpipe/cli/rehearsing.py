"""Owns the commands that need no paper: simulated stacks, the self-test, the machine's check."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanpipe.cli.completion import form_names, scenario_names
from scanpipe.cli.parameters import FILE, FORMS, OLD_FILE, QUIET, form_path
from scanpipe.cli.speaking import progress, say, show
from scanpipe.errors import ExitCode
from scanpipe.machine import cores

if TYPE_CHECKING:
    from scanpipe.simulation.stack import ImageKind


@click.command()
@click.argument("form", callback=form_path, shell_complete=form_names)
@click.option("-o", "--output", type=FILE, required=True, help="The PDF to write.")
@click.option("--truth", type=FILE, required=True, help="CSV of what is on every slip, to write.")
@click.option("--counts", type=OLD_FILE, help="CSV of how many slips of each session and rating.")
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
@QUIET
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
    quiet: bool,
) -> None:
    """Make a scanned stack of FORM without paper, to rehearse with."""
    from scanpipe.form import load_form
    from scanpipe.messages import messages_for
    from scanpipe.printed import to_print
    from scanpipe.simulation import load_counts
    from scanpipe.simulation import simulate as make_stack

    event = load_form(form)
    t = messages_for(event.language)
    # Nothing of it is kept: no slip comes on paper, and `run` knows a stack that was made here.
    slots = to_print(form, event, t).slots
    with progress(t("Pages"), quiet=quiet) as bar:
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
            slots=slots,
            progress=bar,
        )
    said = t("Wrote {file}, and what is on it to {truth}.", file=output, truth=truth)
    say(said, quiet=quiet)


def _list_scenarios(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from scanpipe.simulation.scenarios import SCENARIOS

    say(*SCENARIOS)
    ctx.exit()


@click.command()
@click.argument("form", callback=form_path, shell_complete=form_names)
@click.option(
    "--n",
    "slips",
    type=click.IntRange(1, 20000),
    default=40,
    show_default=True,
    help="Slips of each scenario; of some kinds fewer.",
)
@click.option(
    "--scenario", shell_complete=scenario_names, help="Only this one, by its name in the table."
)
@click.option(
    "--scenarios",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_scenarios,
    help="List the names of the scenarios, and do nothing else.",
)
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
    default=cores,
    show_default="one per processor",
    help="Pages made, or read, at the same time.",
)
@click.option("--confusion", is_flag=True, help="Show what was marked against what was read.")
@QUIET
def selftest(
    form: Path,
    slips: int,
    scenario: str | None,
    seed: int,
    workers: int,
    confusion: bool,
    quiet: bool,
) -> None:
    """Rehearse: make scans of FORM of every kind, read them, and compare with the truth.

    Ends with exit code 1 if any slip was read wrong without a word, or lost.
    """
    from scanpipe.form import load_form
    from scanpipe.messages import messages_for
    from scanpipe.selftest import confusion_table, rehearse, scenario_table
    from scanpipe.selftest import scenarios_named as named

    event, scenarios = load_form(form), named(scenario)
    with progress(messages_for(event.language)("Pages"), quiet=quiet) as bar:
        tallies = rehearse(event, scenarios, slips, seed, workers, bar)
    show(scenario_table(tallies), quiet=quiet)
    if confusion:
        show(confusion_table(tallies, event), quiet=quiet)
    if any(tally.wrong for tally in tallies.values()):
        raise click.exceptions.Exit(ExitCode.BUG)


@click.command()
def doctor() -> None:
    """Check what scanpipe needs on this computer, and say what to do."""
    from scanpipe.doctor import check

    checks = check(FORMS)
    for item in checks:
        click.echo(
            f"{'FAULT' if item.problem else 'ok':6}{item.what}: {item.problem or item.found}"
        )
        if item.todo:
            click.echo("\n".join(f"      {line}" for line in item.todo.splitlines()))
    if any(item.problem for item in checks):
        raise click.exceptions.Exit(ExitCode.MISSING_TOOL)
