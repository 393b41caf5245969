"""Answers and grades against the journal: what was submitted and decided is what stands in the rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.audit_tool import answers_digest
from auditflow.domain.chain import text_digest
from auditflow.domain.errors import BadInput
from auditflow.models import CaseAudit, DomainGrade, Journal, JournalText, Submission
from auditflow.services.verify.finding import Finding


def check_answers(session: Session) -> Iterator[Finding]:
    """Every submission against its digest and the digest in the entry that submitted it."""
    submitted = _digests(session)
    for row in session.scalars(sa.select(Submission).order_by(Submission.case_audit_id, Submission.number)):
        if _digest(row.answers) != row.sha256 or row.sha256 not in submitted.get(row.case_audit_id, ()):
            sentence = f"Submission {row.number} is not what was submitted."
            yield Finding("answers_edited", "case_audit", row.case_audit_id, row.number, sentence)
        elif not _grades_agree(session, row):
            sentence = f"A grade of submission {row.number} is not the one that was submitted."
            yield Finding("grade_edited", "case_audit", row.case_audit_id, row.number, sentence)


def _digest(answers: Any) -> str:
    """The digest of whatever stands in the row now, even if it is no longer a set of answers."""
    try:
        return answers_digest(answers)
    except BadInput:
        return ""


def _digests(session: Session) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    entries = session.execute(
        sa.select(Journal.subject_id, Journal.details).where(
            Journal.subject_type == "case_audit", Journal.entry == "submitted"
        )
    )
    for subject_id, details in entries:
        found.setdefault(subject_id, set()).add(details.get("answers_sha256", ""))
    return found


def _grades_agree(session: Session, row: Submission) -> bool:
    stored = dict(
        session.execute(
            sa.select(DomainGrade.domain, DomainGrade.grade).where(
                DomainGrade.case_audit_id == row.case_audit_id,
                DomainGrade.source == "auditor",
                DomainGrade.number == row.number,
            )
        ).all()
    )
    answered = {k: v["grade"] if isinstance(v["grade"], int) else None for k, v in row.answers["domains"].items()}
    if row.overall_grade != row.answers["overall"]["grade"]:
        return False
    return all(grade == answered.get(domain) for domain, grade in stored.items())


def check_grades(session: Session) -> Iterator[Finding]:
    """The four grades of each case audit against the entries that set them (`details["grades"]`)."""
    said = _said_grades(session)
    columns = ("first_grade", "moderated_grade", "determined_grade", "published_grade")
    for audit in session.scalars(sa.select(CaseAudit).order_by(CaseAudit.id)):
        for column in columns:
            now, then = getattr(audit, column), said.get(audit.id, {}).get(column)
            if now != then:
                sentence = f"{column.replace('_', ' ').capitalize()} is {now}, but the journal says {then}."
                yield Finding("grade_edited", "case_audit", audit.id, audit.version, sentence)


def _said_grades(session: Session) -> dict[int, dict[str, Any]]:
    said: dict[int, dict[str, Any]] = {}
    entries = session.execute(
        sa.select(Journal.subject_id, Journal.details)
        .where(Journal.subject_type == "case_audit")
        .order_by(Journal.subject_id, Journal.number)
    )
    for subject_id, details in entries:
        said.setdefault(subject_id, {}).update(details.get("grades", {}))
    return said


def check_texts(session: Session) -> Iterator[Finding]:
    """Every text that has not been erased against its digest in the entry."""
    same = sa.and_(
        Journal.subject_type == JournalText.subject_type,
        Journal.subject_id == JournalText.subject_id,
        Journal.number == JournalText.number,
    )
    rows = session.execute(
        sa.select(JournalText, Journal.details)
        .join(Journal, same)
        .order_by(JournalText.subject_type, JournalText.subject_id, JournalText.number, JournalText.field)
    )
    for text, details in rows:
        if details.get("texts", {}).get(text.field) != text_digest(text.salt, text.text):
            sentence = f"The {text.field} of entry {text.number} is not what was written."
            yield Finding("text_edited", text.subject_type, text.subject_id, text.number, sentence)
