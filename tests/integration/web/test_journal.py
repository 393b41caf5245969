"""The administrator's journal, system health and the help pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from auditflow.domain.clock import FixedClock
from auditflow.models import Outbox, Setting
from auditflow.models.database import Database
from auditflow.services.act import Act
from auditflow.services.person import PersonChanges, change_person
from auditflow.services.seal import seal_journal
from auditflow.services.seal_post import LAST_VERIFICATION
from auditflow.web.help_words import ROLE_HELP, SEES
from auditflow.web.journal import PAGE
from auditflow.web.results import EVERYBODY
from tests.factories.council import Council
from tests.pages import Browser, check_page
from workflows.roles import PERSON_ROLES

SignIn = Callable[[Any], Browser]


def change(database: Database, council: Council, times: int, at: datetime) -> None:
    """So many entries about the first auditor."""
    who = council.auditors[0].id
    with database.writing() as session:
        for n in range(times):
            changes = PersonChanges("Auditor A", ("auditor",), None, None, None, 100 + n, None, None, None)
            change_person(session, who, changes, Act(council.administrator.id, at, f"change-{at}-{n}"))


def test_entries_are_found_by_subject_person_and_day(
    admin: Browser, database: Database, council: Council, clock: FixedClock
) -> None:
    change(database, council, 2, clock.now())
    change(database, council, 1, clock.now() + timedelta(days=1))
    who = council.auditors[0].id
    assert "3 entries." in admin.get("/journal").text
    assert "3 entries fit" in admin.get(f"/journal?kind=person&number={who}").text
    assert "3 entries fit" in admin.get(f"/journal?person={council.administrator.id}").text
    assert "0 entries fit" in admin.get(f"/journal?person={council.qa_lead.id}").text
    assert "2 entries fit" in admin.get("/journal?since=2026-11-02&until=2026-11-02").text
    assert "1 entry fits" in admin.get("/journal?since=2026-11-03").text
    assert "1 entry fits" in admin.get("/journal?since=3+11+2026").text
    assert "2 entries fit" in admin.get("/journal?since=2/11/2026&until=2/11/2026").text
    assert "0 entries fit" in admin.get("/journal?kind=case_audit").text


@pytest.mark.parametrize(
    "query",
    [
        "since=yesterday",
        "until=2026-02-30",
        "since=27+3",
        "until=30+2+2026",
        "number=x",
        "person=99999999999",
        "since=0001-01-01",
    ],
)
def test_what_cannot_be_read_gets_a_sentence(admin: Browser, query: str) -> None:
    assert "There is a problem" in admin.get(f"/journal?{query}").text


def test_a_long_journal_comes_in_pages_with_the_same_number_of_statements(
    admin: Browser, database: Database, council: Council, clock: FixedClock
) -> None:
    change(database, council, 2, clock.now())
    few = statements(admin, database, "/journal")
    change(database, council, PAGE + 3, clock.now() + timedelta(days=1))
    assert statements(admin, database, "/journal") == few
    assert f"Showing 1 to {PAGE} of {PAGE + 5}" in admin.get("/journal").text
    assert f"Showing {PAGE + 1} to {PAGE + 5}" in admin.get("/journal?page=2").text


def statements(browser: Browser, database: Database, path: str) -> int:
    seen: list[str] = []

    def note(_c: Any, _cur: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", note)
    try:
        browser.get(path)
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", note)
    return len([statement for statement in seen if statement.startswith("SELECT")])


def test_health_says_what_waits_and_what_is_wrong(
    admin: Browser, database: Database, council: Council, clock: FixedClock
) -> None:
    page = admin.get("/health")
    assert "Everything works." in page.text
    assert "The journal has not been verified yet." in page.text
    change(database, council, 1, clock.now())
    found = {"at": clock.now().isoformat(), "chains": 4, "entries": 9, "findings": 2}
    with database.writing() as session:
        seal_journal(session, clock.now())
        session.add(Setting(key=LAST_VERIFICATION, value=found))
        late = clock.now() - timedelta(hours=1)
        about = {"subject_type": "person", "subject_id": 1, "created_at": late, "due_at": late}
        session.add(Outbox(key="a", template="person.invited", person_id=council.qa_lead.id, **about))
        refused = {"refused_at": clock.now(), "error": "The address does not exist."}
        session.add(Outbox(key="b", template="person.invited", person_id=council.qa_lead.id, **about, **refused))
    text = admin.get("/health").text
    assert "3 things need attention." in text
    assert "1 message waits." in text
    assert "The address does not exist." in text
    assert "9 entries were checked on 2 November 2026 at 09:00: 2 are not as written." in text
    assert "Number 1, made on 2 November 2026 at 09:00" in text
    assert "2 are not as written" in admin.get("/journal").text


def test_journal_and_health_are_for_administrators_only(council: Council, sign_in: SignIn) -> None:
    for other in (council.qa_lead, council.director, council.board_member):
        browser = sign_in(other)
        browser.get("/journal", status=404)
        browser.get("/health", status=404)


HELP = ["/help", "/help/accessibility", "/help/privacy", "/help/who-can-see-what"]


@pytest.mark.parametrize("path", HELP)
def test_help_is_for_anybody(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    check_page(answer.get_data(as_text=True), path)


def test_the_readers_own_part_of_the_help_comes_first(council: Council, sign_in: SignIn) -> None:
    text = sign_in(council.director).get("/help").text
    assert "Director (you)" in text
    assert text.index("Director (you)") < text.index("Team manager")


def test_every_role_is_explained() -> None:
    assert ROLE_HELP.keys() == PERSON_ROLES.keys()
    assert SEES.keys() == PERSON_ROLES.keys()


def test_files_of_results_are_promised_only_to_who_can_have_them() -> None:
    told = {key for key, (_, may) in SEES.items() if "download" in " ".join((may, *ROLE_HELP[key]))}
    assert told <= set(EVERYBODY)


def test_an_administrator_is_promised_only_what_has_a_page(council: Council, sign_in: SignIn) -> None:
    browser = sign_in(council.administrator)
    for page in (browser.get("/help/who-can-see-what"), browser.get("/people/new")):
        assert "time limits" in page.text
        assert "audit tools" not in page.text
