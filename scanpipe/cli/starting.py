"""Owns the conversation in which a form comes to be, and what `scanpipe` alone says."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanpipe.cli.parameters import FORMS
from scanpipe.cli.speaking import complain, has_a_screen
from scanpipe.errors import ScanpipeError

if TYPE_CHECKING:
    from scanpipe.messages import Messages
    from scanpipe.starting.draft import Data
    from scanpipe.starting.questions import Question
    from scanpipe.starting.sessions import Blocks

PASTE_PAUSE_S = 0.1
"""A line of a paste follows the one before it faster than anybody types."""


NONE = "-"
"""Typed alone, in answer to what Enter does not answer: nothing."""


MANY_BAD = 5
"""Of more sessions that cannot be, it is the list that is wrong, such as the column taken."""


def can_ask() -> bool:
    """Tell whether a person sits at the terminal, who sees a question and can answer it."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask(known: "Data") -> "Data":
    """Ask for everything of a form that is not `known`, each until the answer is right."""
    from scanpipe.messages import messages_for
    from scanpipe.starting.questions import QUESTIONS
    from scanpipe.starting.speech import spoken

    _edit_lines()
    t = messages_for(spoken())
    click.echo(t("A new form. Enter alone takes what stands in [brackets]; Ctrl-C ends it all."))
    data = dict(known)
    for make in QUESTIONS:
        question = make(t, data)
        if question.key not in data:
            data |= (
                _sessions(question, data, t)
                if question.key == "sessions"
                else _answer(question, data, t)
            )
    return data


def show_starter(form: Path) -> None:
    """Say where the commented form is, and how to go on."""
    from scanpipe.messages import messages_for
    from scanpipe.starting.speech import spoken

    t = messages_for(spoken())
    click.echo(t("Wrote {path}. Fill it in with any text editor, then:", path=form))
    click.echo(f"  scanpipe print {form.stem} -o slips.pdf")


def show_new(path: Path) -> None:
    """Say where the new form is and what is in it, show its slips, and say how to go on."""
    from scanpipe.form import load_form
    from scanpipe.messages import messages_for
    from scanpipe.starting.next_step import PRINT_NEXT
    from scanpipe.starting.speech import spoken

    t = messages_for(spoken())
    form = load_form(path)
    if form.slip.session != "none":
        click.echo(t.plural("{count} session:", "{count} sessions:", len(form.sessions)))
        for session in form.sessions:
            click.echo(f"  {session.id:4} {session.name}")
    click.echo(t("Wrote {path}. It can be changed with any text editor.", path=path))
    if can_ask():
        _show_slips(path)
    click.echo(t(PRINT_NEXT))
    click.echo(f"  scanpipe print {path.stem} -o {path.stem}.pdf --copies 60")


def _show_slips(path: Path) -> None:
    """Draw the slips of a new form, and open the first picture where there is a screen.

    The form is written already: what goes wrong here is told, and takes nothing from it.
    """
    from scanpipe.form import load_form
    from scanpipe.messages import messages_for
    from scanpipe.printing import preview
    from scanpipe.starting.speech import spoken

    form, t = load_form(path), messages_for(spoken())
    folder = Path("output") / form.id / "preview"
    try:
        pictures = preview(form, folder, logo_folder=path.parent)
    except ScanpipeError as error:
        complain(error.message, error.hint)
        return
    click.echo(t("See what the slips look like: {picture}", picture=pictures[0]))
    if has_a_screen():
        click.launch(str(pictures[0]))


def tell_where_one_stands() -> None:
    """Say what is in this folder, and which command comes next."""
    from scanpipe.messages import messages_for
    from scanpipe.starting.speech import spoken
    from scanpipe.starting.telling import told
    from scanpipe.starting.whereabouts import look_around

    click.echo("\n".join(told(look_around(), messages_for(spoken()))))


def _answer(question: "Question", data: "Data", t: "Messages") -> "Data":
    """Ask one question until its answer is right; return what it adds to the form."""
    from scanpipe.starting.draft import problems_of

    _explain(question)
    while True:
        typed = _prompt(question.text, question.proposal)
        added = {question.key: question.meant(typed)}
        # An id that is none is told once, with a better one.
        problems = [*_taken(added)] or problems_of(data | added)
        if not problems:
            return added
        _refuse([*_told(problems, question, typed, t)], question.key, t)


def _told(
    problems: Sequence[str], question: "Question", typed: str, t: "Messages"
) -> Iterator[str]:
    """Yield `problems` as the question tells them: the form says in English what it expected."""
    from scanpipe.form_problems import shown

    for problem in problems:
        if question.expected and problem.startswith(f"{question.key}: expected "):
            found = shown(typed.strip())
            yield t("expected {what}; found {found}", what=question.expected, found=found)
        else:
            yield problem


def _taken(added: "Data") -> Iterator[str]:
    """Say that a form of that id is there; it is not written over."""
    from scanpipe.starting.writing import refuse_old

    if "id" in added:
        try:
            refuse_old(added["id"], FORMS)
        except ScanpipeError as error:
            yield f"{error.message}. {error.hint}"


