"""People in the browser: the list, adding, changing, closing; teams and services; handing over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from auditflow.config import Settings
from auditflow.domain.clock import FixedClock
from auditflow.models import Journal, Outbox, Person, Team
from auditflow.models.database import Database
from auditflow.services.letter import write_letter
from auditflow.services.sign_in_link import open_link
from auditflow.services.verify import verify_journal
from tests.factories.council import Council
from tests.pages import Browser, Page

SignIn = Callable[[Any], Browser]


def person(database: Database, person_id: int) -> Person:
    with database.reading() as session:
        found = session.get_one(Person, person_id)
        assert found.roles is not None
        return found


def add(admin: Browser, status: int = 200, **more: Any) -> Page:
    typed = {"name": "Nia Vaughan", "email": "nia@example.org", "roles": ["auditor"], **more}
    return admin.get("/people/new").submit(typed, status=status)


def test_the_list_is_filtered_sorted_and_downloaded(admin: Browser, council: Council) -> None:
    everybody = admin.get("/people")
    assert "Mary Tull" in everybody.text
    heads = admin.get("/people?role=head_of_service&sort=-name")
    assert heads.text.index("Hugh Brandt") < heads.text.index("Hana Okoro")
    assert "2 people fit these filters." in heads.text
    assert "Mary Tull" not in heads.text
    assert "Mary Tull" in admin.get("/people?search=TULL").text
    assert "Nobody fits" in admin.get("/people?search=50%25_off").text
    assert "Worker Care North 1" in admin.get(f"/people?team={council.teams[2].id}").text
    file = admin.client.get("/people.csv?role=head_of_service").get_data(as_text=True)
    assert len(file.splitlines()) == 3
    assert admin.client.get("/people.xlsx").data[:2] == b"PK"


@pytest.mark.parametrize("query", ["sort=money", "role=king", "team=x", "team=99999999999", "page=x", "page=-1"])
def test_odd_addresses_are_not_an_error(admin: Browser, query: str) -> None:
    admin.get(f"/people?{query}")


def test_somebody_added_gets_a_link_shown_once_and_mailed(
    admin: Browser, database: Database, settings: Settings, clock: FixedClock
) -> None:
    page = add(admin)
    link = next(link for link in page.links() if "/set-password/" in link)
    with database.reading() as session:
        whose = open_link(session, link.rpartition("/")[2], secret_key=settings.secret_key, at=clock.now())
        assert whose.name == "Nia Vaughan"
        message = session.scalars(sa.select(Outbox).where(Outbox.template == "person.invited")).one()
        letter = write_letter(
            session, message, base_url=settings.base_url, council_name="Exampleshire", secret_key=settings.secret_key
        )
        assert letter is not None
        assert link in letter.body
        assert letter.to == "nia@example.org"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Enter the person’s name."),
        ({"email": "nobody"}, "email"),
        ({"email": "mary.tull@example.invalid"}, "There is already a person with the address"),
        ({"roles": []}, "Choose at least one role."),
        ({"roles": ["king"]}, "choose only from the answers shown"),
        ({"team_id": "999"}, "choose one of the answers shown"),
        ({"capacity": "many"}, "must be a whole number"),
        ({"capacity": "-1"}, "must be 0 or more"),
        ({"trained_on": ["1", "2", "2026"], "training_until": ["1", "1", "2026"]}, "before it was done"),
    ],
)
def test_bad_input_gets_a_sentence_and_stays(admin: Browser, typed: dict[str, Any], sentence: str) -> None:
    page = add(admin, status=400, **typed)
    assert sentence.lower() in page.text.lower() or "e-mail" in page.text
    assert "There is a problem" in page.text
    if "name" not in typed:
        assert page.form()["name"] == ["Nia Vaughan"]


def test_a_change_is_saved_and_journalled(admin: Browser, council: Council, database: Database) -> None:
    who = council.auditors[0].id
    page = admin.get(f"/people/{who}")
    page = page.submit({"roles": ["auditor", "team_manager"], "team_id": str(council.teams[1].id), "capacity": "3"})
    assert "is saved" in page.text
    now = person(database, who)
    assert (now.role_keys, now.team_id, now.capacity) == ({"auditor", "team_manager"}, council.teams[1].id, 3)
    with database.reading() as session:
        entry = session.scalars(
            sa.select(Journal).where(Journal.subject_type == "person", Journal.subject_id == who)
        ).one()
    assert entry.details["changed"]["capacity"] == [8, 3]
    assert entry.details["changed"]["roles"] == [["auditor"], ["auditor", "team_manager"]]


def test_an_out_of_date_page_of_a_person_changes_nothing(admin: Browser, council: Council, database: Database) -> None:
    who = council.auditors[0].id
    page = admin.get(f"/people/{who}")
    page.submit({"capacity": "3"})
    page.submit({"capacity": "5", "key": "f" * 20}, status=409)
    assert person(database, who).capacity == 3


def test_the_only_administrator_stays_one(admin: Browser, council: Council, database: Database) -> None:
    who = council.administrator.id
    page = admin.get(f"/people/{who}").submit({"roles": ["auditor"]}, status=400)
    assert "This is the only administrator." in page.text
    page = admin.get(f"/people/{who}/close").submit({"sure": "y"}, status=400)
    assert "This is the only administrator." in page.text
    assert person(database, who).active


def test_closing_and_opening_an_account(admin: Browser, council: Council, database: Database) -> None:
    who = council.workers[0]
    page = admin.get(f"/people/{who.id}/close")
    assert "They hold nothing that is open." in page.text
    assert "Tick the box" in page.submit(status=400).text
    page = page.submit({"sure": "y"})
    assert "The account is closed." in page.text
    assert not person(database, who.id).active
    assert who.name in admin.get("/people?show=closed").text
    page.submit(action="/open")
    assert person(database, who.id).active


def test_teams_and_services(admin: Browser, council: Council, database: Database) -> None:
    assert "4 teams in 2 services." in admin.get("/people/teams").text
    admin.get("/people/services/new").submit({"name": "Fostering"})
    manager = str(council.managers[0].id)
    page = admin.get("/people/teams/new")
    assert "already a team called Care North" in page.submit({"name": " care  north "}, status=400).text.replace(
        "care north", "Care North"
    )
    refused = page.submit({"name": "Fostering East", "manager_id": manager, "deputy_id": manager}, status=400)
    assert "The deputy must be somebody else" in refused.text
    refused.submit({"deputy_id": ""})
    with database.reading() as session:
        team = session.scalars(sa.select(Team).where(Team.name == "Fostering East")).one()
        assert team.manager_id == council.managers[0].id
    admin.get(f"/people/teams/{team.id}").submit({"name": "Fostering West"})
    assert "Fostering West" in admin.get("/people/teams").text
    admin.get(f"/people/services/{council.services[0].id}").submit({"name": "Early help"})
    assert "Early help" in admin.get("/people/teams").text
    admin.get("/people/teams/999", status=404)


def test_a_team_is_journalled_with_what_it_was(admin: Browser, council: Council, database: Database) -> None:
    page = admin.get("/people/teams/new")
    page.submit({"name": "Fostering East"})
    page.submit({"name": "Fostering East"})  # sent twice: one team
    with database.reading() as session:
        team = session.scalars(sa.select(Team).where(Team.name == "Fostering East")).one()
    first, stale = admin.get(f"/people/teams/{team.id}"), admin.get(f"/people/teams/{team.id}")
    first.submit({"manager_id": str(council.managers[0].id)})
    first.submit({"manager_id": str(council.managers[0].id)})
    assert "changed this since you opened it" in stale.submit({"name": "Fostering"}, status=409).text
    with database.reading() as session:
        mine = sa.select(Journal).where(Journal.subject_type == "team", Journal.subject_id == team.id)
        entries = session.scalars(mine.order_by(Journal.number)).all()
        assert [entry.entry for entry in entries] == ["added", "changed"]
        assert entries[1].details == {"changed": {"manager_id": [None, council.managers[0].id]}}
        assert verify_journal(session).findings == ()
    assert "Changed" in admin.get(f"/journal?kind=team&number={team.id}").text


def test_a_service_is_journalled_with_the_name_it_had(admin: Browser, council: Council, database: Database) -> None:
    service = council.services[0]
    page, stale = (admin.get(f"/people/services/{service.id}") for _ in range(2))
    page.submit({"name": "Early help"})
    page.submit({"name": "Early help"})
    assert "changed this since you opened it" in stale.submit({"name": "Help"}, status=409).text
    with database.reading() as session:
        entry = session.scalars(sa.select(Journal).where(Journal.subject_type == "council_service")).one()
        assert entry.details == {"changed": {"name": ["Family help and protection", "Early help"]}}


def test_people_are_for_administrators_only(admin: Browser, council: Council, sign_in: SignIn) -> None:
    paths = ["", ".csv", "/new", "/1", "/1/close", "/teams", "/teams/new", "/teams/1", "/services/1", "/services/new"]
    for other in (council.qa_lead, council.auditors[0], council.director):
        browser = sign_in(other)
        for path in paths:
            browser.get(f"/people{path}", status=404)
        browser.post(f"/people/{council.director.id}/close", {"sure": "y"}, status=404)
    admin.get("/people/999", status=404)
