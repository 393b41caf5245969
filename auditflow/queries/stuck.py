"""Who may move each open item: asked of whole groups of people and items in one statement each."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import AuditRound, CaseAudit, Journal, Person, Role, Stuck, Team, person_role
from auditflow.models.base import UtcDateTime, core
from auditflow.queries.facts.sources import SOURCES
from auditflow.queries.scope import Viewer, list_graded_now
from workflows.registry import WORKFLOWS
from workflows.waiting import NOT_BEFORE_LAUNCH, WAITING

WHY: dict[str, str] = {
    "gone": "has left, or is no longer active",
    "lost_role": "is no longer an auditor",
    "actor_in_conflict": "holds or held this case, manages its worker, or belongs to its team",
    "actor_judges_own_work": "made or moderated this audit, or manages the person who did",
    "actor_graded_it": "audited or moderated this case, or manages the person who did",
    "actor_is_requester": "asked for this",
    "actor_is_owner_or_reports": "owns this action, or reports to the person who does",
    "actor_manages_owner": "manages the person who owns this action",
    "actor_is_case_worker": "is the case’s worker",
    "actor_is_concerned": "is the person whom the concern is about",
    "handed_back": "handed it back",
    "own_service": "is head of the case’s own service",
    "not_here": "does not hold the role that this needs for this case",
}
"""Why somebody may not move an item, as the end of a sentence that begins with their name."""


@dataclass(frozen=True, slots=True)
class Item:
    """One open item: what it is and where it stands."""

    subject_type: str
    subject_id: int
    state: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One person asked about one item: the roles they hold towards it and the facts that guards name."""

    subject_id: int
    person_id: int
    active: bool
    roles: frozenset[str]
    values: dict[str, Any]


def list_open_items(session: Session, subject_type: str, *, only: Collection[int] | None = None) -> list[Item]:
    """The items of one kind that wait for somebody, by id."""
    table = SOURCES[subject_type].table
    waiting = WAITING[subject_type]
    statement = sa.select(table.c.id, table.c.state).where(table.c.state.in_(list(waiting)))
    if only is not None:
        statement = statement.where(table.c.id.in_(list(only)))
    if subject_type == "case_audit":
        statement = statement.where(_under_way(table))
    return [Item(subject_type, *row) for row in session.execute(statement.order_by(table.c.id))]


def _under_way(table: sa.Table) -> sa.ColumnElement[bool]:
    launched = sa.exists(
        sa.select(1).where(
            core(AuditRound).c.id == table.c.round_id, core(AuditRound).c.state.not_in(["planned", "locked", "sampled"])
        )
    )
    return sa.or_(table.c.state.not_in(NOT_BEFORE_LAUNCH), launched)


def ask_holders(session: Session, subject_type: str, ids: Collection[int], at: datetime) -> Iterator[Asked]:
    """Ask the person who has each item, whether or not they are still active."""
    holder = next((w.holder for w in WAITING[subject_type].values() if w.holder), "")
    if not holder or not ids:
        return iter(())
    table = SOURCES[subject_type].table
    return _ask(session, subject_type, ids, at, lambda people: people.c.id == table.c[holder])


def ask_roles(
    session: Session, subject_type: str, ids: Collection[int], at: datetime, roles: Collection[str]
) -> Iterator[Asked]:
    """Ask every active person who holds one of these council roles."""
    if not ids or not roles:
        return iter(())

    def among(people: sa.FromClause) -> sa.ColumnElement[bool]:
        held = (
            sa.select(person_role.c.person_id)
            .join(core(Role), core(Role).c.id == person_role.c.role_id)
            .where(core(Role).c.name.in_(list(roles)))
        )
        asked: sa.ColumnElement[bool] = people.c.id.in_(held)
        if "team_manager" in roles:
            # Whoever manages a team or stands in for its manager answers for it, whatever their role is called.
            asked = sa.or_(
                asked, people.c.id.in_(sa.select(Team.manager_id)), people.c.id.in_(sa.select(Team.deputy_id))
            )
        return sa.and_(people.c.active, asked)

    return _ask(session, subject_type, ids, at, among)


def _ask(session: Session, subject_type: str, ids: Collection[int], at: datetime, who: Any) -> Iterator[Asked]:
    source = SOURCES[subject_type]
    people = core(Person).alias("asked")
    # A bare name, so that sub-queries two levels down mean this row and do not read the table once more.
    actor = sa.literal_column("asked.id", sa.Integer())
    columns = source.columns(source.table, actor, sa.bindparam("now", at, type_=UtcDateTime()))
    statement = (
        sa.select(
            source.table.c.id.label("asked_subject"),
            people.c.id.label("asked_person"),
            people.c.active.label("asked_active"),
            *(column.label(name) for name, column in columns.items()),
        )
        .select_from(source.table.join(people, who(people)))
        .where(source.table.c.id.in_(list(ids)))
        .order_by(source.table.c.id, people.c.name, people.c.id)
    )
    for row in session.execute(statement):
        values = dict(row._mapping)
        roles = frozenset(name[5:] for name, held in values.items() if name.startswith("role_") and held)
        yield Asked(
            values.pop("asked_subject"), values.pop("asked_person"), bool(values.pop("asked_active")), roles, values
        )


