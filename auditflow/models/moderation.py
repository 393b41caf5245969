"""Moderation: the second opinion with the first grade in sight."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from auditflow.models.base import Base, Id, Moved, one_of, state_check
from workflows import moderation as table


class Moderation(Moved, Base):
    """One moderation task. `random_share` marks those chosen by the checking seed whatever their grade."""

    __tablename__ = "moderation"
    case_audit_id: Mapped[int]
    auditor_id: Mapped[int]
    submission_id: Mapped[int]
    moderator_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    random_share: Mapped[bool] = mapped_column(default=False)
    triggers: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    offered_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decision: Mapped[str | None] = mapped_column(sa.String(16))
    grade: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(sa.Text())
    audit_view: Mapped[dict[str, Any] | None]

    __table_args__ = (
        state_check(table.WORKFLOW.state_keys),
        one_of("decision", ("confirm", "change", "return"), "decision_known"),
        # Whose submission it is stays so for ever, whoever the audit is allocated to afterwards.
        sa.ForeignKeyConstraint(
            ["submission_id", "case_audit_id", "auditor_id"],
            ["submission.id", "submission.case_audit_id", "submission.auditor_id"],
            name="fk_moderation_submission_and_auditor",
        ),
        sa.CheckConstraint("moderator_id IS NULL OR moderator_id <> auditor_id", name="not_own_audit"),
        sa.CheckConstraint("(state = 'decided') = (decided_at IS NOT NULL)", name="decided_has_time"),
        sa.CheckConstraint("grade BETWEEN 1 AND 4", name="grade_is_a_grade"),
        sa.Index(
            "uq_moderation_one_open",
            "case_audit_id",
            unique=True,
            postgresql_where=sa.text("state IN ('waiting', 'with_moderator')"),
            sqlite_where=sa.text("state IN ('waiting', 'with_moderator')"),
        ),
    )


class ModerationComment(Base):
    """A moderator's comment on one item of the audit, and the auditor's answer to it."""

    __tablename__ = "moderation_comment"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    moderation_id: Mapped[int] = mapped_column(sa.ForeignKey("moderation.id"), index=True)
    item: Mapped[str] = mapped_column(sa.String(64))
    comment: Mapped[str] = mapped_column(sa.Text())
    made_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(sa.Text())
    answered_at: Mapped[datetime | None]

    __table_args__ = (sa.UniqueConstraint("moderation_id", "item"),)
