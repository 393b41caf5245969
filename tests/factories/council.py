"""A small invented council for tests: two services, four teams, people in every role."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import CouncilService, Person, Role, Team

START = datetime.fromisoformat("2026-09-01T09:00:00+00:00")


def make_person(session: Session, name: str, roles: Iterable[str] = (), **columns: object) -> Person:
    """A person who can sign in, with these council roles."""
    slug = name.lower().replace(" ", ".").replace("’", "")
    held = session.scalars(sa.select(Role).where(Role.name.in_(list(roles)))).all()
    assert len(held) == len(set(roles)), f"unknown role among {roles}"
    defaults: dict[str, object] = {
        "email": f"{slug}@example.invalid",
        "fs_uniquifier": f"u-{slug}",
        "created_at": START,
        "trained_on": date(2026, 1, 15),
    }
    person = Person(name=name, roles=list(held), **{**defaults, **columns})
    session.add(person)
    session.flush()
    return person


@dataclass
class Council:
    """People by what they do; `auditors` are trained, sit in no team and are in nobody's line."""

    services: list[CouncilService]
    teams: list[Team]
    qa_lead: Person
    second_qa_lead: Person
    administrator: Person
    director: Person
    board_member: Person
    external: Person
    heads: list[Person]
    managers: list[Person]
    auditors: list[Person]
    workers: list[Person] = field(default_factory=list)


def make_council(session: Session, *, auditors: int = 4, workers_a_team: int = 2) -> Council:
    """Two services of two teams each; every team has a manager and workers who report to the manager."""
    services = [CouncilService(name="Family help and protection"), CouncilService(name="Children in care")]
    session.add_all(services)
    session.flush()
    teams = [
        Team(name=name, service_id=services[i // 2].id)
        for i, name in enumerate(["Assessment East", "Assessment West", "Care North", "Care South"])
    ]
    session.add_all(teams)
    session.flush()
    heads = [
        make_person(session, name, ["head_of_service"], service_id=service.id)
        for name, service in zip(["Hana Okoro", "Hugh Brandt"], services, strict=True)
    ]
    managers = []
    names = ["Mary Tull", "Mo Farrant", "Moira Sand", "Max Ilves"]
    for i, (name, team) in enumerate(zip(names, teams, strict=True)):
        manager = make_person(session, name, ["team_manager"], team_id=team.id, manager_id=heads[i // 2].id)
        team.manager_id = manager.id
        managers.append(manager)
    session.flush()
    workers = [
        make_person(session, f"Worker {team.name} {n}", ["practitioner"], team_id=team.id, manager_id=team.manager_id)
        for team in teams
        for n in range(1, workers_a_team + 1)
    ]
    return Council(
        services=services,
        teams=teams,
        qa_lead=make_person(session, "Quinn Abbott", ["qa_lead"]),
        second_qa_lead=make_person(session, "Quill Barnes", ["qa_lead"]),
        administrator=make_person(session, "Ada Minton", ["administrator"]),
        director=make_person(session, "Dora Ekwall", ["director"]),
        board_member=make_person(session, "Bo Ardley", ["board_member"]),
        external=make_person(session, "Exa Terry", ["external_moderator"], external_until=date(2027, 12, 31)),
        heads=heads,
        managers=managers,
        auditors=[make_person(session, f"Auditor {chr(65 + i)}", ["auditor"]) for i in range(auditors)],
        workers=workers,
    )
