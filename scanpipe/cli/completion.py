"""Owns what the shell proposes when Tab is pressed, and the script that each shell needs for it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanpipe.cli.parameters import FORMS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

SHELLS = ("bash", "zsh", "fish", "powershell")


def form_names(
    _ctx: click.Context, _param: click.Parameter, incomplete: str
) -> "list[CompletionItem[str]]":
    """Propose the forms in forms/ by their ids; files where none of them begins so."""
    from click.shell_completion import CompletionItem

    found = sorted(path.stem for path in FORMS.glob("*.toml"))
    ids = [name for name in found if name.startswith(incomplete) and "." not in name]
    return [*map(CompletionItem, ids)] or [CompletionItem(incomplete, type="file")]


def table_folders(
    _ctx: click.Context, _param: click.Parameter, incomplete: str
) -> "list[CompletionItem[str]]":
    """Propose the folders in output/ that hold tables; any folder where none of them begins so."""
    from click.shell_completion import CompletionItem

    found = (str(path.parent) for path in sorted(Path("output").glob("*/run.json")))
    folders = [name for name in found if name.startswith(incomplete.replace("/", os.sep))]
    return [*map(CompletionItem, folders)] or [CompletionItem(incomplete, type="dir")]


def languages(
    _ctx: click.Context, _param: click.Parameter, incomplete: str
) -> "list[CompletionItem[str]]":
    """Propose the languages that forms know."""
    from click.shell_completion import CompletionItem

    from scanpipe.language import LANGUAGES

    return [CompletionItem(code) for code in LANGUAGES if code.startswith(incomplete)]


def scenario_names(
    _ctx: click.Context, _param: click.Parameter, incomplete: str
) -> "list[CompletionItem[str]]":
    """Propose the scenarios of the rehearsal."""
    from click.shell_completion import CompletionItem

    from scanpipe.simulation.scenarios import SCENARIOS

    return [CompletionItem(name) for name in SCENARIOS if name.startswith(incomplete)]


@click.command()
@click.argument("shell", metavar="SHELL", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print what makes SHELL complete commands, forms and folders on Tab.

    SHELL is bash, zsh, fish or powershell. README.md says where to put it.
    """
    from click.shell_completion import get_completion_class

    import scanpipe.cli.powershell  # noqa: F401  # it enters itself

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"This click has no completion for {shell}.")
    main = ctx.find_root().command
    click.echo(kind(main, {}, "scanpipe", "_SCANPIPE_COMPLETE").source())
