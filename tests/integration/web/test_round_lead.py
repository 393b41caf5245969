"""A live round over HTTP: chase, extend, add a case, ask for a removal, and the director's decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from auditflow.domain.clock import FixedClock
from auditflow.models import AuditRound, CaseAudit, Outbox, SampleCase
from auditflow.models.database import Database
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import Council, make_council
from tests.factories.sampling import Steps, make_frame
from tests.pages import Browser

SignIn = Callable[[object], Browser]


@pytest.fixture
def council(database: Database) -> Council:
    with database.writing() as session:
        council = make_council(session)
        session.expunge_all()
    with database.writing() as session:
        Steps(session, council, datetime(2026, 11, 2, 8, tzinfo=UTC)).live(make_frame(session, council))
    return council


@pytest.fixture
def lead(sign_in: SignIn, council: Council) -> Browser:
    return sign_in(council.qa_lead)


def test_a_removal_is_asked_for_and_decided_by_the_director(
    lead: Browser, sign_in: SignIn, council: Council, database: Database
) -> None:
    with database.reading() as session:
        audit_id = session.scalars(sa.select(CaseAudit.id).order_by(CaseAudit.id)).first()
    page = lead.get(f"/rounds/1/cases/{audit_id}/remove")
    assert "Choose one of the listed reasons." in page.submit({"reason": "It is a poor file."}, status=400).text
    done = page.submit({"reason_code": "transferred", "reason": "Moved to another council."})
    assert "Your request waits for approval" in done.text
    request = sign_in(council.director).get("/approvals/1")
    assert "No: the auditor has not opened it" in request.text
    assert "takes its place" in request.text
    assert "1 request waits" in lead.get("/approvals").text
    request.submit({"decision": "approve"})
    decided = sign_in(council.director).get("/approvals/1").text
    assert "takes its place" not in decided
    assert council.director.name in decided
    with database.reading() as session:
        assert session.get_one(CaseAudit, audit_id).state == "removed"
        assert session.scalars(sa.select(CaseAudit.state).where(CaseAudit.kind == "replacement")).all() == ["selected"]
    assert "1 case has no auditor yet" in lead.get("/rounds/1").text


def test_late_auditors_are_chased_once_a_day(lead: Browser, clock: FixedClock, database: Database) -> None:
    clock.advance(timedelta(days=14))
    page = lead.get("/rounds/1")
    assert "Chase the 4 auditors with late audits or second gradings" in page.text
    assert "A reminder goes to 4 auditors" in page.submit(action="/chase").text
    assert "has had a reminder today" in lead.get("/rounds/1").submit(action="/chase").text
    with database.reading() as session:
        chased = sa.select(sa.func.count()).select_from(Outbox).where(Outbox.template == "audit_round.chased")
        assert session.scalar(chased) == 4


def test_extending_and_adding_a_case(lead: Browser, database: Database) -> None:
    page = lead.get("/rounds/1/extend")
    early = page.submit({"ends_on": ["1", "11", "2026"], "reason": "Two are ill."}, status=400)
    assert "must be after 27 November 2026" in early.text
    assert early.form()["reason"] == ["Two are ill."]
    done = lead.get("/rounds/1/extend").submit({"ends_on": ["11", "12", "2026"], "reason": "Two are ill."})
    assert "Extended from 27 November 2026 to 11 December 2026" in done.text
    lead.get("/rounds/1/add-case").submit({"ref": "EXT-1", "reason": "The board asked."})
    with database.reading() as session:
        added = session.scalars(sa.select(CaseAudit).where(CaseAudit.kind == "judgemental")).one()
        assert (added.ref, session.scalars(sa.select(AuditRound)).one().state) == ("EXT-1", "live")
    assert "Added (not random)" in lead.get("/rounds/1/cases?search=EXT").text
    assert b"EXT-1" in lead.client.get("/rounds/1/cases.csv?search=EXT").data


def test_the_reserves_of_a_group_are_extended_until_none_is_left(lead: Browser, database: Database) -> None:
    assert "/rounds/1/reserves" in lead.get("/rounds/1").links()
    page = lead.get("/rounds/1/reserves")
    assert "3 in reserve, 0 used" in page.text
    assert "must be 1 or more" in page.submit({"more": "0"}, status=400).text
    with database.reading() as session:
        before = len(session.scalars(sa.select(SampleCase).where(SampleCase.kind == "reserve")).all())
    assert "The reserves are added." in page.submit({"more": "2"}).text
    with database.reading() as session:
        after = len(session.scalars(sa.select(SampleCase).where(SampleCase.kind == "reserve")).all())
    assert after == before + 6
    one = {"stratum": "group:child_in_care", "more": "900"}
    lead.get("/rounds/1/reserves").submit(one)
    assert "“Child looked after” has no case left" in lead.get("/rounds/1/reserves").submit(one, status=400).text


def test_my_work_leads_to_what_a_round_waits_for(database: Database, sign_in: SignIn) -> None:
    with database.writing() as session:
        council = make_council(session)
        names = {
            "planned": "Plan {}",
            "sampled": "Allocate the cases of {}, and launch it",
            "reporting": "Check and close {}",
        }
        for state in ("planned", "sampled", "live", "reporting", "closed"):
            row = make_round(session, council, state=state, name=f"Round {state}")
            make_case_audit(session, council, row, state="in_progress" if state == "live" else "agreed")
    page = sign_in(council.qa_lead).get("/")
    for state, words in names.items():
        assert words.format(f"Round {state}") in page.text
    assert "3 things to do" in page.text
    assert "Round live" not in page.text, "its cases are not settled"
    for item in [link for link in page.links() if link.startswith(("/rounds/", "/results/"))]:
        assert page.browser.get(item).text
    for other in (council.director, council.auditors[0]):
        assert "Round" not in sign_in(other).get("/work").text.replace("Rounds", "")
