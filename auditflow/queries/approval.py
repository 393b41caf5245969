"""Requests for approval: who may decide them, and what waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import NotFound
from auditflow.models import Action, Approval, AuditRound, CaseAudit, Draft, Person, ReadLog, Role, Team, person_role
from auditflow.models.base import core
from auditflow.queries.scope import Viewer

PERSON = core(Person)


def list_approver_ids(session: Session, team_id: int | None) -> list[int]:
    """Who may approve a removal: directors, and heads of services that are not the case's."""
    role = (
        sa.select(PERSON.c.id, Role.name, PERSON.c.service_id)
        .join(person_role, person_role.c.person_id == PERSON.c.id)
        .join(Role, Role.id == person_role.c.role_id)
    )
    where = (PERSON.c.active, Role.name.in_(["director", "head_of_service"]))
    service = session.scalar(sa.select(Team.service_id).where(Team.id == team_id)) if team_id else None
    rows = session.execute(role.where(*where).order_by(PERSON.c.id)).all()
    return [person for person, name, of in rows if name == "director" or of != service or service is None]


def was_opened(session: Session, audit: CaseAudit) -> dict[str, Any]:
    """What whoever decides on a removal must see: whether the record or the audit had been opened.

    Counts of drafts and of readings by the auditor; whether the audit was started, and when.
    """
    drafts = sa.select(sa.func.count()).select_from(Draft).where(Draft.case_audit_id == audit.id)
    read = (
        sa.select(sa.func.count())
        .select_from(ReadLog)
        .where(ReadLog.subject_type == "case_audit", ReadLog.subject_id == audit.id)
        .where(ReadLog.person_id == audit.auditor_id)
    )
    return {
        "started": audit.started_at.isoformat() if audit.started_at else None,
        "drafts": session.scalar(drafts) or 0,
        "readings": session.scalar(read) or 0,
        "state": audit.state,
    }


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request as a list shows it."""

    id: int
    ask: str
    state: str
    subject_type: str
    subject_id: int
    round_id: int | None
    round_name: str
    ref: str
    reason_code: str
    reason: str
    requested_by: str
    requested_at: datetime


def _lines(*where: Any) -> Any:
    audit_id = sa.case(
        (Approval.subject_type == "case_audit", Approval.subject_id),
        (
            Approval.subject_type == "action",
            sa.select(Action.case_audit_id).where(Action.id == Approval.subject_id).scalar_subquery(),
        ),
    )
    round_id = sa.case((Approval.subject_type == "audit_round", Approval.subject_id), else_=CaseAudit.round_id)
    return (
        sa.select(
            Approval.id,
            Approval.ask,
            Approval.state,
            Approval.subject_type,
            Approval.subject_id,
            AuditRound.id,
            sa.func.coalesce(AuditRound.name, ""),
            sa.func.coalesce(CaseAudit.ref, ""),
            Approval.reason_code,
            Approval.reason,
            PERSON.c.name,
            Approval.requested_at,
        )
        .select_from(Approval)
        .join(PERSON, PERSON.c.id == Approval.requested_by_id)
        .outerjoin(CaseAudit, CaseAudit.id == audit_id)
        .outerjoin(AuditRound, AuditRound.id == round_id)
        .where(*where)
        .order_by(Approval.requested_at, Approval.id)
    )


def list_open_requests(session: Session, viewer: Viewer, round_id: int | None = None) -> list[RequestLine]:
    """The requests that wait, oldest first, of those this person may know of; of one round if it is given."""
    where: list[Any] = [Approval.state == "requested", visible_approvals(viewer)]
    if round_id is not None:
        audits = sa.select(CaseAudit.id).where(CaseAudit.round_id == round_id)
        where.append(
            sa.or_(
                sa.and_(Approval.subject_type == "case_audit", Approval.subject_id.in_(audits)),
                sa.and_(Approval.subject_type == "audit_round", Approval.subject_id == round_id),
            )
        )
    return [RequestLine(*row) for row in session.execute(_lines(*where))]


def list_decided_requests(session: Session, viewer: Viewer, limit: int = 20) -> list[RequestLine]:
    """The requests decided last, newest first."""
    statement = _lines(Approval.state != "requested", visible_approvals(viewer)).order_by(None)
    newest = statement.order_by(Approval.requested_at.desc(), Approval.id.desc()).limit(limit)
    return [RequestLine(*row) for row in session.execute(newest)]


def visible_approvals(viewer: Viewer) -> sa.ColumnElement[bool]:
    """QA leads and directors see all; heads see removals of other services and their own service's actions."""
    if viewer.has("qa_lead", "director"):
        return sa.true()
    mine = Approval.requested_by_id == viewer.person_id
    if not viewer.has("head_of_service"):
        return mine
    own_teams = sa.select(Team.id).where(Team.service_id == viewer.service_id)
    own = sa.select(CaseAudit.id).where(CaseAudit.team_id.in_(own_teams))
    elsewhere = sa.and_(
        Approval.subject_type == "case_audit", Approval.ask == "remove", Approval.subject_id.not_in(own)
    )
    actions = sa.select(Action.id).where(Action.case_audit_id.in_(own))
    own_actions = sa.and_(Approval.subject_type == "action", Approval.subject_id.in_(actions))
    return sa.or_(mine, elsewhere, own_actions)


def get_request(session: Session, viewer: Viewer, approval_id: int) -> tuple[Approval, RequestLine]:
    """One request this person may know of. Raises NotFound."""
    row = session.scalars(
        sa.select(Approval).where(Approval.id == approval_id, visible_approvals(viewer))
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such request.")
    return row, RequestLine(*session.execute(_lines(Approval.id == approval_id)).one())
