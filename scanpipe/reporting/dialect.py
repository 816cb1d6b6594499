"""Owns how a table looks as CSV: delimiter, decimal sign, and text that stays text."""

import re
from dataclasses import dataclass
from decimal import Decimal

from scanpipe.language import Language

Cell = str | int | Decimal | None
"""What a table holds: text, a count, a figure with the decimals it is shown with, or nothing."""

_TAKEN_FOR_A_FORMULA = re.compile(
    r"'*(?:[\t\r\n]|[\s\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠])"
)
"""What begins a formula, also behind signs that cannot be seen, and in full width, which
spreadsheets set to Chinese or Japanese take for the same."""
_SHIELD = "'"


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way of writing CSV that spreadsheets of some languages open with a double click."""

    name: str
    delimiter: str
    decimal_sign: str

    def spell(self, cell: Cell) -> str:
        """Return `cell` as it stands in the file; an empty cell for None."""
        return shielded(cell) if isinstance(cell, str) else self.plain(cell)

    def plain(self, cell: Cell) -> str:
        """Return `cell` as it comes back when the file is read."""
        if cell is None:
            return ""
        if isinstance(cell, Decimal):
            return f"{cell:f}".replace(".", self.decimal_sign)
        return f"{cell}"


SEMICOLON = Dialect("semicolon", ";", ",")
COMMA = Dialect("comma", ",", ".")
DIALECTS = {dialect.name: dialect for dialect in (SEMICOLON, COMMA)}
"""The dialects by the names that the command line knows them by."""


def dialect_for(language: Language) -> Dialect:
    """Return the dialect that spreadsheets of `language` expect."""
    return SEMICOLON if language.decimal_comma else COMMA


def fixed(value: float | None, decimals: int) -> Decimal | None:
    """Return `value` with so many `decimals`, or None if there is no value."""
    return None if value is None else Decimal(f"{value:.{decimals}f}") + 0


def shielded(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula.

    What already looks shielded is shielded once more, so that `unshielded` gives every text back.
    """
    return _SHIELD + text if _TAKEN_FOR_A_FORMULA.match(text) else text


def unshielded(cell: str) -> str:
    """Return the text that `shielded` was given; other cells as they are."""
    guarded = cell.startswith(_SHIELD) and _TAKEN_FOR_A_FORMULA.match(cell)
    return cell.removeprefix(_SHIELD) if guarded else cell
