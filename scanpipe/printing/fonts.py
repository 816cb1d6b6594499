"""Owns the typeface of the slips: FiraGO, its widths, and which signs it can set."""

import io
import unicodedata
from functools import cache

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from scanpipe.lettering import MM_PER_PT, REGULAR, font_file

CAP_HEIGHT_EM = 0.689
"""Height of FiraGO's capitals, in font sizes."""

_NEEDS_SHAPING = ("THAI", "DEVANAGARI", "ARABIC", "HEBREW")


@cache
def font(name: str) -> TTFont:
    """Return the font `name` (REGULAR or BOLD), known to reportlab from then on."""
    face = TTFont(name, io.BytesIO(font_file(name)))
    pdfmetrics.registerFont(face)
    return face


def text_width_mm(text: str, name: str, size_pt: float) -> float:
    """Return the width of `text` set in font `name`."""
    return float(font(name).stringWidth(text, size_pt)) * MM_PER_PT


def unprintable(text: str) -> str:
    """Return the signs of `text` that the slips cannot show right, each once.

    FiraGO also holds scripts whose letters join, stack or run from the right; set letter by
    letter they would come out wrong, so they count as missing.
    """
    return "".join(dict.fromkeys(sign for sign in text if not _can_set(sign)))


def _can_set(sign: str) -> bool:
    if ord(sign) not in font(REGULAR).face.charToGlyph:
        return False
    joins = unicodedata.name(sign, "").startswith(_NEEDS_SHAPING)
    return not joins and not unicodedata.category(sign).startswith("M")
