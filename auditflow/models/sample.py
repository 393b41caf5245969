"""Draws: every one is kept, the discarded ones too."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from auditflow.models.base import Base, Id, one_of


class Draw(Base):
    """One draw of a round: its seed and manifest. At most one of a round is not discarded."""

    __tablename__ = "draw"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("audit_round.id"))
    number: Mapped[int]
    seed: Mapped[str] = mapped_column(sa.String(200))
    drawn_at: Mapped[datetime]
    manifest: Mapped[dict[str, Any]]
    population: Mapped[dict[str, Any] | None]
    """The eligible cases of each stratum, also of one from which none was drawn; None: there are no strata."""
    discarded_at: Mapped[datetime | None]

    __table_args__ = (
        sa.UniqueConstraint("round_id", "number"),
        sa.Index(
            "uq_draw_round_id_standing",
            "round_id",
            unique=True,
            postgresql_where=sa.text("discarded_at IS NULL"),
            sqlite_where=sa.text("discarded_at IS NULL"),
        ),
    )


class CensusList(Base):
    """A case list of which a census took every eligible case that was not in it: the first, or a later month's.

    `excluded` counts the rows by the rule that left them out; `known` were in the round already, among them `by_hand`
    that somebody had added.
    """

    __tablename__ = "census_list"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    draw_id: Mapped[int] = mapped_column(sa.ForeignKey("draw.id"))
    number: Mapped[int]
    frame_id: Mapped[int] = mapped_column(sa.ForeignKey("frame.id"), index=True)
    added_at: Mapped[datetime]
    rows: Mapped[int]
    excluded: Mapped[dict[str, Any]]
    eligible: Mapped[int]
    known: Mapped[int]
    by_hand: Mapped[list[Any]]
    came_in: Mapped[int]

    __table_args__ = (
        sa.UniqueConstraint("draw_id", "number"),
        sa.UniqueConstraint("draw_id", "frame_id"),
        sa.CheckConstraint("came_in + known = eligible", name="every_eligible_case"),
    )


class SampleCase(Base):
    """A case that a draw took, kept in reserve or passed over; or one added by hand, marked for ever."""

    __tablename__ = "sample_case"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("audit_round.id"))
    draw_id: Mapped[int | None] = mapped_column(sa.ForeignKey("draw.id"))
    ref: Mapped[str] = mapped_column(sa.String(200))
    frame_case_id: Mapped[int | None] = mapped_column(sa.ForeignKey("frame_case.id"))
    stratum: Mapped[str] = mapped_column(sa.String(200), default="")
    key: Mapped[str] = mapped_column(sa.String(64), default="")
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(16))
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sample_case.id"))

    __table_args__ = (
        one_of("kind", ("random", "reserve", "replacement", "judgemental"), "kind_known"),
        sa.Index("ix_sample_case_round_id", "round_id", "kind"),
        sa.UniqueConstraint("draw_id", "ref"),
    )
