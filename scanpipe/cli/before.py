"""Owns the commands for the days before an event."""

import sys
from pathlib import Path

import click

from scanpipe.cli.completion import form_names, languages
from scanpipe.cli.parameters import FILE, FORMS, QUIET, form_path
from scanpipe.cli.speaking import progress, say


@click.command()
@click.argument("form_id", metavar="[ID]", required=False)
@click.option("--title", help="Name of the event.")
@click.option("--date", help="Day of the event, as year-month-day.")
@click.option("--place", help="Where it is held.")
@click.option(
    "--language",
    shell_complete=languages,
    help="Language of the slips, such as nb or en.  [default: the computer's]",
)
@click.option("--question", help="What people answer.  [default: how they liked the session]")
@click.option(
    "--session",
    "lines",
    multiple=True,
    help="A session's name; a short code may stand first: 'P1; Name'. Once for each session.",
)
@click.option("--sessions", "file", type=FILE, help="Sessions from a text, CSV or Excel file.")
@click.option("--no-sessions", is_flag=True, help="One question for the whole event.")
@click.option("--column", help="Column of --sessions with the names, by its letter or its head.")
@click.option("--smileys", type=int, help="People mark one of so many faces.  [default: 5]")
@click.option("--numbers", type=int, help="People mark a number from 1 to this one.")
@click.option("--answers", help="People mark one of these answers: 'Yes, No'.")
@click.option("--yes", is_flag=True, help="Ask nothing; what is not given is as it is proposed.")
def new(
    form_id: str | None,
    title: str | None,
    date: str | None,
    place: str | None,
    language: str | None,
    question: str | None,
    lines: tuple[str, ...],
    file: Path | None,
    no_sessions: bool,
    column: str | None,
    smileys: int | None,
    numbers: int | None,
    answers: str | None,
    yes: bool,
) -> None:
    """Make a form file, forms/ID.toml: asks for all that is needed.

    With any of the options nothing is asked. Where nobody can be asked, and with --yes, ID alone
    makes a commented form to fill in.
    """
    from scanpipe.cli.starting import ask, can_ask, show_new, show_starter
    from scanpipe.starting.given import Sessions, form_given
    from scanpipe.starting.writing import refuse_old, write_form, write_starter

    if form_id is not None:
        refuse_old(form_id, FORMS)
    texts = {"id": form_id, "title": title, "date": date, "place": place}
    texts |= {"language": language, "question": question}
    sessions = Sessions(lines, file, column, no_sessions)
    scale = {"smileys": smileys, "numbers": numbers, "answers": answers}
    told = [*list(texts.values())[1:], *scale.values()]
    if sessions != Sessions() or any(each is not None for each in told):
        show_new(write_form(form_given(texts, sessions, scale), FORMS))
    elif can_ask() and not yes:
        show_new(write_form(ask({} if form_id is None else {"id": form_id}), FORMS))
    elif form_id is None:
        raise click.UsageError("Nobody can be asked here: give ID, or --title and the others.")
    else:
        show_starter(write_starter(form_id, FORMS))


@click.command("print")
@click.argument("form", callback=form_path, shell_complete=form_names)
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
    help="Slips of each session, or of the one for all.",
)
@QUIET
def print_(form: Path, output: Path, sheet: str, copies: int, quiet: bool) -> None:
    """Write the slips of FORM as a PDF to print."""
    from scanpipe.form import load_form
    from scanpipe.messages import messages_for
    from scanpipe.printed import to_print
    from scanpipe.printing import Sheet, print_slips

    event = load_form(form)
    t = messages_for(event.language)
    lock = to_print(form, event, t)
    with progress(t("Pages"), quiet=quiet) as bar:
        printed = print_slips(
            event,
            output,
            Sheet(sheet),
            copies,
            bar,
            slots=lock.slots,
            folder=form.parent,
            lock=lock.saved(),
        )
    slips = t.plural("{count} slip", "{count} slips", printed.slips)
    pages = t.plural("{count} page", "{count} pages", printed.pages)
    say(
        t("Wrote {file}: {slips} on {pages}.", file=output, slips=slips, pages=pages),
        t("Print it at 100 % (“actual size”), not “fit to page”."),
        *lock.told,
        quiet=quiet,
    )


@click.command()
@click.argument("form", callback=form_path, shell_complete=form_names)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the pictures.  [default: output/<form id>/preview]",
)
@click.option(
    "--sheet",
    type=click.Choice(["a4", "letter"]),
    default="a4",
    show_default=True,
    help="Paper that several slips are shown on.",
)
@click.option("--all", "every", is_flag=True, help="The slip of every session, not just of three.")
@click.option("--no-open", is_flag=True, help="Do not show the pictures on the screen.")
@QUIET
def preview(
    form: Path, output: Path | None, sheet: str, every: bool, no_open: bool, quiet: bool
) -> None:
    """Show what the slips of FORM will look like, and whether everything fits on them."""
    from scanpipe.form import load_form
    from scanpipe.messages import messages_for
    from scanpipe.printing import Sheet
    from scanpipe.printing import preview as draw

    event = load_form(form)
    t = messages_for(event.language)
    folder = output or Path("output") / event.id / "preview"
    pictures = draw(event, folder, Sheet(sheet), every_kind=every, logo_folder=form.parent)
    count = t.plural("{count} picture", "{count} pictures", len(pictures))
    lines = [t("Wrote {count} to {folder}.", count=count, folder=folder)]
    left_out = len(event.kinds) + 1 - len(pictures)
    if left_out:
        lines.append(
            t.plural(
                "{count} more slip looks the same but for the session; --all shows it too.",
                "{count} more slips look the same but for the session; --all shows them too.",
                left_out,
            )
        )
    say(*lines, quiet=quiet)
    if sys.stdout.isatty() and not no_open:
        for picture in (pictures[0], pictures[-1]):
            click.launch(str(picture))
