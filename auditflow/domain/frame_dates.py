"""Dates and ages in a case list: every usual way of writing a day in England, and ages kept as bands only."""

import re
from bisect import bisect_right
from collections.abc import Callable
from datetime import date, datetime, timedelta

from auditflow.domain.frame_values import Reading, clean_text

__all__ = ["AGE_BANDS", "OLDEST", "age_band_of", "age_on", "parse_day", "read_age_band", "read_day"]

AGE_BANDS = ("Unborn", "Under 1", "1 to 4", "5 to 9", "10 to 15", "16 and 17", "18 and over")
"""The bands, youngest first: those of England's published figures, with 16 and 17 apart from adults."""

_UPPER = (0, 1, 5, 10, 16, 18)
"""Age in whole years at which each band but the first begins."""

_SERIAL_ZERO = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 10_000, 80_000
"""Spreadsheet day numbers that are read as dates: 1927 to 2119."""

_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})")
_FORMATS = (
    "%d/%m/%y",
    "%d-%m-%y",
    "%d.%m.%y",
    "%d %B %Y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%d-%B-%Y",
    "%d-%b-%y",
    "%d %b %y",
    "%Y%m%d",
)
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|[AaPp][Mm]|[+-]\d{2}:?\d{2})?$")
_AGE = re.compile(r"(\d{1,3})(\.\d+)?\s*(y|yr|yrs|year|years)?( old)?", re.IGNORECASE)
_SMALL_AGE = re.compile(r"(\d{1,3}) ?(m|w|d)(?:ths?|onths?|ks?|eeks?|ays?)?(?: old)?", re.IGNORECASE)
_A_YEAR_OF = {"m": 12, "w": 52, "d": 365}
OLDEST = 120
"""A number above this is no age."""

_RANGE = re.compile(r"(\d{1,2})\s*(?:-|–|to|and)\s*(\d{1,2})", re.IGNORECASE)


def parse_day(value: object) -> date | None:
    """The day that a cell names, or None if it names none.

    Typed dates; ISO and United Kingdom day-first text, with or without a time; a spreadsheet's day number.
    Month-first dates are not guessed at: 03/25/2026 is no day.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float):
        return _from_serial(value)
    return _from_text(str(value).strip())


def _from_serial(number: float) -> date | None:
    """The day of a spreadsheet's day number. The comparison fails for what is no number at all."""
    return _SERIAL_ZERO + timedelta(days=int(number)) if _FIRST_SERIAL <= number < _LAST_SERIAL else None


def _usual_day(value: object) -> date | None:
    """The day that a cell names in one of the two usual ways, yyyy-mm-dd and dd/mm/yyyy; else None."""
    if not isinstance(value, str):
        return None
    if match := _DAY_FIRST.fullmatch(value):
        return _calendar_day(match[4], match[3], match[1])
    match = _ISO.fullmatch(value)
    return _calendar_day(match[1], match[2], match[3]) if match else None


def _from_text(text: str) -> date | None:
    bare = _TIME.sub("", text)
    if day := _usual_day(bare):
        return day
    for form in _FORMATS:
        try:
            return datetime.strptime(bare, form).date()  # noqa: DTZ007 - a day, not an instant
        except ValueError:
            continue
    return _from_serial(float(text)) if re.fullmatch(r"\d{5}(\.\d+)?", text) else None


def _calendar_day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def read_day(as_at: date) -> Callable[[object], Reading]:
    """A reader of days that may not lie after the date of the list; what is no day is a fault."""

    def read(value: object) -> Reading:
        reading = read_any_day(value)
        if reading.text > as_at.isoformat():
            return Reading("", fault=f"{reading.text} is after the date of the list, {as_at.isoformat()}")
        return reading

    return read


def read_any_day(value: object) -> Reading:
    """A day as yyyy-mm-dd; blank stays blank; what is no day is a fault."""
    if day := _usual_day(value):
        return Reading(day.isoformat())
    cleaned = clean_text(value)
    if not cleaned.text:
        return cleaned
    day = parse_day(cleaned.text if isinstance(value, str) else value)
    if day is None:
        return Reading("", fault=f"“{cleaned.text[:40]}” cannot be read as a date")
    return Reading(day.isoformat())


def age_on(born: date, day: date) -> int:
    """Age in whole years on a day, -1 before birth. Someone born on 29 February is a year older on 1 March."""
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return max(years, -1)


def age_band_of(age: int) -> str:
    """The band of an age in whole years; -1 is unborn."""
    return AGE_BANDS[bisect_right(_UPPER, age)]


def read_age_band(as_at: date) -> Callable[[object], Reading]:
    """A reader that turns an age, a date of birth or a band into a band on the date of the list.

    Nothing else is ever kept from such a column: what cannot be read is blank with a note.
    """

    def read(value: object) -> Reading:
        if born := _usual_day(value):
            return Reading(age_band_of(age_on(born, as_at)))
        cleaned = clean_text(value)
        if not cleaned.text and not cleaned.fault:
            return cleaned
        band = _band_of_words(cleaned.text) if isinstance(value, str) else _band_of_number(value)
        band = band or _band_of_birth(cleaned.text if isinstance(value, str) else value, as_at)
        return Reading(band) if band else Reading("", note="what is not an age was left blank")

    return read


def _band_of_birth(value: object, as_at: date) -> str:
    born = parse_day(value)
    return age_band_of(age_on(born, as_at)) if born else ""


def _band_of_number(value: object) -> str:
    """The band of an age typed as a number of years; blank for anything else."""
    is_age = isinstance(value, int | float) and 0 <= value <= OLDEST
    return age_band_of(int(value)) if is_age else ""  # type: ignore[call-overload]


def _band_of_words(text: str) -> str:
    """The band that words or a number name: `7`, `6.14`, `15 years`, `8 months`, `10-15`, `Unborn`."""
    known = {band.casefold(): band for band in (*AGE_BANDS, "<1")}.get(text.casefold(), "")
    if known:
        return "Under 1" if known == "<1" else known
    if match := _SMALL_AGE.fullmatch(text):
        return age_band_of(int(match[1]) // _A_YEAR_OF[match[2].lower()])
    if match := _RANGE.fullmatch(text):
        low, high = (age_band_of(int(age)) for age in match.groups())
        return low if low == high else ""
    match = _AGE.fullmatch(text.removesuffix("+"))
    return age_band_of(int(match[1])) if match and int(match[1]) <= OLDEST else ""
