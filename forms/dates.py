"""Dates and times as people type them: three boxes for a date, one for a time."""

import re
from collections.abc import Sequence
from datetime import date, time
from typing import Any

from wtforms import Field

from auditflow.domain.whole_number import read_whole_number
from forms import widgets
from forms.fields import OneAnswer, clean_text

__all__ = ["DateField", "TimeField"]

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_PARTS = ("day", "month", "year")


def _month(text: str) -> int | None:
    """3, 03, March or mar as 3; None when it is no month."""
    if (number := _number(text, 2)) is not None:
        return number if 1 <= number <= 12 else None
    named = [name for name in _MONTHS if len(text) >= 3 and name.startswith(text.lower())]
    return _MONTHS.index(named[0]) + 1 if named else None


def _number(text: str, digits: int) -> int | None:
    return read_whole_number(text) if len(text) <= digits else None


def _and(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else words[0]


class DateField(Field):
    """A date in three boxes that share the field's name: day, month, year. `data` is a date or None.

    Whatever is sent (no box, one, four, words, a file) ends in a date, in None or in a sentence.
    `bad_parts` names the boxes at fault; the summary's link goes to the first of them.
    """

    widget = widgets.DateInput()
    bad_parts: tuple[str, ...] = ()

    @property
    def error_target(self) -> str:
        """The id of the first box to put right."""
        return self.part_id(self.bad_parts[0] if self.bad_parts else "day")

    def part_id(self, part: str) -> str:
        """The id of a box; the first has the field's own id."""
        return self.id if part == "day" else f"{self.id}-{part}"

    def parts(self) -> dict[str, str]:
        """What each box shows: what was typed, else the date."""
        if self.raw_data is not None:
            typed = [value if isinstance(value, str) else "" for value in self.raw_data]
            return dict(zip(_PARTS, [*typed, "", "", ""], strict=False))
        if self.data is None:
            return dict.fromkeys(_PARTS, "")
        return {"day": str(self.data.day), "month": str(self.data.month), "year": str(self.data.year)}

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read the three boxes."""
        self.data: date | None = None
        if not valuelist or all(value == "" for value in valuelist):
            return
        if len(valuelist) != 3 or not all(isinstance(value, str) for value in valuelist):
            raise ValueError(f"{self.label.text} must have one day, one month and one year.")
        texts = [clean_text(value) for value in valuelist]
        missing = tuple(part for part, text in zip(_PARTS, texts, strict=True) if not text)
        if len(missing) < len(_PARTS):
            self._read(texts, missing)

    def _read(self, texts: Sequence[str], missing: tuple[str, ...]) -> None:
        if missing:
            self.bad_parts = missing
            raise ValueError(f"{self.label.text} must include a {_and(missing)}.")
        day, month, year = _number(texts[0], 2), _month(texts[1]), _number(texts[2], 4)
        self.bad_parts = tuple(part for part, value in zip(_PARTS, (day, month, year), strict=True) if value is None)
        if year is not None and year < 1000:
            self.bad_parts = (*self.bad_parts, "year")
            raise ValueError(f"{self.label.text}: the year must have 4 numbers, like 2027.")
        try:
            self.data = date(year or 0, month or 0, day or 0)
        except ValueError:
            self.bad_parts = self.bad_parts or ("day",)
            raise ValueError(f"{self.label.text} must be a real date, like 27 3 2027.") from None


_TIME = re.compile(r"([0-9]{1,2})(?:[:. ]?([0-9]{2}))?\s*(?:([ap])\.?(?:m\.?)?)?", re.IGNORECASE)


class TimeField(OneAnswer):
    """A time of day: 14:30, 14.30, 1430, 2pm, 2.30 pm. `data` is a time or None."""

    widget = widgets.TextInput(spellcheck="false", width=5)
    empty = None

    def read(self, text: str) -> time | None:
        """The time, None for nothing, or a sentence."""
        typed = clean_text(text, single_line=True)
        if not typed:
            return None
        found = _TIME.fullmatch(typed)
        try:
            if found is None:
                raise ValueError
            return self._time(int(found[1]), int(found[2] or 0), (found[3] or "").lower())
        except ValueError:
            raise ValueError(f"{self.label.text} must be a time, like 9:30 or 14:30.") from None

    @staticmethod
    def _time(hour: int, minute: int, half: str) -> time:
        if half and not 1 <= hour <= 12:
            raise ValueError
        return time(hour % 12 + (12 if half == "p" else 0) if half else hour, minute)

    def _value(self) -> str:
        if self.raw_data and isinstance(self.raw_data[0], str):
            return self.raw_data[0]
        return "" if self.data is None else f"{self.data:%H:%M}"
