"""When something is due, in words: the day somebody must act, and how late it is in working days."""

from __future__ import annotations

from datetime import datetime

from auditflow.domain.working_days import working_days_late
from auditflow.services.timetable import timetable
from auditflow.web.layout import long_day
from auditflow.web.request import db, now


def due_words(due_at: datetime | None, verb: str = "Due") -> str:
    """“Due Wednesday 9 December, 1 working day late”; blank when nothing is due."""
    if due_at is None:
        return ""
    days = working_days_late(due_at, now(), timetable(db()).days_off)
    late = f", {days} working {'day' if days == 1 else 'days'} late" if days else ""
    return f"{verb} {long_day(due_at)}{late}"


def is_late(due_at: datetime | None) -> bool:
    """Whether it should have been done by now."""
    return due_at is not None and due_at < now()
