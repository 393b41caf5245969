"""Who works in the sample council: services, teams, workers, and people in every role."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from sqlalchemy.orm import Session

from auditflow.models import Person, Team
from auditflow.services.act import Act
from auditflow.services.person import NewPerson, add_person
from auditflow.services.team import TeamDetails, add_service, add_team, change_team

SERVICES: dict[str, tuple[str, ...]] = {
    "Family help and assessment": ("Assessment East", "Assessment West", "Assessment North", "Family Support Centre"),
    "Protection and court": ("Protection East", "Protection West", "Protection North", "Court Team", "Young People"),
    "Children in care": ("Care North", "Care South", "Care East", "Permanence", "Leaving Care"),
}
WORKERS = 180

FIRST = """
    Amara Anil Bea Ben Cai Carys Dara Dilys Ebo Elin Esther Farid Fern Gita Grace Hari Hollis Idris Imani
    Isaac Jin Jo Kamal Kit Lena Lowri Mabel Meera Nadia Nell Omar Owen Pia Priya Quinn Rhian Rosa Sam Sunita
    Tariq Tess Uma Vik Wren Yan Zainab Zeb
""".split()
LAST = """
    Abara Ashdown Barrow Bexley Carrow Coldwell Dunmore Eastly Ellery Fallow Farrant Garrow Greaves Hallam
    Holloway Ibbott Inchmore Jessop Kember Kirkby Larch Linton Marsh Marchetti Nettle Norbury Oakes Orwin
    Pardoe Pell Quill Ravel Redfern Sadler Selby Tennant Thorne Udall Underhill Vane Varley Whitlock Wick
    Yarrow Yeo Zeller
""".split()

SIGN_INS: tuple[tuple[str, str, str], ...] = (
    ("qa", "Morgan Leith", "qa_lead"),
    ("auditor", "Lena Marsh", "auditor"),
    ("manager", "Esther Vane", "team_manager"),
    ("worker", "Rosa Pell", "practitioner"),
    ("head", "Hari Udall", "head_of_service"),
    ("director", "Carys Orwin", "director"),
    ("external", "Tess Inchmore", "external_moderator"),
    ("board", "Omar Redfern", "board_member"),
    ("admin", "Jo Kember", "administrator"),
)
"""The one sign-in per role that `auditflow demo` prints: (address before the @, name, role)."""

DOMAIN = "exampleshire.example"


@dataclass
class Staff:
    """Everybody, by what they do. `named` are the people of SIGN_INS by the beginning of their address."""

    named: dict[str, Person] = field(default_factory=dict)
    teams: list[Team] = field(default_factory=list)
    managers: dict[int, Person] = field(default_factory=dict)
    heads: dict[int, Person] = field(default_factory=dict)
    workers: list[Person] = field(default_factory=list)
    auditors: list[Person] = field(default_factory=list)

    def qa(self) -> Person:
        """The quality assurance lead."""
        return self.named["qa"]


class Names:
    """Invented names, none twice."""

    def __init__(self, chance: Random) -> None:
        taken = {name for _, name, _ in SIGN_INS}
        every = [f"{first} {last}" for first in FIRST for last in LAST if f"{first} {last}" not in taken]
        chance.shuffle(every)
        self._names = iter(every)

    def next(self) -> str:
        """The next name."""
        return next(self._names)


def make_staff(session: Session, chance: Random, act: Act) -> Staff:
    """Add services, teams and people; the council's own words for each are in this module."""
    staff, names = Staff(), Names(chance)
    for name, teams in SERVICES.items():
        service = add_service(session, name, act.then(name))
        staff.teams += [
            add_team(session, TeamDetails(team_name, service.id), act.then(team_name)) for team_name in teams
        ]
    _lead(session, staff, names, act)
    _work(session, staff, names, chance, act)
    return staff


def _add(session: Session, staff: Staff, name: str, roles: tuple[str, ...], act: Act, **more: object) -> Person:
    known = {full: address for address, full, _ in SIGN_INS}
    address = known.get(name) or name.lower().replace(" ", ".")
    new = NewPerson(f"{address}@{DOMAIN}", name, roles, **more)  # type: ignore[arg-type]
    person = add_person(session, new, act.then(address))
    if name in known:
        staff.named[address] = person
    return person


def _lead(session: Session, staff: Staff, names: Names, act: Act) -> None:
    """Heads, managers with deputies, the offices of the council, external moderator and auditors."""
    until = act.at.date() + timedelta(days=400)
    trained = {"trained_on": date(act.at.year - 1, 3, 2), "training_until": until}
    for address, name, role in SIGN_INS:
        if role in ("qa_lead", "director", "board_member", "administrator"):
            _add(session, staff, name, (role,), act)
        elif role == "external_moderator":
            _add(session, staff, name, (role,), act, external_until=until)
        elif address == "auditor":
            staff.auditors.append(_add(session, staff, name, (role,), act, capacity=10, **trained))
    _add(session, staff, names.next(), ("qa_lead",), act)
    for index, (service, teams) in enumerate(SERVICES.items()):
        head_name = "Hari Udall" if index == 0 else names.next()
        head = _add(session, staff, head_name, ("head_of_service",), act, service=service)
        for team_name in teams:
            _manage(session, staff, names, act, team_name=team_name, head=head)
    for _ in range(9):
        staff.auditors.append(_add(session, staff, names.next(), ("auditor",), act, capacity=10, **trained))


def _manage(session: Session, staff: Staff, names: Names, act: Act, *, team_name: str, head: Person) -> None:
    team = next(team for team in staff.teams if team.name == team_name)
    name = "Esther Vane" if team_name == "Protection East" else names.next()
    manager = _add(session, staff, name, ("team_manager",), act, team=team_name, manager_id=head.id)
    led = TeamDetails(team.name, team.service_id, manager.id)
    change_team(session, team.id, led, act.then(f"manager of {team.id}"))
    assert team.service_id is not None
    staff.managers[team.id], staff.heads[team.service_id] = manager, head


def _work(session: Session, staff: Staff, names: Names, chance: Random, act: Act) -> None:
    """The workers, spread over the teams; one of them has a sign-in."""
    for index in range(WORKERS):
        team = staff.teams[index % len(staff.teams)]
        name = "Rosa Pell" if team.name == "Protection West" and index < len(staff.teams) else names.next()
        manager = staff.managers[team.id]
        staff.workers.append(_add(session, staff, name, ("practitioner",), act, team=team.name, manager_id=manager.id))


def make_password() -> str:
    """A password for the sample sign-ins, new for every sample council."""
    return "-".join(secrets.choice(LAST).lower() for _ in range(3))
