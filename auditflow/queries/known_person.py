"""A person as every page needs them: who they are and what limits them. One statement, sent on every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import Person, Role, Team
from auditflow.models.base import core
from auditflow.models.person import person_role
from auditflow.models.plain import Row, kept

PERSON, ROLE, TEAM = core(Person), core(Role), core(Team)


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person with the roles they were given, and the teams they manage or are deputy of."""

    id: int
    name: str
    active: bool
    fs_uniquifier: str
    team_id: int | None
    service_id: int | None
    external_until: date | None
    roles: frozenset[str]
    managed_team_ids: tuple[int, ...]


def know_person(session: Session, person_id: int) -> KnownPerson | None:
    """The person with this number; None if there is none."""
    return _one(_by_id(session).rows(session, {"person": person_id}))


def know_person_of_session(session: Session, uniquifier: str) -> KnownPerson | None:
    """The person whom a browser's session names; None if there is none, or no longer."""
    return _one(_by_uniquifier(session).rows(session, {"uniquifier": uniquifier}))


def _one(rows: list[Row]) -> KnownPerson | None:
    if not rows:
        return None
    row = rows[0]
    roles = frozenset((row.pop("held") or "").split(",")) - {""}
    managed = tuple(sorted(int(team) for team in (row.pop("managed") or "").split(",") if team))
    return KnownPerson(**row, roles=roles, managed_team_ids=managed)


def _statement() -> sa.Select[Any]:
    p = PERSON.c
    held = (
        sa.select(sa.func.aggregate_strings(ROLE.c.name, ","))
        .join(person_role, person_role.c.role_id == ROLE.c.id)
        .where(person_role.c.person_id == p.id)
    )
    managed = sa.select(sa.func.aggregate_strings(sa.cast(TEAM.c.id, sa.String), ",")).where(
        sa.or_(TEAM.c.manager_id == p.id, TEAM.c.deputy_id == p.id)
    )
    own = (p.id, p.name, p.active, p.fs_uniquifier, p.team_id, p.service_id, p.external_until)
    return sa.select(*own, held.scalar_subquery().label("held"), managed.scalar_subquery().label("managed"))


_by_id = kept(lambda: _statement().where(PERSON.c.id == sa.bindparam("person", type_=sa.Integer())), {"person": 0})
_by_uniquifier = kept(
    lambda: _statement().where(PERSON.c.fs_uniquifier == sa.bindparam("uniquifier", type_=sa.String())),
    {"uniquifier": ""},
)
