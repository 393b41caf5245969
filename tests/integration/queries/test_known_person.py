"""A person as every page knows them: the same as their row says, with the teams that they answer for."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import NotFound
from auditflow.models import Team
from auditflow.queries.known_person import know_person, know_person_of_session
from auditflow.queries.scope import viewer_of
from tests.factories.council import make_council, make_person


def test_everybody_is_known_as_their_row_says(session: Session) -> None:
    council = make_council(session)
    people = [council.qa_lead, council.external, council.administrator, *council.heads, *council.managers]
    for person in [*people, make_person(session, "No Role")]:
        known = know_person(session, person.id)
        assert known is not None
        assert known == know_person_of_session(session, person.fs_uniquifier)
        assert known.roles == person.role_keys
        own = (known.id, known.name, known.active, known.team_id, known.service_id, known.external_until)
        row = (person.id, person.name, person.active, person.team_id, person.service_id, person.external_until)
        assert own == row


def test_the_teams_of_a_manager_are_those_they_manage_and_those_they_are_deputy_of(session: Session) -> None:
    council = make_council(session)
    manager = council.managers[0]
    session.add_all(Team(name=f"Further team {n}", deputy_id=manager.id) for n in range(12))
    session.flush()
    known = know_person(session, manager.id)
    teams = session.query(Team).all()
    mine = sorted(team.id for team in teams if manager.id in (team.manager_id, team.deputy_id))
    assert known is not None and len(mine) == 13
    assert known.managed_team_ids == tuple(mine)


def test_who_is_not_there_is_not_known(session: Session, clock: FixedClock) -> None:
    person = make_person(session, "Gone Away", ["auditor"], active=False)
    assert know_person_of_session(session, "nobody") is None
    for number in (person.id, 4711):
        with pytest.raises(NotFound):
            viewer_of(session, number, clock.now())
