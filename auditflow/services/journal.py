"""Journal entries that are not moves: a row is created, or something is noted about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.chain import Entry
from auditflow.domain.errors import Misuse, Stale
from auditflow.models.base import Chained
from auditflow.queries.first_entry import find_first_entry
from auditflow.services.act import Act
from auditflow.services.journal_entry import (
    SENT_BEFORE,
    Clocks,
    Writing,
    messages,
    request_digest,
    salted,
    write,
)
from auditflow.services.subjects import type_of, workflow_of
from auditflow.services.timetable import timetable
from auditflow.services.witness import witnessed, witnessed_at_first

STALE = (
    "Somebody else has changed this since you opened it, or you did in another tab. "
    "Nothing you typed is lost: look at it again."
)


@dataclass(frozen=True, slots=True)
class Note:
    """What is noted: `entry` is past tense, `details` are ids and codes, `texts` are words.

    `tell` are the people who get a message, `changes` further columns of the row, `facts` what the first
    deadlines of a new row count from.
    """

    entry: str
    role: str
    details: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)
    tell: tuple[int, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def find_made(session: Session, subject_type: str, among: sa.Select[int], note: Note, act: Act) -> int | None:
    """The subject among those that `among` selects that this act began already; None the first time.

    Raises Misuse if it began with something else than `note`: the form was changed and sent again.
    """
    earlier = find_first_entry(session, subject_type, among, act.key)
    if earlier is None:
        return None
    if earlier.request_sha256 != request_digest(note.entry, note.details, note.texts):
        raise Misuse(SENT_BEFORE)
    return earlier.subject_id


def begin(session: Session, row: Chained, act: Act, note: Note) -> None:
    """Add a new row, in its workflow's first state, with its first entry; the first clocks start."""
    session.add(row)
    session.flush()
    record(session, row, act, note)


def record(session: Session, row: Chained, act: Act, note: Note) -> None:
    """Journal something about `row`: its state stays as it is. Raises Stale if it was changed meanwhile."""
    session.flush()
    rows, digests = salted(note.texts)
    proof = witnessed(type_of(row), note.changes) if row.version else _at_first(row, note)
    entry = _entry(row, act, note, {**note.details, **proof, **({"texts": digests} if digests else {})})
    clocks = _first_clocks(session, row, act, note) if row.version == 0 else Clocks()
    if not write(session, Writing(entry, note.changes, rows, messages(entry, note.tell), clocks)):
        raise Stale(STALE)
    session.expire(row)


def _at_first(row: Chained, note: Note) -> dict[str, Any]:
    return witnessed_at_first(type_of(row), lambda name: note.changes.get(name, getattr(row, name)))


def _entry(row: Chained, act: Act, note: Note, details: dict[str, Any]) -> Entry:
    subject_type = type_of(row)
    workflow = workflow_of(subject_type)
    state: str = getattr(row, "state", "")
    return Entry(
        subject_type=subject_type,
        subject_id=row.id,
        number=row.version + 1,
        workflow_version=workflow.version if workflow else 1,
        action=note.entry,
        entry=note.entry,
        from_state="" if row.version == 0 else state,
        to_state=state,
        actor_id=act.actor_id,
        role=note.role,
        details=details,
        at=act.at,
        key=act.key,
        request_sha256=request_digest(note.entry, note.details, note.texts),
        previous=row.chain_head,
    )


def _first_clocks(session: Session, row: Chained, act: Act, note: Note) -> Clocks:
    workflow = workflow_of(type_of(row))
    deadlines = workflow.deadlines_of(getattr(row, "state", "")) if workflow else ()
    return Clocks(start=timetable(session).rows(deadlines, act.at, note.facts)) if deadlines else Clocks()
