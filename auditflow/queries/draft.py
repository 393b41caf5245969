"""Reading drafts: what a person has typed about an audit, and versions of it that wait for a choice."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import NotFound
from auditflow.models import Draft, DraftVersion
from auditflow.models.base import core
from auditflow.models.plain import kept


@dataclass(frozen=True, slots=True)
class Typed:
    """A draft to be read: what was typed into one section, and the number of the save that it is of."""

    case_audit_id: int
    section: str
    content: dict[str, Any]
    number: int
    saved_at: datetime


DRAFT = core(Draft)


def _typed() -> sa.Select[Any]:
    columns = [DRAFT.c[field.name] for field in fields(Typed)]
    mine = DRAFT.c.person_id == sa.bindparam("person", type_=sa.Integer())
    return sa.select(*columns).where(mine).order_by(DRAFT.c.case_audit_id, DRAFT.c.section)


_typed_of_one = kept(
    lambda: _typed().where(DRAFT.c.case_audit_id == sa.bindparam("audit", type_=sa.Integer())),
    {"person": 0, "audit": 0},
)


def list_typed(session: Session, case_audit_id: int, person_id: int) -> list[Typed]:
    """Everything this person has typed about one audit, by section."""
    rows = _typed_of_one(session).rows(session, {"person": person_id, "audit": case_audit_id})
    return [Typed(**row) for row in rows]


def list_drafts(session: Session, case_audit_ids: Collection[int], person_id: int) -> list[Typed]:
    """Everything this person has typed about these audits, by audit and section."""
    statement = _typed().where(DRAFT.c.case_audit_id.in_(case_audit_ids))
    return [Typed(*row) for row in session.execute(statement, {"person": person_id})]


def find_draft(session: Session, case_audit_id: int, person_id: int, section: str) -> Draft | None:
    """This person's draft of one section, or None."""
    return session.scalars(
        sa.select(Draft).where(
            Draft.case_audit_id == case_audit_id, Draft.person_id == person_id, Draft.section == section
        )
    ).one_or_none()


def list_waiting_versions(session: Session, case_audit_id: int, person_id: int) -> list[tuple[DraftVersion, str]]:
    """Versions that wait for this person's choice, each with its section, oldest first."""
    rows = session.execute(
        sa.select(DraftVersion, Draft.section)
        .join(Draft, Draft.id == DraftVersion.draft_id)
        .where(Draft.case_audit_id == case_audit_id, Draft.person_id == person_id, DraftVersion.settled_at.is_(None))
        .order_by(DraftVersion.id)
    )
    return [(version, section) for version, section in rows]


def get_version(session: Session, version_id: int, person_id: int) -> tuple[DraftVersion, Draft]:
    """A version with the draft that it stands beside. Raises NotFound if it is not this person's."""
    row = session.execute(
        sa.select(DraftVersion, Draft)
        .join(Draft, Draft.id == DraftVersion.draft_id)
        .where(DraftVersion.id == version_id, Draft.person_id == person_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such version.")
    return row[0], row[1]
