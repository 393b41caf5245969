"""Services of the council and their teams."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from auditflow.models.base import Base, Chained


class CouncilService(Chained, Base):
    """A part of the council under one head of service."""

    __tablename__ = "council_service"
    name: Mapped[str] = mapped_column(sa.String(200), unique=True)


class Team(Chained, Base):
    """A team of workers; immediate concerns about its cases go to its manager and deputy."""

    __tablename__ = "team"
    name: Mapped[str] = mapped_column(sa.String(200), unique=True)
    service_id: Mapped[int | None] = mapped_column(sa.ForeignKey("council_service.id"), index=True)
    manager_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", use_alter=True), index=True)
    deputy_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", use_alter=True))
