"""The people about an action: who would usually own it, who decides for the service."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import CaseAudit, Person, Role, Team
from auditflow.models.base import core
from auditflow.queries.case_audit_owners import list_possible_owners
from auditflow.queries.facts.people import holds


def find_usual_owner(session: Session, case_audit: CaseAudit) -> int | None:
    """The manager of the case's team, else its deputy, of those who still work here; None if there is neither."""
    team = session.get(Team, case_audit.team_id) if case_audit.team_id is not None else None
    for person_id in (team.manager_id, team.deputy_id) if team else ():
        person = session.get(Person, person_id) if person_id is not None else None
        if person is not None and person.active:
            return person.id
    return None


def list_new_owners(session: Session, case_audit: CaseAudit) -> list[Person]:
    """Who can be chosen as owner: the case's worker and team first, then every manager and head of service by name."""
    near = list_possible_owners(session, case_audit)
    people = core(Person).c
    manages = holds(people.id, "team_manager", "head_of_service")
    others = session.scalars(sa.select(Person).where(people.active, manages).order_by(people.name, people.id))
    return list({person.id: person for person in [*near, *others]}.values())


def list_qa_leads(session: Session) -> tuple[int, ...]:
    """The active quality assurance leads."""
    return tuple(_holders(session, "qa_lead"))


def list_service_heads(session: Session, team_id: int | None) -> tuple[int, ...]:
    """The heads of the service that a team belongs to; the directors where it has none."""
    service = sa.select(Team.service_id).where(Team.id == team_id).scalar_subquery()
    heads = _holders(session, "head_of_service", Person.service_id == service)
    return tuple(heads or _holders(session, "director"))


def _holders(session: Session, role: str, *conditions: sa.ColumnElement[bool]) -> list[int]:
    held = Person.roles.any(Role.name == role)
    ids = core(Person).c.id
    return list(session.scalars(sa.select(ids).where(Person.active, held, *conditions).order_by(ids)))
