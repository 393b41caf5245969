"""Disputes: the service's challenge, who decides, what passes up to the director, and the round's end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import BadInput, GuardRefused, NotPermitted, Stale
from auditflow.models import CaseAudit, Deadline, Dispute, DomainGrade, Journal, Outbox, Person
from auditflow.queries.dispute import list_domains_in_use
from auditflow.services.act import Act
from auditflow.services.dispute import (
    Determination,
    challenge_grade,
    determine_dispute,
    escalate_dispute,
    hand_dispute_to_external,
    publish_first_grade,
    publish_undecided,
)
from tests.factories.audits import make_round
from tests.factories.council import Council
from tests.factories.moderation import DOMAINS, make_dispute, make_moderation, make_submitted

DECISION = Determination(4, "The record bears it out.", {"voice": 4})


def by(person: Person | None, clock: FixedClock, key: str = "k") -> Act:
    return Act(person.id if person else None, clock.now(), key)


def shared(session: Session, council: Council, **more: object) -> CaseAudit:
    return make_submitted(session, council, "feedback_shared", published_grade=3, moderated_grade=3, **more)


def disputed(session: Session, council: Council, **more: object) -> CaseAudit:
    audit = make_submitted(session, council, "disputed", moderated_grade=2, **more)
    make_dispute(session, audit)
    return audit


def limit(session: Session, audit: CaseAudit, key: str) -> Deadline:
    found = session.get(Deadline, ("case_audit", audit.id, key))
    assert found is not None
    return found


def pass_limit(session: Session, audit: CaseAudit, key: str, clock: FixedClock) -> None:
    limit(session, audit, key).due_at = clock.now() - timedelta(minutes=1)
    session.flush()


def test_the_team_manager_challenges_once_and_those_concerned_are_told(
    session: Session, council: Council, clock: FixedClock
) -> None:
    audit = shared(session, council)
    challenge_grade(session, audit.id, "The plan was changed in May.", by(council.managers[0], clock))
    dispute = session.scalars(sa.select(Dispute)).one()
    assert (audit.state, audit.challenged, dispute.kind) == ("disputed", True, "service")
    assert dispute.reason == "The plan was changed in May."
    told = set(session.scalars(sa.select(Outbox.person_id).where(Outbox.template == "case_audit.challenged")))
    assert {council.auditors[0].id, council.qa_lead.id} <= told
    assert f"{limit(session, audit, 'determine').due_at:%Y-%m-%d}" == "2026-11-16"


def test_a_challenge_needs_a_reason_the_right_manager_and_time(
    session: Session, council: Council, clock: FixedClock
) -> None:
    audit = shared(session, council)
    with pytest.raises(BadInput):
        challenge_grade(session, audit.id, " ", by(council.managers[0], clock))
    for person in (council.managers[1], council.workers[0], council.auditors[0]):
        with pytest.raises(NotPermitted):
            challenge_grade(session, audit.id, "No", by(person, clock))
    with pytest.raises(Stale):
        challenge_grade(session, audit.id, "No", by(council.managers[0], clock), version=audit.version - 1)
    pass_limit(session, audit, "challenge", clock)
    with pytest.raises(GuardRefused, match="time to challenge"):
        challenge_grade(session, audit.id, "Late", by(council.managers[0], clock))
    assert session.scalars(sa.select(Dispute)).all() == []


def test_a_grade_that_was_challenged_is_not_challenged_again(
    session: Session, council: Council, clock: FixedClock
) -> None:
    audit = shared(session, council, challenged=True)
    with pytest.raises(GuardRefused, match="once already"):
        challenge_grade(session, audit.id, "Again", by(council.managers[0], clock))


def test_what_is_decided_is_the_grade_used_and_the_others_stay(
    session: Session, council: Council, clock: FixedClock
) -> None:
    audit = disputed(session, council)
    determine_dispute(session, audit.id, DECISION, by(council.qa_lead, clock), version=audit.version)
    assert (audit.first_grade, audit.moderated_grade, audit.determined_grade) == (3, 2, 4)
    assert (audit.state, audit.published_grade, audit.agreed_at) == ("agreed", 4, clock.now())
    dispute = session.scalars(sa.select(Dispute)).one()
    assert (dispute.decided_by_id, dispute.grade, dispute.decision) == (council.qa_lead.id, 4, DECISION.reason)
    assert list_domains_in_use(session, audit.id)["voice"] == 4
    kept = session.scalars(sa.select(DomainGrade.source).where(DomainGrade.domain == "voice")).all()
    assert sorted(kept) == ["auditor", "decider"]


def test_what_was_published_in_dispute_is_no_longer_marked_once_it_is_decided(
    session: Session, council: Council, clock: FixedClock
) -> None:
    audit = disputed(session, council, published_grade=3, published_disputed=True)
    determine_dispute(session, audit.id, DECISION, by(council.qa_lead, clock))
    assert (audit.published_grade, audit.published_disputed) == (4, False)


def test_the_head_of_another_service_decides_and_those_inside_the_line_do_not(
    session: Session, council: Council, clock: FixedClock
) -> None:
    audit = disputed(session, council)
    for person in (council.heads[0], council.managers[1], council.auditors[0]):
        with pytest.raises(NotPermitted):
            determine_dispute(session, audit.id, DECISION, by(person, clock, str(person.id)))
    with pytest.raises(GuardRefused, match="not gone up"):
        determine_dispute(session, audit.id, DECISION, by(council.director, clock))
    determine_dispute(session, audit.id, DECISION, by(council.heads[1], clock))
    assert audit.state == "agreed"


def test_whoever_moderated_it_does_not_decide(session: Session, council: Council, clock: FixedClock) -> None:
    task = make_moderation(session, council)
    moderator = session.get_one(Person, task.moderator_id)
    moderator.roles = [*moderator.roles, *council.qa_lead.roles]
    session.execute(
        sa.update(CaseAudit).where(CaseAudit.id == task.case_audit_id).values(state="disputed", moderated_grade=2)
    )
    session.expire_all()
    make_dispute(session, session.get_one(CaseAudit, task.case_audit_id))
    with pytest.raises(GuardRefused, match="own work"):
        determine_dispute(session, task.case_audit_id, DECISION, by(moderator, clock))


@pytest.mark.parametrize(
    ("decision", "field"),
    [
        (Determination(None, "r"), "grade"),
        (Determination(7, "r"), "grade"),
        (Determination(3, "  "), "reason"),
        (Determination(3, "r", {"weather": 3}), "weather"),
        (Determination(3, "r", {"voice": 0}), "voice"),
    ],
)
def test_a_decision_must_be_whole(
    session: Session, council: Council, clock: FixedClock, decision: Determination, field: str
) -> None:
    audit = disputed(session, council)
    with pytest.raises(BadInput) as refused:
        determine_dispute(session, audit.id, decision, by(council.qa_lead, clock))
    assert refused.value.field == field
    assert audit.state == "disputed"


def test_a_double_click_decides_once(session: Session, council: Council, clock: FixedClock) -> None:
    audit = disputed(session, council)
    version = audit.version
    first = determine_dispute(session, audit.id, DECISION, by(council.qa_lead, clock), version=version)
    again = determine_dispute(session, audit.id, DECISION, by(council.qa_lead, clock), version=version)
    assert (first.repeated, again.repeated) == (False, True)


def test_undecided_in_time_it_goes_to_the_director_who_decides_or_hands_it_on(
    session: Session, council: Council, clock: FixedClock
) -> None:
    audit = disputed(session, council)
    with pytest.raises(GuardRefused, match="has time to"):
        escalate_dispute(session, audit.id, by(None, clock, "early"))
    pass_limit(session, audit, "determine", clock)
    escalate_dispute(session, audit.id, by(None, clock, "late"))
    assert limit(session, audit, "determine").noticed_at == clock.now()
    told = session.scalars(sa.select(Outbox.person_id).where(Outbox.template == "case_audit.escalated_to_director"))
    assert council.director.id in set(told)
    with pytest.raises(NotPermitted):
        determine_dispute(session, audit.id, DECISION, by(council.external, clock, "no"))
    hand_dispute_to_external(session, audit.id, council.external.id, by(council.director, clock, "hand"))
    handed = session.scalars(sa.select(Outbox.person_id).where(Outbox.template == "case_audit.handed_to_external"))
    assert set(handed) == {council.external.id}
    determine_dispute(session, audit.id, DECISION, by(council.external, clock, "d"))
    assert audit.published_grade == 4


def test_the_director_decides_only_what_was_passed_up(session: Session, council: Council, clock: FixedClock) -> None:
    audit = disputed(session, council)
    with pytest.raises(GuardRefused, match="not gone up"):
        hand_dispute_to_external(session, audit.id, council.external.id, by(council.director, clock))
    pass_limit(session, audit, "determine", clock)
    escalate_dispute(session, audit.id, by(None, clock, "late"))
    determine_dispute(session, audit.id, DECISION, by(council.director, clock, "d"))
    assert audit.state == "agreed"


def test_it_is_handed_only_to_an_external_moderator_without_conflict_and_in_time(
    session: Session, council: Council, clock: FixedClock
) -> None:
    audit = disputed(session, council)
    pass_limit(session, audit, "determine", clock)
    escalate_dispute(session, audit.id, by(None, clock, "late"))
    director = by(council.director, clock, "hand")
    with pytest.raises(NotPermitted, match="not an external"):
        hand_dispute_to_external(session, audit.id, council.managers[1].id, director)
    council.external.external_until = date(2026, 11, 1)
    with pytest.raises(NotPermitted, match="time as an external"):
        hand_dispute_to_external(session, audit.id, council.external.id, director)
    council.external.external_until = None
    council.external.team_id = audit.team_id
    with pytest.raises(GuardRefused, match="belongs to its team"):
        hand_dispute_to_external(session, audit.id, council.external.id, director)


def test_at_the_rounds_end_the_first_grade_of_an_overdue_dispute_is_published_marked(
    session: Session, council: Council, clock: FixedClock
) -> None:
    audit_round = make_round(session, council)
    overdue = disputed(session, council, audit_round=audit_round)
    in_time = disputed(session, council, audit_round=audit_round)
    pass_limit(session, overdue, "determine", clock)
    escalate_dispute(session, overdue.id, by(None, clock, "late"))
    published = publish_undecided(session, audit_round.id, by(council.qa_lead, clock, "report"))
    assert published == [overdue.id]
    assert (overdue.state, overdue.published_grade, overdue.published_disputed) == ("agreed", 3, True)
    assert in_time.state == "disputed"
    dispute = session.scalars(sa.select(Dispute).where(Dispute.case_audit_id == overdue.id)).one()
    assert (dispute.decided_by_id, dispute.grade) == (None, 3)


def test_with_the_first_grade_that_of_every_domain_is_published_and_what_did_not_apply_does_not(
    session: Session, council: Council, clock: FixedClock
) -> None:
    audit = disputed(session, council, published_grade=2)
    for domain, grade in (("voice", 2), ("risk", 1), ("permanence", 2)):
        session.add(DomainGrade(case_audit_id=audit.id, source="moderator", number=1, domain=domain, grade=grade))
    pass_limit(session, audit, "determine", clock)
    publish_first_grade(session, audit.id, by(None, clock))
    assert list_domains_in_use(session, audit.id) == DOMAINS


def test_after_closing_no_first_grade_is_published(session: Session, council: Council, clock: FixedClock) -> None:
    audit = disputed(session, council, audit_round=make_round(session, council, state="closed"))
    pass_limit(session, audit, "determine", clock)
    with pytest.raises(GuardRefused, match="published"):
        publish_first_grade(session, audit.id, by(None, clock))


def test_a_decision_after_closing_says_that_the_results_changed(
    session: Session, council: Council, clock: FixedClock
) -> None:
    audit = disputed(session, council, audit_round=make_round(session, council, state="closed"))
    determine_dispute(session, audit.id, DECISION, by(council.qa_lead, clock))
    entries = session.scalars(sa.select(Journal.entry).where(Journal.subject_type == "audit_round")).all()
    assert "results_changed" in entries
