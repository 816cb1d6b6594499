"""Owns the check of a form that is not complete yet: what is there must be right, and must fit."""

from typing import Any

from scanpipe.errors import FormError
from scanpipe.form import form_from_data

Data = dict[str, Any]
"""A form, or a part of one, as TOML gives it."""

_STAND_IN: Data = {
    "id": "x",
    "title": "x",
    "date": "2026-01-01",
    "place": "x",
    "language": "en",
    "question": "x",
    "sessions": [{"id": "x", "name": "x"}],
}
"""For what is not answered yet; nothing in it can be wrong."""


def problems_of(data: Data) -> tuple[str, ...]:
    """Return what is wrong with the answers in `data`, or has no room on the slip.

    Each begins with its key, as in a form file.
    """
    from scanpipe.printing import check_fits

    stand_in = {key: value for key, value in _STAND_IN.items() if key not in _not_needed(data)}
    try:
        check_fits(form_from_data(stand_in | data, "the form"))
    except FormError as error:
        return error.problems or (error.message,)
    return ()


def _not_needed(data: Data) -> tuple[str, ...]:
    return ("sessions",) if data.get("slip", {}).get("session") == "none" else ()
