"""Who hears of an immediate concern: the team's manager and deputy, above them the head of service, the director."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import Person, Role, Team

LEVELS = ("team", "head", "director")
"""How far up a concern has gone, lowest first."""


@dataclass(frozen=True, slots=True)
class Addressees:
    """The people at the first level that has anybody, and that level."""

    level: str
    people: tuple[int, ...]


def list_addressees(
    session: Session, team_id: int | None, *, lowest: str = "team", without: Collection[int | None] = ()
) -> Addressees:
    """Whom a concern about this team's case goes to, from `lowest` upwards; `without` are left out.

    Where a level has nobody who works here, it goes straight to the next one. At the top there may be nobody.
    """
    found: dict[str, list[int]] = {level: [] for level in LEVELS}
    for level, person_id in session.execute(_everybody(team_id)):  # type: ignore[misc]
        if person_id not in without:
            found[level].append(person_id)
    for level in LEVELS[LEVELS.index(lowest) :]:
        if found[level]:
            return Addressees(level, tuple(sorted(set(found[level]))))
    return Addressees(LEVELS[-1], ())


def _everybody(team_id: int | None) -> sa.CompoundSelect[tuple[str, int]]:
    """Level and person, for all three levels: one statement."""
    team = sa.select(Team).where(Team.id == team_id).subquery()
    at_work = sa.select(sa.literal("team"), Person.id).join(
        team, sa.or_(team.c.manager_id == Person.id, team.c.deputy_id == Person.id)
    )
    service = sa.select(team.c.service_id).scalar_subquery()
    heads = sa.select(sa.literal("head"), Person.id).where(
        Person.roles.any(Role.name == "head_of_service"), Person.service_id == service
    )
    directors = sa.select(sa.literal("director"), Person.id).where(Person.roles.any(Role.name == "director"))
    return sa.union_all(*(part.where(Person.active) for part in (at_work, heads, directors)))
