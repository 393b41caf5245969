"""What an auditor does with a case audit beside writing it: start, declare a conflict, accept, dispute, withdraw."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.published_grade import published_grade
from auditflow.models import CaseAudit, Moderation, Person, Reflection
from auditflow.services.act import Act
from auditflow.services.dispute import open_dispute
from auditflow.services.journal import Note, record
from auditflow.services.subjects import get_subject
from auditflow.services.transitions import Outcome, Request, apply

OPEN_MODERATION = ("waiting", "with_moderator")


def start_case_audit(session: Session, case_audit_id: int, act: Act, *, expected_version: int | None = None) -> Outcome:
    """Start the audit and invite the case's practitioner to reflect on it."""
    outcome = apply(
        session,
        Request("case_audit", case_audit_id, "start", act, expected_version, changes={"started_at": act.at}),
    )
    if not outcome.repeated:
        _invite_practitioner(session, session.get_one(CaseAudit, case_audit_id), act)
    return outcome


def _invite_practitioner(session: Session, audit: CaseAudit, act: Act) -> None:
    """The worker is asked once for each main audit; who has left cannot be asked."""
    worker = session.get(Person, audit.worker_id) if audit.worker_id else None
    if audit.purpose != "main" or worker is None or not worker.active:
        return
    if session.get(Reflection, (audit.id, worker.id)) is not None:
        return
    session.add(Reflection(case_audit_id=audit.id, person_id=worker.id, invited_at=act.at))
    note = Note("invited", "system", details={"person": worker.id}, tell=(worker.id,))
    record(session, audit, act.by_system("invite"), note)


def declare_conflict(
    session: Session, case_audit_id: int, act: Act, *, reason: str = "", expected_version: int | None = None
) -> Outcome:
    """Give the case back because the auditor should not judge it; what they typed stays on record.

    Raises GuardRefused once a grade was submitted: a graded case is somebody's at all times, so the QA lead
    gives it from one auditor to the next.
    """
    changes = {"auditor_id": None, "pinned": False, "allocated_at": None, "started_at": None}
    return apply(
        session,
        Request("case_audit", case_audit_id, "declare_conflict", act, expected_version, reason=reason, changes=changes),
    )


def withdraw_submission(
    session: Session, case_audit_id: int, act: Act, *, expected_version: int | None = None
) -> Outcome:
    """Take a submission back before the moderator has opened it. The submission itself is kept for ever."""
    outcome = apply(session, Request("case_audit", case_audit_id, "withdraw_submission", act, expected_version))
    if outcome.repeated:
        return outcome
    task = session.scalars(
        sa.select(Moderation.id).where(Moderation.case_audit_id == case_audit_id, Moderation.state.in_(OPEN_MODERATION))
    ).one_or_none()
    if task is not None:
        apply(session, Request("moderation", task, "withdraw", act.by_system("withdraw")))
    return outcome


def accept_change(session: Session, case_audit_id: int, act: Act, *, expected_version: int | None = None) -> Outcome:
    """Accept the moderator's grades: they are the ones that are used. The system accepts after silence."""
    audit = get_subject(session, CaseAudit, case_audit_id)
    published = published_grade(first=audit.first_grade, moderated=audit.moderated_grade, determined=None)
    changes = {"agreed_at": act.at, "published_grade": published}
    return apply(session, Request("case_audit", case_audit_id, "accept", act, expected_version, changes=changes))


def dispute_change(
    session: Session, case_audit_id: int, act: Act, *, reason: str, expected_version: int | None = None
) -> Outcome:
    """Contest the moderator's grades; somebody outside both decides. Raises BadInput without a reason."""
    outcome = apply(session, Request("case_audit", case_audit_id, "dispute", act, expected_version, reason=reason))
    if not outcome.repeated:
        open_dispute(session, case_audit_id, reason, act, kind="auditor")
    return outcome
