"""How the work that waits stands: what the health page and `auditflow doctor` both say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import Deadline, Job, Outbox, Stuck

SLOW_MAIL = timedelta(minutes=15)
SLOW_WORK = timedelta(minutes=5)
RECENT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Health:
    """Counts at one moment. `mail_late` and `work_late` say that nobody seems to be doing the work."""

    mail_waiting: int
    mail_late: int
    mail_refused: int
    mail_error: str
    jobs_open: int
    jobs_late: int
    jobs_failed: int
    deadlines_late: int
    stuck: int


def read_health(session: Session, at: datetime) -> Health:
    """The counts now. Refused mail and failed jobs count for a week."""
    waiting = sa.and_(Outbox.sent_at.is_(None), Outbox.refused_at.is_(None))
    open_job = Job.state.in_(("queued", "running"))
    return Health(
        mail_waiting=_count(session, Outbox, waiting),
        mail_late=_count(session, Outbox, waiting, Outbox.created_at < at - SLOW_MAIL),
        mail_refused=_count(session, Outbox, Outbox.refused_at > at - RECENT),
        mail_error=_last_error(session),
        jobs_open=_count(session, Job, open_job),
        jobs_late=_count(session, Job, Job.state == "queued", Job.created_at < at - SLOW_WORK),
        jobs_failed=_count(session, Job, Job.state == "failed", Job.finished_at > at - RECENT),
        deadlines_late=_count(session, Deadline, Deadline.noticed_at.is_(None), Deadline.due_at < at - SLOW_WORK),
        stuck=_count(session, Stuck),
    )


def _count(
    session: Session, model: type[Outbox] | type[Job] | type[Deadline] | type[Stuck], *where: sa.ColumnElement[bool]
) -> int:
    return int(session.scalar(sa.select(sa.func.count()).select_from(model).where(*where)) or 0)


def _last_error(session: Session) -> str:
    """Why the newest message that waits or was refused has not gone; blank if there is none."""
    newest = (
        sa.select(Outbox.error)
        .where(Outbox.sent_at.is_(None), Outbox.error.is_not(None))
        .order_by(Outbox.id.desc())
        .limit(1)
    )
    return session.scalar(newest) or ""
