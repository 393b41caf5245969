"""Case lists: uploaded, mapped, previewed, matched to people, frozen."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from auditflow.models.base import Base, Chained, Id, one_of

FRAME_STAGES = ("uploaded", "importing", "imported", "frozen", "failed")
MATCHES = ("unmatched", "matched", "left", "agency", "not_on_register")


class Frame(Chained, Base):
    """One case list. Until `frozen` it may be imported again; after that it never changes."""

    __tablename__ = "frame"
    name: Mapped[str] = mapped_column(sa.String(200))
    as_at: Mapped[date]
    stage: Mapped[str] = mapped_column(sa.String(16), default="uploaded")
    source_name: Mapped[str] = mapped_column(sa.String(255), default="")
    source_sha256: Mapped[str] = mapped_column(sa.String(64))
    frame_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    mapping: Mapped[dict[str, Any] | None]
    columns: Mapped[list[Any] | None]
    notes: Mapped[list[Any] | None]
    """What was read differently from how it stood, in sentences."""
    job_id: Mapped[int | None] = mapped_column(sa.ForeignKey("job.id"))
    """The job that reads the file, or read it last."""
    rows_read: Mapped[int] = mapped_column(default=0)
    rows_kept: Mapped[int] = mapped_column(default=0)
    rows_rejected: Mapped[int] = mapped_column(default=0)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[datetime]
    frozen_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("stage", FRAME_STAGES, "stage_known"),
        sa.CheckConstraint(
            "(stage = 'frozen') = (frozen_at IS NOT NULL) AND (stage = 'frozen') = (frame_sha256 IS NOT NULL)",
            name="frozen_has_digest",
        ),
    )


class FrameUpload(Base):
    """The uploaded bytes while the list is being mapped; deleted when it is frozen, or after a day."""

    __tablename__ = "frame_upload"
    frame_id: Mapped[int] = mapped_column(sa.ForeignKey("frame.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(sa.LargeBinary(), deferred=True)
    uploaded_at: Mapped[datetime]


class FrameCase(Base):
    """One case of a list: the mapped columns and nothing else."""

    __tablename__ = "frame_case"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    frame_id: Mapped[int] = mapped_column(sa.ForeignKey("frame.id", ondelete="CASCADE"))
    row: Mapped[int]
    ref: Mapped[str] = mapped_column(sa.String(200))
    case_type: Mapped[str] = mapped_column(sa.String(200), default="")
    status: Mapped[str] = mapped_column(sa.String(200), default="")
    team: Mapped[str] = mapped_column(sa.String(200), default="")
    worker: Mapped[str] = mapped_column(sa.String(200), default="")
    opened: Mapped[str] = mapped_column(sa.String(10), default="")
    closed: Mapped[str] = mapped_column(sa.String(10), default="")
    more: Mapped[dict[str, Any]] = mapped_column(default=dict)

    __table_args__ = (
        sa.UniqueConstraint("frame_id", "ref"),
        sa.Index("ix_frame_case_ref", "ref"),
    )


class FrameReject(Base):
    """A row that was not taken, with its number in the file and the reason."""

    __tablename__ = "frame_reject"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    frame_id: Mapped[int] = mapped_column(sa.ForeignKey("frame.id", ondelete="CASCADE"), index=True)
    sheet: Mapped[str] = mapped_column(sa.String(100), default="")
    row: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.String(500))


class NameMatch(Base):
    """A worker's or team's name as case lists write it, and who that is here; remembered for every list."""

    __tablename__ = "name_match"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(8))
    name: Mapped[str] = mapped_column(sa.String(200))
    match: Mapped[str] = mapped_column(sa.String(16), default="unmatched")
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("team.id"), index=True)
    confirmed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]

    __table_args__ = (
        sa.UniqueConstraint("kind", "name"),
        one_of("kind", ("worker", "team"), "kind_known"),
        one_of("match", MATCHES, "match_known"),
        sa.CheckConstraint(
            "(match = 'matched') = (person_id IS NOT NULL OR team_id IS NOT NULL)", name="matched_to_somebody"
        ),
    )


class MappingMemory(Base):
    """How this council's columns were mapped last time, by the headers of the file."""

    __tablename__ = "mapping_memory"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    headers_sha256: Mapped[str] = mapped_column(sa.String(64), unique=True)
    mapping: Mapped[dict[str, Any]]
    used_at: Mapped[datetime]
