"""Reading everything a decision needs about a subject in one SELECT.

Each noun has a module here with `columns(table, actor)`: state of the world as plain columns. A column
called `role_x` says whether the actor holds role x towards this subject, `tell_x` (an id, or several in
one text) who is to be told as x; the rest are the facts that guards name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import Journal
from auditflow.models.base import UtcDateTime, core
from auditflow.models.plain import Plain, Row, plain
from auditflow.queries.facts.sources import SOURCES, Source
from workflows.registry import WORKFLOWS
from workflows.table import Move, Workflow

SYSTEM = frozenset({"system"})
OWN = ("id", "state", "version", "chain_head")


@dataclass(frozen=True, slots=True)
class Repeat:
    """The entry that this key made before."""

    number: int
    from_state: str
    to_state: str
    request_sha256: str


@dataclass(frozen=True, slots=True)
class Facts:
    """One subject as a decision sees it."""

    subject_id: int
    state: str
    version: int
    chain_head: str
    roles: frozenset[str]
    values: Mapping[str, Any]
    told: Mapping[str, Any]
    repeats: Repeat | None = None

    def recipients(self, roles: Iterable[str]) -> list[int]:
        """The people who hold `roles` towards the subject, each once, in order."""
        found: dict[int, None] = {}
        for role in roles:
            for person in str(self.told.get(role) or "").split(","):
                if person:
                    found[int(person)] = None
        return list(found)


def gather_facts(
    session: Session, subject_type: str, subject_id: int, act: Any, action: str, *, tell: tuple[str, ...] = ()
) -> Facts | None:
    """The facts for one move by `act.actor_id` at `act.at`; None if there is no such subject.

    Only what the move looks at is read (everything where there is no such move), and whom it tells with it;
    `tell` names further roles.
    """
    statement = _one_plain(session.get_bind().dialect.name, subject_type, action, tell)
    values = {"subject_id": subject_id, "actor": act.actor_id, "now": act.at, "key": act.key}
    rows = statement.rows(session, values)
    return _facts(rows[0], act.actor_id) if rows else None


Where = Callable[[sa.Table], Any]
"""A condition on the subjects' table. It may name the values `actor`, `now` and `subject_id`, with `bind`."""


def bind(name: str) -> sa.BindParameter[Any]:
    """One of the values that every statement here is given."""
    return sa.bindparam(name, type_=UtcDateTime() if name == "now" else sa.Integer())


def this_one(table: sa.Table) -> Any:
    """The subject that `subject_id` names."""
    return table.c.id == bind("subject_id")


def list_facts(
    session: Session, subject_type: str, *, actor_id: int | None, at: datetime, where: Where, subject_id: int = 0
) -> list[Facts]:
    """The facts of every subject that `where` selects, for one actor, ordered by id: one statement.

    `where` should be a function of a module: the statement is kept by it.
    """
    statement = _many_plain(session.get_bind().dialect.name, subject_type, where)
    rows = statement.rows(session, {"actor": actor_id, "now": at, "subject_id": subject_id})
    return [_facts(row, actor_id) for row in rows]


def _columns(source: Source, tell: Iterable[str], wanted: frozenset[str] | None) -> list[Any]:
    """The subject's own columns, the facts that are `wanted` (None: all of them), and whom to tell."""
    actor, now = bind("actor"), bind("now")
    table = source.table
    own = [table.c[name] for name in OWN]
    known = source.columns(table, actor, now)
    facts = [column.label(name) for name, column in known.items() if wanted is None or name in wanted]
    return own + facts + [source.tell[role](table).label(f"tell_{role}") for role in tell if role in source.tell]


def _wanted(workflow: Workflow, rows: Iterable[Move]) -> frozenset[str] | None:
    """What these moves look at: the roles that may make them, what their guards read, what clocks start from.

    None where there is no such move: whoever asks without one wants to know everything.
    """
    moves = tuple(rows)
    if not moves:
        return None
    roles = {f"role_{role}" for move in moves for role in move.roles}
    reads = {fact for move in moves for guard in move.guards for fact in guard.reads}
    return frozenset(roles | reads | {d.from_fact for d in workflow.deadlines if d.from_fact})


@lru_cache(maxsize=256)
def _one(subject_type: str, action: str, more: tuple[str, ...]) -> sa.Select[Any]:
    source = SOURCES[subject_type]
    rows = WORKFLOWS[subject_type].by_action.get(action, ())
    tell = dict.fromkeys([*(role for move in rows for role in move.tell), *more])
    wanted = _wanted(WORKFLOWS[subject_type], rows)
    j, table = core(Journal), source.table
    again = sa.and_(
        j.c.subject_type == subject_type,
        j.c.subject_id == table.c.id,
        j.c.key == sa.bindparam("key", type_=sa.String()),
    )
    earlier = [j.c.number, j.c.from_state, j.c.to_state, j.c.request_sha256]
    return (
        sa.select(*_columns(source, tell, wanted), *(column.label(f"again_{column.name}") for column in earlier))
        .select_from(table.outerjoin(j, again))
        .where(this_one(table))
    )


@lru_cache(maxsize=512)
def _one_plain(dialect: str, subject_type: str, action: str, more: tuple[str, ...]) -> Plain:
    return _plain(dialect, _one(subject_type, action, more))


@lru_cache(maxsize=256)
def _many_plain(dialect: str, subject_type: str, where: Where) -> Plain:
    source = SOURCES[subject_type]
    chosen = sa.select(*_columns(source, (), None)).where(where(source.table))
    return _plain(dialect, chosen.order_by(source.table.c.id))


def _plain(dialect: str, statement: sa.Select[Any]) -> Plain:
    example = {"subject_id": 0, "actor": 0, "now": datetime.now(UTC), "key": ""}
    columns = [(str(column.key), column.type) for column in statement.selected_columns]
    return plain(dialect, statement, example, columns)


def _facts(row: Row, actor_id: int | None) -> Facts:
    sorted_out: dict[str, dict[str, Any]] = {"role": {}, "tell": {}, "again": {}, "": {}}
    for name, value in row.items():
        prefix, _, rest = name.partition("_")
        if prefix in sorted_out and rest:
            sorted_out[prefix][rest] = value
        else:
            sorted_out[""][name] = value
    values = sorted_out[""]
    again = sorted_out["again"]
    return Facts(
        subject_id=values["id"],
        state=values["state"],
        version=values["version"],
        chain_head=values["chain_head"],
        roles=SYSTEM if actor_id is None else frozenset(r for r, held in sorted_out["role"].items() if held),
        values=values,
        told=sorted_out["tell"],
        repeats=Repeat(**again) if again.get("number") is not None else None,
    )
