"""Deadlines: the system acts, or says once that something is late; a refused move is tried again after a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import GuardRefused
from auditflow.models import Alert, CaseAudit, Deadline, Outbox, Person
from auditflow.models.database import Database
from auditflow.services import deadline as service
from auditflow.services.deadline import keep_deadline, list_due
from auditflow.tasks.deadline import run_due
from auditflow.tasks.office import Office
from tests.factories.actions import Acts, make_concern
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import make_council

DAY = timedelta(days=1)


@pytest.fixture
def late_audit(database: Database) -> int:
    """An audit that should have been started long ago."""
    with database.writing() as session:
        council = make_council(session)
        return make_case_audit(session, council, make_round(session, council)).id


@pytest.fixture
def concern(database: Database, late_audit: int, clock: FixedClock) -> int:
    """A concern that nobody acknowledged for five hours."""
    raised = FixedClock(clock.now() - timedelta(hours=5))
    with database.writing() as session:
        audit = session.get_one(CaseAudit, late_audit)
        council_auditor = audit.auditor_id
        return make_concern(session, session.get_one(Person, council_auditor), audit, Acts(raised)).id


def told(database: Database, template: str) -> int:
    with database.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Outbox).where(Outbox.template == template)) or 0


def test_what_is_late_is_said_once(office: Office, database: Database, late_audit: int, clock: FixedClock) -> None:
    assert run_due(office) >= 1
    said = told(database, "case_audit.late_start")
    assert said == 3, "the auditor and both leads"
    clock.advance(timedelta(days=3))
    run_due(office)
    assert told(database, "case_audit.late_start") == said


def test_the_system_acts_when_it_is_due(office: Office, database: Database, concern: int) -> None:
    run_due(office)
    with database.reading() as session:
        assert session.get_one(Alert, concern).escalated_to == "head"
    assert told(database, "alert.escalated_to_head") == 2


def test_a_move_that_was_refused_is_tried_again_after_a_day(
    office: Office, database: Database, concern: int, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def refuse(session: object, *_arguments: object) -> None:
        tries.append(clock.now())
        raise GuardRefused("Not now.", code="not_now")

    with monkeypatch.context() as patch:
        patch.setitem(service.SERVICES, ("alert", "escalate_to_head"), refuse)
        run_due(office)
        clock.advance(DAY - timedelta(minutes=1))
        run_due(office)
        assert len(tries) == 1
        clock.advance(timedelta(minutes=2))
        run_due(office)
        assert len(tries) == 2
    clock.advance(DAY + timedelta(minutes=1))
    run_due(office)
    with database.reading() as session:
        assert session.get_one(Alert, concern).escalated_to in {"head", "director"}


def test_what_a_refused_move_had_begun_to_write_is_taken_back(
    office: Office, database: Database, concern: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_then_refuse(session: object, subject_id: int, _act: object) -> None:
        session.execute(sa.update(Alert).where(Alert.id == subject_id).values(escalated_to="director"))  # type: ignore[attr-defined]
        raise GuardRefused("Not now.", code="not_now")

    monkeypatch.setitem(service.SERVICES, ("alert", "escalate_to_head"), write_then_refuse)
    run_due(office)
    with database.reading() as session:
        assert session.get_one(Alert, concern).escalated_to != "director"
        assert session.get_one(Deadline, ("alert", concern, "acknowledge")).noticed_at == office.clock.now()


def test_one_that_breaks_holds_up_no_other(
    office: Office, database: Database, concern: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise ValueError("a fault of ours")

    monkeypatch.setitem(service.SERVICES, ("alert", "escalate_to_head"), broken)
    # The concern's deadline is the newest; one that is due later comes after it.
    with database.writing() as session:
        session.execute(
            sa.update(Deadline).where(Deadline.subject_type == "case_audit").values(due_at=office.clock.now())
        )
    run_due(office)
    assert told(database, "case_audit.late_start") == 3
    with database.reading() as session:
        assert session.get_one(Deadline, ("alert", concern, "acknowledge")).noticed_at is None, "it is tried again"


def test_two_workers_with_the_same_list_do_it_once(database: Database, late_audit: int, clock: FixedClock) -> None:
    with database.reading() as session:
        (due,) = [d for d in list_due(session, clock.now()) if d.subject_id == late_audit and d.key == "start"]
    outcomes = []
    for _worker in range(2):
        with database.writing() as session:
            outcomes.append(keep_deadline(session, due, clock.now()))
    assert outcomes == ["said late", "already done"]
