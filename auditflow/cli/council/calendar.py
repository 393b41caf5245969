"""The dates of the sample council, all counted from the day it is made for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from auditflow.adapters.holidays import bank_holidays
from auditflow.domain.clock import LONDON
from auditflow.domain.working_days import add_working_days


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days around `today`; every moment is in office hours, London time."""

    today: date
    days_off: frozenset[date]

    def working_day(self, offset: int) -> date:
        """The working day `offset` working days after the last one before today's (negative: before)."""
        anchor = add_working_days(self.today + timedelta(days=1), -1, self.days_off)
        return add_working_days(anchor, offset, self.days_off) if offset else anchor

    def at(self, offset: int, hour: int = 9, minute: int = 0) -> datetime:
        """A moment on that working day."""
        return datetime.combine(self.working_day(offset), time(hour, minute), LONDON)


def calendar_for(today: date) -> Calendar:
    """The calendar of the sample council made for `today`."""
    return Calendar(today, bank_holidays(date(today.year - 2, 1, 1), date(today.year + 2, 12, 31)))
