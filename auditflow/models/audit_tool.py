"""Audit tools: what is in use never changes; a change is a new version beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from auditflow.models.base import Base, Id


class AuditToolVersion(Base):
    """One published version of an audit tool; `definition` is the whole tool as data."""

    __tablename__ = "audit_tool_version"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(200))
    definition: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    published_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("key", "number"),)
