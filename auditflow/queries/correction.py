"""Corrections: what was asked for, what was approved, and the answers as they stand after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.correction import correct
from auditflow.domain.errors import NotFound
from auditflow.models import CaseAudit, Correction, Person, Stuck, Submission
from auditflow.models.base import core
from auditflow.queries.scope import Viewer, not_graded_now


@dataclass(frozen=True, slots=True)
class Version:
    """The answers as submitted (number 1), or with the first approved corrections (2, 3, …)."""

    number: int
    answers: dict[str, Any]
    correction: Correction | None


def get_correction(session: Session, correction_id: int) -> Correction:
    """The request. Raises NotFound."""
    found = session.get(Correction, correction_id)
    if found is None:
        raise NotFound("There is no such correction.")
    return found


def visible_corrections(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Which corrections somebody decides: a QA lead all, the director those that nobody else may, or that they did."""
    if viewer.has("qa_lead"):
        return sa.true()
    if not viewer.has("director"):
        return sa.false()
    stuck = sa.select(Stuck.subject_id).where(Stuck.subject_type == "correction")
    return sa.or_(Correction.id.in_(stuck), Correction.decided_by_id == viewer.person_id)


def get_visible_correction(session: Session, viewer: Viewer, correction_id: int) -> Correction:
    """The request, for who asked and who decides. Raises NotFound."""
    mine = sa.or_(Correction.requested_by_id == viewer.person_id, visible_corrections(viewer))
    about = sa.select(Correction).join(CaseAudit, CaseAudit.id == Correction.case_audit_id)
    found = session.scalars(about.where(Correction.id == correction_id, mine, not_graded_now(viewer))).one_or_none()
    if found is None or viewer.is_gone:
        raise NotFound("There is no such correction.")
    return found


def get_last_submission(session: Session, case_audit_id: int) -> Submission:
    """What was submitted last. Raises NotFound while there is nothing."""
    found = session.scalars(
        sa.select(Submission)
        .where(Submission.case_audit_id == case_audit_id)
        .order_by(Submission.number.desc())
        .limit(1)
    ).one_or_none()
    if found is None:
        raise NotFound("Nothing has been submitted for this audit.")
    return found


def list_corrections(session: Session, case_audit_id: int) -> list[Correction]:
    """Every correction asked for about a case audit, oldest first."""
    return list(
        session.scalars(sa.select(Correction).where(Correction.case_audit_id == case_audit_id).order_by(Correction.id))
    )


def list_versions(session: Session, case_audit_id: int) -> list[Version]:
    """The answers of the last submission, then one version beside it for each approved correction, in order."""
    answers = dict(get_last_submission(session, case_audit_id).answers)
    versions = [Version(1, answers, None)]
    approved = [c for c in list_corrections(session, case_audit_id) if c.state == "approved"]
    for correction in sorted(approved, key=lambda c: (c.decided_at, c.id)):
        answers = correct(answers, [(correction.item, correction.proposed["value"])])
        versions.append(Version(len(versions) + 1, answers, correction))
    return versions


def list_open_corrections(session: Session, viewer: Viewer) -> list[tuple[Correction, CaseAudit, str]]:
    """The corrections that wait for a decision, with audit and who asked; the director sees those nobody may decide."""
    statement = (
        sa.select(Correction, CaseAudit, core(Person).c.name)
        .join(CaseAudit, CaseAudit.id == Correction.case_audit_id)
        .join(core(Person), core(Person).c.id == Correction.requested_by_id)
        .where(Correction.state == "requested", visible_corrections(viewer), not_graded_now(viewer))
        .order_by(Correction.requested_at, Correction.id)
    )
    return [(row, audit, name) for row, audit, name in session.execute(statement)]
