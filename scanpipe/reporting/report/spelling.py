"""Owns how the report writes numbers, percentages and dates: as the form's language does."""

import datetime
from decimal import Decimal
from fractions import Fraction

from babel import Locale
from babel.numbers import format_decimal, format_percent

from scanpipe.language import language_of
from scanpipe.reporting import percents
from scanpipe.reporting.percents import NOTHING


class Numbers:
    """The spelling of figures in one language (ISO 639-1)."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._locale = Locale.parse(language)

    def count(self, number: int) -> str:
        """Return a whole number."""
        return format_decimal(number, locale=self._locale)

    def percent(self, percent: Decimal | None) -> str:
        """Return a percentage with one decimal: 9.6 as 9,6 %."""
        return percents.percent(percent, self._locale)

    def whole_percent(self, share: float) -> str:
        """Return a share (0-1) in whole percent."""
        return format_percent(share, locale=self._locale)

    def bare_percent(self, percent: Decimal | None) -> str:
        """Return a percentage with one decimal and without its sign."""
        return NOTHING if percent is None else format_decimal(percent, "0.0", self._locale)

    def decimal(self, value: Decimal | None) -> str:
        """Return a figure with two decimals."""
        return NOTHING if value is None else format_decimal(value, "0.00", self._locale)

    def points(self, points: Fraction) -> str:
        """Return percentage points with one decimal, rounded up: a bound must hold."""
        tenths = -(-points.numerator * 10 // points.denominator)
        return format_decimal(Decimal(tenths).scaleb(-1), "0.0", self._locale)

    def interval(self, ends: tuple[Decimal, Decimal] | None, decimals: int) -> str:
        """Return from where to where a figure may run; one figure if both ends are the same."""
        if ends is None:
            return NOTHING
        pattern = f"0.{'0' * decimals}"
        spelled = [format_decimal(end, pattern, self._locale) for end in ends]
        return spelled[0] if spelled[0] == spelled[1] else NOTHING.join(spelled)

    def date(self, date: datetime.date) -> str:
        """Return a date with its weekday and the month's name."""
        return language_of(self._language).full_date(date)

    def short_date(self, date: datetime.date) -> str:
        """Return a date with the month's name."""
        return language_of(self._language).long_date(date)
