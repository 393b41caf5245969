"""Grades of domains that were decided after moderation: in a dispute, or by a correction."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import DomainGrade


def keep_domain_grades(session: Session, case_audit_id: int, domains: Mapping[str, int | None]) -> None:
    """Grades of domains that somebody decided after moderation, as the next set beside the earlier ones.

    None is not applicable.
    """
    last = session.scalar(
        sa.select(sa.func.max(DomainGrade.number)).where(
            DomainGrade.case_audit_id == case_audit_id, DomainGrade.source == "decider"
        )
    )
    number = (last or 0) + 1
    session.add_all(
        DomainGrade(case_audit_id=case_audit_id, source="decider", number=number, domain=key, grade=grade)
        for key, grade in domains.items()
    )
    session.flush()
