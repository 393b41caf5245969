"""Finding case audits: one that somebody may open, those of one auditor, and what hangs on a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from auditflow.domain.errors import NotFound
from auditflow.models import (
    AuditRound,
    CaseAudit,
    Deadline,
    Dispute,
    FrameCase,
    Moderation,
    Person,
    SampleCase,
    Submission,
    Team,
)
from auditflow.queries.scope import BEING_GRADED, Viewer, not_graded_now, visible_case_audits

NOT_THERE = "There is no such audit."

SORTS = ("due", "case", "state")


def get_case_audit(session: Session, viewer: Viewer, case_audit_id: int) -> CaseAudit:
    """The audit, if it exists for this person. Raises NotFound.

    While somebody grades a case, no other audit of that case exists for them, whatever roles they hold.
    """
    return _one(session, CaseAudit.id == case_audit_id, visible_case_audits(viewer))


def get_own_case_audit(session: Session, viewer: Viewer, case_audit_id: int) -> CaseAudit:
    """The audit, if it is allocated to this person. Raises NotFound: another person's case does not exist."""
    return _one(session, CaseAudit.id == case_audit_id, CaseAudit.auditor_id == viewer.person_id)


def get_readable_case_audit(session: Session, viewer: Viewer, case_audit_id: int) -> CaseAudit:
    """The audit, if this person may read what was found: not before it is shared, unless they work on it."""
    works_on_it = sa.or_(
        CaseAudit.auditor_id == viewer.person_id,
        CaseAudit.id.in_(sa.select(Moderation.case_audit_id).where(Moderation.moderator_id == viewer.person_id)),
        CaseAudit.id.in_(sa.select(Dispute.case_audit_id).where(Dispute.handed_to_id == viewer.person_id)),
        CaseAudit.shared_at.is_not(None),
    )
    answers = sa.true() if viewer.has("qa_lead", "head_of_service", "director") else works_on_it
    return _one(session, CaseAudit.id == case_audit_id, visible_case_audits(viewer), answers)


def is_grading_beside(session: Session, viewer: Viewer, case_audit_id: int) -> bool:
    """Whether the viewer is grading the case of this audit in another one, and must see nothing of this."""
    apart = (CaseAudit.id == case_audit_id, not_graded_now(viewer))
    return session.scalar(sa.select(CaseAudit.id).where(*apart)) is None


def _one(session: Session, *where: sa.ColumnElement[bool]) -> CaseAudit:
    found = session.scalars(sa.select(CaseAudit).where(*where)).one_or_none()
    if found is None:
        raise NotFound(NOT_THERE)
    return found


@dataclass(frozen=True, slots=True)
class OwnAudit:
    """A row of an auditor's list. `due_at` is the limit that runs now, None where nothing waits for them."""

    audit: CaseAudit
    round: AuditRound
    team: str
    record_date: date
    due_at: datetime | None


def list_own_case_audits(
    session: Session, person_id: int, *, states: Sequence[str] = (), search: str = "", sort: str = "due"
) -> list[OwnAudit]:
    """The audits allocated to this person in rounds that were launched: one statement, sorted as asked."""
    baseline, earlier = aliased(AuditRound), aliased(CaseAudit)
    due = sa.select(Deadline.subject_id, sa.func.min(Deadline.due_at).label("due_at")).where(
        Deadline.subject_type == "case_audit", Deadline.key.in_(["start", "submit", "answer_return", "accept"])
    )
    running = due.group_by(Deadline.subject_id).subquery()
    then = sa.case((CaseAudit.purpose == "bridge", baseline.record_date), else_=AuditRound.record_date)
    statement = (
        sa.select(CaseAudit, AuditRound, Team.name, then, running.c.due_at)
        .join(AuditRound, AuditRound.id == CaseAudit.round_id)
        .outerjoin(Team, Team.id == CaseAudit.team_id)
        .outerjoin(earlier, earlier.id == CaseAudit.baseline_id)
        .outerjoin(baseline, baseline.id == earlier.round_id)
        .outerjoin(running, running.c.subject_id == CaseAudit.id)
        .where(CaseAudit.auditor_id == person_id, AuditRound.state.in_(["live", "reporting", "closed"]))
    )
    if states:
        statement = statement.where(CaseAudit.state.in_(states))
    if search:
        statement = statement.where(CaseAudit.ref.icontains(search, autoescape=True))
    statement = statement.order_by(*_order(sort, running.c.due_at))
    rows = session.execute(statement)
    return [OwnAudit(a, r, team or "", record, due_at) for a, r, team, record, due_at in rows]


