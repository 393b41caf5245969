"""Whether a round's policy sends one submitted audit to moderation, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.graded import DISCARDED
from auditflow.domain.policy import ModerationPolicy, random_share, read_policy, triggers
from auditflow.domain.working_days import start_of_day
from auditflow.models import (
    Alert,
    AuditRound,
    CaseAudit,
    CensusList,
    FrameCase,
    Moderation,
    Person,
    SampleCase,
    Submission,
)
from auditflow.models.base import core

NO_CONCERN = ("raised_in_error",)


@dataclass(frozen=True, slots=True)
class Choice:
    """Why an audit is moderated: in the random share, by triggers, or (neither) not at all."""

    random_share: bool
    triggers: tuple[str, ...]

    @property
    def moderated(self) -> bool:
        """Whether it goes to a moderator."""
        return self.random_share or bool(self.triggers)


def get_moderation_choice(session: Session, audit: CaseAudit, *, grade: int) -> Choice:
    """What the policy says of this audit, submitted now with overall `grade`.

    The share is drawn over every case that was ever drawn at random for the round, removed ones included,
    so that nobody can change it by removing a case.
    """
    audit_round = session.get_one(AuditRound, audit.round_id)
    policy = read_policy(audit_round.policy or {})
    share = random_share(policy, audit_round.checking_seed, *list_drawn_by_list(session, audit.round_id))
    return Choice(
        audit.kind != "judgemental" and drawn_as(session, audit) in share,
        _triggers(session, audit, policy, grade),
    )


def list_drawn(session: Session, round_id: int) -> list[str]:
    """The references drawn at random for a round, in order; replacements and added cases are not among them.

    Nor are those of a discarded draw, of which the standing draw may have taken one again.
    """
    return list(session.scalars(sa.select(CaseAudit.ref).where(*_drawn(round_id)).order_by(CaseAudit.ref)))


def list_drawn_by_list(session: Session, round_id: int) -> tuple[list[str], list[list[str]]]:
    """The same references: all of them; but in a census those of its first list, and then those of each later one."""
    number = sa.func.coalesce(CensusList.number, 1)
    statement = (
        sa.select(number, CaseAudit.ref)
        .outerjoin(SampleCase, SampleCase.id == CaseAudit.sample_case_id)
        .outerjoin(FrameCase, FrameCase.id == SampleCase.frame_case_id)
        .outerjoin(
            CensusList,
            sa.and_(CensusList.draw_id == SampleCase.draw_id, CensusList.frame_id == FrameCase.frame_id),
        )
        .where(*_drawn(round_id))
        .order_by(number, CaseAudit.ref)
    )
    lists: dict[int, list[str]] = {}
    for place, ref in session.execute(statement):
        lists.setdefault(place, []).append(ref)
    return lists.pop(1, []), list(lists.values())


def _drawn(round_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    main = (CaseAudit.round_id == round_id, CaseAudit.purpose == "main", CaseAudit.kind == "random")
    return *main, CaseAudit.lost_reason.is_distinct_from(DISCARDED)


def drawn_as(session: Session, audit: CaseAudit) -> str:
    """The reference of the randomly drawn case whose place this audit holds: its own, but for a replacement."""
    step = (
        sa.select(SampleCase.id, SampleCase.ref, SampleCase.replaces_id, sa.literal(0).label("depth"))
        .where(SampleCase.id == audit.sample_case_id)
        .cte("step", recursive=True)
    )
    earlier = sa.select(SampleCase.id, SampleCase.ref, SampleCase.replaces_id, step.c.depth + 1).join(
        step, SampleCase.id == step.c.replaces_id
    )
    step = step.union_all(earlier)
    first = session.scalars(sa.select(step.c.ref).order_by(step.c.depth.desc()).limit(1)).one_or_none()
    return first or audit.ref


def _triggers(session: Session, audit: CaseAudit, policy: ModerationPolicy, grade: int) -> tuple[str, ...]:
    auditor = session.get_one(Person, audit.auditor_id)
    before = core(CaseAudit).alias()
    trained = _start(auditor)
    earlier = (
        sa.select(sa.func.count())
        .select_from(before)
        .where(
            before.c.auditor_id == auditor.id,
            before.c.purpose == "main",
            before.c.id != audit.id,
            before.c.first_submitted_at.is_not(None),
            sa.not_(_submitted_by_another(before)),
            sa.true() if trained is None else before.c.first_submitted_at >= trained,
        )
        .scalar_subquery()
    )
    concern = sa.exists(sa.select(1).where(Alert.case_audit_id == audit.id, Alert.state.not_in(NO_CONCERN)))
    moderated = sa.exists(sa.select(1).where(Moderation.case_audit_id == audit.id))
    counted, raised, already = session.execute(sa.select(earlier, concern, moderated)).one()
    grades = session.scalars(sa.select(Submission.overall_grade).where(Submission.case_audit_id == audit.id)).all()
    return triggers(
        policy,
        grades=[grade, *grades],
        concern=bool(raised),
        earlier_audits=counted,
        moderated_before=bool(already),
    )


def _submitted_by_another(audit: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether what is submitted of it is somebody else's, from before it changed hands."""
    last = core(Submission)
    mine = sa.exists(sa.select(1).where(last.c.case_audit_id == audit.c.id, last.c.auditor_id == audit.c.auditor_id))
    return sa.and_(sa.exists(sa.select(1).where(last.c.case_audit_id == audit.c.id)), sa.not_(mine))


def _start(auditor: Person) -> datetime | None:
    """The instant from which the auditor's audits count as made since they were trained."""
    return start_of_day(auditor.trained_on) if auditor.trained_on else None