def _sessions(question: "Question", data: "Data", t: "Messages") -> "Data":
    """Ask for the sessions until all are right; what was right of a list is kept.

    Once something was refused, Enter alone asks again: it may be the one that ended the paste.
    """
    _explain(question)
    refused = False
    while True:
        lines = [*_lines(question.text)]
        if refused and not any(map(str.strip, lines)):
            click.echo(t("Type or paste the sessions again; only - if there are none."))
            continue
        try:
            blocks = _blocks([] if refused and lines[0].strip() == NONE else lines, t)
            blocks = _mended(blocks, data, t)
        except ScanpipeError as error:
            _refuse(_problems(error), "", t)
            refused = True
            continue
        break
    if blocks:
        return {"sessions": blocks}
    click.echo(t("No sessions: one question for the whole event."))
    return {"slip": {"session": "none"}}


def _problems(error: ScanpipeError) -> tuple[str, ...]:
    return getattr(error, "problems", ()) or (f"{error.message}. {error.hint}",)


def _blocks(lines: list[str], t: "Messages") -> "Blocks":
    from scanpipe.starting.sessions import sessions_from_lines

    return _from_file(lines[0], t) if _is_file(lines) else sessions_from_lines(lines)


def _mended(blocks: "Blocks", data: "Data", t: "Messages") -> "Blocks":
    """Ask for another line in place of each session that cannot be, and return them all.

    Raises FormError if it is not single sessions that are wrong.
    """
    from scanpipe.errors import FormError
    from scanpipe.starting.draft import problems_of
    from scanpipe.starting.sessions import bad_places, with_other

    while blocks:
        problems = problems_of(data | {"sessions": blocks})
        if not problems:
            break
        places = bad_places(problems)
        if not 0 < len(places) <= MANY_BAD:
            raise FormError("the sessions cannot be so:", problems)
        place, key = places[0], f"sessions[{places[0] + 1}]."
        mine = [each for each in problems if each.startswith(key)]
        _refuse(mine, "", t)
        click.echo(t("The other sessions are kept. Only - leaves this one out."))
        typed = _typed(t("Another line for {id}", id=blocks[place]["id"]))
        blocks = with_other(blocks, place, typed, keep_id=not mine[0].startswith(f"{key}id:"))
    return blocks


def _typed(text: str) -> str:
    """Return what is typed after `text`, "" for the sign that means nothing; never by Enter alone.

    Enter alone may be the one that ended a paste.
    """
    while True:
        typed = _prompt(text, "").strip()
        if typed:
            return "" if typed == NONE else typed


def _is_file(lines: list[str]) -> bool:
    from scanpipe.starting.session_files import is_list_file

    return len(lines) == 1 and is_list_file(_unquoted(lines[0]))


def _unquoted(typed: str) -> str:
    """Return the name of a file as terminals write it when one is dropped on them."""
    return typed.strip().removeprefix("& ").strip("'\"").replace("\\ ", " ")


def _from_file(typed: str, t: "Messages") -> "Blocks":
    from scanpipe.starting.session_files import ColumnUnclearError, sessions_from_file

    path, column = Path(_unquoted(typed)).expanduser(), None
    while True:
        try:
            return sessions_from_file(path, column)
        except ColumnUnclearError as error:
            _refuse([error.message], "", t)
            column = _prompt(t("Which column? Its letter, or its first cell"), "")


def _lines(text: str) -> Iterator[str]:
    """Yield what is typed or pasted up to an empty line.

    An empty line in the midst of a paste does not end it: what follows would be taken for the
    answers to the next questions.
    """
    from scanpipe.starting.session_files import is_list_file

    first = True
    while True:
        typed = _prompt(text if first else " " * len(text), "", ": " if first else "  ")
        yield from typed.splitlines()
        if not typed.strip() and not _more_is_coming():
            return
        if first and is_list_file(_unquoted(typed)) and not _more_is_coming():
            return
        first = False


def _explain(question: "Question") -> None:
    told = click.wrap_text(question.more, shutil.get_terminal_size().columns - 1)
    click.echo(f"\n{told}" if told else "")


def _prompt(text: str, proposal: str, end: str = ": ") -> str:
    typed: Any = click.prompt(
        text, default=proposal, show_default=bool(proposal), type=str, prompt_suffix=end
    )
    return str(typed)


def _refuse(problems: Sequence[str], key: str, t: "Messages") -> None:
    """Say what was expected and what was found, in words that do without the key just asked for."""
    from scanpipe.messages import retold

    for problem in problems:
        told = str(retold(problem, t)).removeprefix(f"{key}: ")
        click.secho(f"  {told}", fg="red")


def _edit_lines() -> None:
    """Let arrow keys move in a line, instead of writing signs into it; Windows does by itself."""
    try:
        import readline  # noqa: F401
    except ImportError:
        return


def _more_is_coming() -> bool:
    """Tell whether a paste goes on: its next line is there already."""
    if not sys.stdin.isatty():
        return False
    if sys.platform == "win32":
        import msvcrt
        import time

        time.sleep(PASTE_PAUSE_S)
        return msvcrt.kbhit()
    import select

    return bool(select.select([sys.stdin], [], [], PASTE_PAUSE_S)[0])
