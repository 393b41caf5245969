"""Cancelling a round: its audits are filed and stay readable; concerns and actions go on."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import Approval, CaseAudit, Moderation
from auditflow.services.act import Act
from auditflow.services.audit_round_audits import move_open_audits
from auditflow.services.journal_batch import tell_each
from auditflow.services.transitions import Outcome, Request, apply


def cancel_round(
    session: Session, round_id: int, reason: str, act: Act, *, expected_version: int | None = None
) -> Outcome:
    """Cancel before reporting: the QA lead while no grade is in, then the director only."""
    outcome = apply(
        session,
        Request("audit_round", round_id, "cancel", act, expected_version=expected_version, reason=reason),
    )
    if not outcome.repeated:
        _withdraw_tasks(session, round_id, act)
        _file_audits(session, round_id, act.by_system("file"))
    return outcome


def _withdraw_tasks(session: Session, round_id: int, act: Act) -> None:
    """Moderation tasks and requests for approval have nothing to decide any more."""
    audits = sa.select(CaseAudit.id).where(CaseAudit.round_id == round_id)
    tasks = sa.select(Moderation.id).where(
        Moderation.case_audit_id.in_(audits), Moderation.state.in_(["waiting", "with_moderator"])
    )
    about = sa.or_(
        sa.and_(Approval.subject_type == "case_audit", Approval.subject_id.in_(audits)),
        sa.and_(Approval.subject_type == "audit_round", Approval.subject_id == round_id),
    )
    asked = sa.select(Approval.id).where(about, Approval.state == "requested", Approval.ask != "cannot_do")
    for subject_type, ids in (("moderation", tasks), ("approval", asked)):
        for subject_id in session.scalars(ids).all():
            system = act.by_system(f"withdraw-{subject_id}")
            apply(session, Request(subject_type, subject_id, "withdraw", system))


def _file_audits(session: Session, round_id: int, act: Act) -> None:
    facts = {"purpose": "main", "round_state": "cancelled"}
    auditors = move_open_audits(session, round_id, ("file", "system"), act, facts=facts)
    tell_each(session, "audit_round.cancelled", auditors, about=("audit_round", round_id), act=act)
