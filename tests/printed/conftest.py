"""A form file on disk that an organiser prints, edits and prints again."""

import datetime
from collections.abc import Mapping
from pathlib import Path

import pytest

from scanpipe.form import Form, load_form
from scanpipe.printed import Counting, Printed, load_printed, save_printed, sessions_of
from scanpipe.printed import with_printing as printing_added

DAY = datetime.date(2024, 4, 1)

HEAD = """\
id = "fair-2024"
title = "Spring fair"
date = 2024-04-06
place = "Town hall"
language = "en"
"""

QUESTION = 'question = "How was it?"\n'
FIVE = "[scale]\nsmileys = 5\n"
A6 = '[slip]\nsize = "a6"\n'


class Event:
    """The folder with the form; the days go by with each printing."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "fair-2024.toml"
        self.days = 0

    def write(
        self,
        sessions: Mapping[str, str],
        question: str = QUESTION,
        scale: str = FIVE,
        slip: str = A6,
        more: str = "",
    ) -> Form:
        """Save the form with these sessions, names by id, and return it as it is loaded."""
        blocks = [
            f'[[sessions]]\nid = "{key}"\nname = "{name}"\n' for key, name in sessions.items()
        ]
        text = "\n".join([HEAD + question, scale, slip, *blocks, more])
        self.path.write_text(text, encoding="utf-8")
        return self.form

    @property
    def form(self) -> Form:
        return load_form(self.path)

    @property
    def lock(self) -> Path:
        return self.path.with_name("fair-2024.lock.json")

    @property
    def printed(self) -> Printed:
        printed = load_printed(self.path, self.form)
        assert printed is not None
        return printed

    def print(self) -> Printed:
        """Print all slips of the form as it stands there now."""
        day = DAY + datetime.timedelta(self.days)
        self.days += 1
        before = load_printed(self.path, self.form)
        save_printed(printing_added(before, self.form, day), self.path, self.form)
        return self.printed

    @property
    def counting(self) -> Counting:
        return sessions_of(self.printed, self.form)

    def counted(self) -> dict[int, str]:
        """Return for which session, by id and name, the slips of each slot count now; of slots
        whose slips tell of one.
        """
        counting = self.counting
        found = {
            slot: counting.sessions[places[0]]
            for slot, places in enumerate(counting.places)
            if len(places) == 1
        }
        return {slot: f"{now.id} {now.name}" for slot, now in found.items()}


@pytest.fixture
def event(tmp_path: Path) -> Event:
    return Event(tmp_path)
