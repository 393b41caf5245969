"""A case audit: one structured review of one record, its drafts, its submissions and what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from auditflow.models.base import Base, Id, Moved, one_of, state_check
from workflows import case_audit as table

PURPOSES = ("main", "second", "calibration", "bridge")
KINDS = ("random", "replacement", "judgemental")


class CaseAudit(Moved, Base):
    """One case audit. Four grades are kept apart for ever: first, moderator's, disputed, published."""

    __tablename__ = "case_audit"
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("audit_round.id"))
    sample_case_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sample_case.id"))
    ref: Mapped[str] = mapped_column(sa.String(200))
    purpose: Mapped[str] = mapped_column(sa.String(16), default="main")
    kind: Mapped[str] = mapped_column(sa.String(16), default="random")
    case_type: Mapped[str] = mapped_column(sa.String(200), default="")
    stratum: Mapped[str] = mapped_column(sa.String(200), default="")
    worker_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("team.id"), index=True)
    baseline_id: Mapped[int | None] = mapped_column(sa.ForeignKey("case_audit.id"))
    auditor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    pinned: Mapped[bool] = mapped_column(default=False)
    same_auditor_reason: Mapped[str | None] = mapped_column(sa.String(500))
    allocated_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    first_submitted_at: Mapped[datetime | None]
    agreed_at: Mapped[datetime | None]
    shared_at: Mapped[datetime | None]
    returns: Mapped[int] = mapped_column(default=0)
    challenged: Mapped[bool] = mapped_column(default=False)
    first_grade: Mapped[int | None]
    moderated_grade: Mapped[int | None]
    determined_grade: Mapped[int | None]
    published_grade: Mapped[int | None]
    published_disputed: Mapped[bool] = mapped_column(default=False)
    lost_reason: Mapped[str | None] = mapped_column(sa.String(40))

    __table_args__ = (
        state_check(table.WORKFLOW.state_keys),
        one_of("purpose", PURPOSES, "purpose_known"),
        one_of("kind", KINDS, "kind_known"),
        sa.CheckConstraint("returns BETWEEN 0 AND 2", name="at_most_two_returns"),
        sa.CheckConstraint("(first_grade IS NULL) = (first_submitted_at IS NULL)", name="graded_when_submitted"),
        sa.CheckConstraint("first_grade IS NULL OR auditor_id IS NOT NULL", name="graded_by_somebody"),
        *(
            sa.CheckConstraint(f"{column} BETWEEN 1 AND 4", name=f"{column}_is_a_grade")
            for column in ("first_grade", "moderated_grade", "determined_grade", "published_grade")
        ),
        sa.CheckConstraint(
            "state IN ('selected', 'removed', 'not_audited', 'filed') OR auditor_id IS NOT NULL",
            name="allocated_to_somebody",
        ),
        sa.Index("ix_case_audit_round_id", "round_id", "state"),
        sa.Index("ix_case_audit_ref", "ref"),
        sa.Index(
            "uq_case_audit_main_ref",
            "round_id",
            "ref",
            unique=True,
            # A discarded draw's cases are removed, and the next draw may take one of them again.
            postgresql_where=sa.text("purpose = 'main' AND state <> 'removed'"),
            sqlite_where=sa.text("purpose = 'main' AND state <> 'removed'"),
        ),
    )


class Draft(Base):
    """One section of an audit (or of a decision about it) as it is being written, by one person."""

    __tablename__ = "draft"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_audit_id: Mapped[int] = mapped_column(sa.ForeignKey("case_audit.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    section: Mapped[str] = mapped_column(sa.String(64))
    content: Mapped[dict[str, Any]]
    number: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("case_audit_id", "person_id", "section"),)


class DraftVersion(Base):
    """Another version of a draft: sent from an older page, or replaced by a choice. Nothing typed is lost."""

    __tablename__ = "draft_version"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    draft_id: Mapped[int] = mapped_column(sa.ForeignKey("draft.id"), index=True)
    content: Mapped[dict[str, Any]]
    sent_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class Submission(Base):
    """What was submitted, as it was; the first is the one that every figure of auditors' grades uses."""

    __tablename__ = "submission"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_audit_id: Mapped[int] = mapped_column(sa.ForeignKey("case_audit.id"))
    number: Mapped[int]
    auditor_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    submitted_at: Mapped[datetime]
    overall_grade: Mapped[int]
    answers: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(sa.String(64))

    __table_args__ = (
        sa.UniqueConstraint("case_audit_id", "number"),
        # The moderation row repeats the auditor under this key, so that a CHECK can keep the two apart.
        sa.UniqueConstraint("id", "case_audit_id", "auditor_id"),
        sa.CheckConstraint("overall_grade BETWEEN 1 AND 4", name="overall_grade_is_a_grade"),
    )


class DomainGrade(Base):
    """The grade of one domain: the auditor's (each submission) and, where decided, the moderator's."""

    __tablename__ = "domain_grade"
    case_audit_id: Mapped[int] = mapped_column(sa.ForeignKey("case_audit.id"), primary_key=True)
    source: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    domain: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    grade: Mapped[int | None]

    __table_args__ = (
        one_of("source", ("auditor", "moderator", "decider"), "source_known"),
        sa.CheckConstraint("grade BETWEEN 1 AND 4", name="grade_is_a_grade"),
    )


class Dispute(Base):
    """A contested grade: who contests it, why, and what somebody outside both decided."""

    __tablename__ = "dispute"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_audit_id: Mapped[int] = mapped_column(sa.ForeignKey("case_audit.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    raised_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    raised_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(sa.Text())
    handed_to_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    escalated_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    grade: Mapped[int | None]
    decision: Mapped[str | None] = mapped_column(sa.Text())

    __table_args__ = (
        one_of("kind", ("auditor", "service"), "kind_known"),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decision IS NULL) AND (decided_at IS NULL) = (grade IS NULL)",
            name="decided_whole",
        ),
        sa.CheckConstraint("decided_by_id <> raised_by_id", name="not_by_who_raised_it"),
    )


class Reflection(Base):
    """The practitioner's part: invited when the audit starts, reflects, reads the outcome."""

    __tablename__ = "reflection"
    case_audit_id: Mapped[int] = mapped_column(sa.ForeignKey("case_audit.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    invited_at: Mapped[datetime]
    reflection: Mapped[str | None] = mapped_column(sa.Text())
    reflected_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
