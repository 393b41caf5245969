"""What an auditor does with a case audit: start, declare a conflict, accept, dispute, withdraw."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import BadInput, GuardRefused, NotFound, NotPermitted, Stale
from auditflow.models import CaseAudit, Dispute, Journal, Moderation, Outbox, Reflection, Submission
from auditflow.services.act import Act
from auditflow.services.case_audit import (
    accept_change,
    declare_conflict,
    dispute_change,
    start_case_audit,
    withdraw_submission,
)
from auditflow.services.case_audit_submit import submit_case_audit
from auditflow.services.moderation import mark_moderation_opened
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import Council
from tests.factories.drafts import start, write_all


@pytest.fixture
def audit(session: Session, council: Council) -> CaseAudit:
    return make_case_audit(session, council, make_round(session, council))


def by(audit: CaseAudit, clock: FixedClock, key: str = "k1") -> Act:
    return Act(audit.auditor_id, clock.now(), key)


def messages(session: Session, template: str) -> list[int]:
    return list(session.scalars(sa.select(Outbox.person_id).where(Outbox.template == template)))


def test_starting_invites_the_practitioner_once(
    session: Session, council: Council, audit: CaseAudit, clock: FixedClock
) -> None:
    outcome = start_case_audit(session, audit.id, by(audit, clock), expected_version=audit.version)
    assert start_case_audit(session, audit.id, by(audit, clock), expected_version=audit.version).repeated
    assert (outcome.target, audit.state, audit.started_at) == ("in_progress", "in_progress", clock.now())
    worker = council.workers[0].id
    invited = session.execute(sa.select(Reflection.person_id, Reflection.invited_at)).all()
    assert [tuple(row) for row in invited] == [(worker, clock.now())]
    assert messages(session, "case_audit.invited") == [worker]
    entry = session.scalars(sa.select(Journal).where(Journal.entry == "invited")).one()
    assert (entry.role, entry.actor_id, entry.details) == ("system", None, {"person": worker})


@pytest.mark.parametrize("columns", [{"worker_id": None}, {"purpose": "second"}])
def test_nobody_is_invited_where_nobody_can_be_or_only_grades_are_measured(
    session: Session, council: Council, clock: FixedClock, columns: dict[str, object]
) -> None:
    audit = make_case_audit(session, council, make_round(session, council), **columns)
    start_case_audit(session, audit.id, by(audit, clock))
    assert session.scalars(sa.select(Reflection)).all() == []


def test_a_worker_who_has_left_is_not_invited(
    session: Session, council: Council, audit: CaseAudit, clock: FixedClock
) -> None:
    council.workers[0].active = False
    start_case_audit(session, audit.id, by(audit, clock))
    assert session.scalars(sa.select(Reflection)).all() == []


def test_somebody_elses_audit_cannot_be_started(
    session: Session, council: Council, audit: CaseAudit, clock: FixedClock
) -> None:
    with pytest.raises(NotPermitted):
        start_case_audit(session, audit.id, Act(council.auditors[1].id, clock.now(), "x"))
    with pytest.raises(NotFound):
        start_case_audit(session, 999_999, by(audit, clock))


def test_declaring_a_conflict_gives_the_case_back(
    session: Session, council: Council, audit: CaseAudit, clock: FixedClock
) -> None:
    start(session, audit, clock.now())
    declare_conflict(session, audit.id, by(audit, clock, "c"), reason="She is my neighbour.")
    assert (audit.state, audit.auditor_id, audit.started_at) == ("selected", None, None)
    leads = {council.qa_lead.id, council.second_qa_lead.id}
    assert set(messages(session, "case_audit.conflict_declared")) == leads


def in_moderation(session: Session, audit: CaseAudit, clock: FixedClock) -> None:
    """Submitted by an auditor who is newly trained, so that it is moderated."""
    start(session, audit, clock.now())
    write_all(session, audit, clock.now())
    assert submit_case_audit(session, audit.id, by(audit, clock, "submit-1")).state == "moderation"


def test_after_a_submission_a_conflict_is_for_the_qa_lead(
    session: Session, audit: CaseAudit, clock: FixedClock
) -> None:
    in_moderation(session, audit, clock)
    withdraw_submission(session, audit.id, by(audit, clock, "w"))
    with pytest.raises(GuardRefused) as refused:
        declare_conflict(session, audit.id, by(audit, clock, "c"))
    assert refused.value.code == "not_yet_submitted"


def test_a_submission_can_be_withdrawn_until_the_moderator_opens_it_and_is_kept(
    session: Session, audit: CaseAudit, clock: FixedClock
) -> None:
    in_moderation(session, audit, clock)
    withdraw_submission(session, audit.id, by(audit, clock, "w"), expected_version=audit.version)
    assert (audit.state, audit.first_grade) == ("in_progress", 3)
    assert session.scalars(sa.select(Moderation.state)).all() == ["withdrawn"]
    write_all(session, audit, clock.now(), grade=2, risk=3)
    assert session.scalars(sa.select(Submission.overall_grade)).all() == [3]


def test_an_opened_submission_cannot_be_withdrawn(
    session: Session, council: Council, audit: CaseAudit, clock: FixedClock
) -> None:
    in_moderation(session, audit, clock)
    task = session.scalars(sa.select(Moderation)).one()
    mark_moderation_opened(session, task.id, Act(task.moderator_id, clock.now(), "open"))
    with pytest.raises(GuardRefused) as refused:
        withdraw_submission(session, audit.id, by(audit, clock, "w"))
    assert refused.value.code == "not_opened"


@pytest.fixture
def changed(session: Session, council: Council, clock: FixedClock) -> CaseAudit:
    return make_case_audit(
        session,
        council,
        make_round(session, council),
        state="changed",
        first_grade=3,
        first_submitted_at=clock.now(),
        moderated_grade=2,
    )


@pytest.mark.parametrize("system", [False, True], ids=["auditor", "silence"])
def test_accepting_uses_the_moderators_grade_and_keeps_the_first(
    session: Session, changed: CaseAudit, clock: FixedClock, system: bool
) -> None:
    act = Act(None if system else changed.auditor_id, clock.now(), "a")
    accept_change(session, changed.id, act)
    assert (changed.state, changed.published_grade, changed.first_grade) == ("agreed", 2, 3)
    assert changed.agreed_at == clock.now()


def test_disputing_needs_a_reason_and_keeps_it(session: Session, changed: CaseAudit, clock: FixedClock) -> None:
    with pytest.raises(BadInput):
        dispute_change(session, changed.id, by(changed, clock, "d"), reason=" ")
    act = by(changed, clock, "d")
    dispute_change(session, changed.id, act, reason=" The plan changed within a week. ")
    assert dispute_change(session, changed.id, act, reason=" The plan changed within a week. ").repeated
    dispute = session.scalars(sa.select(Dispute)).one()
    assert (dispute.kind, dispute.reason) == ("auditor", "The plan changed within a week.")
    assert (changed.state, changed.published_grade) == ("disputed", None)


def test_a_page_that_is_behind_is_refused(session: Session, changed: CaseAudit, clock: FixedClock) -> None:
    with pytest.raises(Stale):
        accept_change(session, changed.id, by(changed, clock), expected_version=changed.version - 1)
