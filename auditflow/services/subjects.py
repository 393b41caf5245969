"""The journalled subjects: which noun is which table, which workflow moves it."""

from __future__ import annotations

from typing import TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow import models
from auditflow.domain.errors import NotFound
from auditflow.models.base import Base, Chained, core
from workflows.registry import WORKFLOWS
from workflows.table import Workflow

SUBJECTS: dict[str, type[Chained]] = {
    "audit_round": models.AuditRound,
    "case_audit": models.CaseAudit,
    "moderation": models.Moderation,
    "action": models.Action,
    "alert": models.Alert,
    "correction": models.Correction,
    "approval": models.Approval,
    "person": models.Person,
    "frame": models.Frame,
    "team": models.Team,
    "council_service": models.CouncilService,
    "council_timetable": models.CouncilTimetable,
}

CALLED: dict[type[Chained], str] = {
    models.AuditRound: "round",
    models.CaseAudit: "audit",
    models.Action: "action",
    models.Alert: "concern",
    models.Frame: "case list",
}
"""What people call those that are asked for by number."""

Subject = TypeVar("Subject", bound=Chained)


def get_subject(session: Session, model: type[Subject], subject_id: int) -> Subject:
    """The row, whoever asks: who may see or move it is asked by the move itself. Raises NotFound."""
    row = session.get(model, subject_id)
    if row is None:
        raise NotFound(f"There is no such {CALLED[model]}.")
    return row


def table_of(subject_type: str) -> sa.Table:
    """The table that holds subjects of this type."""
    return core(cast(type[Base], SUBJECTS[subject_type]))


def workflow_of(subject_type: str) -> Workflow | None:
    """The workflow that moves it; None for a subject that has a journal but no states."""
    return WORKFLOWS.get(subject_type)


def type_of(row: Chained) -> str:
    """The subject type of a loaded row."""
    return next(name for name, model in SUBJECTS.items() if isinstance(row, model))
