"""Disputes: what is contested, since when, and who may decide it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.clock import local_date
from auditflow.domain.errors import NotFound
from auditflow.models import AuditRound, CaseAudit, Deadline, Dispute, DomainGrade, Person, Role, person_role
from auditflow.models.base import core
from auditflow.queries.scope import Viewer, visible_case_audits


def get_open_dispute(session: Session, case_audit_id: int, *, decided_too: bool = False) -> Dispute:
    """The dispute of a case audit that waits for its decision. Raises NotFound.

    With `decided_too` the last one, so that a decision sent twice finds its own.
    """
    statement = sa.select(Dispute).where(Dispute.case_audit_id == case_audit_id).order_by(Dispute.id.desc()).limit(1)
    if not decided_too:
        statement = statement.where(Dispute.decided_at.is_(None))
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound("There is no dispute about this audit.")
    return found


def find_open_dispute(session: Session, case_audit_id: int) -> Dispute | None:
    """The dispute of a case audit that waits for its decision, if there is one."""
    return session.scalars(
        sa.select(Dispute)
        .where(Dispute.case_audit_id == case_audit_id, Dispute.decided_at.is_(None))
        .order_by(Dispute.id.desc())
        .limit(1)
    ).one_or_none()


def list_disputes(session: Session, case_audit_id: int) -> list[Dispute]:
    """Every dispute there was about a case audit, oldest first."""
    return list(session.scalars(sa.select(Dispute).where(Dispute.case_audit_id == case_audit_id).order_by(Dispute.id)))


def list_undecided(session: Session, round_id: int) -> list[int]:
    """The case audits of a round that are in dispute."""
    return list(
        session.scalars(
            sa.select(CaseAudit.id)
            .where(CaseAudit.round_id == round_id, CaseAudit.state == "disputed")
            .order_by(CaseAudit.id)
        )
    )


def list_domains_in_use(session: Session, case_audit_id: int) -> dict[str, int | None]:
    """Domain -> the grade that counts: decided after moderation, else the moderator's, else the auditor's last."""
    rank = {"auditor": 0, "moderator": 1, "decider": 2}
    rows = session.scalars(sa.select(DomainGrade).where(DomainGrade.case_audit_id == case_audit_id))
    ordered = sorted(rows, key=lambda row: (rank[row.source], row.number))
    return {row.domain: row.grade for row in ordered}


def list_first_domains(session: Session, case_audit_id: int) -> dict[str, int | None]:
    """Domain -> the auditor's grade in the first submission; None is not applicable."""
    first = (DomainGrade.case_audit_id == case_audit_id, DomainGrade.source == "auditor", DomainGrade.number == 1)
    return dict(session.execute(sa.select(DomainGrade.domain, DomainGrade.grade).where(*first)).all())


def list_disputed(session: Session, viewer: Viewer) -> list[tuple[CaseAudit, str, datetime | None]]:
    """The audits in dispute that this person may know of, with their round and time limit, the first due first."""
    due: Any = sa.and_(
        Deadline.subject_type == "case_audit", Deadline.subject_id == CaseAudit.id, Deadline.key == "determine"
    )
    statement = (
        sa.select(CaseAudit, AuditRound.name, Deadline.due_at)
        .join(AuditRound, AuditRound.id == CaseAudit.round_id)
        .outerjoin(Deadline, due)
        .where(CaseAudit.state == "disputed", visible_case_audits(viewer))
        .order_by(Deadline.due_at, CaseAudit.ref, CaseAudit.id)
    )
    return [(audit, name, due_at) for audit, name, due_at in session.execute(statement)]


def list_external_deciders(session: Session, at: datetime) -> list[tuple[int, str]]:
    """The external moderators whose time has not run out, by name."""
    today = local_date(at)
    held = (
        sa.select(person_role.c.person_id)
        .join(core(Role), core(Role).c.id == person_role.c.role_id)
        .where(core(Role).c.name == "external_moderator")
    )
    rows = session.execute(
        sa.select(core(Person).c.id, core(Person).c.name)
        .where(
            core(Person).c.active,
            core(Person).c.id.in_(held),
            sa.or_(core(Person).c.external_until.is_(None), core(Person).c.external_until >= today),
        )
        .order_by(core(Person).c.name, core(Person).c.id)
    )
    return [(person_id, name) for person_id, name in rows]
