"""Immediate concerns for a child, with a clock of their own."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from auditflow.models.base import Base, Moved, state_check
from workflows import alert as table


class Alert(Moved, Base):
    """One immediate concern, raised during an audit; nothing else ever delays it."""

    __tablename__ = "alert"
    case_audit_id: Mapped[int] = mapped_column(sa.ForeignKey("case_audit.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("team.id"))
    raised_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    raised_at: Mapped[datetime]
    concern: Mapped[str] = mapped_column(sa.Text())
    spoken_to: Mapped[str] = mapped_column(sa.String(200))
    spoken_at: Mapped[datetime]
    about_manager: Mapped[bool] = mapped_column(default=False)
    acknowledged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    acknowledged_at: Mapped[datetime | None]
    resolved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    resolved_at: Mapped[datetime | None]
    resolution: Mapped[str | None] = mapped_column(sa.Text())
    escalated_to: Mapped[str] = mapped_column(sa.String(16), default="team")

    __table_args__ = (
        state_check(table.WORKFLOW.state_keys),
        sa.CheckConstraint("escalated_to IN ('team', 'head', 'director')", name="escalated_to_known"),
        sa.CheckConstraint("resolved_at IS NULL OR resolution IS NOT NULL", name="resolved_says_what_was_done"),
        sa.Index("ix_alert_state", "state"),
    )
