"""Changing the timetable: the days on which the council is closed, and its own figures of the time limits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from auditflow.adapters.holidays import bank_holidays
from auditflow.domain.clock import local_date
from auditflow.domain.errors import BadInput, Stale
from auditflow.domain.working_days import is_working_day
from auditflow.models import CouncilTimetable
from auditflow.queries.timetable import get_timetable
from auditflow.services.act import Act
from auditflow.services.journal import STALE, Note, begin, record
from auditflow.services.permission import done_before
from auditflow.services.timetable import forget_timetable
from workflows.time_limits import BEFORE, TIME_LIMITS

LONGEST_NAME = 100
YEARS_AHEAD = 3


def add_closure_day(session: Session, day: date, name: str, act: Act, *, expected_version: int | None = None) -> None:
    """Count `day` as no working day from now on; time limits that run already keep their day.

    Raises BadInput for a day that is none of work anyway, is there already or is too far away; Stale.
    """
    row = get_timetable(session)
    if _done(session, row, act):
        return
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME:
        raise BadInput(f"Say why the council is closed, in at most {LONGEST_NAME} characters.", field="name")
    _check_day(row, day, local_date(act.at))
    days = dict(sorted({**row.closure_days, day.isoformat(): plain}.items()))
    note = Note("closure_day_added", "administrator", {"day": day.isoformat(), "name": plain})
    _keep(session, row, act, note, expected_version, closure_days=days)


def remove_closure_day(session: Session, day: date, act: Act, *, expected_version: int | None = None) -> None:
    """Count `day` as a working day again. Raises BadInput if it is no closure day; Stale."""
    row = get_timetable(session)
    if _done(session, row, act):
        return
    if day.isoformat() not in row.closure_days:
        raise BadInput("The council is not closed on that day.")
    days = {iso: name for iso, name in row.closure_days.items() if iso != day.isoformat()}
    note = Note("closure_day_removed", "administrator", {"day": day.isoformat()})
    _keep(session, row, act, note, expected_version, closure_days=days)


def change_time_limits(
    session: Session, figures: Mapping[str, int], act: Act, *, expected_version: int | None = None
) -> None:
    """Use these figures (setting -> number) from now on; a limit that runs already keeps its time.

    A setting that is not given is as shipped. Raises BadInput for an unknown setting, a figure outside its
    bounds, or a second reminder that would come before the first; Stale.
    """
    row = get_timetable(session)
    if _done(session, row, act):
        return
    _check_figures(figures)
    own = {key: figure for key, figure in sorted(figures.items()) if figure != TIME_LIMITS[key].figure}
    changed = {
        key: [_figure(key, row.time_limits), _figure(key, own)]
        for key in TIME_LIMITS
        if _figure(key, row.time_limits) != _figure(key, own)
    }
    if changed:
        note = Note("time_limits_changed", "administrator", {"changed": changed})
        _keep(session, row, act, note, expected_version, time_limits=own)


def _figure(key: str, own: Mapping[str, int]) -> int:
    return own.get(key, TIME_LIMITS[key].figure)


def _done(session: Session, row: CouncilTimetable, act: Act) -> bool:
    return row.version > 0 and done_before(session, ("council_timetable", row.id), act)


def _keep(
    session: Session, row: CouncilTimetable, act: Act, note: Note, expected_version: int | None, **columns: Any
) -> None:
    if expected_version not in (None, row.version):
        raise Stale(STALE)
    for name, value in columns.items():
        setattr(row, name, value)
    if row.version:
        record(session, row, act, note)
    else:
        _begin(session, row, act, note)
    forget_timetable(session)


def _begin(session: Session, row: CouncilTimetable, act: Act, note: Note) -> None:
    try:
        begin(session, row, act, note)
    except IntegrityError:  # two administrators changed the shipped timetable at once
        raise Stale(STALE) from None


def _check_day(row: CouncilTimetable, day: date, today: date) -> None:
    first, last = date(today.year - 1, 1, 1), date(today.year + YEARS_AHEAD, 12, 31)
    if not first <= day <= last:
        raise BadInput(f"Give a day between {first.year} and {last.year}.", field="day")
    if day.isoformat() in row.closure_days:
        raise BadInput("The council is closed on that day already.", field="day")
    if not is_working_day(day, bank_holidays(day, day)):
        raise BadInput("That day is a weekend or a bank holiday, so it is no working day anyway.", field="day")


def _check_figures(figures: Mapping[str, int]) -> None:
    for key, figure in figures.items():
        if key not in TIME_LIMITS:
            raise BadInput(f"There is no time limit called {key}.")
        limit = TIME_LIMITS[key]
        if not 1 <= figure <= limit.most:
            raise BadInput(f"Give between 1 and {limit.most} {limit.unit}.", field=key)
    for first, second in BEFORE:
        if _figure(first, figures) >= _figure(second, figures):
            raise BadInput("This must be more than the limit before it.", field=second)
