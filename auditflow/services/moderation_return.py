"""An audit that went back and is not answered: the QA lead sends it on, and it is decided without its auditor."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import CaseAudit, Moderation
from auditflow.queries.correction import get_last_submission
from auditflow.services.act import Act
from auditflow.services.moderation import open_moderation
from auditflow.services.transitions import Outcome, Request, apply


def decide_without_auditor(
    session: Session, case_audit_id: int, reason: str, act: Act, *, version: int | None = None
) -> Outcome:
    """Back to moderation with what was submitted last: the same moderator, who may no longer return it to
    an auditor who has left.

    Raises GuardRefused while the auditor is here and has time to answer, BadInput without a reason.
    """
    with session.begin_nested():
        outcome = apply(
            session, Request("case_audit", case_audit_id, "decide_without_auditor", act, version, reason=reason)
        )
        if not outcome.repeated:
            audit = session.get_one(CaseAudit, case_audit_id)
            before = _last_task(session, case_audit_id)
            open_moderation(
                session,
                audit,
                get_last_submission(session, case_audit_id),
                act.then("moderation"),
                random_share=before.random_share,
                triggers=[str(trigger) for trigger in before.triggers],
            )
    return outcome


def _last_task(session: Session, case_audit_id: int) -> Moderation:
    return session.scalars(
        sa.select(Moderation).where(Moderation.case_audit_id == case_audit_id).order_by(Moderation.id.desc()).limit(1)
    ).one()
