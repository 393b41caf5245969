"""Will a round be finished in time? Its pace over the last five working days, and where that leads."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from auditflow.domain.working_days import is_working_day, working_days_between

__all__ = ["LAST_DAYS", "Pace", "pace_of"]

LAST_DAYS = 5
"""Working days over which the present pace is taken."""


@dataclass(frozen=True)
class Pace:
    """Cases agreed at the end of each working day so far, and what the present pace leads to.

    `per_day` is cases a working day over the last five (fewer on the first days); `forecast` the cases agreed
    by the end at that pace, at most all; None before the first day is over.
    """

    total: int
    done: int
    days: int
    days_gone: int
    days_left: int
    line: tuple[tuple[date, int], ...]
    per_day: float
    forecast: float | None

    @property
    def left(self) -> int:
        """Cases still to be agreed."""
        return self.total - self.done

    @property
    def needed(self) -> float | None:
        """Cases a working day that would be enough; None when no day is left."""
        return self.left / self.days_left if self.days_left else None

    @property
    def missing(self) -> int:
        """Cases that will not be agreed by the end at the present pace."""
        return self.left if self.forecast is None else max(0, round(self.total - self.forecast))


def pace_of(
    agreed: Iterable[date], total: int, *, starts_on: date, ends_on: date, today: date, closed: frozenset[date]
) -> Pace:
    """The pace of a round of `total` cases at the end of `today` (England's working days, `closed` taken out)."""
    by_day = Counter(max(day, starts_on) for day in agreed)
    done = sum(count for day, count in by_day.items() if day <= today)
    before = starts_on - timedelta(days=1)
    days = working_days_between(before, ends_on, closed)
    gone = [day for day in _days(starts_on, min(today, ends_on)) if is_working_day(day, closed)]
    line = tuple((day, sum(count for other, count in by_day.items() if other <= day)) for day in gone)
    left = max(0, working_days_between(max(today, before), ends_on, closed)) if today < ends_on else 0
    last = gone[-LAST_DAYS:]
    recent = sum(count for day, count in by_day.items() if last and last[0] <= day <= today)
    per_day = recent / len(last) if last else 0.0
    forecast = min(float(total), done + per_day * left) if gone else None
    return Pace(total, done, days, len(gone), left, line, per_day, forecast)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
