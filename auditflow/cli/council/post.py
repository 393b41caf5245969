"""What the sample council's past left to a worker: its mail went out when it was due; its reports are made now."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import Job, Outbox

LEFT = timedelta(days=3)
"""So much is left: enough mail to look at, and nobody waits while a worker posts four months of it."""


def post_the_past(session: Session, now: datetime) -> int:
    """Mark every message due before the last days as sent at its time; how many these are."""
    session.flush()
    past = sa.update(Outbox).where(Outbox.due_at < now - LEFT, Outbox.sent_at.is_(None))
    return int(session.execute(past.values(sent_at=Outbox.due_at, attempts=1)).rowcount)  # type: ignore[attr-defined]


def ask_now(session: Session, now: datetime) -> int:
    """Let what waits for a worker (the reports of the closed round) wait from now on; how much that is.

    The worker makes it within seconds of its start. Made in the past, it would hold up the making of the council, and
    files are not the same twice.
    """
    session.flush()
    waiting = sa.update(Job).where(Job.state == "queued").values(created_at=now)
    return int(session.execute(waiting).rowcount)  # type: ignore[attr-defined]
