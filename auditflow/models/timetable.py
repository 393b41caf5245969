"""What a council changed of the timetable: one row, or none while everything is as shipped."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from auditflow.models.base import Base, Chained


class CouncilTimetable(Chained, Base):
    """The council's closure days (ISO date -> name) and its own figures of time limits (setting -> number)."""

    __tablename__ = "council_timetable"
    closure_days: Mapped[dict[str, Any]] = mapped_column(default=dict)
    time_limits: Mapped[dict[str, Any]] = mapped_column(default=dict)
