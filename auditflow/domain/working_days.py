"""England's working days: Monday to Friday, less the days passed in as closed.

`closed` is one frozenset of the bank holidays of England and the council's own closure days; the default
holidays come from elsewhere, so that these rules stay pure. Days are plain dates in Europe/London; use
`clock.local_date` to turn an instant into one.
"""

from datetime import date, datetime, time, timedelta

from auditflow.domain.clock import LONDON, local_date, require_aware

__all__ = [
    "add_working_days",
    "due_after",
    "end_of_day",
    "is_working_day",
    "start_of_day",
    "working_days_between",
    "working_days_late",
]

_SATURDAY = 5
_DAY = timedelta(days=1)
_NO_DAYS: frozenset[date] = frozenset()


def is_working_day(day: date, closed: frozenset[date] = _NO_DAYS) -> bool:
    """Whether people are at work: not a weekend and not a closed day. TypeError for a datetime."""
    if isinstance(day, datetime):
        raise TypeError("a day is needed, not an instant: use clock.local_date first")
    return day.weekday() < _SATURDAY and day not in closed


def add_working_days(day: date, count: int, closed: frozenset[date] = _NO_DAYS) -> date:
    """The `count`-th working day after `day`, which itself is not counted; before it when negative.

    With 0: `day` if it is a working day, else the next one.
    """
    step = -_DAY if count < 0 else _DAY
    left = abs(count)
    if left == 0:
        return day if is_working_day(day, closed) else add_working_days(day, 1, closed)
    while left:
        day += step
        left -= is_working_day(day, closed)
    return day


def working_days_between(first: date, last: date, closed: frozenset[date] = _NO_DAYS) -> int:
    """Working days after `first` up to and with `last`; negative when `last` is the earlier.

    So `working_days_between(d, add_working_days(d, n, closed), closed) == n` for every n >= 1.
    """
    if last < first:
        return -working_days_between(last, first, closed)
    days = (first + _DAY * step for step in range(1, (last - first).days + 1))
    return sum(is_working_day(day, closed) for day in days)


def start_of_day(day: date) -> datetime:
    """The first instant of a day in England, aware and in UTC."""
    return require_aware(datetime.combine(day, time.min, LONDON))


def end_of_day(day: date) -> datetime:
    """The last instant (to the microsecond) of a day in England, aware and in UTC.

    Something due on a day is in time up to this instant, and late after it.
    """
    return require_aware(datetime.combine(day, time.max, LONDON))


def due_after(moment: datetime, count: int, closed: frozenset[date] = _NO_DAYS) -> datetime:
    """The end of the `count`-th working day after the day in England of an aware instant, in UTC."""
    return end_of_day(add_working_days(local_date(moment), count, closed))


def working_days_late(due: datetime, now: datetime, closed: frozenset[date] = _NO_DAYS) -> int:
    """Whole working days that have begun since the day something was due; 0 when it is not late."""
    if require_aware(now) <= require_aware(due):
        return 0
    return working_days_between(local_date(due), local_date(now), closed)
