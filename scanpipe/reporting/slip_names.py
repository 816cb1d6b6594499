"""Owns which answers are of one slip: where a slip has several rows, each is named by the slip and
the row's number, bcdfgh-001-1-2.
"""

import re

from scanpipe.form import Form

_NAME = re.compile(r"(?P<slip>.+)-(?P<row>[0-9]+)(?P<letter>[b-z]?)")
"""The letter is that of a further slip on a page that could not be read."""


def has_rows(form: Form) -> bool:
    """Tell whether the slips of `form` have several rows, and so several answers."""
    return len(form.rows) > 1


def slip_of(name: str, form: Form) -> str:
    """Return the name of the slip that the answer called `name` stands on."""
    found = _NAME.fullmatch(name) if has_rows(form) else None
    return found["slip"] + found["letter"] if found else name


def row_of(name: str, form: Form) -> int | None:
    """Return the number of the row, from 1, in which the answer called `name` stands.

    None where slips have one row. Slips of an earlier printing may have more rows than the form.
    """
    found = _NAME.fullmatch(name) if has_rows(form) else None
    return int(found["row"]) if found else None


def doubled(name: str, number: int, form: Form) -> str:
    """Return the name of the same answer on the `number`th reading of the same scan."""
    found = _NAME.fullmatch(name) if has_rows(form) else None
    if not found:
        return f"{name}-{number}"
    return f"{found['slip']}_{number}-{found['row']}{found['letter']}"
