"""Owns printed words as values: what is set where, and in which type.

Printing sets them, and reading knows by them where letters are, and so where none are.
"""

from dataclasses import dataclass

import pymupdf_fonts

from scanpipe.layout import Box
from scanpipe.smiley import Point

MM_PER_PT = 25.4 / 72

REGULAR, BOLD = "FiraGO", "FiraGO-Bold"
_FILES = {REGULAR: "figo", BOLD: "figbo"}


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line, centred on `middle`; `middle.y_mm` is its baseline."""

    text: str
    middle: Point
    font: str
    size_pt: float
    accent: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """All lines that are printed in one box of a layout."""

    box: Box
    lines: tuple[Line, ...]


def font_file(name: str) -> bytes:
    """Return the font `name` (REGULAR or BOLD), as a TrueType file holds it."""
    return bytes(pymupdf_fonts.myfont(_FILES[name]))
