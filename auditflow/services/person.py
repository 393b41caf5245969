"""People: adding them, what they may do, and when they leave."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import BadInput, Stale
from auditflow.models import CouncilService, Person, Role, Team
from auditflow.queries.person import count_administrators, get_person, list_held, list_people
from auditflow.services.act import Act
from auditflow.services.journal import STALE, Note, begin, record
from auditflow.services.permission import done_before
from auditflow.services.stuck import check_stuck
from workflows.roles import PERSON_ROLES


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What is known of somebody who is added. `team` and `service` are names of existing ones."""

    email: str
    name: str
    roles: tuple[str, ...]
    team: str = ""
    service: str = ""
    manager_id: int | None = None
    capacity: int = 8
    trained_on: date | None = None
    training_until: date | None = None
    external_until: date | None = None
    team_id: int | None = None
    """In place of `team`'s name."""
    service_id: int | None = None
    more: dict[str, Any] = field(default_factory=dict)


def add_person(session: Session, new: NewPerson, act: Act) -> Person:
    """Add somebody. Raises BadInput for an address in use, an unknown role, team or service."""
    email = new.email.strip().lower()
    if "@" not in email or not new.name.strip():
        raise BadInput("Give a name and an e-mail address.", field="email")
    if session.scalar(sa.select(Person.id).where(Person.email == email)) is not None:
        raise BadInput(f"There is already a person with the address {email}.", field="email")
    person = Person(
        email=email,
        name=new.name.strip(),
        fs_uniquifier=secrets.token_hex(32),
        roles=find_roles(session, new.roles),
        team_id=new.team_id or _named(session, Team, new.team, "team"),
        service_id=new.service_id or _named(session, CouncilService, new.service, "service"),
        manager_id=new.manager_id,
        capacity=new.capacity,
        trained_on=new.trained_on,
        training_until=new.training_until,
        external_until=new.external_until,
        created_at=act.at,
        **new.more,
    )
    begin(session, person, act, Note("added", "administrator", details={"roles": sorted(new.roles)}))
    return person


def find_roles(session: Session, keys: Iterable[str]) -> list[Role]:
    """The roles with these keys. Raises BadInput naming the first unknown one."""
    for key in keys:
        if key not in PERSON_ROLES:
            raise BadInput(f"There is no role {key}. The roles are: {', '.join(PERSON_ROLES)}.", field="roles")
    return list(session.scalars(sa.select(Role).where(Role.name.in_(tuple(keys))).order_by(Role.name)))


def _named(session: Session, model: type[Team] | type[CouncilService], name: str, word: str) -> int | None:
    if not name:
        return None
    found = session.scalar(sa.select(model.id).where(model.name == name))
    if found is None:
        raise BadInput(f"There is no {word} called {name}.", field=word)
    return int(found)


@dataclass(frozen=True, slots=True)
class PersonChanges:
    """Everything about a person that an administrator may change, as it is to be."""

    name: str
    roles: tuple[str, ...]
    team_id: int | None
    service_id: int | None
    manager_id: int | None
    capacity: int
    trained_on: date | None
    training_until: date | None
    external_until: date | None


MOVERS = ("roles", "team_id", "service_id", "manager_id", "external_until")
"""What decides who may move open items: after a change of these everybody is asked anew."""


def change_person(
    session: Session, person_id: int, changes: PersonChanges, act: Act, *, expected_version: int | None = None
) -> Person:
    """Change what is known of somebody; journalled with what was there before.

    Raises NotFound, Stale, or BadInput (nobody is their own manager; somebody stays administrator).
    """
    person = get_person(session, person_id)
    if done_before(session, ("person", person_id), act):
        return person
    if expected_version not in (None, person.version):
        raise Stale(STALE)
    _check_changes(session, person, changes)
    before = {name: _plain(getattr(person, name)) for name in COLUMNS} | {"roles": sorted(person.role_keys)}
    after = {name: _plain(getattr(changes, name)) for name in COLUMNS} | {"roles": sorted(changes.roles)}
    for name in COLUMNS:
        setattr(person, name, getattr(changes, name))
    renamed, person.name = person.name != changes.name.strip(), changes.name.strip()
    person.roles = find_roles(session, changes.roles)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if not changed and not renamed:
        return person
    record(session, person, act, Note("changed", "administrator", details={"changed": changed, "renamed": renamed}))
    if changed.keys() & set(MOVERS):
        check_stuck(session, act)
    return person


COLUMNS = (
    *("team_id", "service_id", "manager_id", "capacity"),
    *("trained_on", "training_until", "external_until"),
)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _check_changes(session: Session, person: Person, changes: PersonChanges) -> None:
    if not changes.name.strip():
        raise BadInput("Enter the person’s name.", field="name")
    if changes.manager_id == person.id:
        raise BadInput("Nobody is their own manager.", field="manager_id")
    if changes.capacity < 0:
        raise BadInput("The number of audits cannot be below 0.", field="capacity")
    if "administrator" in person.role_keys and "administrator" not in changes.roles:
        _require_another_administrator(session, "roles")


def _require_another_administrator(session: Session, field: str | None = None) -> None:
    if count_administrators(session) < 2:
        raise BadInput("This is the only administrator. Make somebody else an administrator first.", field=field)


def invite_person(session: Session, person: Person, act: Act) -> None:
    """Send somebody the link with which they set their password (made when the message is sent)."""
    record(session, person, act, Note("invited", "administrator", tell=(person.id,)))


def deactivate_person(session: Session, person: Person, act: Act) -> None:
    """They can no longer sign in; a new sign-in token ends the sessions that are open.

    Whatever they hold is then found to be stuck, and stands first on the QA leads' homes. Raises BadInput for
    the only administrator.
    """
    if not person.active:
        return
    if "administrator" in person.role_keys:
        _require_another_administrator(session)
    person.active = False
    person.fs_uniquifier = secrets.token_hex(32)
    leads = [lead.id for lead in list_people(session, role="qa_lead") if lead.id != person.id]
    tell = tuple(leads) if list_held(session, person.id) else ()
    record(session, person, act, Note("deactivated", "administrator", tell=tell))
    check_stuck(session, act)


def reactivate_person(session: Session, person: Person, act: Act) -> None:
    """They can sign in again, with the password they had."""
    if person.active:
        return
    person.active = True
    record(session, person, act, Note("reactivated", "administrator"))
    check_stuck(session, act)


def set_password(session: Session, person: Person, password_hash: str, act: Act) -> None:
    """Keep a new password (already hashed), unlock the account and end open sessions."""
    person.password = password_hash
    person.fs_uniquifier = secrets.token_hex(32)
    person.failed_sign_ins, person.locked_until = 0, None
    record(session, person, act, Note("password_set", "self"))
