"""Owns the commands for the days before an event."""

from pathlib import Path

import click

from scanpipe.cli.parameters import FILE, FORMS, QUIET, form_path
from scanpipe.cli.speaking import progress, say


@click.command()
@click.argument("form_id", metavar="ID")
def new(form_id: str) -> None:
    """Write a commented form file forms/ID.toml to fill in."""
    from scanpipe.starter import write_starter

    path = write_starter(form_id, FORMS)
    click.echo(f"Wrote {path}. Fill it in with any text editor, then:")
    click.echo(f"  scanpipe print {form_id} -o slips.pdf")


@click.command("print")
@click.argument("form", callback=form_path)
@click.option("-o", "--output", type=FILE, required=True, help="The PDF to write.")
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
@QUIET
def print_(form: Path, output: Path, sheet: str, copies: int, quiet: bool) -> None:
    """Write the slips of FORM as a PDF to print."""
    from scanpipe.form import load_form
    from scanpipe.messages import messages_for
    from scanpipe.printing import Sheet, print_slips

    event = load_form(form)
    t = messages_for(event.language)
    with progress(t("Pages"), quiet=quiet) as bar:
        printed = print_slips(event, output, Sheet(sheet), copies, bar)
    slips = t.plural("{count} slip", "{count} slips", printed.slips)
    pages = t.plural("{count} page", "{count} pages", printed.pages)
    say(
        t("Wrote {file}: {slips} on {pages}.", file=output, slips=slips, pages=pages),
        t("Print it at 100 % (“actual size”), not “fit to page”."),
        quiet=quiet,
    )
