"""The programme year (1 April to 31 March) and its quarters: Q3 2026/27 is October to December 2026."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from auditflow.domain.errors import BadInput

__all__ = ["ProgrammeYear", "Quarter"]

_YEAR = re.compile(r"(\d{4})/(\d{2})")
_QUARTER = re.compile(r"[Qq]([1-4])\s+(\d{4}/\d{2})")
_FIRST_MONTH = 4
_MONTHS = 12
_LAST_QUARTER = 4
_LAST_YEAR = 9998


@dataclass(frozen=True, order=True)
class ProgrammeYear:
    """A programme year, named by the calendar year of its first day: 2026 is 2026/27."""

    first: int

    def __post_init__(self) -> None:
        if not 1 <= self.first <= _LAST_YEAR:
            raise BadInput(f"There is no programme year {self.first}.", code="no_such_year")

    @classmethod
    def containing(cls, day: date) -> "ProgrammeYear":
        """The programme year that a day falls in."""
        _require_day(day)
        return cls(day.year if day.month >= _FIRST_MONTH else day.year - 1)

    @classmethod
    def parse(cls, text: str) -> "ProgrammeYear":
        """Read "2026/27". Raises BadInput when it is not two years that follow each other."""
        found = _YEAR.fullmatch(text.strip())
        if found is None or int(found[2]) != (int(found[1]) + 1) % 100:
            raise BadInput(f"“{text}” is not a programme year. Write it like 2026/27.", code="no_such_year")
        return cls(int(found[1]))

    @property
    def label(self) -> str:
        """As people write it: 2026/27."""
        return f"{self.first}/{(self.first + 1) % 100:02d}"

    @property
    def start(self) -> date:
        """1 April."""
        return date(self.first, _FIRST_MONTH, 1)

    @property
    def end(self) -> date:
        """31 March, the last day of the year."""
        return date(self.first + 1, 3, 31)

    @property
    def quarters(self) -> "tuple[Quarter, ...]":
        """The year's four quarters in order."""
        return tuple(Quarter(self, number) for number in (1, 2, 3, 4))

    def next(self) -> "ProgrammeYear":
        """The year after this one."""
        return ProgrammeYear(self.first + 1)

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of a programme year: 1 is April to June, 4 is January to March."""

    year: ProgrammeYear
    number: int

    def __post_init__(self) -> None:
        if self.number not in (1, 2, 3, 4):
            raise BadInput(f"There is no quarter {self.number}: there are four.", code="no_such_quarter")

    @classmethod
    def containing(cls, day: date) -> "Quarter":
        """The quarter that a day falls in."""
        return cls(ProgrammeYear.containing(day), (day.month - _FIRST_MONTH) % _MONTHS // 3 + 1)

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """Read "Q3 2026/27". Raises BadInput for anything else."""
        found = _QUARTER.fullmatch(text.strip())
        if found is None:
            raise BadInput(f"“{text}” is not a quarter. Write it like Q3 2026/27.", code="no_such_quarter")
        return cls(ProgrammeYear.parse(found[2]), int(found[1]))

    @property
    def label(self) -> str:
        """As people write it: Q3 2026/27."""
        return f"Q{self.number} {self.year.label}"

    @property
    def start(self) -> date:
        """The first day."""
        month = _FIRST_MONTH + 3 * (self.number - 1)
        return date(self.year.first + (month > _MONTHS), (month - 1) % _MONTHS + 1, 1)

    @property
    def end(self) -> date:
        """The last day."""
        return self.next().start - timedelta(days=1)

    def next(self) -> "Quarter":
        """The quarter after this one, in the next year after Q4."""
        return Quarter(self.year, self.number + 1) if self.number < _LAST_QUARTER else Quarter(self.year.next(), 1)

    def previous(self) -> "Quarter":
        """The quarter before this one, in the year before when this is Q1."""
        if self.number > 1:
            return Quarter(self.year, self.number - 1)
        return Quarter(ProgrammeYear(self.year.first - 1), 4)

    def __contains__(self, day: date) -> bool:
        _require_day(day)
        return self.start <= day <= self.end

    def __str__(self) -> str:
        return self.label


def _require_day(day: date) -> None:
    if isinstance(day, datetime):
        raise TypeError("a day is needed, not an instant: use clock.local_date first")
