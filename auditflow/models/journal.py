"""The journal: append-only, one hash chain a subject; its words in a table that retention may empty."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from auditflow.models.base import Base, BigId, Id


class Journal(Base):
    """One entry. `details` holds ids and codes only; each text is there as an HMAC with its own salt."""

    __tablename__ = "journal"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject_type: Mapped[str] = mapped_column(sa.String(32))
    subject_id: Mapped[int]
    number: Mapped[int]
    workflow_version: Mapped[int]
    action: Mapped[str] = mapped_column(sa.String(40))
    entry: Mapped[str] = mapped_column(sa.String(40))
    from_state: Mapped[str] = mapped_column(sa.String(32))
    to_state: Mapped[str] = mapped_column(sa.String(32))
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(sa.String(32))
    details: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    key: Mapped[str] = mapped_column(sa.String(64))
    request_sha256: Mapped[str] = mapped_column(sa.String(64))
    previous: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))

    __table_args__ = (
        sa.UniqueConstraint("subject_type", "subject_id", "number"),
        sa.UniqueConstraint("subject_type", "subject_id", "key"),
        sa.Index("ix_journal_at", "at"),
        sa.Index("ix_journal_actor_id", "actor_id"),
    )


class JournalText(Base):
    """A text of an entry with its salt: erased here, the entry still proves that it was that text."""

    __tablename__ = "journal_text"
    subject_type: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    salt: Mapped[str] = mapped_column(sa.String(64))
    text: Mapped[str] = mapped_column(sa.Text())


class Seal(Base):
    """The Merkle root over every chain that changed since the last seal, chained to it."""

    __tablename__ = "seal"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    root: Mapped[str] = mapped_column(sa.String(64))
    leaves: Mapped[int]
    previous: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))


class SealLeaf(Base):
    """What a seal says of one chain: how long it was and what its last hash was."""

    __tablename__ = "seal_leaf"
    seal_number: Mapped[int] = mapped_column(sa.ForeignKey("seal.number"), primary_key=True)
    subject_type: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True)
    length: Mapped[int]
    head: Mapped[str] = mapped_column(sa.String(64))


class ReadLog(Base):
    """Who opened case content, written before the page is rendered."""

    __tablename__ = "read_log"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    subject_type: Mapped[str] = mapped_column(sa.String(32))
    subject_id: Mapped[int]
    endpoint: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[datetime]

    __table_args__ = (sa.Index("ix_read_log_subject", "subject_type", "subject_id"),)