def _order(sort: str, due: Any) -> list[Any]:
    """The columns to sort by; what has no time limit comes last, either way round."""
    columns: dict[str, Any] = {"case": CaseAudit.ref, "state": CaseAudit.state, "due": due}
    column = columns.get(sort.removeprefix("-"), due)
    first = [due.is_(None)] if column is due else []
    return [*first, column.desc() if sort.startswith("-") else column, CaseAudit.ref, CaseAudit.id]


def find_deadline(session: Session, case_audit_id: int, keys: Sequence[str]) -> datetime | None:
    """When the first of these time limits of the audit is due; None if none runs."""
    return session.scalar(
        sa.select(sa.func.min(Deadline.due_at)).where(
            Deadline.subject_type == "case_audit", Deadline.subject_id == case_audit_id, Deadline.key.in_(keys)
        )
    )


def list_submissions(session: Session, viewer: Viewer, case_audit_id: int) -> list[Submission]:
    """Every submission that this person may read, the first one first."""
    where = (Submission.case_audit_id == case_audit_id, sa.not_(_kept_from(viewer)))
    return list(session.scalars(sa.select(Submission).where(*where).order_by(Submission.number)))


def _kept_from(viewer: Viewer) -> sa.ColumnElement[bool]:
    """An earlier auditor's submission is kept from the one who is auditing the case now: they start empty."""
    now_theirs = sa.select(CaseAudit.id).where(
        CaseAudit.auditor_id == viewer.person_id, CaseAudit.state.in_(BEING_GRADED)
    )
    return sa.and_(Submission.auditor_id != viewer.person_id, Submission.case_audit_id.in_(now_theirs))


def starts_after_another(session: Session, viewer: Viewer, case_audit_id: int) -> bool:
    """Whether the viewer is auditing this case after somebody else's submission of it was withdrawn."""
    where = (Submission.case_audit_id == case_audit_id, _kept_from(viewer))
    return session.scalars(sa.select(Submission.id).where(*where).limit(1)).first() is not None


def get_submission(session: Session, viewer: Viewer, case_audit_id: int, number: int) -> Submission:
    """One submission by its number, if this person may read it. Raises NotFound."""
    where = (Submission.case_audit_id == case_audit_id, Submission.number == number)
    found = session.scalars(sa.select(Submission).where(*where, sa.not_(_kept_from(viewer)))).one_or_none()
    if found is None:
        raise NotFound("There is no such submission.")
    return found


def get_person_name(session: Session, person_id: int | None) -> str:
    """A person's name; blank for nobody."""
    found = session.get(Person, person_id) if person_id is not None else None
    return found.name if found else ""


def get_team_name(session: Session, team_id: int | None) -> str:
    """A team's name; blank for none."""
    found = session.get(Team, team_id) if team_id is not None else None
    return found.name if found else ""


def get_age_band(session: Session, audit: CaseAudit) -> str:
    """The child's age band as the case list had it; blank where it has none."""
    more = session.scalars(
        sa.select(FrameCase.more)
        .join(SampleCase, SampleCase.frame_case_id == FrameCase.id)
        .where(SampleCase.id == audit.sample_case_id)
    ).one_or_none()
    return str((more or {}).get("age_band") or "")
