"""What the entries of some case audits say was submitted and decided: one statement for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import Journal

DECIDED = ("determined", "first_grade_published", "corrected")
"""Entries that may decide grades of domains after moderation."""


@dataclass(frozen=True, slots=True)
class SaidEntry:
    """One entry: who, when, and its codes."""

    number: int
    entry: str
    actor_id: int | None
    at: datetime
    details: Mapping[str, Any]


@dataclass(slots=True)
class Said:
    """Of one case audit: its submissions by number, the sets of domain grades decided later, disputes by id."""

    submitted: dict[int, SaidEntry] = field(default_factory=dict)
    decided: list[Mapping[str, int | None]] = field(default_factory=list)
    disputes: dict[int, SaidEntry] = field(default_factory=dict)


def what_was_said(session: Session, ids: Sequence[int]) -> dict[int, Said]:
    """Case audit -> what its entries say."""
    columns = (Journal.subject_id, Journal.number, Journal.entry, Journal.actor_id, Journal.at, Journal.details)
    statement = sa.select(*columns).where(
        Journal.subject_type == "case_audit",
        Journal.subject_id.in_(ids),
        Journal.entry.in_(["submitted", *DECIDED]),
    )
    found: dict[int, Said] = {}
    for audit_id, *rest in session.execute(statement.order_by(Journal.subject_id, Journal.number)):
        _add(found.setdefault(audit_id, Said()), SaidEntry(*rest))
    return found


def _add(said: Said, entry: SaidEntry) -> None:
    if entry.entry == "submitted":
        said.submitted[entry.details.get("submission", 0)] = entry
        return
    if entry.details.get("domains"):
        said.decided.append(entry.details["domains"])
    if entry.entry in ("determined", "first_grade_published") and entry.details.get("dispute") is not None:
        said.disputes[entry.details["dispute"]] = entry
