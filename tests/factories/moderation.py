"""A submitted case audit and its moderation task, for tests of what happens after submission."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from auditflow.domain.answers import answers_digest
from auditflow.models import AuditRound, CaseAudit, Dispute, DomainGrade, Moderation, Submission
from auditflow.services.act import Act
from auditflow.services.moderation import open_moderation
from tests.conftest import MONDAY_MORNING
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import Council

DOMAINS = {"voice": 3, "risk": 2, "permanence": None}
SUBMITTED = MONDAY_MORNING - timedelta(days=3)


def answers_of(overall: int, domains: Mapping[str, int | None]) -> dict[str, Any]:
    """Answers with a text everywhere."""
    said = {"reason": "Because.", "evidence": "Visit 3 September.", "difference": "She sleeps.", "questions": {}}
    return {
        "domains": {key: {"grade": grade or "na", **said} for key, grade in domains.items()},
        "participation": {
            "practitioner": {"took_part": "yes", "who": "A worker", "how": "Met.", "why_not": "", "view": "Fair."}
        },
        "overall": {"grade": overall, "reason": "All in all."},
    }


def make_submission(
    session: Session, audit: CaseAudit, *, grade: int = 3, domains: Mapping[str, int | None] = DOMAINS, number: int = 1
) -> Submission:
    """A submission with these grades, and its rows of domain grades."""
    answers = answers_of(grade, domains)
    row = Submission(
        case_audit_id=audit.id,
        number=number,
        auditor_id=audit.auditor_id,
        submitted_at=SUBMITTED,
        overall_grade=grade,
        answers=answers,
        sha256=answers_digest(answers),
    )
    session.add(row)
    session.add_all(
        DomainGrade(case_audit_id=audit.id, source="auditor", number=number, domain=key, grade=value)
        for key, value in domains.items()
    )
    session.flush()
    return row


def make_submitted(
    session: Session,
    council: Council,
    state: str,
    *,
    grade: int = 3,
    audit_round: AuditRound | None = None,
    at: datetime = SUBMITTED,
    **columns: object,
) -> CaseAudit:
    """A case audit in a state after submission, with its first submission."""
    columns = {"first_grade": grade, "first_submitted_at": SUBMITTED, "started_at": SUBMITTED, **columns}
    audit = make_case_audit(
        session, council, audit_round or make_round(session, council), state=state, at=at, **columns
    )
    make_submission(session, audit, grade=grade)
    return audit


def make_moderation(
    session: Session,
    council: Council,
    *,
    audit: CaseAudit | None = None,
    triggers: Iterable[str] = (),
    at: datetime = SUBMITTED,
) -> Moderation:
    """The task of a case audit that has just gone to moderation, given by the product's own rule."""
    audit = audit or make_submitted(session, council, "moderation")
    submission = session.query(Submission).filter_by(case_audit_id=audit.id).order_by(Submission.number.desc()).first()
    assert submission is not None
    act = Act(audit.auditor_id, at, f"submit-{audit.id}-{submission.number}")
    return open_moderation(session, audit, submission, act, random_share=not triggers, triggers=triggers)


def make_dispute(session: Session, audit: CaseAudit, *, kind: str = "auditor", by: int | None = None) -> Dispute:
    """The dispute of a case audit that was made in the state `disputed`."""
    row = Dispute(
        case_audit_id=audit.id,
        kind=kind,
        raised_by_id=by or audit.auditor_id,
        raised_at=SUBMITTED,
        reason="The plan was changed.",
    )
    session.add(row)
    session.flush()
    return row
