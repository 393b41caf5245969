"""Lists of moderation tasks: whose they are, what they are about, by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import AuditRound, CaseAudit, Deadline, Moderation, Person
from auditflow.models.base import core
from auditflow.queries.facts import list_facts
from auditflow.queries.scope import Viewer, not_graded_now

RECENT = 20


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task in a list; `due_at` is None unless it is with somebody."""

    task: Moderation
    audit: CaseAudit
    round_name: str
    moderator: str
    due_at: datetime | None


def list_own_moderations(session: Session, person_id: int) -> list[TaskRow]:
    """The tasks that are with this person, the first due first."""
    return _rows(session, Moderation.moderator_id == person_id, Moderation.state == "with_moderator")


def list_decided_moderations(session: Session, person_id: int, case_audit_id: int | None = None) -> list[TaskRow]:
    """The last tasks that this person decided, the latest first; of one audit if it is given."""
    of = Moderation.case_audit_id == case_audit_id if case_audit_id is not None else sa.true()
    rows = _rows(session, Moderation.moderator_id == person_id, Moderation.state == "decided", of)
    return sorted(rows, key=lambda row: (row.task.decided_at is not None, row.task.decided_at), reverse=True)[:RECENT]


def list_takeable_moderations(session: Session, viewer: Viewer, at: datetime) -> list[TaskRow]:
    """The tasks that wait and that this person may take."""
    facts = list_facts(
        session,
        "moderation",
        actor_id=viewer.person_id,
        at=at,
        where=_waits,
    )
    may = [fact.subject_id for fact in facts if "eligible_moderator" in fact.roles]
    return _rows(session, Moderation.id.in_(may))


def _waits(table: sa.Table) -> sa.ColumnElement[bool]:
    return table.c.state == "waiting"


def list_open_moderations(session: Session, viewer: Viewer) -> list[TaskRow]:
    """Every open task of the council, the first due first; for a QA lead, but for cases that they are grading."""
    return _rows(session, Moderation.state.in_(["waiting", "with_moderator"]), not_graded_now(viewer))


def find_due(session: Session, moderation_id: int) -> datetime | None:
    """By when the task is to be decided; None while it is with nobody."""
    return session.scalar(
        sa.select(Deadline.due_at).where(
            Deadline.subject_type == "moderation", Deadline.subject_id == moderation_id, Deadline.key == "decide"
        )
    )


def _rows(session: Session, *where: sa.ColumnElement[bool]) -> list[TaskRow]:
    due: Any = sa.and_(
        Deadline.subject_type == "moderation", Deadline.subject_id == Moderation.id, Deadline.key == "decide"
    )
    statement = (
        sa.select(Moderation, CaseAudit, AuditRound.name, core(Person).c.name, Deadline.due_at)
        .join(CaseAudit, CaseAudit.id == Moderation.case_audit_id)
        .join(AuditRound, AuditRound.id == CaseAudit.round_id)
        .outerjoin(core(Person), core(Person).c.id == Moderation.moderator_id)
        .outerjoin(Deadline, due)
        .where(*where)
        .order_by(Deadline.due_at.is_(None), Deadline.due_at, CaseAudit.ref, Moderation.id)
    )
    return [
        TaskRow(task, audit, name, moderator or "", due_at)
        for task, audit, name, moderator, due_at in session.execute(statement)
    ]
