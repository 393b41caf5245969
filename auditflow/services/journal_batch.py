"""One journal entry for each of many subjects, in a few statements whatever their number.

The entries are exactly those that `services.journal` would write one by one (same columns, same hashes);
only the writing differs: the part of an entry that all share is made once, and each table is written once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.chain import GENESIS, canonical, sha256, timestamp
from auditflow.domain.errors import Stale
from auditflow.models import Deadline, Journal, Outbox
from auditflow.models.base import core
from auditflow.services.act import Act
from auditflow.services.bulk_rows import delete_rows, insert_rows, reserve_ids, update_rows
from auditflow.services.journal import STALE
from auditflow.services.journal_entry import request_digest
from auditflow.services.subjects import table_of, workflow_of
from auditflow.services.witness import begun

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Batch:
    """What the entries share. `changes` names the columns that each line sets, beside state and version."""

    subject_type: str
    action: str
    entry: str
    from_state: str
    to_state: str
    role: str
    act: Act
    changes: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)


class Line(NamedTuple):
    """One subject as it was read, with the details of its entry and the values of `Batch.changes`.

    `proof` stands in the details too, but is no part of what was asked for.
    """

    subject_id: int
    version: int
    chain_head: str
    details: Mapping[str, Any] = NOTHING
    values: tuple[Any, ...] = ()
    proof: Mapping[str, Any] = NOTHING


def write_many(session: Session, batch: Batch, lines: Sequence[Line]) -> None:
    """Move (or note something about) every line's subject. Raises Stale if one has changed meanwhile.

    Two statements: the subjects' rows, and the entries. Clocks and messages are the caller's.
    """
    if not lines:
        return
    session.flush()
    made = _entries(batch, lines)
    table = table_of(batch.subject_type)
    rows = [(line.subject_id, line.version, entry[-1], *line.values) for line, entry in zip(lines, made, strict=True)]
    fixed = {**batch.fixed, "state": batch.to_state} if "state" in table.c else dict(batch.fixed)
    if update_rows(session, table, ("chain_head", *batch.changes), rows, fixed) != len(lines):
        raise Stale(STALE)
    _journal(session, batch, made)
    session.expire_all()


def begin_many(
    session: Session, batch: Batch, rows: Sequence[tuple[Any, ...]], details: Sequence[Mapping[str, Any]] = ()
) -> list[int]:
    """Create subjects with their first entries; returns their ids, in the order of `rows`.

    `rows` hold the values of `batch.changes`; `batch.to_state` is the workflow's first state.
    """
    session.flush()
    table = table_of(batch.subject_type)
    ids = reserve_ids(session, table, len(rows))
    words = details or [NOTHING] * len(rows)
    workflow = workflow_of(batch.subject_type)
    fixed = {**_defaults(table, batch), **batch.fixed, "version": 1, "state": batch.to_state}
    lines = [
        Line(i, 0, GENESIS, about, row, _proof(batch, row, fixed))
        for i, about, row in zip(ids, words, rows, strict=True)
    ]
    made = _entries(batch, lines)
    values = [(line.subject_id, entry[-1], *line.values) for line, entry in zip(lines, made, strict=True)]
    fixed["workflow_version"] = workflow.version if workflow else 1
    insert_rows(session, table, ("id", "chain_head", *batch.changes), values, fixed)
    _journal(session, batch, made)
    return ids


def _proof(batch: Batch, values: tuple[Any, ...], fixed: Mapping[str, Any]) -> dict[str, Any]:
    return begun(batch.subject_type, {**fixed, **dict(zip(batch.changes, values, strict=True))}.get)


def _defaults(table: sa.Table, batch: Batch) -> dict[str, Any]:
    """The models' own defaults of the columns that nobody gives."""
    given = {"id", "chain_head", "version", "state", "workflow_version", *batch.changes, *batch.fixed}
    return {c.name: c.default.arg for c in table.c if c.name not in given and isinstance(c.default, sa.ColumnDefault)}


def _entries(batch: Batch, lines: Sequence[Line]) -> list[tuple[Any, ...]]:
    """The entries' own parts. Each hash is that of `domain.chain.Entry` with the same values."""
    workflow = workflow_of(batch.subject_type)
    number = workflow.version if workflow else 1
    start = canonical([batch.subject_type])[:-1]
    shared = [number, batch.action, batch.entry, batch.from_state, batch.to_state, batch.act.actor_id, batch.role]
    middle = canonical(shared)[1:-1]
    ending = canonical([timestamp(batch.act.at), batch.act.key])[1:-1]
    known: dict[str, str] = {}
    made: list[tuple[Any, ...]] = []
    for line in lines:
        about = canonical(line.details) if line.details else "{}"
        digest = known.get(about)
        if digest is None:
            digest = known[about] = request_digest(batch.action, line.details, {})
        details = {**line.details, **line.proof} if line.proof else line.details
        about = canonical(details) if line.proof else about
        text = f'{start},{line.subject_id},{line.version + 1},{middle},{about},{ending},"{digest}","{line.chain_head}"]'
        made.append((line.subject_id, line.version + 1, details, digest, line.chain_head, sha256(text)))
    return made


def _journal(session: Session, batch: Batch, made: Sequence[tuple[Any, ...]]) -> None:
    workflow = workflow_of(batch.subject_type)
    fixed = {
        "subject_type": batch.subject_type,
        "workflow_version": workflow.version if workflow else 1,
        "action": batch.action,
        "entry": batch.entry,
        "from_state": batch.from_state,
        "to_state": batch.to_state,
        "actor_id": batch.act.actor_id,
        "role": batch.role,
        "at": batch.act.at,
        "key": batch.act.key,
    }
    names: tuple[str, ...] = ("subject_id", "number", "details", "request_sha256", "previous", "hash")
    if all(entry[2] is NOTHING for entry in made):
        fixed |= {"details": {}, "request_sha256": made[0][3]}
        names, made = ("subject_id", "number", "previous", "hash"), [(*e[:2], *e[4:]) for e in made]
    insert_rows(session, core(Journal), names, made, fixed)


def set_clocks(session: Session, subject_type: str, ids: Sequence[int], clocks: Sequence[Mapping[str, Any]]) -> None:
    """From now on exactly `clocks` (rows of `Timetable.rows`) run for each of these subjects."""
    table = core(Deadline)
    delete_rows(session, table, "subject_id", ids, {"subject_type": subject_type})
    for clock in clocks:
        fixed = {
            "subject_type": subject_type,
            "key": clock["key"],
            "action": clock["action"],
            "acts": clock["acts"],
            "due_at": datetime.fromisoformat(clock["due_at"]),
        }
        insert_rows(session, table, ("subject_id",), [(i,) for i in ids], fixed)


def tell_each(session: Session, template: str, people: Sequence[int], *, about: tuple[str, int], act: Act) -> None:
    """One message to each of `people` about one subject: a digest, whatever the number of cases."""
    subject_type, subject_id = about
    start = sha256(canonical([template, subject_type, subject_id, act.key]))[:40]
    rows = [(f"{start}:{person}", person) for person in dict.fromkeys(people) if person != act.actor_id]
    fixed = {
        "template": template,
        "subject_type": subject_type,
        "subject_id": subject_id,
        "created_at": act.at,
        "due_at": act.at,
        "attempts": 0,
    }
    insert_rows(session, core(Outbox), ("key", "person_id"), rows, fixed)
