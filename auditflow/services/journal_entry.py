"""Writing one journal entry: the subject's row, the entry, its words, who is told, which clocks run.

On PostgreSQL this is one statement (CTEs hang on the row that the UPDATE returned, so a stale version
writes nothing at all); SQLite has no data-modifying CTE, so there the same statements run one by one
inside the caller's BEGIN IMMEDIATE.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from auditflow.domain.chain import ENTRY_FIELDS, Entry, canonical, sha256, text_digest
from auditflow.models import Deadline, Journal, JournalText, Outbox
from auditflow.models.base import Json, UtcDateTime, core
from auditflow.models.plain import Plain, flushed, plain
from auditflow.services.subjects import table_of

SENT_BEFORE = "This form was sent before with other contents. Open the page again and repeat what is missing."


@dataclass(frozen=True, slots=True)
class Clocks:
    """Which deadlines run afterwards. `start` None leaves them alone but for `stop`."""

    start: Sequence[Mapping[str, Any]] | None = None
    keep: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Writing:
    """Everything that goes with one entry."""

    entry: Entry
    changes: Mapping[str, Any] = field(default_factory=dict)
    texts: Sequence[Mapping[str, str]] = ()
    told: Sequence[Mapping[str, Any]] = ()
    clocks: Clocks = field(default_factory=Clocks)


def salted(texts: Mapping[str, str]) -> tuple[list[dict[str, str]], dict[str, str]]:
    """Rows for the erasable table, and field -> digest for the entry's details."""
    rows = [{"field": name, "salt": secrets.token_hex(16), "text": text} for name, text in texts.items()]
    return rows, {row["field"]: text_digest(row["salt"], row["text"]) for row in rows}


def write(session: Session, writing: Writing) -> bool:
    """Write it in the caller's transaction. False if the row's version has moved on: nothing is written."""
    entry = writing.entry
    columns = tuple(sorted(writing.changes))
    values = {f"set_{name}": writing.changes[name] for name in columns}
    values |= {name: getattr(entry, name) for name in ENTRY_FIELDS} | {"hash": entry.hash}
    connection = flushed(session)
    if connection.dialect.name == "postgresql":
        return _write_at_once(connection, writing, columns, values)
    return _write_one_by_one(connection, writing, columns, values)


def _write_at_once(
    connection: sa.Connection, writing: Writing, columns: tuple[str, ...], values: dict[str, Any]
) -> bool:
    clocks = writing.clocks
    values |= {
        "texts": writing.texts,
        "told": writing.told,
        "clocks": clocks.start or (),
        "keep": list(clocks.keep),
        "stop": list(clocks.stop),
    }
    shape = (bool(writing.texts), bool(writing.told), clocks.start is not None, bool(clocks.start), bool(clocks.stop))
    return _one_statement(writing.entry.subject_type, columns, shape).run(connection, values) > 0


Shape = tuple[bool, bool, bool, bool, bool]
"""Which of PARTS a writing needs, in their order."""

# The number is given, not taken from the row that moved: a join would read the clocks of every subject of the kind.
MINE = "subject_type = :subject_type AND subject_id = :subject_id AND EXISTS (SELECT FROM moved)"

PARTS = (
    "worded AS (INSERT INTO journal_text (subject_type, subject_id, number, field, salt, text)"
    " SELECT :subject_type, moved.id, :number, t.field, t.salt, t.text FROM moved,"
    " jsonb_to_recordset(:texts) AS t(field text, salt text, text text))",
    "told AS (INSERT INTO outbox (key, template, person_id, subject_type, subject_id, created_at, due_at)"
    " SELECT m.key, m.template, m.person_id, :subject_type, moved.id, :at, :at FROM moved,"
    " jsonb_to_recordset(:told) AS m(key text, template text, person_id int)"
    " ON CONFLICT (key) DO NOTHING)",
    f"cleared AS (DELETE FROM deadline WHERE {MINE} AND key <> ALL(:keep))",
    "started AS (INSERT INTO deadline (subject_type, subject_id, key, action, acts, due_at)"
    " SELECT :subject_type, moved.id, c.key, c.action, c.acts, c.due_at FROM moved,"
    " jsonb_to_recordset(:clocks) AS c(key text, action text, acts boolean, due_at timestamptz)"
    " ON CONFLICT (subject_type, subject_id, key) DO UPDATE SET due_at = excluded.due_at,"
    " acts = excluded.acts, action = excluded.action, noticed_at = NULL)",
    f"stopped AS (DELETE FROM deadline WHERE {MINE} AND key = ANY(:stop))",
)


@lru_cache(maxsize=512)
def _one_statement(subject_type: str, columns: tuple[str, ...], shape: Shape) -> Plain:
    table = table_of(subject_type)
    # Every name below comes from the models; every value is bound.
    parts = [
        f"moved AS (UPDATE {table.name} SET {_assignments(table, columns)}"
        " WHERE id = :subject_id AND version = :number - 1 RETURNING id)",
        f"entered AS (INSERT INTO journal ({', '.join(ENTRY_FIELDS)}, hash)"
        f" SELECT {', '.join(':' + name for name in ENTRY_FIELDS)}, :hash FROM moved)",
        *(part for part, needed in zip(PARTS, shape, strict=True) if needed),
    ]
    text = f"WITH {', '.join(parts)} SELECT id FROM moved"
    return _plain("postgresql", text, _typed(table, columns, text))


