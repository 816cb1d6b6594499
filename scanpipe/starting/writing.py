"""Owns putting a new form into its folder: never over one that is there, its schema beside it."""

import contextlib
from pathlib import Path

from scanpipe.errors import OutputError
from scanpipe.starting.draft import Data
from scanpipe.starting.form_text import form_text, refuse_bad_id, starter_form
from scanpipe.starting.schema import NAME, schema_text


def write_starter(form_id: str, folder: Path) -> Path:
    """Write the starter form to `folder` as `<form_id>.toml` and return its path.

    Raises UsageError for an impossible id, OutputError if the file is there already (it is
    left as it is) or cannot be written.
    """
    return _write(form_id, starter_form(form_id), folder)


def write_form(data: Data, folder: Path) -> Path:
    """Write the form that says `data` to `folder` as `<id>.toml` and return its path.

    Raises FormError if `data` is not a whole form, OutputError as `write_starter`.
    """
    return _write(str(data["id"]), form_text(data), folder)


def refuse_old(form_id: str, folder: Path) -> None:
    """Raise UsageError if `form_id` can be no id, OutputError if `folder` has that form."""
    refuse_bad_id(form_id)
    target = folder / f"{form_id}.toml"
    if target.exists():
        raise _is_there(target)


def write_schema(folder: Path) -> Path:
    """Write the JSON schema of form files to `folder`, where forms look for it; return its path."""
    path, text = folder / NAME, schema_text()
    if not path.is_file() or path.read_text(encoding="utf-8", errors="replace") != text:
        path.write_text(text, encoding="utf-8", newline="\n")
    return path


def _write(form_id: str, text: str, folder: Path) -> Path:
    target = folder / f"{form_id}.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise _is_there(target if target.exists() else folder) from None
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {error.strerror or error}") from error
    # Editors do without it; the form is what matters.
    with contextlib.suppress(OSError):
        write_schema(folder)
    return target


def _is_there(path: Path) -> OutputError:
    return OutputError(
        f"{path} is there already and was left as it is",
        "Choose another id, or edit that file.",
    )
