"""When a deadline falls due: working days of England, the council's closure days, its own figures."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.adapters.holidays import bank_holidays
from auditflow.domain.clock import local_date
from auditflow.domain.working_days import add_working_days, end_of_day
from auditflow.queries.timetable import get_timetable
from workflows.table import Deadline

FRESH_SECONDS = 30.0
"""How long a process may go on with closure days and figures that another process has changed."""

SPAN_YEARS = 3


@dataclass(frozen=True, slots=True)
class Timetable:
    """The calendar and the council's figures, as of now."""

    days_off: frozenset[date]
    figures: Mapping[str, int]

    def due(self, deadline: Deadline, start: datetime, facts: Mapping[str, Any]) -> datetime | None:
        """The instant at which `deadline`, started at `start`, is due; None if it does not run."""
        if deadline.from_fact is not None:
            due = facts.get(deadline.from_fact)
            return end_of_day(due) if isinstance(due, date) and not isinstance(due, datetime) else due
        figure = self.figures.get(deadline.setting)
        if deadline.hours is not None:
            return start + timedelta(hours=figure if figure is not None else deadline.hours)
        days = figure if figure is not None else (deadline.working_days or 0)
        return self.after_working_days(start, days)

    def rows(self, deadlines: Iterable[Deadline], start: datetime, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The deadline rows to write for those of `deadlines` that run."""
        due = [(deadline, self.due(deadline, start, facts)) for deadline in deadlines]
        return [
            {"key": d.key, "action": d.action, "acts": d.acts, "due_at": at.isoformat()}
            for d, at in due
            if at is not None
        ]

    def after_working_days(self, start: datetime, days: int) -> datetime:
        """The end of the working day that is `days` working days after `start`."""
        return _after(local_date(start), days, self.days_off)


@lru_cache(maxsize=1024)
def _after(day: date, days: int, days_off: frozenset[date]) -> datetime:
    """Kept, since most moves of a day start the same few clocks."""
    return end_of_day(add_working_days(day, days, days_off))


# By the pool of connections: every writing session has an engine object of its own on the same pool.
_kept: WeakKeyDictionary[sa.Pool, tuple[float, Timetable]] = WeakKeyDictionary()


def timetable(session: Session) -> Timetable:
    """The timetable of the session's database, read at most every half minute."""
    pool = _pool(session)
    kept = _kept.get(pool)
    if kept is None or time.monotonic() - kept[0] > FRESH_SECONDS:
        kept = (time.monotonic(), _read(session))
        _kept[pool] = kept
    return kept[1]


def forget_timetable(session: Session) -> None:
    """Read it anew when it is next asked for: this session has changed it."""
    _kept.pop(_pool(session), None)


def _pool(session: Session) -> sa.Pool:
    return session.get_bind().engine.pool


def _read(session: Session) -> Timetable:
    own = get_timetable(session)
    first = date.today().year - SPAN_YEARS  # noqa: DTZ011 - only bounds the calendar, generously
    holidays = bank_holidays(date(first, 1, 1), date(first + 3 * SPAN_YEARS, 12, 31))
    return Timetable(holidays | {date.fromisoformat(day) for day in own.closure_days}, own.time_limits)
