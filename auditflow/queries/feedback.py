"""Feedback: who holds a case now, and what a practitioner is asked and told."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import AuditRound, CaseAudit, Frame, FrameCase, NameMatch, Person, Reflection, Team
from auditflow.models.base import core
from auditflow.queries.scope import Viewer, feedback_came_to_team


def find_current_worker(session: Session, ref: str) -> int | None:
    """Who holds the case by the latest frozen case list that has it; None when that is nobody known here."""
    latest = (
        sa.select(FrameCase.worker)
        .join(Frame, Frame.id == FrameCase.frame_id)
        .where(FrameCase.ref == ref, Frame.stage == "frozen")
        .order_by(Frame.as_at.desc(), Frame.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return session.scalars(
        sa.select(NameMatch.person_id).where(NameMatch.kind == "worker", NameMatch.name == latest)
    ).one_or_none()


@dataclass(frozen=True, slots=True)
class FeedbackRow:
    """One audit in a list of feedback; `reflection` is the viewer's own part, if they were asked."""

    audit: CaseAudit
    round_name: str
    worker: str
    reflection: Reflection | None


def list_feedback(session: Session, viewer: Viewer) -> list[FeedbackRow]:
    """What this person was asked about their own cases, and what was shared about their team's; latest first."""
    mine = sa.and_(Reflection.case_audit_id == CaseAudit.id, Reflection.person_id == viewer.person_id)
    held = sa.and_(CaseAudit.team_id.in_(viewer.managed_team_ids), CaseAudit.shared_at.is_not(None))
    team = sa.or_(held, feedback_came_to_team(viewer))
    asked = Reflection.case_audit_id.is_not(None)
    statement = (
        sa.select(CaseAudit, AuditRound.name, core(Person).c.name, Reflection)
        .join(AuditRound, AuditRound.id == CaseAudit.round_id)
        .outerjoin(core(Person), core(Person).c.id == CaseAudit.worker_id)
        .outerjoin(Reflection, mine)
        .where(CaseAudit.purpose == "main", sa.or_(asked, team) if viewer.managed_team_ids else asked)
        .order_by(CaseAudit.shared_at.is_(None).desc(), CaseAudit.shared_at.desc(), CaseAudit.ref, CaseAudit.id)
    )
    return [FeedbackRow(audit, name, worker or "", row) for audit, name, worker, row in session.execute(statement)]


def find_reflection(session: Session, case_audit_id: int, person_id: int) -> Reflection | None:
    """This person's part in an audit, if they were asked."""
    return session.get(Reflection, (case_audit_id, person_id))


def list_reflections(session: Session, case_audit_id: int) -> list[tuple[str, Reflection]]:
    """Who was asked about an audit, by name, with what they said."""
    rows = session.execute(
        sa.select(core(Person).c.name, Reflection)
        .join(Reflection, Reflection.person_id == core(Person).c.id)
        .where(Reflection.case_audit_id == case_audit_id)
        .order_by(core(Person).c.name, core(Person).c.id)
    )
    return [(name, row) for name, row in rows]


def list_readers(session: Session, audit: CaseAudit) -> list[str]:
    """The names of those who would be told when the feedback is shared: workers of then and now, and managers."""
    workers = [worker for worker in (audit.worker_id, find_current_worker(session, audit.ref)) if worker is not None]
    teams = sa.select(core(Person).c.team_id).where(core(Person).c.id.in_(workers))
    managers = sa.select(Team.manager_id).where(sa.or_(Team.id == audit.team_id, Team.id.in_(teams)))
    chosen = sa.or_(core(Person).c.id.in_(workers), core(Person).c.id.in_(managers))
    return list(
        session.scalars(
            sa.select(core(Person).c.name).where(core(Person).c.active, chosen).order_by(core(Person).c.name)
        )
    )
