"""Stuck items: nobody may move them, so they are listed with who was left out and why."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import GuardRefused
from auditflow.models import Action, Approval, Correction, Dispute, Moderation, Person, Stuck
from auditflow.queries.moves import moves_for
from auditflow.services.act import Act
from auditflow.services.action_outcome import Verification, verify_action
from auditflow.services.moderation import hand_back
from auditflow.services.stuck import check_stuck
from tests.factories.audits import make_case_audit, make_round
from tests.factories.council import START, Council
from tests.factories.moderation import make_dispute, make_moderation, make_submitted


def check(session: Session, clock: FixedClock, key: str = "check") -> dict[tuple[str, int], dict[int, str]]:
    """What is stuck: item -> person -> why."""
    checked = check_stuck(session, Act(None, clock.now(), key))
    rows = session.scalars(sa.select(Stuck)).all()
    found = {(r.subject_type, r.subject_id): {e["person"]: e["why"] for e in r.excluded} for r in rows}
    assert set(checked.stuck) == set(found)
    return found


def leave(session: Session, *people: Person) -> None:
    for person in people:
        person.active = False
    session.flush()


def test_nothing_is_stuck_in_a_council_with_everybody(session: Session, council: Council, clock: FixedClock) -> None:
    audit_round = make_round(session, council)
    for state in ("selected", "allocated", "in_progress"):
        make_case_audit(session, council, audit_round, state=state)
    for state in ("returned", "agreed", "changed", "feedback_shared"):
        make_submitted(session, council, state, audit_round=audit_round)
    make_dispute(session, make_submitted(session, council, "disputed", audit_round=audit_round))
    make_moderation(session, council)
    assert check(session, clock) == {}


def test_an_auditor_who_left_is_named_and_the_row_goes_when_somebody_else_has_it(
    session: Session, council: Council, clock: FixedClock
) -> None:
    audit = make_case_audit(session, council, make_round(session, council), state="in_progress")
    leave(session, council.auditors[0])
    assert check(session, clock) == {("case_audit", audit.id): {council.auditors[0].id: "gone"}}
    since = session.scalars(sa.select(Stuck.since)).one()
    clock.advance(clock.now() - START)
    check(session, clock, "later")
    assert session.scalars(sa.select(Stuck.since)).one() == since
    audit.auditor_id = council.auditors[1].id
    session.flush()
    assert check(session, clock, "again") == {}


def test_an_auditor_without_the_role_or_in_conflict_is_no_mover(
    session: Session, council: Council, clock: FixedClock
) -> None:
    audit_round = make_round(session, council)
    audit = make_case_audit(session, council, audit_round)
    other = make_case_audit(session, council, audit_round, auditor_id=council.auditors[1].id)
    council.auditors[0].roles = []
    council.auditors[1].team_id = council.teams[0].id
    session.flush()
    assert check(session, clock) == {
        ("case_audit", audit.id): {council.auditors[0].id: "lost_role"},
        ("case_audit", other.id): {council.auditors[1].id: "actor_in_conflict"},
    }


def test_what_is_allocated_before_launch_waits_for_nobody(
    session: Session, council: Council, clock: FixedClock
) -> None:
    make_case_audit(session, council, make_round(session, council, state="sampled"))
    leave(session, council.auditors[0])
    assert check(session, clock) == {}


def test_a_moderation_nobody_may_take_names_each_manager_and_why(
    session: Session, council: Council, clock: FixedClock
) -> None:
    leave(session, *council.managers[2:], council.external)
    council.auditors[0].manager_id = council.managers[1].id
    session.flush()
    task = make_moderation(session, council)
    assert check(session, clock) == {
        ("moderation", task.id): {
            council.managers[0].id: "actor_in_conflict",
            council.managers[1].id: "actor_judges_own_work",
        }
    }


def test_a_waiting_moderation_is_given_as_soon_as_somebody_may_have_it(
    session: Session, council: Council, clock: FixedClock
) -> None:
    leave(session, *council.managers[1:], council.external)
    task = make_moderation(session, council)
    council.managers[2].active = True
    assert check(session, clock) == {}
    assert task.moderator_id == council.managers[2].id


def test_who_handed_a_moderation_back_is_not_asked_again(session: Session, council: Council, clock: FixedClock) -> None:
    leave(session, *council.managers[2:], council.external)
    task = make_moderation(session, council)
    hand_back(session, task.id, "I know the family", Act(council.managers[1].id, clock.now(), "b"))
    assert check(session, clock)[("moderation", task.id)][council.managers[1].id] == "handed_back"
    assert session.get_one(Moderation, task.id).state == "waiting"


def test_a_moderator_who_left_is_seen_at_once(session: Session, council: Council, clock: FixedClock) -> None:
    task = make_moderation(session, council)
    had = session.get_one(Person, task.moderator_id)
    leave(session, had)
    assert check(session, clock) == {("moderation", task.id): {had.id: "gone"}}


def test_a_dispute_nobody_may_decide_goes_to_the_director_at_once(
    session: Session, council: Council, clock: FixedClock
) -> None:
    leave(session, council.qa_lead, council.second_qa_lead, council.heads[1])
    audit = make_submitted(session, council, "disputed")
    make_dispute(session, audit)
    assert check(session, clock) == {}
    assert session.scalars(sa.select(Dispute.escalated_at)).one() == clock.now()
    leave(session, council.director)
    assert check(session, clock, "later")[("case_audit", audit.id)] == {council.heads[0].id: "own_service"}


def action(session: Session, council: Council, state: str, **columns: object) -> Action:
    audit = make_submitted(session, council, "feedback_shared", published_grade=2)
    row = Action(
        case_audit_id=audit.id,
        text="Update the plan",
        proposed_by_id=audit.auditor_id,
        **{"owner_id": council.workers[0].id, **columns},
        first_due_on=clock_day(),
        due_on=clock_day(),
        created_at=START,
        state=state,
    )
    session.add(row)
    session.flush()
    return row


def clock_day() -> object:
    return START.date()


@pytest.mark.parametrize("state", ["proposed", "open"])
def test_an_action_whose_owner_left_or_that_has_none(
    session: Session, council: Council, clock: FixedClock, state: str
) -> None:
    owned, ownerless = action(session, council, state), action(session, council, state, owner_id=None)
    leave(session, council.workers[0])
    assert check(session, clock) == {
        ("action", owned.id): {council.workers[0].id: "gone"},
        ("action", ownerless.id): {},
    }


def test_an_action_that_only_its_owner_could_check_stays_listed_for_the_director(
    session: Session, council: Council, clock: FixedClock
) -> None:
    leave(session, council.second_qa_lead, *council.heads, council.auditors[0])
    row = action(session, council, "done", owner_id=council.qa_lead.id)
    found = check(session, clock)[("action", row.id)]
    assert found[council.qa_lead.id] == "actor_is_owner_or_reports"
    assert found[council.auditors[1].id] == "not_here"


def test_an_action_that_only_its_owners_manager_could_check_is_the_directors(
    session: Session, council: Council, clock: FixedClock
) -> None:
    leave(session, council.second_qa_lead, council.qa_lead, council.heads[1], council.auditors[0])
    row = action(session, council, "done", owner_id=council.managers[0].id)
    assert check(session, clock)[("action", row.id)][council.heads[0].id] == "actor_manages_owner"
    found = Verification("yes", "Seen at the review.", reason="Nobody else is left.")
    with pytest.raises(GuardRefused):
        verify_action(session, row.id, found, Act(council.heads[0].id, clock.now(), "by-the-head"))
    moves = moves_for(session, "action", row.id, council.director.id, clock.now())
    assert moves.may("verify")


def test_a_correction_and_an_approval_nobody_else_can_decide(
    session: Session, council: Council, clock: FixedClock
) -> None:
    audit = make_submitted(session, council, "agreed", published_grade=3)
    leave(session, council.second_qa_lead, council.director, *council.heads)
    asked = Correction(
        case_audit_id=audit.id,
        requested_by_id=council.qa_lead.id,
        requested_at=START,
        item="overall.grade",
        proposed={"value": 2},
        reason="Typed wrongly",
        state="requested",
    )
    row = action(session, council, "open")
    approval = Approval(
        subject_type="action",
        subject_id=row.id,
        ask="cannot_do",
        reason="Moved away",
        requested_by_id=council.workers[0].id,
        requested_at=START,
        state="requested",
    )
    session.add_all([asked, approval])
    session.flush()
    assert check(session, clock) == {
        ("correction", asked.id): {council.qa_lead.id: "actor_is_requester"},
        ("approval", approval.id): {},
    }
    council.heads[0].active = True
    session.flush()
    assert list(check(session, clock, "head")) == [("correction", asked.id)]


def test_a_check_of_one_item_leaves_the_others_alone(session: Session, council: Council, clock: FixedClock) -> None:
    audit_round = make_round(session, council)
    first, second = (make_case_audit(session, council, audit_round) for _ in range(2))
    leave(session, council.auditors[0])
    check_stuck(session, Act(None, clock.now(), "all"))
    council.auditors[0].active = True
    session.flush()
    check_stuck(session, Act(None, clock.now(), "one"), only=("case_audit", [first.id]))
    assert session.scalars(sa.select(Stuck.subject_id)).all() == [second.id]
