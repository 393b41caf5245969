"""The time, asked for in one place so that tests and the sample council can set it.

All instants are aware and in UTC; days are England's (Europe/London).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

__all__ = ["LONDON", "Clock", "FixedClock", "SystemClock", "local_date", "require_aware", "said_when"]

LONDON = ZoneInfo("Europe/London")


class Clock(Protocol):
    """Anything that knows the time."""

    def now(self) -> datetime:
        """The present instant: aware, in UTC."""
        ...  # pragma: no cover


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """The present instant: aware, in UTC."""
        return datetime.now(UTC)


def require_aware(moment: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError for a datetime without a time zone."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC)


@dataclass
class FixedClock:
    """A clock that stands still at `moment` until it is moved; for tests and the sample council."""

    moment: datetime

    def __post_init__(self) -> None:
        self.moment = require_aware(self.moment)

    def now(self) -> datetime:
        """The instant the clock was set to: aware, in UTC."""
        return self.moment

    def set(self, moment: datetime) -> None:
        """Put the clock to another instant, earlier or later. Raises ValueError if it has no zone."""
        self.moment = require_aware(moment)

    def advance(self, step: timedelta) -> datetime:
        """Move the clock by `step` and return the new instant."""
        self.moment += step
        return self.moment


def local_date(moment: datetime) -> date:
    """The day in England at an aware instant. Raises ValueError for one without a time zone."""
    return require_aware(moment).astimezone(LONDON).date()


def said_when(moment: datetime, at: datetime) -> str:
    """A past instant as it is said at `at`: “today at 14:32”, “yesterday at 16:20”, “on 3 December at 09:05”."""
    local = require_aware(moment).astimezone(LONDON)
    days = (local_date(at) - local.date()).days
    day = {0: "today", 1: "yesterday"}.get(days, f"on {local.day} {local:%B}")
    return f"{day} at {local:%H:%M}"
