"""The mail of the sample council's past went out when it was due; the newest is left for the worker to send."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import Outbox

LEFT = timedelta(days=3)
"""So much is left: enough mail to look at, and nobody waits while a worker posts four months of it."""


def post_the_past(session: Session, now: datetime) -> int:
    """Mark every message due before the last days as sent at its time; how many these are."""
    session.flush()
    past = sa.update(Outbox).where(Outbox.due_at < now - LEFT, Outbox.sent_at.is_(None))
    return int(session.execute(past.values(sent_at=Outbox.due_at, attempts=1)).rowcount)  # type: ignore[attr-defined]
