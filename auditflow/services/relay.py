"""Delivering the outbox: claim a batch under a lease, send each, mark each at once.

A relay that is killed leaves its lease to run out; another then sends what was not marked. A message's key
is its Message-ID (or the provider's reference), so what was sent but not yet marked shows once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import Outbox
from auditflow.models.base import core

LEASE = timedelta(seconds=30)
WAIT = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
OUTBOX = core(Outbox)


def claim_messages(session: Session, at: datetime, *, most: int = 50, lease: timedelta = LEASE) -> list[Outbox]:
    """Lease up to `most` due messages that nobody else is sending, oldest first."""
    free = sa.or_(OUTBOX.c.lease_until.is_(None), OUTBOX.c.lease_until < at)
    due = (
        sa.select(OUTBOX.c.id)
        .where(OUTBOX.c.sent_at.is_(None), OUTBOX.c.refused_at.is_(None), OUTBOX.c.due_at <= at, free)
        .order_by(OUTBOX.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    ids = session.scalars(due).all()
    session.execute(
        sa.update(Outbox).where(Outbox.id.in_(ids)).values(lease_until=at + lease, attempts=Outbox.attempts + 1)
    )
    return list(session.scalars(sa.select(Outbox).where(Outbox.id.in_(ids)).order_by(Outbox.id)))


def keep_lease(session: Session, message: Outbox, at: datetime, *, lease: timedelta = LEASE) -> bool:
    """Lease it anew before it is sent; False if the lease ran out meanwhile and another relay has taken it."""
    ours = sa.and_(OUTBOX.c.id == message.id, OUTBOX.c.lease_until == message.lease_until, OUTBOX.c.sent_at.is_(None))
    kept = session.execute(sa.update(Outbox).where(ours).values(lease_until=at + lease))
    return bool(kept.rowcount)  # type: ignore[attr-defined]


def give_back(session: Session, messages: Iterable[Outbox]) -> None:
    """Let go of messages that were claimed and not tried, as if they had never been claimed."""
    for message in messages:
        ours = sa.and_(OUTBOX.c.id == message.id, OUTBOX.c.lease_until == message.lease_until)
        session.execute(sa.update(Outbox).where(ours).values(lease_until=None, attempts=Outbox.attempts - 1))


def mark_sent(session: Session, message_id: int, at: datetime) -> None:
    """It has been handed over."""
    _mark(session, message_id, {"sent_at": at, "lease_until": None, "error": None})


def mark_refused(session: Session, message_id: int, at: datetime, error: str) -> None:
    """It will never be taken (an address that does not exist); shown on the health page."""
    _mark(session, message_id, {"refused_at": at, "lease_until": None, "error": error[:500]})


def mark_waiting(session: Session, message: Outbox, at: datetime, error: str) -> None:
    """Not now (the mail server is gone): try again later, ever more slowly."""
    wait = WAIT[min(message.attempts, len(WAIT)) - 1]
    _mark(session, message.id, {"due_at": at + wait, "lease_until": None, "error": error[:500]})


def _mark(session: Session, message_id: int, values: dict[str, object]) -> None:
    session.execute(sa.update(Outbox).where(Outbox.id == message_id, Outbox.sent_at.is_(None)).values(values))
