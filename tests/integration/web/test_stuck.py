"""The page of stuck items: who was left out and why, and the ways out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from auditflow.models import Person
from auditflow.models.database import Database
from auditflow.services.act import Act
from auditflow.services.stuck import check_stuck
from tests.conftest import MONDAY_MORNING
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import Council, make_council
from tests.factories.moderation import make_moderation
from tests.pages import Browser

SignIn = Callable[[Person | int], Browser]


@pytest.fixture
def council(database: Database) -> Council:
    with database.writing() as session:
        council = make_council(session)
        audit_round = make_round(session, council)
        make_case_audit(session, council, audit_round, state="in_progress", auditor_id=council.auditors[3].id)
        for person in (*council.managers[1:], council.external, council.auditors[3]):
            person.active = False
        session.flush()
        make_moderation(session, council)
        check_stuck(session, Act(None, MONDAY_MORNING, "night"))
        session.flush()
        session.expunge_all()
    return council


def test_it_says_who_was_left_out_and_where_to_go(council: Council, sign_in: SignIn) -> None:
    page = sign_in(council.qa_lead.id).get("/stuck")
    assert "2 items are stuck" in page.text
    assert "Mary Tull holds or held this case, manages its worker, or belongs to its team" in page.text
    assert "Auditor D has left, or is no longer active" in page.text
    assert any(link.startswith("/moderation/") and link.endswith("/assign") for link in page.links())


def test_asking_again_after_a_change_clears_what_is_solved(
    council: Council, sign_in: SignIn, database: Database
) -> None:
    with database.writing() as session:
        session.get_one(Person, council.managers[2].id).active = True
    page = sign_in(council.qa_lead.id).get("/stuck").submit(action="/check")
    assert "1 item is stuck" in page.text


def test_only_the_qa_lead_and_the_director_see_it(council: Council, sign_in: SignIn) -> None:
    sign_in(council.director.id).get("/stuck")
    for person in (
        council.auditors[0],
        council.managers[0],
        council.workers[0],
        council.heads[0],
        council.board_member,
    ):
        sign_in(person.id).get("/stuck", status=404)
        sign_in(person.id).post("/stuck/check", {}, status=404)


def test_nothing_stuck_says_so(database: Database, sign_in: SignIn) -> None:
    with database.writing() as session:
        lead = make_council(session).qa_lead.id
    assert "Nothing is stuck" in sign_in(lead).get("/stuck").text


def test_it_is_first_on_the_leads_home(council: Council, sign_in: SignIn) -> None:
    page = sign_in(council.qa_lead.id).get("/work")
    assert "2 items that nobody here may carry on" in page.text
    assert "/stuck" in page.links()
    assert "/stuck" not in sign_in(council.auditors[0].id).get("/work").links()
