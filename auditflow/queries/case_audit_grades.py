"""The grades of one audit that are kept apart: the auditor's, the moderator's, what a dispute decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import CaseAudit, DomainGrade, Moderation, Person, Submission


@dataclass(frozen=True, slots=True)
class LastDecision:
    """The latest decision of a moderator: who, what, why, their view of the audit, and the grade they saw."""

    moderator_id: int | None
    decision: str
    grade: int | None
    reason: str
    audit_view: dict[str, Any]
    own_grade: int


def find_last_decision(session: Session, case_audit_id: int) -> LastDecision | None:
    """The latest confirmed or changed grade, or None."""
    row = session.execute(
        sa.select(Moderation, Submission.overall_grade)
        .join(Submission, Submission.id == Moderation.submission_id)
        .where(
            Moderation.case_audit_id == case_audit_id,
            Moderation.state == "decided",
            Moderation.decision.in_(["confirm", "change"]),
        )
        .order_by(Moderation.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    task, own = row
    return LastDecision(
        task.moderator_id, task.decision or "", task.grade, task.reason or "", dict(task.audit_view or {}), own
    )


def find_first_auditor_name(session: Session, audit: CaseAudit) -> str:
    """Who submitted first: theirs is the first grade, whoever the audit was given to afterwards. Blank for nobody."""
    first = sa.select(Submission.auditor_id).where(Submission.case_audit_id == audit.id, Submission.number == 1)
    person = session.get(Person, session.scalar(first) or audit.auditor_id or 0)
    return person.name if person else ""


def list_domain_grades(session: Session, case_audit_id: int) -> list[tuple[str, int | None, int | None]]:
    """Domain, the auditor's grade in the latest submission, the moderator's latest grade; by domain key."""
    found: dict[str, dict[str, int | None]] = {}
    rows = session.execute(
        sa.select(DomainGrade.domain, DomainGrade.source, DomainGrade.grade)
        .where(DomainGrade.case_audit_id == case_audit_id, DomainGrade.source.in_(["auditor", "moderator"]))
        .order_by(DomainGrade.number)
    )
    for domain, source, grade in rows:
        found.setdefault(domain, {})[source] = grade
    return [(key, of.get("auditor"), of.get("moderator")) for key, of in sorted(found.items())]
