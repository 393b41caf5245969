"""SQL expressions about people that several nouns' facts share: roles, lines of management, conflicts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from auditflow.models import FrameCase, NameMatch, Person, Role, Team, person_role
from auditflow.models.base import core

Column = sa.ColumnElement[Any]

PERSON = core(Person)
TEAM = core(Team)
CASE = core(FrameCase)
MATCH = core(NameMatch)
ROLE = core(Role)
OF_THE_COUNCIL = ("team_manager", "director")
"""Who moderates without being an external moderator."""


def holds(actor: Column, *roles: str) -> Column:
    """Whether `actor` is an active person with one of these council roles."""
    return sa.exists(
        sa.select(1)
        .select_from(person_role.join(ROLE, ROLE.c.id == person_role.c.role_id))
        .join(PERSON, PERSON.c.id == person_role.c.person_id)
        .where(person_role.c.person_id == actor, ROLE.c.name.in_(roles), PERSON.c.active)
    )


def in_time(actor: Column, now: Column) -> Column:
    """Whether no last day as an external moderator is behind `actor`: the date is the last day."""
    person = PERSON.alias()
    today = sa.func.date(now, type_=sa.Date())
    until = person.c.external_until
    return sa.exists(sa.select(1).where(person.c.id == actor, sa.or_(until.is_(None), until >= today)))


def still_moderates(actor: Column, now: Column) -> Column:
    """Whether what was given to `actor` to moderate is still theirs: not an external's after the last day."""
    return sa.or_(sa.not_(holds(actor, "external_moderator")), in_time(actor, now), holds(actor, *OF_THE_COUNCIL))


def everyone_with(role: str, *, but: Column | None = None) -> Column:
    """The ids of all active people with a council role, joined in one text; `but` says of PERSON who is left out."""
    return _joined(
        sa.select(PERSON.c.id)
        .join(person_role, person_role.c.person_id == PERSON.c.id)
        .join(ROLE, ROLE.c.id == person_role.c.role_id)
        .where(ROLE.c.name == role, PERSON.c.active, *_without(but))
    )


def heads_of(service: Column, *, but: Column | None = None) -> Column:
    """The ids of the heads of one service; `but` says of PERSON who is left out."""
    return _joined(
        sa.select(PERSON.c.id)
        .join(person_role, person_role.c.person_id == PERSON.c.id)
        .join(ROLE, ROLE.c.id == person_role.c.role_id)
        .where(ROLE.c.name == "head_of_service", PERSON.c.active, PERSON.c.service_id == service, *_without(but))
    )


def _without(but: Column | None) -> list[Column]:
    return [] if but is None else [sa.not_(but)]


def _joined(people: sa.Select[Any]) -> Column:
    inner = people.subquery()
    return sa.select(sa.func.aggregate_strings(sa.cast(inner.c.id, sa.String), ",")).scalar_subquery()


def is_head_of(actor: Column, service: Column) -> Column:
    """Whether `actor` is head of this service."""
    mine = sa.select(PERSON.c.service_id).where(PERSON.c.id == actor).scalar_subquery()
    return sa.and_(holds(actor, "head_of_service"), mine == service)


def service_of_team(team: Column) -> Column:
    """The service that a team belongs to."""
    # Correlated through every level: left to itself, a nested select takes the outer table into its own FROM.
    return sa.select(TEAM.c.service_id).where(TEAM.c.id == team).correlate_except(TEAM).scalar_subquery()


def manages_team(actor: Column, team: Column) -> Column:
    """Whether `actor` manages this team or stands in for its manager."""
    return sa.exists(
        sa.select(1).where(TEAM.c.id == team, sa.or_(TEAM.c.manager_id == actor, TEAM.c.deputy_id == actor))
    )


def reports_to(person: Column, actor: Column) -> Column:
    """Whether `person` reports to `actor` directly, or through their team's manager."""
    subordinate = PERSON.alias()
    return sa.exists(
        sa.select(1)
        .select_from(subordinate.outerjoin(TEAM, TEAM.c.id == subordinate.c.team_id))
        .where(subordinate.c.id == person, sa.or_(subordinate.c.manager_id == actor, TEAM.c.manager_id == actor))
    )


def touches_case(actor: Column, ref: Column, worker: Column, team: Column) -> Column:
    """Conflict of interest with the case itself, across every role and every earlier case list.

    True if the person holds the case, held it in any list, line-manages its worker, or it is their team's.
    """
    own_team = sa.select(PERSON.c.team_id).where(PERSON.c.id == actor).scalar_subquery()
    held = sa.exists(
        sa.select(1)
        .select_from(CASE.join(MATCH, sa.and_(MATCH.c.kind == "worker", MATCH.c.name == CASE.c.worker)))
        .where(CASE.c.ref == ref, MATCH.c.person_id == actor)
    )
    return sa.func.coalesce(
        sa.or_(worker == actor, team == own_team, reports_to(worker, actor), manages_team(actor, team), held),
        sa.false(),
    )
