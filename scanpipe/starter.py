"""Owns the starter form: a commented form file that an organiser makes their own."""

import datetime
import re
import unicodedata
from pathlib import Path

from scanpipe.errors import OutputError, UsageError
from scanpipe.form import ID_PATTERN
from scanpipe.form_problems import EXPECTED

_WITHOUT_PARTS = str.maketrans(
    {"ø": "o", "æ": "ae", "ß": "ss", "đ": "d", "ŧ": "t", "ŋ": "n", "ł": "l", " ": "-"}
)
"""Letters that Unicode does not take apart into a plain one and an accent."""

_TEMPLATE = """\
# The form of one event. Change what stands to the right of each = and save the file.
# Text stands in "double quotes". A line that begins with # is a note to you.
# All keys and their limits: forms/README.md

# Marks the slips as this event's. Do not change it once slips are printed.
id = "{form_id}"

# Printed at the top of every slip. The date is year-month-day.
title = "The name of your event"
date = {date}
place = "Town hall"

# Of the printed words and of the tables:
# nb (bokmål), nn (nynorsk), sv (Swedish), da (Danish), de (German), en (English).
language = "en"

question = "How did you like this session?"

[scale]
# How many faces, 2 to 7. The saddest is 1 and stands to the left.
smileys = 5

[slip]
# "a6" (four on a sheet of A4), "a5", or "quarter-letter" (four on a sheet of Letter).
size = "a6"

# One block for each session that people evaluate. The id is short and is used in the tables;
# the name is printed on the slips. Copy a block to add a session.
# Do not change their order once slips are printed.
# If you count the slips that were handed in, add a line such as  expected = 60  to a block:
# scanpipe then tells you when it has read more or fewer.
[[sessions]]
id = "S1"
name = "Opening: the year ahead"

[[sessions]]
id = "S2"
name = "Workshop: working together"
"""


def starter_form(form_id: str, date: datetime.date | None = None) -> str:
    """Return the text of a starter form with id `form_id`, dated `date` (today if not given).

    Raises UsageError if `form_id` cannot be the id of a form.
    """
    if not re.fullmatch(ID_PATTERN, form_id):
        raise UsageError(
            f"{form_id!r} cannot be the id of a form",
            f"Expected: {EXPECTED['id']}.{_better(form_id)}",
        )
    return _TEMPLATE.format(form_id=form_id, date=date or datetime.date.today())


def _better(form_id: str) -> str:
    """Return the proposal of an id that looks like `form_id`, nothing if none can be made."""
    plain = unicodedata.normalize("NFKD", form_id.casefold().translate(_WITHOUT_PARTS))
    words = re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode())
    better = "-".join(words)[:40].strip("-")
    return f" Such as {better}." if better else ""


def write_starter(form_id: str, folder: Path) -> Path:
    """Write the starter form to `folder` as `<form_id>.toml` and return its path.

    Raises UsageError for an impossible id, OutputError if the file is there already (it is
    left as it is) or cannot be written.
    """
    text = starter_form(form_id)
    target = folder / f"{form_id}.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise OutputError(
            f"{target if target.exists() else folder} is there already and was left as it is",
            "Choose another id, or edit that file.",
        ) from None
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {error.strerror or error}") from error
    return target
