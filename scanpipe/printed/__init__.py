"""Owns what has been printed of a form: which slip has which number in its marks, for good.

The lock file beside the form keeps it, so that slips are read by what was printed on them,
whatever the form says by then.
"""

from scanpipe.printed.assigning import numbers_in_marks, rebuilt, with_printing
from scanpipe.printed.counting import Change, Counting, FieldNames, sessions_of
from scanpipe.printed.files import load_printed, lock_path, save_printed
from scanpipe.printed.model import (
    Printed,
    PrintedSession,
    PrintedSlip,
    Printing,
    same_layout,
)
from scanpipe.printed.printing_now import ToPrint, to_print
from scanpipe.printed.telling import (
    told_at_printing,
    told_at_reading,
    told_lost,
    told_of_earlier,
)

__all__ = [
    "Change",
    "Counting",
    "FieldNames",
    "Printed",
    "PrintedSession",
    "PrintedSlip",
    "Printing",
    "ToPrint",
    "load_printed",
    "lock_path",
    "numbers_in_marks",
    "rebuilt",
    "same_layout",
    "save_printed",
    "sessions_of",
    "to_print",
    "told_at_printing",
    "told_at_reading",
    "told_lost",
    "told_of_earlier",
    "with_printing",
]
