"""Blind second grading over HTTP: the policy, the launch page's sentence, the auditor's list, the lead's page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from auditflow.models import AuditRound, CaseAudit
from auditflow.models.database import Database
from auditflow.services.launch import launch_round
from tests.factories.council import Council, make_council
from tests.factories.sampling import Steps, make_frame
from tests.pages import Browser

SignIn = Callable[[object], Browser]
THREE = {"second_gradings": True, "second_percent": 20, "second_least": 3}
MORNING = datetime(2026, 11, 2, 8, tzinfo=UTC)


@pytest.fixture
def council(database: Database) -> Council:
    with database.writing() as session:
        council = make_council(session)
        session.expunge_all()
    return council


def prepare(database: Database, council: Council, *, live: bool) -> None:
    with database.writing() as session:
        steps = Steps(session, council, MORNING)
        row = steps.locked(steps.planned(make_frame(session, council), policy=THREE))
        steps.drawn(row)
        steps.allocated(row)
        if live:
            launch_round(session, row.id, steps.act())


def second(database: Database) -> CaseAudit:
    with database.reading() as session:
        found = session.scalars(sa.select(CaseAudit).where(CaseAudit.purpose == "second").order_by(CaseAudit.id))
        row = found.first()
        assert row is not None
        session.expunge(row)
        return row


def test_the_policy_is_changed_on_its_page_and_told_before_the_launch(
    sign_in: SignIn, council: Council, database: Database
) -> None:
    prepare(database, council, live=False)
    lead = sign_in(council.qa_lead)
    page = lead.get("/rounds/1/policy")
    assert page.form()["second_least"] == ["3"]
    assert "must be 100 or fewer" in page.submit({"second_percent": "400"}, status=400).text
    check = page.submit({"second_least": "4"})
    assert "20% of the randomly drawn cases, at least 4: here " in check.text
    with database.reading() as session:
        assert session.get_one(AuditRound, 1).policy["second_least"] == 4
    off = {name: values for name, values in lead.get("/rounds/1/policy").form().items() if name != "second_gradings"}
    assert "None in this round" in lead.post("/rounds/1/policy", off).text


def test_too_few_auditors_is_a_sentence_and_no_refusal(sign_in: SignIn, council: Council, database: Database) -> None:
    council.auditors[:] = council.auditors[:1]
    prepare(database, council, live=False)
    lead = sign_in(council.qa_lead)
    page = lead.get("/rounds/1/launch")
    assert "No case of this round can have a second auditor" in page.text
    assert "The round is live" in page.submit(action="/launch").text
    assert "Blind second gradings" not in lead.get("/rounds/1").text


def test_the_auditor_has_one_list_without_a_mark_or_a_name(
    sign_in: SignIn, council: Council, database: Database
) -> None:
    prepare(database, council, live=True)
    audit = second(database)
    with database.reading() as session:
        main = session.scalars(
            sa.select(CaseAudit).where(CaseAudit.ref == audit.ref, CaseAudit.purpose == "main")
        ).one()
        first = next(a.name for a in council.auditors if a.id == main.auditor_id)
    assert audit.auditor_id is not None
    grader = sign_in(audit.auditor_id)
    mine = grader.get("/audits")
    assert audit.ref in mine.html
    for page in (mine, grader.get(f"/audits/{audit.id}"), grader.get(f"/audits/{audit.id}/history")):
        assert first not in page.html
        assert "second" not in page.text.lower()
    assert grader.client.get(f"/audits/{main.id}").status_code == 404
    assert grader.client.get(f"/audits/{main.id}/history").status_code == 404
    assert main.auditor_id is not None
    assert sign_in(main.auditor_id).client.get(f"/audits/{audit.id}").status_code == 404


def test_the_lead_sees_them_apart_and_withdraws_one_with_a_reason(
    sign_in: SignIn, council: Council, database: Database
) -> None:
    prepare(database, council, live=True)
    audit = second(database)
    lead = sign_in(council.qa_lead)
    assert "0 of 3 are in. Reporting waits for the others." in lead.get("/rounds/1").text
    page = lead.get("/rounds/1/second-gradings")
    assert f"/rounds/1/cases/{audit.id}" in page.links()
    case = lead.get(f"/rounds/1/cases/{audit.id}")
    assert f"/audits/{audit.id}" in case.links()
    assert "Blind second grading" in case.text
    assert f"/rounds/1/cases/{audit.id}/withdraw" in case.links()
    form = lead.get(f"/rounds/1/cases/{audit.id}/withdraw")
    assert "Give a reason." in form.submit({"reason": ""}, status=400).text
    assert "0 of 3 are in, 1 withdrawn" in form.submit({"reason": "Long-term leave."}).text
    assert "Blind second grading: withdrawn." in lead.get(f"/rounds/1/cases/{audit.id}").text
    with database.reading() as session:
        main = session.scalars(sa.select(CaseAudit.id).where(CaseAudit.purpose == "main").limit(1)).one()
    assert lead.client.get(f"/rounds/1/cases/{main}/withdraw").status_code == 404
