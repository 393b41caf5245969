"""A round: one run of one audit tool over one sample."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from auditflow.models.base import Base, Moved, one_of, state_check
from workflows import audit_round as table

KINDS = ("sample", "re_audit", "census")


class AuditRound(Moved, Base):
    """One round. `design` and list are digested together when the design is locked."""

    __tablename__ = "audit_round"
    name: Mapped[str] = mapped_column(sa.String(200))
    kind: Mapped[str] = mapped_column(sa.String(16), default="sample")
    tool_version_id: Mapped[int] = mapped_column(sa.ForeignKey("audit_tool_version.id"))
    frame_id: Mapped[int | None] = mapped_column(sa.ForeignKey("frame.id"))
    baseline_id: Mapped[int | None] = mapped_column(sa.ForeignKey("audit_round.id"))
    selected_because_poor: Mapped[bool] = mapped_column(default=False)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    first_ends_on: Mapped[date]
    record_date: Mapped[date]
    design: Mapped[dict[str, Any]] = mapped_column(default=dict)
    locked_digest: Mapped[str | None] = mapped_column(sa.String(64))
    locked_at: Mapped[datetime | None]
    seed_source: Mapped[str] = mapped_column(sa.String(16), default="product")
    public_event: Mapped[str | None] = mapped_column(sa.String(500))
    public_event_at: Mapped[datetime | None]
    policy: Mapped[dict[str, Any]] = mapped_column(default=dict)
    checking_seed: Mapped[str | None] = mapped_column(sa.String(64))
    checking_seed_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    checking_seed_revealed_at: Mapped[datetime | None]
    launched_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[datetime]

    __table_args__ = (
        state_check(table.WORKFLOW.state_keys),
        one_of("kind", KINDS, "kind_known"),
        one_of("seed_source", ("product", "public"), "seed_source_known"),
        sa.CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        sa.CheckConstraint("(kind = 're_audit') = (baseline_id IS NOT NULL)", name="re_audit_has_baseline"),
        sa.Index("ix_audit_round_state", "state"),
    )


class RoundAuditor(Base):
    """An auditor of a round with the number of cases they can take."""

    __tablename__ = "round_auditor"
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("audit_round.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    capacity: Mapped[int]

    __table_args__ = (sa.CheckConstraint("capacity >= 0", name="capacity_not_negative"),)


class RoundResult(Base):
    """The frozen results of a closed round; a correction after closing makes the next version beside it."""

    __tablename__ = "round_result"
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("audit_round.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    results: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    made_at: Mapped[datetime]
