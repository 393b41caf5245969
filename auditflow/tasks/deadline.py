"""Keeping the deadlines: each in a transaction of its own, so that one that fails holds up no other."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy.exc import OperationalError

from auditflow.services.deadline import Due, keep_deadline, list_due
from auditflow.tasks.office import Office

log = structlog.get_logger()


def run_due(office: Office) -> int:
    """Deal with everything that is due now; returns how many."""
    now = office.clock.now()
    with office.database.reading() as session:
        due = list_due(session, now)
    for one in due:
        outcome = _keep(office, one, now)
        log.info("deadline", subject=one.subject_type, id=one.subject_id, key=one.key, outcome=outcome)
    return len(due)


def _keep(office: Office, due: Due, now: datetime) -> str:
    try:
        with office.database.writing() as session:
            return keep_deadline(session, due, now)
    except OperationalError:
        raise
    except Exception:
        # The next tick tries it again; the others must not wait for it.
        log.exception("deadline failed", subject=due.subject_type, id=due.subject_id, key=due.key)
        return "failed"
