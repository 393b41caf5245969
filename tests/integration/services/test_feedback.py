"""Feedback: shared with the worker and manager of then and now, answered, read, and closed when settled."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import BadInput, NotFound, NotPermitted, WrongState
from auditflow.models import (
    Action,
    CaseAudit,
    Deadline,
    Frame,
    FrameCase,
    Journal,
    NameMatch,
    Outbox,
    Person,
    Reflection,
)
from auditflow.services.act import Act
from auditflow.services.feedback import close_when_settled, read_outcome, reflect, share_feedback
from tests.factories.council import START, Council
from tests.factories.moderation import make_submitted


@pytest.fixture
def agreed(session: Session, council: Council) -> CaseAudit:
    return make_submitted(session, council, "agreed", published_grade=3)


def by(person: Person | None, clock: FixedClock, key: str = "k") -> Act:
    return Act(person.id if person else None, clock.now(), key)


def told(session: Session, template: str) -> set[int]:
    return set(session.scalars(sa.select(Outbox.person_id).where(Outbox.template == template)))


def test_the_worker_and_the_teams_manager_are_told(
    session: Session, council: Council, agreed: CaseAudit, clock: FixedClock
) -> None:
    share_feedback(session, agreed.id, by(council.auditors[0], clock), version=agreed.version)
    assert (agreed.state, agreed.shared_at) == ("feedback_shared", clock.now())
    assert told(session, "case_audit.feedback_shared") == {council.workers[0].id, council.managers[0].id}
    assert session.get(Reflection, (agreed.id, council.workers[0].id)) is not None


def test_whoever_holds_the_case_now_hears_it_too(
    session: Session, council: Council, agreed: CaseAudit, clock: FixedClock
) -> None:
    now_with = council.workers[4]
    frame = Frame(
        name="List",
        as_at=date(2026, 10, 30),
        stage="frozen",
        source_sha256="0" * 64,
        frame_sha256="1" * 64,
        frozen_at=START,
        created_at=START,
    )
    session.add(frame)
    session.flush()
    session.add(FrameCase(frame_id=frame.id, row=1, ref=agreed.ref, worker="Lee, A."))
    session.add(NameMatch(kind="worker", name="Lee, A.", match="matched", person_id=now_with.id))
    session.flush()
    share_feedback(session, agreed.id, by(council.qa_lead, clock))
    expected = {council.workers[0].id, council.managers[0].id, now_with.id, council.managers[2].id}
    assert told(session, "case_audit.feedback_shared") == expected
    assert session.get(Reflection, (agreed.id, now_with.id)) is not None


def test_only_auditor_moderator_and_qa_lead_share_it(
    session: Session, council: Council, agreed: CaseAudit, clock: FixedClock
) -> None:
    for person in (council.auditors[1], council.managers[0], council.managers[1], council.workers[0]):
        with pytest.raises(NotPermitted):
            share_feedback(session, agreed.id, by(person, clock))
    assert session.scalars(sa.select(Reflection)).all() == []


def test_sharing_twice_with_one_key_is_once(
    session: Session, council: Council, agreed: CaseAudit, clock: FixedClock
) -> None:
    share_feedback(session, agreed.id, by(council.auditors[0], clock))
    assert share_feedback(session, agreed.id, by(council.auditors[0], clock)).repeated


def invited(session: Session, council: Council, state: str, **columns: object) -> CaseAudit:
    audit = make_submitted(session, council, state, **columns)
    session.add(Reflection(case_audit_id=audit.id, person_id=council.workers[0].id, invited_at=START))
    session.flush()
    return audit


def test_the_practitioner_reflects_and_may_say_it_better(session: Session, council: Council, clock: FixedClock) -> None:
    audit = invited(session, council, "in_progress")
    reflect(session, audit.id, "She trusts me.", by(council.workers[0], clock, "a"))
    row = reflect(session, audit.id, " She trusts me now. ", by(council.workers[0], clock, "b"))
    assert (row.reflection, row.reflected_at) == ("She trusts me now.", clock.now())
    journal = sa.select(Journal.entry).where(Journal.subject_type == "case_audit").order_by(Journal.number)
    entries = session.scalars(journal).all()
    assert entries == ["created", "practitioner_reflected", "practitioner_reflected"]


def test_a_reflection_is_the_invited_persons_own_and_has_words(
    session: Session, council: Council, clock: FixedClock
) -> None:
    audit = invited(session, council, "in_progress")
    with pytest.raises(NotFound):
        reflect(session, audit.id, "Mine", by(council.workers[1], clock))
    with pytest.raises(BadInput):
        reflect(session, audit.id, "  ", by(council.workers[0], clock))
    with pytest.raises(BadInput, match="20,000"):
        reflect(session, audit.id, "x" * 20_001, by(council.workers[0], clock))
    over = invited(session, council, "closed", shared_at=START)
    with pytest.raises(WrongState):
        reflect(session, over.id, "Late", by(council.workers[0], clock))


def test_the_outcome_is_read_after_it_is_shared_and_once(session: Session, council: Council, clock: FixedClock) -> None:
    early = invited(session, council, "agreed")
    with pytest.raises(WrongState):
        read_outcome(session, early.id, by(council.workers[0], clock))
    audit = invited(session, council, "feedback_shared", shared_at=START)
    read_outcome(session, audit.id, by(council.workers[0], clock))
    version = audit.version
    row = read_outcome(session, audit.id, by(council.workers[0], clock, "again"))
    assert (row.read_at, audit.version) == (clock.now(), version)


def act_on(session: Session, audit: CaseAudit, state: str, **columns: object) -> Action:
    row = Action(
        case_audit_id=audit.id,
        text="Update the plan",
        proposed_by_id=audit.auditor_id,
        owner_id=audit.worker_id,
        first_due_on=date(2026, 11, 30),
        due_on=date(2026, 11, 30),
        created_at=START,
        state=state,
        **columns,
    )
    session.add(row)
    session.flush()
    return row


def test_it_closes_when_the_time_is_over_and_every_action_is_settled(
    session: Session, council: Council, clock: FixedClock
) -> None:
    audit = make_submitted(session, council, "feedback_shared", published_grade=3)
    verified = {"verified_at": START, "verified_by_id": council.qa_lead.id}
    act_on(session, audit, "verified", difference="yes", **verified)
    without = act_on(session, audit, "verified", difference="no", **verified)
    assert not close_when_settled(session, audit.id, by(None, clock, "a"))
    limit = session.get_one(Deadline, ("case_audit", audit.id, "challenge"))
    limit.due_at = clock.now() - timedelta(days=1)
    assert not close_when_settled(session, audit.id, by(None, clock, "b"))
    without.no_follow_up_reason = "The child has moved."
    assert close_when_settled(session, audit.id, by(council.qa_lead, clock, "c"))
    assert audit.state == "closed"
    assert not close_when_settled(session, audit.id, by(None, clock, "d"))
