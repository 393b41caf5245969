"""Who could own an action that comes of an audit."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import CaseAudit, Person, Team
from auditflow.models.base import core
from auditflow.queries.case_audit_row import CaseAuditRow


def list_possible_owners(session: Session, audit: CaseAudit | CaseAuditRow) -> list[Person]:
    """The case's worker, the team's manager and deputy, then everybody else of the team, by name."""
    team = session.get(Team, audit.team_id) if audit.team_id is not None else None
    first = [audit.worker_id, team.manager_id if team else None, team.deputy_id if team else None]
    ids = [person_id for person_id in first if person_id is not None]
    people = core(Person).c
    of_team = people.team_id == audit.team_id if audit.team_id is not None else sa.false()
    places = {person_id: place for place, person_id in enumerate(dict.fromkeys(ids))}
    rank = sa.case(places, value=people.id, else_=len(places)) if places else people.name
    return list(
        session.scalars(
            sa.select(Person)
            .where(people.active, sa.or_(people.id.in_(ids), of_team))
            .order_by(rank, people.name, people.id)
        )
    )
