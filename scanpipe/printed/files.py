"""Owns the lock file: JSON beside the form, sealed by a hash, written whole or not at all."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scanpipe.aside import replacing
from scanpipe.errors import FormError, OutputError, ScanpipeError
from scanpipe.form import Form
from scanpipe.printed.answers import lock_name
from scanpipe.printed.model import Printed, digest_of

VERSION = 1
"""Of the file's own shape; more only when an older scanpipe would read it wrongly."""

MAX_BYTES = 32_000_000
"""146 cards with six sessions of long names, each in a layout of its own, are 2 MB."""

ABOUT = (
    "What scanpipe has printed of this form, so that every slip is read by what stands on it. "
    "Keep this file with the form, and do not edit it."
)

_FROM_BACKUP = (
    "Put it back from your backup. If there is none, delete it: it is then made anew from the "
    "form, which is right only if the form is still as it was when the slips were printed."
)


def lock_path(form_path: Path, form: Form) -> Path:
    """Return where the lock file of `form`, which stands in `form_path`, belongs."""
    return form_path.parent / lock_name(form.id)


def load_printed(form_path: Path, form: Form) -> Printed | None:
    """Return what has been printed of `form`, None if there is no lock file beside `form_path`.

    Raises FormError if the lock file cannot be read, is damaged, was changed by anyone but
    scanpipe, or is another form's.
    """
    path = lock_path(form_path, form)
    content = _content(path)
    if content is None:
        return None
    printed = _checked(_unsealed(content, path), path)
    if printed.form != form.id:
        raise FormError(
            f"{path} is the lock file of another form, {printed.form}, not of {form.id}",
            hint="Move it to that form's folder, or delete it if it is a copy.",
        )
    return printed


def save_printed(printed: Printed, form_path: Path, form: Form) -> Path:
    """Write the lock file of `form` beside `form_path`, whole or not at all; return its path.

    A file that would not change is left alone. Raises OutputError if it cannot be written.
    """
    path = lock_path(form_path, form)
    content = _sealed(printed)
    if _checked(_unsealed(content, path), path) != printed:
        raise ScanpipeError(
            f"{path} would not be read back as it was written, and was left as it is",
            "This is a fault in scanpipe; please report it.",
        )
    with suppress(FormError):
        if _content(path) == content:
            return path
    _replace(path, content)
    return path


@contextmanager
def printing_saved(printed: Printed, form_path: Path, form: Form) -> Iterator[None]:
    """Write the lock file of `form` as `save_printed` does, before what is done inside.

    If that fails with an OSError, the lock file is what it was before, or there is none again.
    """
    path = lock_path(form_path, form)
    before = _content(path)
    save_printed(printed, form_path, form)
    try:
        yield
    except OSError:
        with suppress(OSError, OutputError):  # what went wrong inside is what is to be told
            _put_back(path, before)
        raise


def _put_back(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink()
    else:
        _replace(path, content)


def _sealed(printed: Printed) -> bytes:
    told = printed.model_dump(mode="json", exclude={"base"} if not printed.base else None)
    data = {"about": ABOUT, "version": VERSION, **told}
    text = json.dumps({**data, "hash": digest_of(data)}, ensure_ascii=False, indent=2)
    return (text + "\n").encode()


def _unsealed(content: bytes, path: Path) -> dict[str, Any]:
    """Return what stands in a lock file; raise FormError if it is not what scanpipe wrote."""
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise FormError(f"{path} is damaged: it is no lock file any more", hint=_FROM_BACKUP)
    version = data.get("version")
    if isinstance(version, int) and version > VERSION:
        raise _of_another_scanpipe(path, f"it has version {version}, and this knows {VERSION}")
    seal = data.pop("hash", None)
    if seal != digest_of(data):
        raise FormError(
            f"{path} is damaged or was edited: what stands in it does not fit its hash",
            hint=_FROM_BACKUP,
        )
    return {key: value for key, value in data.items() if key not in ("about", "version")}


def _checked(data: dict[str, Any], path: Path) -> Printed:
    try:
        printed = Printed.model_validate(data)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise _of_another_scanpipe(path, f"{where or 'it'} is not as this knows it") from None
    lost = _lost(data, printed.model_dump(mode="json"))
    if lost is not None:
        raise _of_another_scanpipe(path, f"it has {lost}, which this does not know")
    return printed


def _of_another_scanpipe(path: Path, what: str) -> FormError:
    return FormError(
        f"{path} was written by another version of scanpipe: {what}",
        hint="Install the newest scanpipe and run this again. The file itself is sound: keep it.",
    )


def _lost(data: Any, read: Any) -> str | None:
    """Return the first key in `data` that is not in what was `read` from it, None if all are.

    A dataclass, as layouts are made of, takes no notice of what it does not know.
    """
    if isinstance(data, dict) and isinstance(read, dict):
        return next((key for key in data if key not in read), None) or next(
            filter(None, (_lost(data[key], read[key]) for key in data)), None
        )
    if isinstance(data, list) and isinstance(read, list):
        return next(filter(None, map(_lost, data, read)), None)
    return None


def _content(path: Path) -> bytes | None:
    """Return what the file holds, None if there is none; a pipe, which may not end, is not opened.

    Raises FormError if it is no plain file, far too large, or cannot be read.
    """
    try:
        if path.exists() and not path.is_file():
            raise FormError(f"{path} is no plain file", hint="Move it away.")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FormError(
            f"the lock file {path} cannot be read: {error.strerror or error}",
            hint="Make it readable, and run this again.",
        ) from None
    if len(content) > MAX_BYTES:
        raise FormError(f"{path} is far too large for a lock file", hint=_FROM_BACKUP)
    return content


def _replace(path: Path, content: bytes) -> None:
    try:
        with replacing(path) as (aside,):
            aside.write_bytes(content)
    except OSError as error:
        raise OutputError(
            f"the lock file {path} cannot be written: {error.strerror or error}",
            "Without it slips could be read wrongly once the form is changed. Make its folder "
            "writable, close it where it is open, and run this again.",
        ) from error
