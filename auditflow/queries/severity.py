"""The grades that auditors first submitted, for what is said of how strict or lenient each is."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.graded import DISCARDED, OUT, FirstGrade
from auditflow.models import AuditRound, AuditToolVersion, CaseAudit, Person
from auditflow.models.base import core
from auditflow.queries.results import first_auditor

AUDIT = core(CaseAudit)


def list_first_grades(session: Session, round_ids: Collection[int]) -> list[FirstGrade]:
    """One for each graded case that was drawn at random for these rounds, in no order that tells anything.

    Whose grade it is: who made the first submission. An audit that somebody moved to another auditor, or pinned to
    one, was given by hand.
    """
    statement = sa.select(
        first_auditor(AUDIT), AUDIT.c.round_id, AUDIT.c.case_type, AUDIT.c.first_grade, AUDIT.c.pinned
    ).where(
        AUDIT.c.round_id.in_(round_ids),
        AUDIT.c.purpose == "main",
        AUDIT.c.kind != "judgemental",
        AUDIT.c.state.not_in(OUT),
        sa.func.coalesce(AUDIT.c.lost_reason, "") != DISCARDED,
        AUDIT.c.first_grade.is_not(None),
    )
    return [FirstGrade(*line) for line in session.execute(statement.order_by(AUDIT.c.round_id, AUDIT.c.id))]


def list_names(session: Session, person_ids: Collection[int]) -> dict[int, str]:
    """The names of these people, in the order of names."""
    found = session.execute(
        sa.select(Person.id, Person.name).where(Person.id.in_(person_ids)).order_by(Person.name, Person.id)
    )
    return {person_id: name for person_id, name in found}


def list_graded_rounds(session: Session, person_id: int) -> list[tuple[AuditRound, str, str]]:
    """The closed rounds of each audit tool with which this person graded a case, newest first; key and title.

    All closed rounds of the tool, since what was expected of them is what everybody graded.
    """
    tool = AuditToolVersion
    graded = sa.select(AUDIT.c.round_id).where(
        first_auditor(AUDIT) == person_id, AUDIT.c.purpose == "main", AUDIT.c.first_grade.is_not(None)
    )
    keys = sa.select(tool.key).join(AuditRound, AuditRound.tool_version_id == tool.id).where(AuditRound.id.in_(graded))
    statement = (
        sa.select(AuditRound, tool.key, tool.title)
        .join(tool, tool.id == AuditRound.tool_version_id)
        .where(AuditRound.state == "closed", tool.key.in_(keys))
        .order_by(AuditRound.record_date.desc(), AuditRound.id.desc())
    )
    return [(row, key, title) for row, key, title in session.execute(statement)]
