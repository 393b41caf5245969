"""Strict or lenient: all of it for the lead, their own line for an auditor, nothing for anybody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from auditflow.domain.clock import FixedClock
from auditflow.models import AuditRound
from auditflow.models.database import Database
from auditflow.services.act import Act
from auditflow.services.results import close_round
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import Council
from tests.factories.results import agree, set_columns
from tests.pages import Browser

SignIn = Callable[[Any], Browser]
GIVEN = ([1, 2] * 10, [2, 3] * 10, [3, 2] * 10)


@pytest.fixture
def graded(database: Database, council: Council) -> int:
    """A round in reporting, twenty cases by each of three auditors; the first is stricter."""
    with database.writing() as session:
        row = make_round(session, council, state="reporting")
        for auditor, grades in zip(council.auditors, GIVEN, strict=False):
            for grade in grades:
                agree(session, make_case_audit(session, council, row, auditor_id=auditor.id), grade)
        return row.id


def close(database: Database, council: Council, clock: FixedClock, round_id: int) -> None:
    with database.writing() as session:
        close_round(session, round_id, Act(council.qa_lead.id, clock.now(), f"close-{round_id}"))


def test_the_lead_sees_everybody_by_name_and_no_ranking(graded: int, council: Council, sign_in: SignIn) -> None:
    lead = sign_in(council.qa_lead)
    assert f"/results/{graded}/auditors" in lead.get(f"/results/{graded}").links()
    page = lead.get(f"/results/{graded}/auditors")
    names = sorted(auditor.name for auditor in council.auditors[:3])
    places = [page.text.index(name) for name in names]
    assert places == sorted(places)
    assert "1 auditor grades differently by more than half a grade." in page.text
    assert "−0.6" in page.text


@pytest.mark.parametrize("who", ["director", "heads", "managers", "auditors", "board_member", "administrator"])
def test_nobody_else_opens_it(graded: int, council: Council, sign_in: SignIn, who: str) -> None:
    person = getattr(council, who)
    browser = sign_in(person[0] if isinstance(person, list) else person)
    browser.get(f"/results/{graded}/auditors", status=404)
    if who != "auditors":
        browser.get("/work/grading", status=404)


def test_a_round_under_way_tells_nothing(graded: int, database: Database, council: Council, sign_in: SignIn) -> None:
    with database.writing() as session:
        set_columns(session, session.get_one(AuditRound, graded), state="live")
    sign_in(council.qa_lead).get(f"/results/{graded}/auditors", status=404)


def test_an_auditor_sees_their_own_once_the_round_is_closed(
    graded: int, database: Database, council: Council, clock: FixedClock, sign_in: SignIn
) -> None:
    strict, other = sign_in(council.auditors[0]), sign_in(council.auditors[1])
    assert "/work/grading" in strict.get("/work").links()
    assert "There is nothing to compare yet." in strict.get("/work/grading").text
    close(database, council, clock, graded)
    page = strict.get("/work/grading").text
    assert "20 cases: stricter than expected by 0.6 of a grade" in page
    assert not [auditor.name for auditor in council.auditors[1:] if auditor.name in page]
    assert "stricter" not in other.get("/work/grading").text


def test_the_last_rounds_are_put_together_and_older_ones_are_not(
    graded: int, database: Database, council: Council, clock: FixedClock, sign_in: SignIn
) -> None:
    close(database, council, clock, graded)
    later = []
    with database.writing() as session:
        first = session.get_one(AuditRound, graded)
        for name, days in (("February", 100), ("Two years on", 730)):
            more = {"name": name, "tool_version_id": first.tool_version_id}
            row = make_round(
                session, council, state="reporting", record_date=first.record_date + timedelta(days=days), **more
            )
            for auditor, grades in zip(council.auditors, GIVEN, strict=False):
                for grade in grades:
                    agree(session, make_case_audit(session, council, row, auditor_id=auditor.id), grade)
            later.append(row.id)
    lead = sign_in(council.qa_lead)
    assert "February; Baseline, December 2026" in lead.get(f"/results/{later[0]}/auditors").text
    assert "Baseline" not in lead.get(f"/results/{later[0]}/auditors?rounds=this").text
    assert "Baseline" not in lead.get(f"/results/{later[1]}/auditors").text
