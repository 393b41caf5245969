"""Rounds with their audits agreed, by direct rows: for tests of results, closing and re-audits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import cycle
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import AuditRound, CaseAudit, DomainGrade, Frame, Moderation, Submission
from auditflow.models.base import core
from auditflow.services.act import Act
from auditflow.services.journal import Note, begin
from tests.factories.council import Council
from tests.factories.sampling import Steps

AGREED = datetime.fromisoformat("2026-11-19T15:00:00+00:00")
DOMAINS = ("decisions", "planning")


def set_columns(session: Session, row: AuditRound | CaseAudit, **columns: object) -> None:
    """Columns of one row, as if its moves had been made."""
    table = core(type(row))
    session.flush()
    session.execute(sa.update(table).where(table.c.id == row.id).values(**columns))
    session.expire(row)


def agree(
    session: Session,
    audit: CaseAudit,
    first: int,
    *,
    moderated: int | None = None,
    at: datetime = AGREED,
    domains: Mapping[str, int | None] | None = None,
) -> None:
    """The audit graded, and agreed: `moderated` None means that nobody changed or confirmed it."""
    set_columns(
        session,
        audit,
        state="agreed",
        first_grade=first,
        first_submitted_at=at,
        moderated_grade=moderated,
        published_grade=first if moderated is None else moderated,
        agreed_at=at,
        auditor_id=audit.auditor_id,
    )
    for domain, grade in (domains or {}).items():
        session.add(DomainGrade(case_audit_id=audit.id, source="auditor", number=1, domain=domain, grade=grade))
    session.flush()


def moderate(session: Session, council: Council, audit: CaseAudit, first: int, grade: int, *, share: bool) -> None:
    """An agreed audit with its decided moderation task."""
    assert audit.auditor_id is not None
    submission = Submission(
        case_audit_id=audit.id,
        number=1,
        auditor_id=audit.auditor_id,
        submitted_at=AGREED,
        overall_grade=first,
        answers={},
        sha256="0" * 64,
    )
    session.add(submission)
    session.flush()
    agree(session, audit, first, moderated=grade)
    task = Moderation(
        state="decided",
        case_audit_id=audit.id,
        auditor_id=audit.auditor_id,
        submission_id=submission.id,
        moderator_id=council.managers[3].id,
        random_share=share,
        triggers=[] if share else ["outstanding"],
        created_at=AGREED,
        decided_at=AGREED,
        decision="confirm" if grade == first else "change",
        grade=grade,
    )
    begin(session, task, Act(council.qa_lead.id, AGREED, f"task-{audit.id}"), Note("created", "system"))


def list_main(session: Session, row: AuditRound) -> list[CaseAudit]:
    """The round's main audits that stand, by reference."""
    where = (CaseAudit.round_id == row.id, CaseAudit.purpose == "main", CaseAudit.state != "removed")
    return list(session.scalars(sa.select(CaseAudit).where(*where).order_by(CaseAudit.ref)))


def agree_all(session: Session, row: AuditRound, grades: Iterable[int]) -> None:
    """Every standing main audit agreed, with these grades in the order of references, over and over."""
    for audit, grade in zip(list_main(session, row), cycle(grades), strict=False):
        agree(session, audit, grade)


def reported(
    session: Session,
    steps: Steps,
    frame: Frame,
    grades: Iterable[int] = (1, 2, 2, 3),
    *,
    design: dict[str, Any] | None = None,
) -> AuditRound:
    """A drawn round whose audits are all agreed, its reporting begun."""
    row = steps.live(frame, design)
    agree_all(session, row, grades)
    set_columns(session, row, state="reporting")
    return row
