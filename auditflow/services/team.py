"""Teams and services of the council: adding, renaming, who manages and who stands in; each change journalled."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import BadInput, Stale
from auditflow.models import CouncilService, Person, Team
from auditflow.queries.team import get_service, get_team
from auditflow.services.act import Act
from auditflow.services.journal import STALE, Note, begin, find_made, record
from auditflow.services.permission import done_before
from auditflow.services.stuck import check_stuck

LONGEST = 200
ROLE = "administrator"


def add_service(session: Session, name: str, act: Act) -> CouncilService:
    """Add a service; the same act again is the same service. Raises BadInput for a blank name or one that is taken."""
    note = Note("added", ROLE, {"name": _plain(name)})
    made = find_made(session, "council_service", sa.select(CouncilService.id), note, act)
    if made is not None:
        return get_service(session, made)
    service = CouncilService(name=_free_name(session, CouncilService, name, "service", None))
    begin(session, service, act, note)
    return service


def rename_service(
    session: Session, service_id: int, name: str, act: Act, *, expected_version: int | None = None
) -> CouncilService:
    """Give a service another name. Raises NotFound, BadInput or Stale."""
    service = get_service(session, service_id)
    if done_before(session, ("council_service", service_id), act):
        return service
    if expected_version not in (None, service.version):
        raise Stale(STALE)
    before, service.name = service.name, _free_name(session, CouncilService, name, "service", service_id)
    if service.name != before:
        record(session, service, act, Note("renamed", ROLE, {"changed": {"name": [before, service.name]}}))
    return service


@dataclass(frozen=True, slots=True)
class TeamDetails:
    """A team as it is to be."""

    name: str
    service_id: int | None = None
    manager_id: int | None = None
    deputy_id: int | None = None


COLUMNS = ("name", "service_id", "manager_id", "deputy_id")


def add_team(session: Session, details: TeamDetails, act: Act) -> Team:
    """Add a team; whoever may move open items is asked anew. The same act again is the same team. Raises BadInput."""
    note = Note("added", ROLE, asdict(replace(details, name=_plain(details.name))))
    made = find_made(session, "team", sa.select(Team.id), note, act)
    if made is not None:
        return get_team(session, made)
    team = Team()
    _fill(session, team, details)
    begin(session, team, act, note)
    check_stuck(session, act)
    return team


def change_team(
    session: Session, team_id: int, details: TeamDetails, act: Act, *, expected_version: int | None = None
) -> Team:
    """Change a team; whoever may move open items is asked anew. Raises NotFound, BadInput or Stale."""
    team = get_team(session, team_id)
    if done_before(session, ("team", team_id), act):
        return team
    if expected_version not in (None, team.version):
        raise Stale(STALE)
    before = {name: getattr(team, name) for name in COLUMNS}
    _fill(session, team, details)
    changed = {name: [was, getattr(team, name)] for name, was in before.items() if was != getattr(team, name)}
    if changed:
        record(session, team, act, Note("changed", ROLE, {"changed": changed}))
        check_stuck(session, act)
    return team


def _fill(session: Session, team: Team, details: TeamDetails) -> None:
    if details.manager_id is not None and details.manager_id == details.deputy_id:
        raise BadInput("The deputy must be somebody else than the manager.", field="deputy_id")
    _require_active(session, details.manager_id, "manager_id")
    _require_active(session, details.deputy_id, "deputy_id")
    if details.service_id is not None and session.get(CouncilService, details.service_id) is None:
        raise BadInput("Choose a service of the list.", field="service_id")
    team.name = _free_name(session, Team, details.name, "team", team.id)
    team.service_id, team.manager_id, team.deputy_id = details.service_id, details.manager_id, details.deputy_id


def _require_active(session: Session, person_id: int | None, field: str) -> None:
    person = session.get(Person, person_id) if person_id is not None else None
    if person_id is not None and (person is None or not person.active):
        raise BadInput("Choose somebody who has an account.", field=field)


def _plain(name: str) -> str:
    return " ".join(name.split())


def _free_name(
    session: Session, model: type[Team] | type[CouncilService], name: str, word: str, own_id: int | None
) -> str:
    plain = _plain(name)
    if not plain or len(plain) > LONGEST:
        raise BadInput(f"Enter a name for the {word}, at most {LONGEST} characters.", field="name")
    taken = session.scalar(
        sa.select(model.id).where(sa.func.lower(model.name) == plain.lower(), model.id != (own_id or 0))
    )
    if taken is not None:
        raise BadInput(f"There is already a {word} called {plain}.", field="name")
    return plain
