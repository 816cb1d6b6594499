"""Owns how a percentage is written: with one decimal, as the language does."""

from decimal import Decimal

from babel import Locale
from babel.numbers import format_percent

NOTHING = "–"
"""Stands where there is no figure."""


def percent(percent: Decimal | None, locale: Locale) -> str:
    """Return a percentage: 9.6 as 9,6 %."""
    return NOTHING if percent is None else share(percent.scaleb(-2), locale)


def share(share: Decimal | float, locale: Locale) -> str:
    """Return a share (0-1) as a percentage."""
    pattern = locale.percent_formats[None].pattern.replace("#,##0", "#,##0.0")
    return format_percent(share, pattern, locale)
