"""Questions about teams and services."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import NotFound
from auditflow.models import CouncilService, Person, Team
from auditflow.models.base import core


@dataclass(frozen=True, slots=True)
class TeamLine:
    """One team with the names of its service, manager and deputy, and how many active people are in it."""

    id: int
    name: str
    service: str
    manager: str
    deputy: str
    people: int


def get_team(session: Session, team_id: int) -> Team:
    """The team. Raises NotFound."""
    team = session.get(Team, team_id)
    if team is None:
        raise NotFound("There is no such team.")
    return team


def list_teams(session: Session) -> list[Team]:
    """Every team, by name."""
    return list(session.scalars(sa.select(Team).order_by(Team.name, Team.id)))


def list_services(session: Session) -> list[CouncilService]:
    """Every service, by name."""
    return list(session.scalars(sa.select(CouncilService).order_by(CouncilService.name, CouncilService.id)))


def get_service(session: Session, service_id: int) -> CouncilService:
    """The service. Raises NotFound."""
    service = session.get(CouncilService, service_id)
    if service is None:
        raise NotFound("There is no such service.")
    return service


def list_team_lines(session: Session) -> list[TeamLine]:
    """Every team as the page of teams shows it, by name: one statement."""
    person = core(Person)
    manager, deputy = person.alias("manager"), person.alias("deputy")
    people = (
        sa.select(sa.func.count())
        .select_from(person)
        .where(person.c.team_id == Team.id, person.c.active)
        .correlate(Team)
    )
    statement = (
        sa.select(
            Team.id,
            Team.name,
            sa.func.coalesce(CouncilService.name, ""),
            sa.func.coalesce(manager.c.name, ""),
            sa.func.coalesce(deputy.c.name, ""),
            people.scalar_subquery(),
        )
        .outerjoin(CouncilService, CouncilService.id == Team.service_id)
        .outerjoin(manager, manager.c.id == Team.manager_id)
        .outerjoin(deputy, deputy.c.id == Team.deputy_id)
        .order_by(Team.name, Team.id)
    )
    return [TeamLine(*row) for row in session.execute(statement)]
