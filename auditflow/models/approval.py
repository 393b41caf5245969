"""Four eyes: a move that one person asks for and another approves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from auditflow.models.base import Base, Moved, one_of, state_check
from workflows import approval as table

ASKS = ("remove", "mark_not_audited", "discard_draw", "cannot_do")


class Approval(Moved, Base):
    """A request for the move `ask` on a subject; the move is made in the transaction that approves it."""

    __tablename__ = "approval"
    subject_type: Mapped[str] = mapped_column(sa.String(32))
    subject_id: Mapped[int]
    ask: Mapped[str] = mapped_column(sa.String(32))
    reason_code: Mapped[str] = mapped_column(sa.String(40), default="")
    reason: Mapped[str] = mapped_column(sa.Text())
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    requested_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    requested_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decision: Mapped[str | None] = mapped_column(sa.Text())

    __table_args__ = (
        state_check(table.WORKFLOW.state_keys),
        one_of("ask", ASKS, "ask_known"),
        sa.CheckConstraint("decided_by_id <> requested_by_id", name="four_eyes"),
        sa.Index(
            "uq_approval_one_open",
            "subject_type",
            "subject_id",
            "ask",
            unique=True,
            postgresql_where=sa.text("state = 'requested'"),
            sqlite_where=sa.text("state = 'requested'"),
        ),
    )
