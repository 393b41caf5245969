"""A list page sends the same number of SQL statements whether it shows a few rows or many."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.models import AuditRound, Frame
from auditflow.models.database import Database
from auditflow.services.act import Act
from auditflow.services.journal import Note, begin
from auditflow.services.transitions import Request, apply
from tests.conftest import MONDAY_MORNING
from tests.factories.actions import Acts, make_action, make_concern
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import START, Council, make_council, make_person
from tests.factories.drafts import start
from tests.factories.moderation import make_moderation, make_submitted
from tests.pages import Browser

FEW, MANY = 2, 9

LISTS = (
    ("qa_lead", "/rounds"),
    ("qa_lead", "/rounds/1"),
    ("qa_lead", "/rounds/1/cases"),
    ("qa_lead", "/case-lists"),
    ("qa_lead", "/results"),
    ("qa_lead", "/results/1"),
    ("qa_lead", "/moderation"),
    ("qa_lead", "/actions"),
    ("qa_lead", "/concerns"),
    ("qa_lead", "/work"),
    ("auditor", "/audits"),
    ("auditor", "/work"),
    ("manager", "/moderation"),
    ("manager", "/actions"),
    ("manager", "/concerns"),
    ("manager", "/work"),
    ("administrator", "/people"),
)


def statements(database: Database, browser: Browser, path: str) -> int:
    """How many statements the page sends when it is opened a second time; its own counts are made anew."""
    seen: list[str] = []

    def look(*event: Any) -> None:
        seen.append(event[2])

    browser.get(path)
    browser.app.extensions.pop("auditflow_waiting", None)
    sa.event.listen(database.engine, "before_cursor_execute", look)
    browser.get(path)
    sa.event.remove(database.engine, "before_cursor_execute", look)
    return len(seen)


def add_rows(session: Session, council: Council, audit_round: AuditRound, numbers: range) -> None:
    """One more of everything that the lists show, for each number."""
    act = Acts(FixedClock(MONDAY_MORNING))
    more = {"audit_round": audit_round}
    for n in numbers:
        act.made = n * 10
        make_case_audit(session, council, audit_round)
        writing = make_case_audit(session, council, audit_round)
        start(session, writing, MONDAY_MORNING)
        make_moderation(session, council, audit=make_submitted(session, council, "moderation", **more))
        make_submitted(session, council, "agreed", **more, agreed_at=START, published_grade=3)
        make_action(session, council, writing, act)
        make_concern(session, council.auditors[0], writing, act)
        make_person(session, f"Further Person {n}", ["auditor"])
        _frame(session, council, n)


def _frame(session: Session, council: Council, n: int) -> None:
    frame = Frame(name=f"List {n}", as_at=date(2026, 10, 23), source_sha256="a" * 64, created_at=START)
    begin(session, frame, Act(council.qa_lead.id, START, f"frame-{n:016}"), Note("uploaded", "qa_lead"))


@pytest.fixture
def counted(database: Database, sign_in: Any) -> dict[tuple[str, str], tuple[int, int]]:
    """For every list, the statements with few rows and with many."""
    with database.writing() as session:
        council = make_council(session)
        audit_round = make_round(session, council)
        add_rows(session, council, audit_round, range(FEW))
        for n in range(FEW):
            make_round(session, council, name=f"Round {n}")
    people = {
        "qa_lead": sign_in(council.qa_lead),
        "auditor": sign_in(council.auditors[0]),
        "manager": sign_in(council.managers[0]),
        "administrator": sign_in(council.administrator),
    }
    few = {(who, path): statements(database, people[who], path) for who, path in LISTS}
    with database.writing() as session:
        row = session.get_one(AuditRound, audit_round.id)
        add_rows(session, council, row, range(FEW, MANY))
        for n in range(FEW, MANY):
            make_round(session, council, name=f"Round {n}")
    return {key: (count, statements(database, people[key[0]], key[1])) for key, count in few.items()}


def test_lists_send_as_many_statements_for_many_rows_as_for_few(
    counted: dict[tuple[str, str], tuple[int, int]],
) -> None:
    assert {key: counts for key, counts in counted.items() if counts[0] != counts[1]} == {}


def test_a_transition_in_a_session_of_its_own_is_two_statements(database: Database) -> None:
    with database.writing() as session:
        council = make_council(session)
        audit_round = make_round(session, council)
        audits = [make_case_audit(session, council, audit_round).id for _ in range(2)]
    auditor = council.auditors[0].id
    counts = []
    for audit in audits:
        seen: list[str] = []
        with database.writing() as session:
            sa.event.listen(session.get_bind(), "before_cursor_execute", lambda *a, seen=seen: seen.append(a[2]))
            apply(session, Request("case_audit", audit, "start", Act(auditor, MONDAY_MORNING, f"start-{audit:016}")))
        counts.append(len([sent for sent in seen if not sent.startswith("BEGIN")]))
    # The first of a process reads the calendar too; SQLite has no statement that writes several tables.
    assert counts[1] <= (5 if database.is_sqlite else 2)
