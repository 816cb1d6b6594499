"""Owns what a printing does to the lock file: its slips are in it before they are on paper."""

import datetime
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from scanpipe.form import Form
from scanpipe.messages import Messages
from scanpipe.printed.assigning import with_printing
from scanpipe.printed.files import load_printed, printing_saved
from scanpipe.printed.model import Printed
from scanpipe.printed.telling import told_at_printing


@dataclass(frozen=True, slots=True)
class ToPrint:
    """A printing of `form`, which stands in `form_path`, that is about to be done.

    `told`: what is to be said of changes since the last one.
    """

    form_path: Path
    form: Form
    printed: Printed
    told: tuple[str, ...]

    @property
    def slots(self) -> tuple[int, ...]:
        """The number in the marks of each of the form's kinds of slips."""
        return self.printed.numbers_in_marks

    def saved(self) -> AbstractContextManager[None]:
        """Write the lock file before the slips are put in place inside, which may raise OSError:
        then it is what it was before. Raises OutputError if it cannot be written.
        """
        return printing_saved(self.printed, self.form_path, self.form)


def to_print(form_path: Path, form: Form, t: Messages) -> ToPrint:
    """Return what printing `form` today comes to; nothing is written yet.

    Raises FormError if the lock file is damaged, or if the form has changed so that answers on
    new slips cannot be counted with those on slips printed before.
    """
    before = load_printed(form_path, form)
    after = with_printing(before, form, datetime.date.today())
    return ToPrint(form_path, form, after, told_at_printing(before, after, form, t))
