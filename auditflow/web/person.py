"""People: the list, adding somebody, changing what they may do, closing an account."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from auditflow.adapters.spreadsheet import Sheet
from auditflow.domain.errors import BadInput
from auditflow.domain.whole_number import read_whole_number
from auditflow.models import Person
from auditflow.queries.person import (
    PersonFilter,
    count_person_lines,
    get_person,
    list_held,
    list_person_lines,
)
from auditflow.queries.team import list_teams
from auditflow.services.person import (
    NewPerson,
    add_person,
    change_person,
    deactivate_person,
    invite_person,
    reactivate_person,
)
from auditflow.services.sign_in_link import make_link
from auditflow.web.download import table_file
from auditflow.web.paging import paging
from auditflow.web.person_rows import (
    HEADINGS,
    ROLES,
    csv_row,
    form_class,
    form_of,
    person_columns,
    person_row,
    read_form,
)
from auditflow.web.request import act, db, house, new_key, now
from auditflow.web.routing import Pages
from forms.person import DeactivatePersonForm, PersonForm

pages = Pages("person", __name__)

ADMIN = ("administrator",)
BAD = 400
PAGE = 50


def _filters() -> dict[str, str]:
    return {name: request.args.get(name, "")[:200] for name in ("search", "role", "team", "show", "sort")}


def _wanted(filters: dict[str, str]) -> PersonFilter:
    return PersonFilter(
        search=filters["search"].strip(),
        role=filters["role"] if filters["role"] in ROLES else "",
        team_id=read_whole_number(filters["team"]),
        active={"closed": False, "all": None}.get(filters["show"], True),
    )


@pages.page("/people", may=ADMIN)
def person_list() -> Any:
    """Everybody, filtered and sorted by the address."""
    filters = _filters()
    wanted = _wanted(filters)
    page = paging(count_person_lines(db(), wanted), size=PAGE, keep=filters)
    lines = list_person_lines(db(), wanted, sort=filters["sort"], offset=page.offset, most=PAGE)
    return render_template(
        "person/list.html",
        columns=person_columns(filters),
        rows=[person_row(line, filters) for line in lines],
        count=page.of,
        page=page.shown(),
        filters=filters,
        roles=ROLES,
        teams=list_teams(db()),
        filtered=any(filters[name] for name in ("search", "role", "team", "show")),
    )


@pages.page("/people.<any(csv, xlsx):kind>", may=ADMIN)
def person_download(kind: str) -> Any:
    """The same list as a file."""
    filters = _filters()
    rows = [csv_row(line) for line in list_person_lines(db(), _wanted(filters), sort=filters["sort"])]
    return table_file(Sheet("People", HEADINGS, rows), "people", kind)


@pages.page("/people/new", may=ADMIN)
def person_new() -> Any:
    """The form for somebody new."""
    return render_template("person/new.html", form=form_class(db())(key=new_key(), version=0, capacity=8))


@pages.act("/people/new", may=ADMIN)
def person_add() -> Any:
    """Add them, mail the invitation, and show the link once."""
    form = form_class(db())(request.form)
    if form.validate():
        try:
            person = _add(form)
        except BadInput as refusal:
            form.add_error(refusal.sentence, refusal.field)
        else:
            return _invited(person)
    form.key.data = new_key()
    return render_template("person/new.html", form=form), BAD


def _add(form: PersonForm) -> Person:
    mine, read = act(), read_form(form)
    new = NewPerson(
        email=form.email.data or "",
        name=read.name,
        roles=read.roles,
        manager_id=read.manager_id,
        capacity=read.capacity,
        trained_on=read.trained_on,
        training_until=read.training_until,
        external_until=read.external_until,
        team_id=read.team_id,
        service_id=read.service_id,
    )
    person = add_person(db(), new, mine)
    invite_person(db(), person, mine.then("invite"))
    return person


def _invited(person: Person) -> str:
    settings = house().settings
    link = make_link(person, secret_key=settings.secret_key, base_url=settings.base_url, at=now())
    return render_template("person/invited.html", invited=person, link=link)


@pages.page("/people/<int:person_id>", may=ADMIN)
def person_show(person_id: int) -> Any:
    """One person: what they may do, and what is open with them."""
    person = get_person(db(), person_id)
    return _show(person, form_of(db(), person, new_key()))


def _show(person: Person, form: PersonForm) -> str:
    return render_template("person/show.html", whom=person, form=form, held=len(list_held(db(), person.id)))


@pages.act("/people/<int:person_id>", may=ADMIN)
def person_change(person_id: int) -> Any:
    """Keep the changes."""
    person = get_person(db(), person_id)
    form = form_class(db(), person)(request.form)
    form.email.validators = []
    if form.validate():
        try:
            change_person(db(), person_id, read_form(form), act(), expected_version=form.version.data)
        except BadInput as refusal:
            form.add_error(refusal.sentence, refusal.field)
        else:
            flash(f"What is known of {person.name} is saved.", "success")
            return redirect(url_for("person.person_show", person_id=person_id), code=303)
    form.key.data = new_key()
    return _show(person, form), BAD


@pages.act("/people/<int:person_id>/invite", may=ADMIN)
def person_invite(person_id: int) -> Any:
    """A new link for somebody who lost theirs or forgot the password."""
    person = get_person(db(), person_id)
    if not person.active:
        raise BadInput("The account is closed. Open it again first.")
    invite_person(db(), person, act())
    return _invited(person)


@pages.page("/people/<int:person_id>/close", may=ADMIN)
def person_close_show(person_id: int) -> Any:
    """What somebody holds, before their account is closed."""
    person = get_person(db(), person_id)
    return _close(person, DeactivatePersonForm(key=new_key(), version=person.version))


def _close(person: Person, form: DeactivatePersonForm) -> str:
    counts: dict[str, int] = {}
    for item in list_held(db(), person.id):
        counts[item.kind] = counts.get(item.kind, 0) + 1
    return render_template("person/close.html", whom=person, form=form, counts=counts)


@pages.act("/people/<int:person_id>/close", may=ADMIN)
def person_close(person_id: int) -> Any:
    """Close the account; whatever they hold goes to the QA leads to give to others."""
    person, form = get_person(db(), person_id), DeactivatePersonForm(request.form)
    if form.validate():
        try:
            deactivate_person(db(), person, act())
        except BadInput as refusal:
            form.add_error(refusal.sentence)
        else:
            flash(f"The account of {person.name} is closed.", "success")
            return redirect(url_for("person.person_show", person_id=person_id), code=303)
    form.key.data = new_key()
    return _close(person, form), BAD


@pages.act("/people/<int:person_id>/open", may=ADMIN)
def person_open(person_id: int) -> Any:
    """Let somebody sign in again."""
    person = get_person(db(), person_id)
    reactivate_person(db(), person, act())
    flash(f"{person.name} can sign in again.", "success")
    return redirect(url_for("person.person_show", person_id=person_id), code=303)
