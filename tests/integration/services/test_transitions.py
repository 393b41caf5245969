"""The one door: what a move writes, what it refuses, and what a repeat does."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import BadInput, GuardRefused, Misuse, NotFound, NotPermitted, Stale, WrongState
from auditflow.models import CaseAudit, Deadline, Journal, JournalText, Outbox
from auditflow.models.database import Database
from auditflow.services.act import Act
from auditflow.services.transitions import Request, apply
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import Council


@pytest.fixture
def audit(session: Session, council: Council) -> CaseAudit:
    return make_case_audit(session, council, make_round(session, council))


def start(audit: CaseAudit, council: Council, clock: FixedClock, key: str = "start-1", **more: object) -> Request:
    act = Act(council.auditors[0].id, clock.now(), key)
    return Request("case_audit", audit.id, "start", act, expected_version=audit.version, **more)  # type: ignore[arg-type]


def test_a_move_changes_state_and_version_and_journals_who_and_when(
    session: Session, council: Council, audit: CaseAudit, clock: FixedClock
) -> None:
    outcome = apply(session, start(audit, council, clock))
    assert (outcome.source, outcome.target, outcome.version) == ("allocated", "in_progress", 2)
    assert (audit.state, audit.version) == ("in_progress", 2)
    entries = session.scalars(
        sa.select(Journal).where(Journal.subject_type == "case_audit").order_by(Journal.number)
    ).all()
    assert [(e.number, e.entry, e.from_state, e.to_state, e.role) for e in entries] == [
        (1, "created", "", "allocated", "qa_lead"),
        (2, "started", "allocated", "in_progress", "auditor"),
    ]
    assert entries[1].actor_id == council.auditors[0].id
    assert entries[1].at == clock.now()
    assert entries[1].previous == entries[0].hash
    assert audit.chain_head == entries[1].hash


def test_the_clocks_of_the_state_it_leaves_stop_and_those_it_enters_run(
    session: Session, council: Council, audit: CaseAudit, clock: FixedClock
) -> None:
    def running() -> dict[str, str]:
        rows = session.execute(sa.select(Deadline.key, Deadline.due_at).where(Deadline.subject_type == "case_audit"))
        return {key: due.date().isoformat() for key, due in rows}

    assert set(running()) == {"start"}
    apply(session, start(audit, council, clock))
    assert running() == {"submit": "2026-11-20"}


def test_the_same_key_again_returns_the_first_result_and_writes_nothing(
    session: Session, council: Council, audit: CaseAudit, clock: FixedClock
) -> None:
    request = start(audit, council, clock)
    first, second = apply(session, request), apply(session, request)
    assert (first.repeated, second.repeated) == (False, True)
    assert (second.target, second.version) == (first.target, first.version)
    assert (
        session.scalar(sa.select(sa.func.count()).select_from(Journal).where(Journal.subject_type == "case_audit")) == 2
    )


def test_the_same_key_with_another_body_is_misuse(
    session: Session, council: Council, audit: CaseAudit, clock: FixedClock
) -> None:
    apply(session, start(audit, council, clock))
    with pytest.raises(Misuse):
        apply(session, start(audit, council, clock, details={"other": 1}))


def test_a_stale_version_is_refused_and_nothing_is_written(
    session: Session, council: Council, audit: CaseAudit, clock: FixedClock
) -> None:
    stale = start(audit, council, clock, key="late")
    apply(session, start(audit, council, clock))
    with pytest.raises(Stale):
        apply(session, stale)
    assert session.scalar(sa.select(sa.func.count()).select_from(Journal).where(Journal.key == "late")) == 0


def test_refusals_are_typed(session: Session, council: Council, audit: CaseAudit, clock: FixedClock) -> None:
    somebody_else = Act(council.auditors[1].id, clock.now(), "a")
    with pytest.raises(NotPermitted):
        apply(session, Request("case_audit", audit.id, "start", somebody_else))
    with pytest.raises(WrongState):
        apply(session, Request("case_audit", audit.id, "confirm", somebody_else))
    with pytest.raises(Misuse):
        apply(session, Request("case_audit", audit.id, "abolish", somebody_else))
    with pytest.raises(NotFound):
        apply(session, Request("case_audit", 999_999, "start", somebody_else))


def test_a_move_that_needs_a_reason_is_refused_without_one(
    session: Session, council: Council, audit: CaseAudit, clock: FixedClock
) -> None:
    act = Act(council.qa_lead.id, clock.now(), "re")
    facts = {
        "chosen_in_conflict": False,
        "chosen_trained": True,
        "chosen_graded_before": False,
        "another_could_audit": True,
    }
    with pytest.raises(BadInput):
        apply(session, Request("case_audit", audit.id, "reallocate", act, facts=facts, reason="  "))
    done = apply(session, Request("case_audit", audit.id, "reallocate", act, facts=facts, reason="On leave"))
    assert done.target == "allocated"


def test_the_reason_stands_in_the_erasable_table_and_only_its_digest_in_the_journal(
    session: Session, council: Council, audit: CaseAudit, clock: FixedClock
) -> None:
    act = Act(council.qa_lead.id, clock.now(), "re")
    facts = {
        "chosen_in_conflict": False,
        "chosen_trained": True,
        "chosen_graded_before": False,
        "another_could_audit": True,
    }
    changes = {"auditor_id": council.auditors[1].id}
    apply(session, Request("case_audit", audit.id, "reallocate", act, facts=facts, reason="On leave", changes=changes))
    entry = session.scalars(sa.select(Journal).where(Journal.key == "re")).one()
    assert "On leave" not in str(entry.details)
    assert len(entry.details["texts"]["reason"]) == 64
    assert session.scalars(sa.select(JournalText.text).where(JournalText.number == entry.number)).all() == ["On leave"]
    assert audit.auditor_id == council.auditors[1].id


def test_whoever_holds_the_case_is_refused_by_the_guard(session: Session, council: Council, clock: FixedClock) -> None:
    worker = council.workers[0]
    audit = make_case_audit(session, council, make_round(session, council), auditor_id=worker.id)
    with pytest.raises(GuardRefused):
        apply(session, Request("case_audit", audit.id, "start", Act(worker.id, clock.now(), "own")))


def test_those_to_be_told_get_a_message_each_but_not_who_did_it(
    session: Session, council: Council, audit: CaseAudit, clock: FixedClock
) -> None:
    apply(
        session,
        Request(
            "case_audit",
            audit.id,
            "declare_conflict",
            Act(council.auditors[0].id, clock.now(), "c"),
            changes={"auditor_id": None},
        ),
    )
    told = session.execute(sa.select(Outbox.person_id, Outbox.template)).all()
    assert sorted(told) == sorted(
        (lead.id, "case_audit.conflict_declared") for lead in (council.qa_lead, council.second_qa_lead)
    )


def statements_of(database: Database) -> list[str]:
    seen: list[str] = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
    return seen


def test_a_transition_on_postgresql_is_two_statements(
    database: Database, session: Session, council: Council, audit: CaseAudit, clock: FixedClock
) -> None:
    apply(session, start(audit, council, clock, key="warm"))
    second = make_case_audit(session, council, make_round(session, council, name="B"))
    session.flush()
    request = start(second, council, clock, key="measured")
    seen = statements_of(database)
    apply(session, request)
    counted = [s for s in seen if not s.startswith(("BEGIN", "COMMIT"))]
    assert len(counted) <= (5 if database.is_sqlite else 2), counted


def test_a_move_finds_its_clocks_by_its_own_number_and_reads_nobody_elses(
    database: Database, session: Session, council: Council, audit: CaseAudit, clock: FixedClock
) -> None:
    sent: list[tuple[str, dict[str, object]]] = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *a: sent.append((a[2], a[3])))
    apply(session, start(audit, council, clock))
    connection = session.connection()
    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    if not database.is_sqlite:
        # Little tables are read whole for choice; what counts is how the rows of a big one are found.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    clearing = [(text, values) for text, values in sent if "DELETE FROM deadline" in text]
    assert clearing
    for text, values in clearing:
        plan = "\n".join(str(step[-1]) for step in connection.exec_driver_sql(f"{explain} {text}", values))
        found_by = re.search(r"(?:SEARCH deadline|Scan using pk_deadline on deadline\b.*\n).*", plan)
        assert found_by is not None, plan
        assert "subject_type" in found_by[0] and "subject_id" in found_by[0], plan