def list_handed_back(session: Session, moderation_ids: Collection[int]) -> dict[int, set[int]]:
    """Moderation task -> who handed it back: they said that they cannot, so they are not asked again."""
    rows = session.execute(
        sa.select(Journal.subject_id, Journal.actor_id).where(
            Journal.subject_type == "moderation",
            Journal.subject_id.in_(list(moderation_ids)),
            Journal.entry == "handed_back",
        )
    )
    found: dict[int, set[int]] = {}
    for moderation_id, actor_id in rows:
        if actor_id is not None:
            found.setdefault(moderation_id, set()).add(actor_id)
    return found


@dataclass(frozen=True, slots=True)
class StuckRow:
    """One stuck item in words: what it is, since when, and who was left out as (name, why)."""

    subject_type: str
    subject_id: int
    state: str
    state_words: str
    ref: str
    case_audit_id: int | None
    auditor_id: int | None
    round_id: int | None
    since: datetime
    excluded: tuple[tuple[str, str], ...]


def list_stuck(session: Session, viewer: Viewer) -> list[StuckRow]:
    """Every item that nobody may move, the oldest first; not of somebody else's audit of a case the viewer grades."""
    rows = session.scalars(sa.select(Stuck).order_by(Stuck.since, Stuck.subject_type, Stuck.subject_id)).all()
    ids = {int(entry["person"]) for row in rows for entry in row.excluded}
    names = dict(
        session.execute(sa.select(core(Person).c.id, core(Person).c.name).where(core(Person).c.id.in_(ids))).all()
    )
    found = _find_items(session, rows)
    keys = [(row, (row.subject_type, row.subject_id)) for row in rows]
    shown = [_stuck_row(row, found[key], names) for row, key in keys if key in found]
    graded = list_graded_now(session, viewer)
    return [row for row in shown if row.ref not in graded or _is_known(row, viewer)]


def _is_known(row: StuckRow, viewer: Viewer) -> bool:
    """Whether somebody who grades the case knows of it: their own audit, and a concern for a child."""
    return row.auditor_id == viewer.person_id or row.subject_type == "alert"


def count_stuck(session: Session, viewer: Viewer) -> int:
    """How many of them there are."""
    if list_graded_now(session, viewer):
        return len(list_stuck(session, viewer))
    return session.scalar(sa.select(sa.func.count()).select_from(Stuck)) or 0


def _stuck_row(row: Stuck, found: sa.Row[Any], names: dict[int, str]) -> StuckRow:
    return StuckRow(
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        state=found.state,
        state_words=WORKFLOWS[row.subject_type].labels[found.state],
        ref=found.ref or "",
        case_audit_id=found.case_audit_id,
        auditor_id=found.auditor_id,
        round_id=found.round_id,
        since=row.since,
        excluded=tuple(
            (names.get(int(entry["person"]), "Somebody"), WHY.get(str(entry["why"]), WHY["not_here"]))
            for entry in row.excluded
        ),
    )


def _find_items(session: Session, rows: Collection[Stuck]) -> dict[tuple[str, int], sa.Row[Any]]:
    """Where each stuck item stands and the case audit it is about: one statement for each kind of item."""
    found: dict[tuple[str, int], sa.Row[Any]] = {}
    for subject_type in dict.fromkeys(row.subject_type for row in rows):
        ids = [row.subject_id for row in rows if row.subject_type == subject_type]
        found |= {(subject_type, row.id): row for row in session.execute(_items(subject_type, ids))}
    return found


def _items(subject_type: str, ids: Collection[int]) -> sa.Select[Any]:
    table, audit = SOURCES[subject_type].table, core(CaseAudit).alias("about")
    key = table.c.id if subject_type == "case_audit" else table.c.get("case_audit_id")
    # A round, and a request about one, are about no case.
    same = sa.false() if key is None else audit.c.id == key
    about = (audit.c.id.label("case_audit_id"), audit.c.ref, audit.c.auditor_id, audit.c.round_id)
    statement: sa.Select[Any] = sa.select(table.c.id, table.c.state, *about).select_from(table.outerjoin(audit, same))
    return statement.where(table.c.id.in_(ids))
