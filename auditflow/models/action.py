"""Actions: what must be done after a finding, by whom, and what difference it made."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from auditflow.models.base import Base, Moved, one_of, state_check
from workflows import action as table


class Action(Moved, Base):
    """One action. It is overdue from `first_due_on`, whatever the date was moved to."""

    __tablename__ = "action"
    case_audit_id: Mapped[int] = mapped_column(sa.ForeignKey("case_audit.id"), index=True)
    text: Mapped[str] = mapped_column(sa.Text())
    proposed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    first_due_on: Mapped[date]
    due_on: Mapped[date]
    created_at: Mapped[datetime]
    decline_reason: Mapped[str | None] = mapped_column(sa.Text())
    done_text: Mapped[str | None] = mapped_column(sa.Text())
    done_evidence: Mapped[str | None] = mapped_column(sa.Text())
    done_at: Mapped[datetime | None]
    difference: Mapped[str | None] = mapped_column(sa.String(8))
    how_known: Mapped[str | None] = mapped_column(sa.Text())
    verified_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    verified_at: Mapped[datetime | None]
    follow_up_id: Mapped[int | None] = mapped_column(sa.ForeignKey("action.id"))
    no_follow_up_reason: Mapped[str | None] = mapped_column(sa.Text())

    __table_args__ = (
        state_check(table.WORKFLOW.state_keys),
        one_of("difference", ("yes", "partly", "no"), "difference_known"),
        sa.CheckConstraint("verified_by_id <> owner_id", name="not_verified_by_owner"),
        sa.CheckConstraint("(state = 'verified') = (verified_at IS NOT NULL)", name="verified_has_time"),
        sa.Index("ix_action_state", "state"),
    )


class ActionFinding(Base):
    """The finding an action answers: a domain, or a question of a domain answered “no”; several if need be."""

    __tablename__ = "action_finding"
    action_id: Mapped[int] = mapped_column(sa.ForeignKey("action.id"), primary_key=True)
    case_audit_id: Mapped[int] = mapped_column(sa.ForeignKey("case_audit.id"), primary_key=True)
    finding: Mapped[str] = mapped_column(sa.String(128), primary_key=True)
