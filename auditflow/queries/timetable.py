"""Questions about the council's own timetable."""

from __future__ import annotations

from sqlalchemy.orm import Session

from auditflow.models import CouncilTimetable

ONLY = 1
"""The number of the only row."""


def get_timetable(session: Session) -> CouncilTimetable:
    """The council's own days and figures; a new, empty row at version 0 while nothing was ever changed."""
    row = session.get(CouncilTimetable, ONLY)
    return row or CouncilTimetable(id=ONLY, version=0, closure_days={}, time_limits={})
