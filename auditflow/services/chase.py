"""Chasing late auditors: one digest for each, at most one a day."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.chain import sha256
from auditflow.domain.clock import local_date
from auditflow.domain.errors import WrongState
from auditflow.models import AuditRound, Outbox
from auditflow.models.base import core
from auditflow.queries.dashboard import list_late_auditors
from auditflow.services.act import Act
from auditflow.services.bulk_rows import insert_rows
from auditflow.services.journal import Note, record
from auditflow.services.permission import require_role

TEMPLATE = "audit_round.chased"


def chase_auditors(session: Session, round_id: int, act: Act) -> list[int]:
    """Send one message to each auditor with a late audit who has had none today; returns whom it goes to.

    Raises NotFound, NotPermitted or WrongState.
    """
    facts = require_role(session, ("audit_round", round_id), act, "qa_lead")
    if facts.state != "live":
        raise WrongState("Only auditors of a live round are chased.")
    if facts.repeats is not None:
        return []
    keys = {_key(round_id, person, act): person for person in list_late_auditors(session, round_id, act.at)}
    table = core(Outbox)
    sent = set(session.scalars(sa.select(table.c.key).where(table.c.key.in_(keys))))
    people = [(key, person) for key, person in keys.items() if key not in sent]
    fixed = {
        "template": TEMPLATE,
        "subject_type": "audit_round",
        "subject_id": round_id,
        "created_at": act.at,
        "due_at": act.at,
        "attempts": 0,
    }
    insert_rows(session, table, ("key", "person_id"), people, fixed)
    chased = [person for _, person in people]
    row = session.get_one(AuditRound, round_id)
    record(session, row, act, Note("auditors_chased", "qa_lead", details={"people": chased}))
    return chased


def _key(round_id: int, person_id: int, act: Act) -> str:
    return f"{sha256(f'{TEMPLATE}|{round_id}|{local_date(act.at)}')[:40]}:{person_id}"
