"""Teams and services: adding, renaming, manager and deputy."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from auditflow.domain.errors import BadInput
from auditflow.models import CouncilService, Team
from auditflow.queries.person import list_people
from auditflow.queries.team import get_service, get_team, list_services, list_team_lines
from auditflow.services.team import TeamDetails, add_service, add_team, change_team, rename_service
from auditflow.web.request import act, db, new_key
from auditflow.web.routing import Pages
from forms.base import ChangeForm
from forms.person import NameServiceForm, SaveTeamForm, team_form

pages = Pages("team", __name__)

ADMIN = ("administrator",)
BAD = 400


@pages.page("/people/teams", may=ADMIN)
def team_list() -> Any:
    """Every team and service."""
    lines = list_team_lines(db())
    teams = [
        [
            {"text": line.name, "href": url_for("team.team_show", team_id=line.id)},
            line.service,
            line.manager or "Nobody yet",
            line.deputy or "Nobody yet",
            {"text": line.people, "href": url_for("person.person_list", team=line.id), "hidden": f"in {line.name}"},
        ]
        for line in lines
    ]
    services = [
        [{"text": service.name, "href": url_for("team.service_show", service_id=service.id)}]
        for service in list_services(db())
    ]
    unled = sum(not line.manager for line in lines)
    return render_template("person/teams.html", teams=teams, services=services, unled=unled)


def _form_class() -> type[SaveTeamForm]:
    return team_form(
        services=[(str(service.id), service.name) for service in list_services(db())],
        people=[(str(person.id), person.name) for person in list_people(db())],
    )


def _page(form: ChangeForm, heading: str, journal: str = "") -> str:
    return render_template("person/team.html", form=form, heading_text=heading, journal=journal)


def _refused(form: ChangeForm, heading: str) -> tuple[str, int]:
    form.key.data = new_key()
    return _page(form, heading), BAD


@pages.page("/people/teams/new", may=ADMIN)
def team_new() -> Any:
    """The form for a new team."""
    return _page(_form_class()(key=new_key(), version=0), "Add a team")


@pages.act("/people/teams/new", may=ADMIN)
def team_add() -> Any:
    """Add the team."""
    return _save(None, "Add a team")


@pages.page("/people/teams/<int:team_id>", may=ADMIN)
def team_show(team_id: int) -> Any:
    """One team's form."""
    team = get_team(db(), team_id)
    numbers = {name: str(getattr(team, name) or "") for name in ("service_id", "manager_id", "deputy_id")}
    form = _form_class()(key=new_key(), version=team.version, name=team.name, **numbers)
    return _page(form, team.name, url_for("journal.journal_list", kind="team", number=team.id))


@pages.act("/people/teams/<int:team_id>", may=ADMIN)
def team_change(team_id: int) -> Any:
    """Keep the changes of a team."""
    return _save(team_id, get_team(db(), team_id).name)


def _save(team_id: int | None, heading: str) -> Any:
    form = _form_class()(request.form)
    if not form.validate():
        return _refused(form, heading)
    numbers = {name: form.number(name) for name in ("service_id", "manager_id", "deputy_id")}
    try:
        team = _keep(team_id, TeamDetails(form.name.data or "", **numbers), form.version.data)
    except BadInput as refusal:
        form.add_error(refusal.sentence, refusal.field)
        return _refused(form, heading)
    flash(f"{team.name} is saved.", "success")
    return redirect(url_for("team.team_list"), code=303)


def _keep(team_id: int | None, details: TeamDetails, version: int | None) -> Team:
    if team_id is None:
        return add_team(db(), details, act())
    return change_team(db(), team_id, details, act(), expected_version=version)


@pages.page("/people/services/new", may=ADMIN)
def service_new() -> Any:
    """The form for a new service."""
    return _page(NameServiceForm(key=new_key(), version=0), "Add a service")


@pages.act("/people/services/new", may=ADMIN)
def service_add() -> Any:
    """Add the service."""
    return _save_service(None, "Add a service")


@pages.page("/people/services/<int:service_id>", may=ADMIN)
def service_show(service_id: int) -> Any:
    """One service's name."""
    service = get_service(db(), service_id)
    form = NameServiceForm(key=new_key(), version=service.version, name=service.name)
    return _page(form, service.name, url_for("journal.journal_list", kind="council_service", number=service.id))


@pages.act("/people/services/<int:service_id>", may=ADMIN)
def service_rename(service_id: int) -> Any:
    """Keep a service's new name."""
    return _save_service(service_id, get_service(db(), service_id).name)


def _save_service(service_id: int | None, heading: str) -> Any:
    form = NameServiceForm(request.form)
    if not form.validate():
        return _refused(form, heading)
    name = form.name.data or ""
    try:
        service = _keep_service(service_id, name, form.version.data)
    except BadInput as refusal:
        form.add_error(refusal.sentence, refusal.field)
        return _refused(form, heading)
    flash(f"{service.name} is saved.", "success")
    return redirect(url_for("team.team_list"), code=303)


def _keep_service(service_id: int | None, name: str, version: int | None) -> CouncilService:
    if service_id is None:
        return add_service(db(), name, act())
    return rename_service(db(), service_id, name, act(), expected_version=version)
