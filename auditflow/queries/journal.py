"""Reading the journal: what happened to some subjects, in whose words, and whether anything is missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.chain import ENTRY_FIELDS, GENESIS, Entry
from auditflow.models import Action, Alert, CaseAudit, Correction, Journal, JournalText, Moderation, Person
from auditflow.models.base import core
from auditflow.queries.scope import Viewer, visible_alerts

Subject = tuple[str, int]


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One entry with the name of who did it (blank for the system) and its words, where they are kept."""

    id: int
    subject_type: str
    subject_id: int
    number: int
    entry: str
    from_state: str
    to_state: str
    actor_id: int | None
    actor: str
    role: str
    details: Mapping[str, Any]
    at: datetime
    hash: str
    texts: Mapping[str, str]


def list_entries(session: Session, subjects: Collection[Subject]) -> list[JournalEntry]:
    """Every entry of these subjects, in the order in which they were written: two statements."""
    if not subjects:
        return []
    about = sa.tuple_(Journal.subject_type, Journal.subject_id).in_(list(subjects))
    names = core(Person)
    rows = session.execute(
        sa.select(Journal, names.c.name)
        .outerjoin(names, names.c.id == Journal.actor_id)
        .where(about)
        .order_by(Journal.at, Journal.id)
    ).all()
    texts = _texts(session, subjects)
    return [_entry(row, name or "", texts) for row, name in rows]


def _texts(session: Session, subjects: Collection[Subject]) -> dict[tuple[str, int, int], dict[str, str]]:
    found: dict[tuple[str, int, int], dict[str, str]] = {}
    about = sa.tuple_(JournalText.subject_type, JournalText.subject_id).in_(list(subjects))
    for text in session.scalars(sa.select(JournalText).where(about).order_by(JournalText.number, JournalText.field)):
        found.setdefault((text.subject_type, text.subject_id, text.number), {})[text.field] = text.text
    return found


def _entry(row: Journal, name: str, texts: Mapping[tuple[str, int, int], dict[str, str]]) -> JournalEntry:
    return JournalEntry(
        row.id,
        row.subject_type,
        row.subject_id,
        row.number,
        row.entry,
        row.from_state,
        row.to_state,
        row.actor_id,
        name,
        row.role,
        row.details,
        row.at,
        row.hash,
        texts.get((row.subject_type, row.subject_id, row.number), {}),
    )


def list_case_subjects(session: Session, viewer: Viewer, case_audit_id: int) -> list[Subject]:
    """The audit itself and everything that hangs on it: moderation, actions, corrections, and concerns.

    Of the concerns only those that exist for the viewer: a manager's own team's audit may have one about them.
    """
    found: list[Subject] = [("case_audit", case_audit_id)]
    for name, model in (("moderation", Moderation), ("action", Action), ("alert", Alert), ("correction", Correction)):
        table = core(model)
        seen = visible_alerts(viewer) if model is Alert else sa.true()
        ids = session.scalars(
            sa.select(table.c.id).where(table.c.case_audit_id == case_audit_id, seen).order_by(table.c.id)
        )
        found += [(name, subject_id) for subject_id in ids]
    return found


def is_whole(session: Session, case_audit_id: int) -> bool:
    """Whether the audit's own chain has every entry, each as it was written, up to the one its row names."""
    head = session.scalar(sa.select(CaseAudit.chain_head).where(CaseAudit.id == case_audit_id))
    rows = session.scalars(
        sa.select(Journal)
        .where(Journal.subject_type == "case_audit", Journal.subject_id == case_audit_id)
        .order_by(Journal.number)
    )
    return _last_hash(rows) == head


def _last_hash(rows: Iterable[Journal]) -> str | None:
    """The hash of the last entry of an unbroken chain; None if it is broken."""
    previous = GENESIS
    for number, row in enumerate(rows, start=1):
        entry = Entry(**{name: getattr(row, name) for name in ENTRY_FIELDS})
        if row.number != number or row.previous != previous or entry.hash != row.hash:
            return None
        previous = row.hash
    return previous
