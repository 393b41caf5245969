"""Moderation tasks: who gets them, who may take, hand back, assign, and what eight days do."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import BadInput, GuardRefused, NotPermitted, Stale, WrongState
from auditflow.models import Deadline, Journal, Moderation, Outbox, Person
from auditflow.services.act import Act
from auditflow.services.moderation import (
    assign_moderation,
    comment_on,
    hand_back,
    hand_to_director,
    hand_to_external,
    mark_moderation_opened,
    offer_to_next,
    reassign_moderation,
    take_moderation,
)
from auditflow.services.transitions import Request, apply
from tests.factories.council import Council
from tests.factories.moderation import make_moderation, make_submitted

SUBMITTED_DAY_BEFORE = date(2026, 10, 29)


@pytest.fixture
def task(session: Session, council: Council) -> Moderation:
    return make_moderation(session, council)


def by(person: Person | None, clock: FixedClock, key: str = "k") -> Act:
    return Act(person.id if person else None, clock.now(), key)


def moderator(session: Session, task: Moderation) -> Person:
    return session.get_one(Person, task.moderator_id)


def waiting(session: Session, council: Council, clock: FixedClock) -> Moderation:
    """A task that nobody has: the other managers are away, then come back."""
    for manager in council.managers[1:]:
        manager.active = False
    council.external.active = False
    task = make_moderation(session, council)
    for person in (*council.managers, council.external):
        person.active = True
    session.flush()
    assert (task.state, task.moderator_id) == ("waiting", None)
    return task


def test_it_goes_at_once_to_a_manager_of_another_team_who_is_told_and_has_five_working_days(
    session: Session, council: Council, task: Moderation
) -> None:
    assert task.state == "with_moderator"
    assert moderator(session, task) in council.managers[1:]
    told = session.scalars(sa.select(Outbox.person_id).where(Outbox.template == "moderation.assigned")).all()
    assert told == [task.moderator_id]
    due = dict(
        session.execute(sa.select(Deadline.key, Deadline.due_at).where(Deadline.subject_type == "moderation")).all()
    )
    assert {key: f"{at:%Y-%m-%d}" for key, at in due.items()} == {
        "decide": "2026-11-06",
        "offer_to_next": "2026-11-11",
    }


def test_the_next_goes_to_whoever_has_fewest_open(session: Session, council: Council, task: Moderation) -> None:
    given = {make_moderation(session, council).moderator_id for _ in range(2)}
    assert given | {task.moderator_id} == {manager.id for manager in council.managers[1:]}


def test_the_auditors_own_line_is_passed_over(session: Session, council: Council) -> None:
    council.auditors[0].manager_id = council.managers[1].id
    council.managers[2].active = False
    session.flush()
    assert make_moderation(session, council).moderator_id == council.managers[3].id


def test_with_no_manager_it_goes_to_the_external_moderator(session: Session, council: Council) -> None:
    for manager in council.managers[1:]:
        manager.active = False
    session.flush()
    assert make_moderation(session, council).moderator_id == council.external.id


def test_an_external_moderator_whose_time_is_over_gets_nothing(session: Session, council: Council) -> None:
    for manager in council.managers[1:]:
        manager.active = False
    council.external.external_until = SUBMITTED_DAY_BEFORE
    session.flush()
    assert make_moderation(session, council).state == "waiting"


def test_an_eligible_manager_takes_what_waits_and_one_in_conflict_may_not(
    session: Session, council: Council, clock: FixedClock
) -> None:
    task = waiting(session, council, clock)
    with pytest.raises(NotPermitted):
        take_moderation(session, task.id, by(council.managers[0], clock), version=task.version)
    with pytest.raises(NotPermitted):
        take_moderation(session, task.id, by(council.external, clock), version=task.version)
    take_moderation(session, task.id, by(council.managers[2], clock), version=task.version)
    assert (task.state, task.moderator_id) == ("with_moderator", council.managers[2].id)


def test_taking_twice_with_one_key_is_once_and_an_old_page_is_stale(
    session: Session, council: Council, clock: FixedClock
) -> None:
    task = waiting(session, council, clock)
    version = task.version
    first = take_moderation(session, task.id, by(council.managers[2], clock), version=version)
    again = take_moderation(session, task.id, by(council.managers[2], clock), version=version)
    assert (first.repeated, again.repeated) == (False, True)
    with pytest.raises(Stale):
        take_moderation(session, task.id, by(council.managers[3], clock, "other"), version=version)


def test_the_qa_lead_assigns_but_never_to_somebody_in_conflict_or_without_the_role(
    session: Session, council: Council, clock: FixedClock
) -> None:
    task = waiting(session, council, clock)
    lead = council.qa_lead
    with pytest.raises(GuardRefused, match="holds or held this case"):
        assign_moderation(session, task.id, council.managers[0].id, by(lead, clock))
    with pytest.raises(GuardRefused, match="made this audit"):
        assign_moderation(session, task.id, council.auditors[0].id, by(lead, clock))
    with pytest.raises(NotPermitted, match="does not moderate"):
        assign_moderation(session, task.id, council.second_qa_lead.id, by(lead, clock))
    with pytest.raises(NotPermitted):
        assign_moderation(session, task.id, council.managers[1].id, by(council.auditors[0], clock))
    assign_moderation(session, task.id, council.managers[1].id, by(lead, clock, "yes"))
    assert task.moderator_id == council.managers[1].id


def test_the_qa_lead_hands_it_to_an_external_moderator_or_to_the_director(
    session: Session, council: Council, clock: FixedClock
) -> None:
    task, lead = waiting(session, council, clock), council.qa_lead
    with pytest.raises(NotPermitted):
        hand_to_external(session, task.id, council.managers[1].id, by(lead, clock))
    hand_to_external(session, task.id, council.external.id, by(lead, clock, "e"))
    assert task.moderator_id == council.external.id
    reassign_moderation(session, task.id, "Away", by(lead, clock, "r"), to_id=council.managers[3].id)
    assert task.moderator_id == council.managers[3].id
    other = waiting(session, council, clock)
    hand_to_director(session, other.id, council.director.id, by(lead, clock, "d"))
    assert (other.moderator_id, other.state) == (council.director.id, "with_moderator")


def test_handing_back_needs_a_reason_and_the_next_gets_it_at_once(
    session: Session, council: Council, task: Moderation, clock: FixedClock
) -> None:
    had = moderator(session, task)
    with pytest.raises(BadInput):
        hand_back(session, task.id, " ", by(had, clock))
    hand_back(session, task.id, "I am on leave", by(had, clock, "yes"), version=task.version)
    assert task.state == "with_moderator"
    assert task.moderator_id not in {had.id, council.managers[0].id}
    entries = session.scalars(
        sa.select(Journal.entry).where(Journal.subject_type == "moderation").order_by(Journal.number)
    )
    assert list(entries) == ["created", "assigned", "handed_back", "assigned"]


def test_somebody_elses_task_can_be_neither_handed_back_nor_opened_nor_commented(
    session: Session, council: Council, task: Moderation, clock: FixedClock
) -> None:
    other = next(m for m in council.managers[1:] if m.id != task.moderator_id)
    for person in (other, council.external, council.qa_lead):
        with pytest.raises(NotPermitted):
            hand_back(session, task.id, "Mine?", by(person, clock))
        with pytest.raises(NotPermitted):
            mark_moderation_opened(session, task.id, by(person, clock))
        with pytest.raises(NotPermitted):
            comment_on(session, task.id, "voice", "Hello", by(person, clock))


def test_after_eight_days_it_goes_to_the_next_and_round_again_when_all_have_had_it(
    session: Session, council: Council, task: Moderation, clock: FixedClock
) -> None:
    had = [task.moderator_id]
    for number in range(3):
        offer_to_next(session, task.id, by(None, clock, f"o{number}"))
        had.append(task.moderator_id)
    assert set(had[:3]) == {manager.id for manager in council.managers[1:]}
    assert had[3] == council.external.id
    offer_to_next(session, task.id, by(None, clock, "o9"))
    assert task.moderator_id in set(had[:3])


def test_opening_is_noted_once_and_stops_the_auditor_from_withdrawing(
    session: Session, council: Council, task: Moderation, clock: FixedClock
) -> None:
    mark_moderation_opened(session, task.id, by(moderator(session, task), clock))
    version = task.version
    mark_moderation_opened(session, task.id, by(moderator(session, task), clock, "again"))
    assert (task.opened_at, task.version) == (clock.now(), version)
    auditor = by(council.auditors[0], clock, "w")
    with pytest.raises(GuardRefused, match="opened"):
        apply(session, Request("case_audit", task.case_audit_id, "withdraw_submission", auditor))


def test_a_new_moderator_has_not_opened_it(
    session: Session, council: Council, task: Moderation, clock: FixedClock
) -> None:
    had = moderator(session, task)
    mark_moderation_opened(session, task.id, by(had, clock))
    hand_back(session, task.id, "Leave", by(had, clock, "b"))
    assert task.opened_at is None


def test_comments_are_one_an_item_changed_in_place_and_removed_with_no_words(
    session: Session, council: Council, task: Moderation, clock: FixedClock
) -> None:
    from auditflow.queries.moderation import list_comments

    act = by(moderator(session, task), clock)
    comment_on(session, task.id, "voice", "Where is this?", act)
    comment_on(session, task.id, "voice", "Where is this seen?", act)
    comment_on(session, task.id, "overall", "Why?", act)
    comment_on(session, task.id, "overall", "  ", act)
    assert [(c.item, c.comment) for c in list_comments(session, [task.id])] == [("voice", "Where is this seen?")]
    with pytest.raises(BadInput, match="no such item"):
        comment_on(session, task.id, "weather", "?", act)
    with pytest.raises(BadInput, match="20,000"):
        comment_on(session, task.id, "overall", "x" * 20_001, act)


def test_a_moderator_who_lost_the_role_may_no_longer_decide(
    session: Session, council: Council, task: Moderation, clock: FixedClock
) -> None:
    had = moderator(session, task)
    had.roles = []
    session.flush()
    with pytest.raises(NotPermitted):
        hand_back(session, task.id, "?", by(had, clock))


def test_a_task_that_waits_cannot_be_commented(session: Session, council: Council, clock: FixedClock) -> None:
    task = waiting(session, council, clock)
    with pytest.raises(WrongState):
        comment_on(session, task.id, "overall", "?", by(council.managers[1], clock))


def test_one_task_is_open_at_a_time(session: Session, council: Council) -> None:
    audit = make_submitted(session, council, "moderation")
    make_moderation(session, council, audit=audit)
    with pytest.raises(sa.exc.IntegrityError):
        make_moderation(session, council, audit=audit, triggers=["concern"])
