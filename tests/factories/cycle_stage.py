"""The council of the cycle model, and what was tried in it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.frame import Case as ListedCase
from auditflow.models import AuditRound, NameMatch, Person, RoundAuditor, Team
from auditflow.models.database import Database
from tests.conftest import MONDAY_MORNING
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import Council, make_council, make_person
from tests.factories.cycle_database import KINDS
from tests.factories.cycle_effects_round import begin_second
from tests.factories.cycle_world import Case, Clock, Round, Someone, World, after_working_days
from tests.factories.sampling import make_frame

ENDS = date(2026, 11, 27)
CALM = {"new_auditor_audits": 0}
WORK = ((0, 0), (2, 4), (3, 6))
"""Auditors A, C and D have a case each; D once held theirs, the second has a manager who is over C."""
SECOND = 4
"""Auditor E, who may be given nothing else any more, grades the first case too."""


class Stage:
    """The council, made once in a database, and what was tried in it over all examples."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.examples = 0
        self.made: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.reached: dict[str, set[str]] = {kind: set() for kind in KINDS}
        with database.writing() as session:
            self.council = council = make_council(session, auditors=5)
            council.auditors[2].manager_id = council.managers[1].id
            council.auditors[4].training_until = date(2026, 10, 1)
            both = make_person(session, "Mina Both", ["team_manager", "auditor"], team_id=council.teams[3].id)
            council.teams[3].manager_id = both.id
            make_person(session, "Lena All", ["qa_lead", "auditor", "team_manager"])
            make_person(session, "Ezra Lone", ["external_moderator"], external_until=date(2027, 12, 31))
            _once_held(session, council)
            session.flush()
            self.people = {person.id: person for person in map(_someone, session.scalars(sa.select(Person)))}
            teams = session.scalars(sa.select(Team)).all()
            self.services = {team.id: team.service_id or 0 for team in teams}
            self.managers = {team.id: team.manager_id or 0 for team in teams}


def _someone(person: Person) -> Someone:
    places = (person.team_id, person.service_id, person.manager_id)
    return Someone(person.id, person.name, person.role_keys, *places, trained=person.training_until is None)


def _once_held(session: Session, council: Council) -> None:
    """Auditor D is in an earlier case list, under a former name, as the worker of CF-3."""
    former = ListedCase(case_ref="CF-3", case_type="child_in_need", worker="Dee Former")
    make_frame(session, council, cases=1, matched=False, more=[former])
    session.add(NameMatch(kind="worker", name="Dee Former", match="matched", person_id=council.auditors[3].id))


def begin_round(session: Session, stage: Stage) -> World:
    """A live round of three cases and a second grading, and the model of it."""
    council, at = stage.council, MONDAY_MORNING
    row = make_round(session, council, policy=CALM, ends_on=ENDS, first_ends_on=ENDS, starts_on=at.date())
    session.add_all(RoundAuditor(round_id=row.id, person_id=a.id, capacity=9) for a in council.auditors)
    held = frozenset({(council.auditors[3].id, "CF-3")})
    modelled = Round(id=row.id, ends_on=ENDS, first_ends_on=ENDS)
    world = World(stage.people, stage.services, stage.managers, held, modelled, at)
    world.add(modelled)
    for number, (auditor, worker) in enumerate(WORK, start=1):
        who, works = council.auditors[auditor].id, council.workers[worker]
        assert works.team_id is not None
        given: dict[str, Any] = {"ref": f"CF-{number}", "auditor_id": who, "worker_id": works.id}
        audit = make_case_audit(session, council, row, at=at, team_id=works.team_id, **given)
        case = Case(state="allocated", ref=audit.ref, worker=works.id, team=works.team_id, auditor=who, id=audit.id)
        case.clocks["start"] = Clock(after_working_days(at, 5))
        world.add(case)
    _begin_second(session, stage, world)
    return world


def _begin_second(session: Session, stage: Stage, world: World) -> None:
    council, case = stage.council, world.of("case_audit")[0]
    assert isinstance(case, Case)
    row, who = session.get_one(AuditRound, world.round.id), council.auditors[SECOND].id
    columns: dict[str, Any] = {"ref": case.ref, "auditor_id": who, "worker_id": case.worker, "team_id": case.team}
    audit = make_case_audit(session, council, row, at=world.now, purpose="second", **columns)
    begin_second(world, case, who).id = audit.id
