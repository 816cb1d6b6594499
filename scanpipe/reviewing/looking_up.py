"""Owns which slips somebody means who looks one up: by its name, or by the file and the page."""

from collections.abc import Sequence

from scanpipe.form import Form
from scanpipe.reading.record import SlipReading
from scanpipe.reporting.slip_names import slip_of

SHOWN_AT_MOST = 60
_DIGITS_AT_MOST = 9


def looked_up(what: str, readings: Sequence[SlipReading], form: Form) -> tuple[SlipReading, ...]:
    """Return those of `readings` that `what` names as results.csv does, however it is typed.

    A whole name goes before a page, a page before a part of a name.
    """
    asked = what.strip().casefold()
    if not asked:
        return ()
    names = (_named(asked, readings, form), _on_page(asked, readings), _like(asked, readings))
    return next((found for found in names if found), ())


def _named(asked: str, readings: Sequence[SlipReading], form: Form) -> tuple[SlipReading, ...]:
    exactly = tuple(
        each for each in readings if asked in (each.slip, (each.serial or "").casefold())
    )
    return exactly or tuple(each for each in readings if slip_of(each.slip, form) == asked)


def _on_page(asked: str, readings: Sequence[SlipReading]) -> tuple[SlipReading, ...]:
    """Return what lies on the page whose number ends `asked`, in files called as what is before."""
    words = asked.split()
    if not words[-1].isdecimal() or len(words[-1]) > _DIGITS_AT_MOST:
        return ()
    page = int(words[-1])
    # Beside the picture stands "box.pdf, page 12".
    file = asked.removesuffix(words[-1]).partition(",")[0].strip()
    return tuple(each for each in readings if each.page == page and file in each.file.casefold())


def _like(asked: str, readings: Sequence[SlipReading]) -> tuple[SlipReading, ...]:
    return tuple(each for each in readings if asked in each.slip or asked in each.file.casefold())
