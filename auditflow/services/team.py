"""Teams and services of the council: adding, renaming, who manages and who stands in."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import BadInput, NotFound
from auditflow.models import CouncilService, Person, Team
from auditflow.services.act import Act
from auditflow.services.stuck import check_stuck

LONGEST = 200


def add_service(session: Session, name: str) -> CouncilService:
    """Add a service. Raises BadInput for a blank name or one that is taken."""
    service = CouncilService(name=_free_name(session, CouncilService, name, "service", None))
    session.add(service)
    session.flush()
    return service


def rename_service(session: Session, service_id: int, name: str) -> CouncilService:
    """Give a service another name. Raises NotFound or BadInput."""
    service = session.get(CouncilService, service_id)
    if service is None:
        raise NotFound("There is no such service.")
    service.name = _free_name(session, CouncilService, name, "service", service_id)
    session.flush()
    return service


@dataclass(frozen=True, slots=True)
class TeamDetails:
    """A team as it is to be."""

    name: str
    service_id: int | None = None
    manager_id: int | None = None
    deputy_id: int | None = None


def save_team(session: Session, team_id: int | None, details: TeamDetails, act: Act) -> Team:
    """Add a team (`team_id` None) or change one; whoever may move open items is asked anew.

    Raises NotFound or BadInput.
    """
    team = Team() if team_id is None else session.get(Team, team_id)
    if team is None:
        raise NotFound("There is no such team.")
    if details.manager_id is not None and details.manager_id == details.deputy_id:
        raise BadInput("The deputy must be somebody else than the manager.", field="deputy_id")
    _require_active(session, details.manager_id, "manager_id")
    _require_active(session, details.deputy_id, "deputy_id")
    if details.service_id is not None and session.get(CouncilService, details.service_id) is None:
        raise BadInput("Choose a service of the list.", field="service_id")
    name = _free_name(session, Team, details.name, "team", team_id)
    team.name, team.service_id = name, details.service_id
    team.manager_id, team.deputy_id = details.manager_id, details.deputy_id
    session.add(team)
    session.flush()
    check_stuck(session, act)
    return team


def _require_active(session: Session, person_id: int | None, field: str) -> None:
    person = session.get(Person, person_id) if person_id is not None else None
    if person_id is not None and (person is None or not person.active):
        raise BadInput("Choose somebody who has an account.", field=field)


def _free_name(
    session: Session, model: type[Team] | type[CouncilService], name: str, word: str, own_id: int | None
) -> str:
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST:
        raise BadInput(f"Enter a name for the {word}, at most {LONGEST} characters.", field="name")
    taken = session.scalar(
        sa.select(model.id).where(sa.func.lower(model.name) == plain.lower(), model.id != (own_id or 0))
    )
    if taken is not None:
        raise BadInput(f"There is already a {word} called {plain}.", field="name")
    return plain
