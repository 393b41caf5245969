"""Matching a case list's workers and teams to people and teams, on its pages."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from auditflow.models import NameMatch
from auditflow.models.database import Database
from auditflow.web.frame_match import PAGE
from tests.factories.council import Council
from tests.pages import Browser

HEAD = "Case reference,Allocated Team,Allocated Worker\n"
ROWS = HEAD + "CF-1,Assessment East,Worker Assessment East 1\nCF-2,Assessment West,Zed Unknown\n"


@pytest.fixture
def lead(council: Council, sign_in: Callable[[Any], Browser]) -> Browser:
    browser = sign_in(council.qa_lead)
    bring(browser, ROWS)
    return browser


def bring(browser: Browser, content: str) -> None:
    file = (io.BytesIO(content.encode()), "list.csv")
    page = browser.get("/case-lists/new").submit({"name": "List", "as_at": ["30", "10", "2026"], "file": file})
    page.submit()


def matches(database: Database) -> dict[str, tuple[str, int | None, int | None]]:
    with database.reading() as session:
        rows = session.execute(sa.select(NameMatch.name, NameMatch.match, NameMatch.person_id, NameMatch.team_id))
        return {name: (match, person, team) for name, match, person, team in rows}


def test_names_that_are_the_same_are_accepted_together(lead: Browser, council: Council, database: Database) -> None:
    page = lead.get("/case-lists/1/names")
    assert "4 of 4 names are not matched yet." in page.text
    assert "Accept the 3 names that are the same" in page.text
    page = page.submit(action="/names/same")
    assert "1 of 4 names is not matched yet." in page.text
    found = matches(database)
    assert found["Assessment East"] == ("matched", None, council.teams[0].id)
    assert found["Worker Assessment East 1"] == ("matched", council.workers[0].id, None)
    assert "Zed Unknown" not in found


def test_the_answers_of_one_page_are_kept(lead: Browser, database: Database) -> None:
    page = lead.get("/case-lists/1/names")
    sent = page.form("/names")
    number = sent_for(sent, "Zed Unknown")
    page = page.submit({f"answer-{number}": "agency"}, action="/names")
    assert "All 4 names are matched." in page.text
    assert matches(database)["Zed Unknown"] == ("agency", None, None)
    shown = lead.get("/case-lists/1/names?show=matched&kind=worker&search=zed")
    assert "Agency worker" in shown.text
    assert "Assessment East" not in shown.text


def test_a_team_is_not_called_an_agency_worker(lead: Browser) -> None:
    teams = lead.get("/case-lists/1/names?kind=team").text
    assert "No longer a team here" in teams
    assert "Agency worker" not in teams


def sent_for(form: dict[str, list[str]], name: str) -> str:
    return next(key for key, value in form.items() if key.startswith("name-") and value == [name]).partition("-")[2]


def test_all_others_of_a_page_get_one_mark(lead: Browser, database: Database) -> None:
    page = lead.get("/case-lists/1/names?kind=worker&search=unknown")
    page.submit({"rest": "left"}, action="/names")
    assert matches(database) == {"Zed Unknown": ("left", None, None)}


def test_one_name_is_matched_to_somebody_else_and_changed_later(
    lead: Browser, council: Council, database: Database
) -> None:
    page = lead.get("/case-lists/1/name?kind=worker&name=Zed+Unknown")
    assert "1 case of the list has this name." in page.text
    assert "Choose who this is" in page.submit(status=400).text
    page.submit({"target": str(council.workers[3].id)})
    assert matches(database)["Zed Unknown"] == ("matched", council.workers[3].id, None)
    page = lead.get("/case-lists/1/name?kind=worker&name=Zed+Unknown")
    assert "not both" in page.submit({"mark": "left"}, status=400).text
    page.submit({"target": "", "mark": "left"})
    assert matches(database)["Zed Unknown"] == ("left", None, None)


def test_odd_answers_change_nothing(lead: Browser, database: Database) -> None:
    key = "k" * 20
    for odd in (
        {"kind-0": "worker", "name-0": "Nobody here", "answer-0": "left"},
        {"kind-0": "dog", "name-0": "Zed Unknown", "answer-0": "left"},
        {"kind-0": "worker", "name-0": "Zed Unknown", "answer-0": "99999"},
        {"kind-0": "worker", "name-0": "Zed Unknown", "answer-0": "promoted"},
        {"rest": "promoted"},
    ):
        lead.post("/case-lists/1/names", {"key": key, **odd})
    assert matches(database) == {}
    lead.get("/case-lists/1/name?kind=worker&name=Nobody", status=404)


def test_many_names_come_in_pages(lead: Browser, database: Database) -> None:
    names = PAGE + 5
    bring(lead, HEAD + "".join(f"CF-{i},Assessment East,Somebody {i:03}\n" for i in range(names)))
    first = lead.get("/case-lists/2/names?kind=worker")
    assert f"Showing 1 to {PAGE} of {names}" in first.text
    last = lead.get("/case-lists/2/names?kind=worker&page=2")
    assert f"Showing {PAGE + 1} to {names} of {names}" in last.text
    last.submit({"rest": "not_on_register"}, action="/names")
    assert len(matches(database)) == 5
    assert lead.get("/case-lists/2/names?page=999999999999").path == "/case-lists/2/names"
