"""Corrections: after agreement nothing is edited in place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from auditflow.models.base import Base, Moved, state_check
from workflows import correction as table


class Correction(Moved, Base):
    """One request to correct an agreed audit; approved, it stands beside what it corrects."""

    __tablename__ = "correction"
    case_audit_id: Mapped[int] = mapped_column(sa.ForeignKey("case_audit.id"), index=True)
    requested_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    requested_at: Mapped[datetime]
    item: Mapped[str] = mapped_column(sa.String(64))
    proposed: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(sa.Text())
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decision: Mapped[str | None] = mapped_column(sa.Text())

    __table_args__ = (
        state_check(table.WORKFLOW.state_keys),
        sa.CheckConstraint("decided_by_id <> requested_by_id", name="not_decided_by_requester"),
    )