def _plain(dialect: str, text: str, binds: Sequence[sa.BindParameter[Any]]) -> Plain:
    return plain(dialect, sa.text(text).bindparams(*binds), {bind.key: None for bind in binds})


def _assignments(table: sa.Table, columns: tuple[str, ...]) -> str:
    fixed = ["version = version + 1", "chain_head = :hash"]
    if "state" in table.c:
        fixed.append("state = :to_state")
    return ", ".join([*fixed, *(f"{name} = :set_{name}" for name in columns)])


def _typed(table: sa.Table, columns: tuple[str, ...], text: str) -> list[sa.BindParameter[Any]]:
    known: dict[str, sa.types.TypeEngine[Any]] = {
        "actor_id": sa.Integer(),
        "details": Json,
        "at": UtcDateTime(),
        "texts": JSONB(),
        "told": JSONB(),
        "clocks": JSONB(),
        "keep": sa.ARRAY(sa.Text()),
        "stop": sa.ARRAY(sa.Text()),
        "number": sa.Integer(),
    }
    known |= {f"set_{name}": table.c[name].type for name in columns}
    # A text bind in a SELECT list has no column to take its type from, so PostgreSQL is told.
    known |= {name: sa.Text() for name in (*ENTRY_FIELDS, "hash") if name not in {*known, "subject_id"}}
    known |= {"subject_id": sa.Integer(), "workflow_version": sa.Integer()}
    return [sa.bindparam(name, type_=kind) for name, kind in known.items() if f":{name}" in text]


def _write_one_by_one(
    connection: sa.Connection, writing: Writing, columns: tuple[str, ...], values: dict[str, Any]
) -> bool:
    entry = writing.entry
    if _update(entry.subject_type, columns).run(connection, values) != 1:
        return False
    subject = {"subject_type": entry.subject_type, "subject_id": entry.subject_id}
    _insert(core(Journal), (*ENTRY_FIELDS, "hash")).run(connection, values)
    for row in writing.texts:
        text = {**subject, "number": entry.number, **row}
        _insert(core(JournalText), tuple(text)).run(connection, text)
    _set_clocks(connection, subject, writing.clocks)
    for row in writing.told:
        message = {**subject, "created_at": entry.at, "due_at": entry.at, **row}
        _insert(core(Outbox), tuple(message), "OR IGNORE ").run(connection, message)
    return True


def _set_clocks(connection: sa.Connection, subject: Mapping[str, Any], clocks: Clocks) -> None:
    if clocks.start is not None:
        _clear("NOT IN", clocks.keep).run(connection, subject)
    if clocks.stop:
        _clear("IN", clocks.stop).run(connection, subject)
    for row in clocks.start or ():
        clock = {**subject, **row, "due_at": datetime.fromisoformat(row["due_at"])}
        _insert(core(Deadline), tuple(clock), "OR REPLACE ").run(connection, clock)


@lru_cache(maxsize=512)
def _update(subject_type: str, columns: tuple[str, ...]) -> Plain:
    table = table_of(subject_type)
    text = f"UPDATE {table.name} SET {_assignments(table, columns)} WHERE id = :subject_id AND version = :number - 1"
    return _plain("sqlite", text, _typed(table, columns, text))


@lru_cache(maxsize=64)
def _insert(table: sa.Table, names: tuple[str, ...], otherwise: str = "") -> Plain:
    marks = ", ".join(f":{name}" for name in names)
    text = f"INSERT {otherwise}INTO {table.name} ({', '.join(names)}) VALUES ({marks})"
    return _plain("sqlite", text, [sa.bindparam(name, type_=table.c[name].type) for name in names])


@lru_cache(maxsize=64)
def _clear(which: str, keys: tuple[str, ...]) -> Plain:
    assert all(key.isidentifier() for key in keys), "keys of deadlines come from the workflows"
    listed = ", ".join(f"'{key}'" for key in keys)
    mine = "subject_type = :subject_type AND subject_id = :subject_id"
    kinds: dict[str, sa.types.TypeEngine[Any]] = {"subject_type": sa.Text(), "subject_id": sa.Integer()}
    binds = [sa.bindparam(name, type_=kind) for name, kind in kinds.items()]
    return _plain("sqlite", f"DELETE FROM deadline WHERE {mine} AND key {which} ({listed})", binds)


def messages(entry: Entry, people: Iterable[int]) -> list[dict[str, Any]]:
    """An outbox row for each of `people` but the one who did it; its key makes a repeat show once."""
    template, key = f"{entry.subject_type}.{entry.entry}", entry.hash[:40]
    return [
        {"key": f"{key}:{person_id}", "template": template, "person_id": person_id}
        for person_id in dict.fromkeys(people)
        if person_id != entry.actor_id
    ]


def request_digest(action: str, body: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """What makes two requests the same request: compared when a key is used again."""
    return sha256(canonical([action, body, dict(texts)]))
