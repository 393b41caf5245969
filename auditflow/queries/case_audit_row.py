"""What the pages where an audit is written need of its row, read without the ORM."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CaseAuditRow:
    """A case audit to be looked at; whoever changes one loads it."""

    id: int
    ref: str
    state: str
    version: int
    purpose: str
    case_type: str
    round_id: int
    auditor_id: int | None
    worker_id: int | None
    team_id: int | None
    first_submitted_at: datetime | None


COLUMNS = tuple(field.name for field in fields(CaseAuditRow))
