"""Corrections: who may ask, who decides, the version beside the old one, and results of a closed round."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import BadInput, GuardRefused, NotPermitted, Stale, WrongState
from auditflow.models import CaseAudit, Correction, Journal, Person, Reflection, Stuck, Submission
from auditflow.queries.correction import list_versions
from auditflow.queries.dispute import list_domains_in_use
from auditflow.services import results_again
from auditflow.services.act import Act
from auditflow.services.correction import approve_correction, refuse_correction, request_correction
from tests.factories.audits import make_round
from tests.factories.council import START, Council
from tests.factories.moderation import make_moderation, make_submitted


@pytest.fixture
def agreed(session: Session, council: Council) -> CaseAudit:
    return make_submitted(session, council, "agreed", published_grade=3)


def by(person: Person, clock: FixedClock, key: str = "k") -> Act:
    return Act(person.id, clock.now(), key)


def ask(
    session: Session,
    audit: CaseAudit,
    act: Act,
    item: str = "domains.voice.evidence",
    value: Any = "Visit 4 May.",
) -> Correction:
    return request_correction(session, audit.id, item, {"value": value}, "The date was wrong.", act)


def test_the_new_version_stands_beside_the_old_one(
    session: Session, council: Council, agreed: CaseAudit, clock: FixedClock
) -> None:
    row = ask(session, agreed, by(council.auditors[0], clock))
    assert (row.state, row.requested_by_id) == ("requested", council.auditors[0].id)
    approve_correction(session, row.id, "Checked against the record.", by(council.qa_lead, clock), version=row.version)
    old, new = list_versions(session, agreed.id)
    said = [v.answers["domains"]["voice"]["evidence"] for v in (old, new)]
    assert said == ["Visit 3 September.", "Visit 4 May."]
    kept = session.scalars(sa.select(Submission)).one()
    assert kept.answers["domains"]["voice"]["evidence"] == "Visit 3 September."
    entry = session.scalars(sa.select(Journal).where(Journal.entry == "corrected")).one()
    assert (entry.subject_id, entry.details["number"]) == (agreed.id, 2)
    assert agreed.state == "agreed"


def test_a_corrected_overall_grade_is_the_one_used_and_the_first_stays(
    session: Session, council: Council, agreed: CaseAudit, clock: FixedClock
) -> None:
    row = ask(session, agreed, by(council.auditors[0], clock), "overall.grade", 2)
    approve_correction(session, row.id, "", by(council.qa_lead, clock))
    assert (agreed.first_grade, agreed.published_grade) == (3, 2)


def test_a_corrected_domain_grade_is_the_one_used(
    session: Session, council: Council, agreed: CaseAudit, clock: FixedClock
) -> None:
    row = ask(session, agreed, by(council.auditors[0], clock), "domains.voice.grade", 1)
    approve_correction(session, row.id, "", by(council.qa_lead, clock))
    assert list_domains_in_use(session, agreed.id) == {
        "voice": 1,
        "risk": 2,
        "permanence": None,
    }


@pytest.mark.parametrize(
    ("item", "value", "field"),
    [
        ("weather.grade", 2, "item"),
        ("overall.grade", 9, "grade"),
        ("overall.grade", "3", "grade"),
        ("overall.grade", 3, "grade"),
        ("overall.reason", " . ", "text"),
        ("overall.reason", "x" * 20_001, "text"),
        ("overall.reason", "All in all.", "text"),
    ],
)
def test_a_proposal_must_be_sound_and_new(
    session: Session, council: Council, agreed: CaseAudit, clock: FixedClock, item: str, value: Any, field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        ask(session, agreed, by(council.auditors[0], clock), item, value)
    assert refused.value.field == field
    assert session.scalars(sa.select(Correction)).all() == []


def test_it_needs_a_reason_a_reader_and_an_agreed_audit(
    session: Session, council: Council, agreed: CaseAudit, clock: FixedClock
) -> None:
    with pytest.raises(BadInput):
        request_correction(session, agreed.id, "overall.grade", {"value": 2}, " ", by(council.auditors[0], clock))
    for stranger in (council.auditors[1], council.managers[1], council.board_member, council.administrator):
        with pytest.raises(NotPermitted):
            ask(session, agreed, by(stranger, clock))
    early = make_submitted(session, council, "moderation")
    with pytest.raises(WrongState):
        ask(session, early, by(council.auditors[0], clock))


def test_asking_twice_with_one_key_is_once(
    session: Session, council: Council, agreed: CaseAudit, clock: FixedClock
) -> None:
    act = by(council.auditors[0], clock)
    assert ask(session, agreed, act).id == ask(session, agreed, act).id


def test_the_manager_a_case_has_moved_to_may_ask_once_feedback_is_shared(
    session: Session, council: Council, agreed: CaseAudit, clock: FixedClock
) -> None:
    session.add(Reflection(case_audit_id=agreed.id, person_id=council.workers[4].id, invited_at=START))
    with pytest.raises(NotPermitted):
        ask(session, agreed, by(council.managers[2], clock))
    agreed.shared_at = clock.now()
    assert ask(session, agreed, by(council.managers[2], clock)).requested_by_id == council.managers[2].id


def test_the_requester_and_whoever_graded_it_do_not_decide(
    session: Session, council: Council, clock: FixedClock
) -> None:
    task = make_moderation(session, council)
    moderator = session.get_one(Person, task.moderator_id)
    moderator.roles = [*moderator.roles, *council.qa_lead.roles]
    session.execute(sa.update(CaseAudit).values(state="agreed", published_grade=3))
    session.expire_all()
    row = ask(session, session.get_one(CaseAudit, task.case_audit_id), by(council.qa_lead, clock))
    with pytest.raises(GuardRefused, match="asked for this yourself"):
        approve_correction(session, row.id, "", by(council.qa_lead, clock))
    with pytest.raises(GuardRefused, match="audited or moderated"):
        approve_correction(session, row.id, "", by(moderator, clock))
    with pytest.raises(NotPermitted):
        approve_correction(session, row.id, "", by(council.auditors[1], clock))
    approve_correction(session, row.id, "", by(council.second_qa_lead, clock))
    assert row.state == "approved"


def test_refusing_needs_a_reason_and_changes_nothing(
    session: Session, council: Council, agreed: CaseAudit, clock: FixedClock
) -> None:
    row = ask(session, agreed, by(council.auditors[0], clock))
    with pytest.raises(BadInput):
        refuse_correction(session, row.id, " ", by(council.qa_lead, clock))
    with pytest.raises(Stale):
        refuse_correction(session, row.id, "No", by(council.qa_lead, clock), version=row.version - 1)
    refuse_correction(session, row.id, "The record says September.", by(council.qa_lead, clock, "yes"))
    assert (row.state, row.decision) == ("refused", "The record says September.")
    assert len(list_versions(session, agreed.id)) == 1


def test_the_director_decides_only_when_nobody_else_can(
    session: Session, council: Council, agreed: CaseAudit, clock: FixedClock
) -> None:
    row = ask(session, agreed, by(council.auditors[0], clock))
    with pytest.raises(GuardRefused, match="Somebody else"):
        approve_correction(session, row.id, "", by(council.director, clock))
    session.add(Stuck(subject_type="correction", subject_id=row.id, since=START, excluded=[]))
    approve_correction(session, row.id, "", by(council.director, clock))
    assert row.state == "approved"
    entry = session.scalars(sa.select(Journal).where(Journal.entry == "corrected")).one()
    assert (entry.actor_id, entry.role) == (council.director.id, "director")


def test_after_closing_the_results_are_made_again(
    session: Session, council: Council, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit_round = make_round(session, council, state="closed")
    audit = make_submitted(session, council, "closed", audit_round=audit_round, published_grade=3)
    remade: list[int] = []
    monkeypatch.setattr(results_again, "remake_results", lambda session, round_id, act: remade.append(round_id))
    row = ask(session, audit, by(council.auditors[0], clock), "overall.grade", 2)
    approve_correction(session, row.id, "", by(council.qa_lead, clock))
    assert remade == [audit_round.id]
    live = make_submitted(session, council, "agreed", published_grade=3)
    row = ask(session, live, by(council.auditors[0], clock, "l"), "overall.grade", 2)
    approve_correction(session, row.id, "", by(council.qa_lead, clock, "m"))
    assert remade == [audit_round.id]
