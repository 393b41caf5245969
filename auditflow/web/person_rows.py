"""People as rows of a table and of a file, and their form filled in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import url_for
from sqlalchemy.orm import Session

from auditflow.models import Person
from auditflow.queries.person import PersonLine, list_people
from auditflow.queries.team import list_services, list_teams
from auditflow.services.person import PersonChanges
from auditflow.web.layout import day
from forms.person import PersonForm, person_form
from workflows.roles import PERSON_ROLES

ROLES = PERSON_ROLES
HEADINGS = (
    *("Name", "E-mail address", "Roles", "Team", "Service", "Manager", "Audits a round"),
    *("Trained on", "Training runs out on", "External moderator until", "Account"),
)
COLUMNS = (
    *(("name", "Name"), ("", "Roles"), ("team", "Team"), ("", "Manager")),
    *(("capacity", "Audits a round"), ("training", "Training until")),
)
ACCOUNT = ("", "Account")
"""The last column, where accounts of both kinds may stand: a list of the open ones need not say so in each row."""


def person_columns(filters: dict[str, str]) -> list[dict[str, Any]]:
    """The headings with the links that sort; the one sorted by turns round."""
    chosen = filters["sort"] or "name"
    found: list[dict[str, Any]] = []
    for key, text in (*COLUMNS, ACCOUNT) if filters["show"] else COLUMNS:
        column: dict[str, Any] = {"text": text, "numeric": key == "capacity", "one_line": key == "name"}
        if key:
            other = f"-{key}" if chosen == key else key
            column["sort_href"] = f"?{urlencode({k: v for k, v in {**filters, 'sort': other}.items() if v})}"
            if chosen.removeprefix("-") == key:
                column["sorted"] = "descending" if chosen.startswith("-") else "ascending"
        found.append(column)
    return found


def person_row(line: PersonLine, filters: dict[str, str]) -> list[Any]:
    """One row of the page."""
    person = line.person
    return [
        {"text": person.name, "href": url_for("person.person_show", person_id=person.id)},
        role_words(person),
        line.team,
        line.manager,
        person.capacity if "auditor" in person.role_keys else "",
        day(person.training_until) if person.training_until else "",
        *(["Open" if person.active else "Closed"] if filters["show"] else []),
    ]


def csv_row(line: PersonLine) -> list[object]:
    """One row of the file."""
    person = line.person
    return [
        *(person.name, person.email, role_words(person), line.team, line.service, line.manager, person.capacity),
        *(person.trained_on, person.training_until, person.external_until),
        "Open" if person.active else "Closed",
    ]


def role_words(person: Person) -> str:
    """The roles held, in the order of the list of roles."""
    return ", ".join(label for key, label in ROLES.items() if key in person.role_keys)


def form_class(session: Session, person: Person | None = None) -> type[PersonForm]:
    """The form with what can be chosen now; nobody is offered as their own manager."""
    own = person.id if person else 0
    return person_form(
        teams=[(str(team.id), team.name) for team in list_teams(session)],
        services=[(str(service.id), service.name) for service in list_services(session)],
        managers=[(str(other.id), other.name) for other in list_people(session) if other.id != own],
    )


def form_of(session: Session, person: Person, key: str) -> PersonForm:
    """The form filled with what is known of somebody."""
    return form_class(session, person)(
        key=key,
        version=person.version,
        name=person.name,
        email=person.email,
        roles=sorted(person.role_keys),
        team_id=str(person.team_id or ""),
        service_id=str(person.service_id or ""),
        manager_id=str(person.manager_id or ""),
        capacity=person.capacity,
        trained_on=person.trained_on,
        training_until=person.training_until,
        external_until=person.external_until,
    )


def read_form(form: PersonForm) -> PersonChanges:
    """What was sent."""
    return PersonChanges(
        name=form.name.data or "",
        roles=tuple(form.roles.data or ()),
        team_id=form.number("team_id"),
        service_id=form.number("service_id"),
        manager_id=form.number("manager_id"),
        capacity=form.capacity.data if form.capacity.data is not None else 0,
        trained_on=form.trained_on.data,
        training_until=form.training_until.data,
        external_until=form.external_until.data,
    )
