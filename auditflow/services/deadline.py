"""What is due: the system makes the moves that a deadline makes, and says what is late."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import GuardRefused, Refused
from auditflow.models import Deadline, Outbox
from auditflow.queries.facts import gather_facts
from auditflow.services.act import Act
from auditflow.services.alert_escalation import escalate_concern
from auditflow.services.case_audit import accept_change
from auditflow.services.dispute_escalation import escalate_dispute
from auditflow.services.moderation import offer_to_next
from auditflow.services.subjects import workflow_of
from auditflow.services.transitions import Request, apply

AGAIN = timedelta(days=1)
"""How long a move that a guard refused waits before the system tries it again."""


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline that has passed."""

    subject_type: str
    subject_id: int
    key: str
    action: str
    acts: bool
    due_at: datetime


def list_due(session: Session, at: datetime, *, most: int = 200) -> list[Due]:
    """What is due and has not been dealt with, oldest first."""
    rows = session.scalars(
        sa.select(Deadline)
        .where(Deadline.due_at <= at, _unnoticed(at))
        .order_by(Deadline.due_at, Deadline.subject_type, Deadline.subject_id, Deadline.key)
        .limit(most)
    )
    return [Due(d.subject_type, d.subject_id, d.key, d.action, d.acts, d.due_at) for d in rows]


def keep_deadline(session: Session, due: Due, at: datetime) -> str:
    """Deal with one deadline in the caller's transaction; safe to run twice. Returns what was done."""
    if not _still_due(session, due, at):
        return "already done"
    act = Act(None, at, f"due:{due.key}:{due.due_at:%Y%m%d%H%M%S}"[:64])
    if not due.acts:
        _say_late(session, due, act)
        return "said late"
    try:
        # What a refused move had begun to write is taken back; that it was tried is kept.
        with session.begin_nested():
            _move(session, due, act)
    except Refused as refusal:
        _notice(session, due, at)
        return f"not moved: {refusal.code if isinstance(refusal, GuardRefused) else refusal.sentence}"
    return "moved"


def _move(session: Session, due: Due, act: Act) -> None:
    service = SERVICES.get((due.subject_type, due.action))
    if service is not None:
        service(session, due.subject_id, act)
    else:
        apply(session, Request(due.subject_type, due.subject_id, due.action, act, stop=(due.key,)))


def _still_due(session: Session, due: Due, at: datetime) -> bool:
    """Whether nobody else has dealt with it since it was listed; its row is then ours until the end."""
    row = session.scalars(
        sa.select(Deadline).where(*_same(due), Deadline.due_at == due.due_at, _unnoticed(at)).with_for_update()
    ).one_or_none()
    return row is not None


def _unnoticed(at: datetime) -> sa.ColumnElement[bool]:
    """Not dealt with yet, or a move that was refused and may be tried again."""
    return sa.or_(Deadline.noticed_at.is_(None), sa.and_(Deadline.acts, Deadline.noticed_at < at - AGAIN))


def _same(due: Due) -> tuple[sa.ColumnElement[bool], ...]:
    subject = (Deadline.subject_type == due.subject_type, Deadline.subject_id == due.subject_id)
    return (*subject, Deadline.key == due.key)


SERVICES: dict[tuple[str, str], Callable[[Session, int, Act], object]] = {
    ("moderation", "offer_to_next"): offer_to_next,
    ("case_audit", "accept"): accept_change,
    ("case_audit", "escalate_to_director"): escalate_dispute,
    ("alert", "escalate_to_head"): partial(escalate_concern, level="head"),
    ("alert", "escalate_to_director"): partial(escalate_concern, level="director"),
}
"""Moves of the system's that are a use case of their own, with more to write than their row."""


def _notice(session: Session, due: Due, at: datetime) -> None:
    session.execute(sa.update(Deadline).where(*_same(due)).values(noticed_at=at))


def _say_late(session: Session, due: Due, act: Act) -> None:
    """Tell those whom the deadline names, once; the row stays, so that lists show it as late."""
    workflow = workflow_of(due.subject_type)
    rule = next((d for d in workflow.deadlines if d.key == due.key), None) if workflow else None
    facts = gather_facts(session, due.subject_type, due.subject_id, act, due.action, tell=rule.tell if rule else ())
    told = {
        _late_key(due, person_id): person_id for person_id in (facts.recipients(rule.tell) if facts and rule else ())
    }
    # A deadline that was cleared and set again to the same time has been said before.
    before = set(session.scalars(sa.select(Outbox.key).where(Outbox.key.in_(told))))
    session.add_all(_late_message(due, key, told[key], act) for key in told if key not in before)
    _notice(session, due, act.at)


def _late_key(due: Due, person_id: int) -> str:
    subject = f"{due.subject_type}:{due.subject_id}:{due.key}"
    return f"late:{due.due_at:%Y%m%d%H%M}:{person_id}:{subject}"[:64]


def _late_message(due: Due, key: str, person_id: int, act: Act) -> Outbox:
    return Outbox(
        key=key,
        template=f"{due.subject_type}.late_{due.key}",
        person_id=person_id,
        subject_type=due.subject_type,
        subject_id=due.subject_id,
        created_at=act.at,
        due_at=act.at,
    )
