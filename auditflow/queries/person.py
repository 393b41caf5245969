"""Questions about people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import NotFound
from auditflow.models import Action, CaseAudit, CouncilService, Moderation, Person, Role, Team, person_role
from auditflow.models.base import core


def count_administrators(session: Session) -> int:
    """How many active administrators there are."""
    return int(
        session.scalar(
            sa.select(sa.func.count())
            .select_from(Person)
            .join(person_role, person_role.c.person_id == Person.id)
            .join(Role, Role.id == person_role.c.role_id)
            .where(Role.name == "administrator", Person.active)
        )
        or 0
    )


def find_person_by_email(session: Session, email: str) -> Person | None:
    """The person with this address, whatever its case; None if there is none."""
    return session.scalars(sa.select(Person).where(Person.email == email.strip().lower())).one_or_none()


def get_person(session: Session, person_id: int) -> Person:
    """The person. Raises NotFound."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("There is no such person.")
    return person


def list_people(session: Session, *, role: str = "", active: bool | None = True) -> list[Person]:
    """People by name, optionally only those with a role."""
    query = sa.select(Person).order_by(Person.name, Person.id)
    if active is not None:
        query = query.where(Person.active.is_(active))
    if role:
        query = query.where(Person.roles.any(Role.name == role))
    return list(session.scalars(query))


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person as the page of people shows them."""

    person: Person
    team: str
    service: str
    manager: str


SORTS: dict[str, Any] = {
    "name": sa.func.lower(Person.name),
    "email": Person.email,
    "team": sa.func.lower(Team.name),
    "capacity": Person.capacity,
    "training": Person.training_until,
}


@dataclass(frozen=True, slots=True)
class PersonFilter:
    """Which people: words in name or address, a role, a team, active (None is all)."""

    search: str = ""
    role: str = ""
    team_id: int | None = None
    active: bool | None = True


def list_person_lines(
    session: Session, wanted: PersonFilter, *, sort: str = "name", offset: int = 0, most: int | None = None
) -> list[PersonLine]:
    """The people who fit; `sort` is a key of SORTS, with a minus sign for the other way round."""
    order = SORTS.get(sort.removeprefix("-"), SORTS["name"])
    order = order.desc() if sort.startswith("-") else order.asc()
    statement = _lines(wanted).order_by(order.nulls_last(), Person.id).offset(offset)
    rows = session.execute(statement.limit(most) if most is not None else statement).all()
    return [PersonLine(person, team or "", service or "", name or "") for person, team, service, name in rows]


def count_person_lines(session: Session, wanted: PersonFilter) -> int:
    """How many people fit."""
    inner = _lines(wanted).with_only_columns(Person.id).subquery()
    return int(session.scalar(sa.select(sa.func.count()).select_from(inner)) or 0)


def _lines(wanted: PersonFilter) -> sa.Select[Any]:
    manager = core(Person).alias("manager")
    statement = (
        sa.select(Person, Team.name, CouncilService.name, manager.c.name)
        .outerjoin(Team, Team.id == Person.team_id)
        .outerjoin(CouncilService, CouncilService.id == sa.func.coalesce(Person.service_id, Team.service_id))
        .outerjoin(manager, manager.c.id == Person.manager_id)
    )
    if wanted.active is not None:
        statement = statement.where(Person.active.is_(wanted.active))
    if wanted.role:
        statement = statement.where(Person.roles.any(Role.name == wanted.role))
    if wanted.team_id is not None:
        statement = statement.where(Person.team_id == wanted.team_id)
    if wanted.search:
        words = wanted.search.lower()
        named = sa.func.lower(Person.name).contains(words, autoescape=True)
        statement = statement.where(sa.or_(named, Person.email.contains(words, autoescape=True)))
    return statement


@dataclass(frozen=True, slots=True)
class HeldItem:
    """Something open that a person holds: what kind, which, of which case, its row's version."""

    kind: str
    id: int
    ref: str
    case_audit_id: int
    version: int


def list_held(session: Session, person_id: int) -> list[HeldItem]:
    """The open audits, moderations and actions of somebody, in that order: three statements."""
    audit, moderation, action = core(CaseAudit), core(Moderation), core(Action)
    open_audits = sa.select(audit.c.id, audit.c.ref, audit.c.id, audit.c.version).where(
        audit.c.auditor_id == person_id, audit.c.state.in_(["allocated", "in_progress", "returned", "changed"])
    )
    open_moderations = (
        sa.select(moderation.c.id, audit.c.ref, audit.c.id, moderation.c.version)
        .join(audit, audit.c.id == moderation.c.case_audit_id)
        .where(moderation.c.moderator_id == person_id, moderation.c.state == "with_moderator")
    )
    open_actions = (
        sa.select(action.c.id, audit.c.ref, audit.c.id, action.c.version)
        .join(audit, audit.c.id == action.c.case_audit_id)
        .where(action.c.owner_id == person_id, action.c.state.in_(["proposed", "open"]))
    )
    kinds = {"case_audit": open_audits, "moderation": open_moderations, "action": open_actions}
    return [
        HeldItem(kind, *row) for kind, statement in kinds.items() for row in session.execute(statement.order_by("id"))
    ]
