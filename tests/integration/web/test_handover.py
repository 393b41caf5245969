"""New holders for what somebody has: the QA lead chooses, each move's own rules decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from auditflow.models import CaseAudit, Outbox, Stuck
from auditflow.models.database import Database
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import Council, make_council
from tests.pages import Browser

SignIn = Callable[[Any], Browser]


@pytest.fixture
def story(database: Database) -> tuple[Council, CaseAudit]:
    with database.writing() as session:
        council = make_council(session)
        audit = make_case_audit(session, council, make_round(session, council))
        session.refresh(audit)
        return council, audit


def test_an_audit_gets_another_auditor(story: tuple[Council, CaseAudit], sign_in: SignIn, database: Database) -> None:
    council, audit = story
    leaver, new = council.auditors[0], council.auditors[1]
    page = sign_in(council.qa_lead).get(f"/people/{leaver.id}/hand-over")
    assert "1 open item needs a new holder." in page.text
    page = page.submit({f"to-case_audit-{audit.id}": str(new.id)})
    assert "1 item has a new holder." in page.text
    with database.reading() as session:
        assert session.get_one(CaseAudit, audit.id).auditor_id == new.id


def test_a_refused_new_holder_is_named_and_the_choice_stays(
    story: tuple[Council, CaseAudit], sign_in: SignIn, database: Database
) -> None:
    council, audit = story
    with database.writing() as session:
        # The manager of the case's team is an auditor too, and must not have it.
        manager = session.get_one(type(council.qa_lead), council.managers[0].id)
        manager.roles = [*manager.roles, *session.get_one(type(council.qa_lead), council.auditors[0].id).roles]
        manager.trained_on = council.auditors[0].trained_on
    lead = sign_in(council.qa_lead)
    page = lead.get(f"/people/{council.auditors[0].id}/hand-over")
    chosen = {f"to-case_audit-{audit.id}": str(council.managers[0].id)}
    page = page.submit(chosen, status=400)
    assert f"Case {audit.ref}:" in page.text
    assert page.form()[f"to-case_audit-{audit.id}"] == [str(council.managers[0].id)]
    assert "Say why these change hands." in page.submit({**chosen, "reason": ""}, status=400).text
    with database.reading() as session:
        assert session.get_one(CaseAudit, audit.id).auditor_id == council.auditors[0].id


def test_closing_an_account_tells_the_leads_what_is_left(
    story: tuple[Council, CaseAudit], sign_in: SignIn, database: Database
) -> None:
    council, _ = story
    admin = sign_in(council.administrator)
    page = admin.get(f"/people/{council.auditors[0].id}/close")
    assert "1 open item needs a new holder." in page.text
    assert "CF-" not in page.text
    page.submit({"sure": "y"})
    with database.reading() as session:
        told = session.scalars(sa.select(Outbox.person_id).where(Outbox.template == "person.deactivated")).all()
        assert set(told) == {council.qa_lead.id, council.second_qa_lead.id}
        assert session.scalar(sa.select(sa.func.count()).select_from(Stuck)) == 1


def test_handing_over_is_for_the_leads(story: tuple[Council, CaseAudit], sign_in: SignIn) -> None:
    council, _ = story
    for other in (council.administrator, council.managers[0], council.director):
        sign_in(other).get(f"/people/{council.auditors[0].id}/hand-over", status=404)
    sign_in(council.qa_lead).get("/people/999/hand-over", status=404)
