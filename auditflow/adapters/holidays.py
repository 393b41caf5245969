"""England's bank holidays: the published list that the govuk-bank-holidays package ships (nothing is fetched),
and the law's own rules for the years that the list does not reach.

The rules (Banking and Financial Dealings Act 1971 and the proclamations made each year under it) know nothing of
single occasions such as a coronation; a council adds such days as closure days.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

__all__ = ["bank_holidays", "easter_sunday", "usual_bank_holidays"]

_DAY = timedelta(days=1)
_WEEKEND = 5
"""The weekday number of Saturday; Monday is 0."""


def bank_holidays(first: date, last: date) -> frozenset[date]:
    """The bank holidays of England from `first` to `last`, both included."""
    years = range(first.year, last.year + 1)
    return frozenset(day for year in years for day in _of_year(year) if first <= day <= last)


def _of_year(year: int) -> frozenset[date]:
    """The published days of a year that the list has whole, else those of the rules."""
    published = _published()
    return published.get(year) or usual_bank_holidays(year)


@cache
def _published() -> dict[int, frozenset[date]]:
    """The published days by year. Importing the package loads an HTTP client, so it waits until it is needed."""
    from govuk_bank_holidays.bank_holidays import BankHolidays

    listed = BankHolidays(use_cached_holidays=True).get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    days = [holiday["date"] for holiday in listed]
    return {year: frozenset(day for day in days if day.year == year) for year in {day.year for day in days}}


@cache
def usual_bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays of a year by rule: those in lieu of a weekend day fall on the next free working day."""
    easter = easter_sunday(year)
    moving = [
        easter - 2 * _DAY,
        easter + _DAY,
        _first_monday(date(year, 5, 1)),
        _first_monday(date(year, 5, 25)),
        _first_monday(date(year, 8, 25)),
    ]
    return frozenset([*moving, *_moved_from_weekend([date(year, 1, 1)]), *_moved_from_weekend(_christmas(year))])


def _christmas(year: int) -> list[date]:
    return [date(year, 12, 25), date(year, 12, 26)]


def _first_monday(day: date) -> date:
    """The first Monday on or after a day."""
    return day + (-day.weekday() % 7) * _DAY


def _moved_from_weekend(days: list[date]) -> Iterator[date]:
    """Each day, or for one at a weekend the next weekday that is not itself one of the days or taken already."""
    taken = {day for day in days if day.weekday() < _WEEKEND}
    for day in days:
        free = day
        while free.weekday() >= _WEEKEND or (free != day and free in taken):
            free += _DAY
        taken.add(free)
        yield free


def easter_sunday(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the computation that the Church of England's tables follow.

    Source: the "anonymous" algorithm as given by J. Meeus, Astronomical Algorithms (1991), chapter 8.
    """
    golden = year % 19
    century, of_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - moon_shift + 15) % 30
    leap_years, year_rest = divmod(of_century, 4)
    weekday = (32 + 2 * century_rest + 2 * leap_years - epact - year_rest) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
