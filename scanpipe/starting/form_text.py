"""Owns the text of a new form file: the values, and comments for whoever edits it by hand."""

import datetime
import json
import re
from collections.abc import Mapping
from typing import Any

from scanpipe.errors import UsageError
from scanpipe.form import ID_PATTERN, form_from_data
from scanpipe.form_problems import EXPECTED
from scanpipe.language import LANGUAGES
from scanpipe.starting.draft import Data
from scanpipe.starting.questions import plain_id

_TEMPLATE = """\
#:schema {schema}
# The form of one event. Change what stands to the right of each = and save the file.
# Text stands in "double quotes". A line that begins with # is a note to you.
# All keys and their limits: forms/README.md

# Marks the slips as this event's. Do not change it once slips are printed.
id = {id}

# Printed at the top of every slip. The date is year-month-day.
title = {title}
date = {date}
place = {place}

# Of the printed words and of the tables: {languages}.
language = {language}

question = {question}

[scale]
# Either faces, 2 to 7 (the saddest is 1 and stands to the left): smileys = 5
# or numbers from 1 to at most 10: numbers = 10
# or 2 to 6 short answers: answers = ["Yes", "No", "Don't know"]
{scale}

[slip]
# "a6" (four on a sheet of A4), "a5", "a7", or "quarter-letter" (four on a sheet of Letter).
{slip}
"""

_NO_SESSIONS = """\
# The slips know of no session: there is one question for the whole event.
"""

_SESSIONS = """
# One block for each session that people evaluate. The id is short and is used in the tables;
# the name is printed on the slips. Copy a block to add a session.
# You may move them and add others, also when slips are printed already.
# If you count the slips that were handed in, add a line such as  expected = 60  to a block:
# scanpipe then tells you when it has read more or fewer.
"""

_STARTER: Data = {
    "title": "The name of your event",
    "place": "Town hall",
    "language": "en",
    "question": "How did you like this session?",
    "sessions": [
        {"id": "S1", "name": "Opening: the year ahead"},
        {"id": "S2", "name": "Workshop: working together"},
    ],
}


def starter_form(form_id: str, date: datetime.date | None = None) -> str:
    """Return the text of a starter form with id `form_id`, dated `date` (today if not given).

    Raises UsageError if `form_id` cannot be the id of a form.
    """
    refuse_bad_id(form_id)
    return form_text(_STARTER | {"id": form_id, "date": date or datetime.date.today()})


def refuse_bad_id(form_id: str) -> None:
    """Raise UsageError, with a better id, if `form_id` cannot be the id of a form."""
    if not re.fullmatch(ID_PATTERN, form_id):
        better = plain_id(form_id)
        raise UsageError(
            f"{form_id!r} cannot be the id of a form",
            f"Expected: {EXPECTED['id']}." + (f" Such as {better}." if better else ""),
        )


def form_text(data: Data, schema: str = "form.schema.json") -> str:
    """Return the form file that says `data`; `schema` is the path of the JSON schema from it.

    Raises FormError if `data` is not a whole form.
    """
    form = form_from_data(data, "the new form").model_dump(exclude_unset=True)
    scale, slip = form.get("scale", {"smileys": 5}), {"size": "a6"} | form.get("slip", {})
    # Without sessions the form has one of its own making, that is not for the file.
    sessions = form["sessions"] if "sessions" in data else ()
    values = {key: _toml(form[key]) for key in ("id", "title", "date", "place", "language")}
    head = _TEMPLATE.format(
        schema=schema,
        languages=", ".join(LANGUAGES),
        question=_toml(form["question"]),
        scale=_lines(scale),
        slip=_lines(slip),
        **values,
    )
    if not sessions:
        return head + _NO_SESSIONS
    return head + _SESSIONS + "\n".join(f"[[sessions]]\n{_lines(each)}\n" for each in sessions)


def _lines(block: Mapping[str, Any]) -> str:
    return "\n".join(f"{key} = {_toml(value)}" for key, value in block.items())


def _toml(value: object) -> str:
    """Return a value of a checked form as TOML. Without control signs, which forms refuse, a text
    in TOML is written as in JSON.
    """
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)
