"""The journalled subjects: which noun is which table, which workflow moves it."""

from __future__ import annotations

from typing import cast

import sqlalchemy as sa

from auditflow import models
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
}


def table_of(subject_type: str) -> sa.Table:
    """The table that holds subjects of this type."""
    return core(cast(type[Base], SUBJECTS[subject_type]))


def workflow_of(subject_type: str) -> Workflow | None:
    """The workflow that moves it; None for a subject that has a journal but no states."""
    return WORKFLOWS.get(subject_type)


def type_of(row: Chained) -> str:
    """The subject type of a loaded row."""
    return next(name for name, model in SUBJECTS.items() if isinstance(row, model))
