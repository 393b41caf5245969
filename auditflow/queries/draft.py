"""Reading drafts: what a person has typed about an audit, and versions of it that wait for a choice."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import NotFound
from auditflow.models import Draft, DraftVersion


def list_drafts(session: Session, case_audit_ids: Collection[int], person_id: int) -> list[Draft]:
    """Everything this person has typed about these audits, by audit and section."""
    return list(
        session.scalars(
            sa.select(Draft)
            .where(Draft.case_audit_id.in_(case_audit_ids), Draft.person_id == person_id)
            .order_by(Draft.case_audit_id, Draft.section)
        )
    )


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
