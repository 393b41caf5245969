"""Months as people write them. A month is a number, counted from the year 0, so that months can be subtracted."""

from __future__ import annotations

import re

__all__ = ["MONTHS_OF_A_YEAR", "month_words", "read_day", "short_month"]

MONTHS_OF_A_YEAR = 12
_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_SHORT = tuple(name[:3].lower() for name in _NAMES)
_ISO = re.compile(r"(\d{4})[-/](\d{1,2})(?:[-/](\d{1,2}))?")
_DAY_FIRST = re.compile(r"(?:(\d{1,2})[/.-])?(\d{1,2})[/.-](\d{4})")
_NAMED = re.compile(r"(?:(\d{1,2})[ -])?([a-z]{3,9})[ -](\d{4}|\d{2})")


def read_day(text: str) -> tuple[int, int] | None:
    """The month, and the day in it (0 when not given); None when the text names neither.

    "2026-03", "2026-03-31", "3/2026", "31/03/2026", "Mar 2026", "mar-26", "31 March 2026".
    """
    text = text.strip().lower()
    if found := _ISO.fullmatch(text):
        year, month, day = found[1], int(found[2]), found[3]
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = found[1], int(found[2]), found[3]
    elif (found := _NAMED.fullmatch(text)) and found[2][:3] in _SHORT:
        day, month, year = found[1], _SHORT.index(found[2][:3]) + 1, found[3]
    else:
        return None
    if not 1 <= month <= MONTHS_OF_A_YEAR:
        return None
    century = 2000 if len(year) == 2 else 0
    return (int(year) + century) * MONTHS_OF_A_YEAR + month - 1, int(day or 0)


def month_words(month: int) -> str:
    """The month as a sentence has it: “March 2026”."""
    return f"{_NAMES[month % MONTHS_OF_A_YEAR]} {month // MONTHS_OF_A_YEAR}"


def short_month(month: int) -> str:
    """The month as an axis has it: “Mar 2026”."""
    return f"{_NAMES[month % MONTHS_OF_A_YEAR][:3]} {month // MONTHS_OF_A_YEAR}"
