"""Work for later, as rows: messages to send, deadlines to keep, long jobs with their progress."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from auditflow.models.base import Base, Id, one_of

JOB_STATES = ("queued", "running", "done", "failed", "cancelled")


class Outbox(Base):
    """One effect to bring about outside, by ids only; `key` makes a repeated delivery show once."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    template: Mapped[str] = mapped_column(sa.String(64))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    subject_type: Mapped[str] = mapped_column(sa.String(32))
    subject_id: Mapped[int]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    sent_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(sa.String(500))

    __table_args__ = (
        sa.Index(
            "ix_outbox_waiting",
            "due_at",
            postgresql_where=sa.text("sent_at IS NULL AND refused_at IS NULL"),
            sqlite_where=sa.text("sent_at IS NULL AND refused_at IS NULL"),
        ),
    )


class Deadline(Base):
    """A time limit that is running; `acts` says whether the system moves the subject when it is due."""

    __tablename__ = "deadline"
    subject_type: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    action: Mapped[str] = mapped_column(sa.String(40))
    acts: Mapped[bool]
    due_at: Mapped[datetime]
    noticed_at: Mapped[datetime | None]

    __table_args__ = (sa.Index("ix_deadline_due_at", "due_at"),)


class Stuck(Base):
    """An open item that nobody may move, as the last check found; why, person by person, in `excluded`."""

    __tablename__ = "stuck"
    subject_type: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    since: Mapped[datetime]
    excluded: Mapped[list[Any]] = mapped_column(default=list)


class Job(Base):
    """A long piece of work with a lease, so that a killed worker's job is taken up again."""

    __tablename__ = "job"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(sa.String(16), default="queued")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(sa.String(500), default="")
    result: Mapped[dict[str, Any] | None]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    __table_args__ = (one_of("state", JOB_STATES, "state_known"), sa.Index("ix_job_state", "state"))


class Setting(Base):
    """A fact that the system keeps about itself, such as the number of the last seal that was posted."""

    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    value: Mapped[Any] = mapped_column(sa.JSON())
