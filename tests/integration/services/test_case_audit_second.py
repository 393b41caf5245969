"""Blind second gradings: chosen by the checking seed, given to somebody who knows nothing, and kept apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.clock import FixedClock
from auditflow.domain.errors import BadInput, GuardRefused, NotFound
from auditflow.domain.policy import SecondGradingPolicy, second_share
from auditflow.models import (
    Action,
    AuditRound,
    CaseAudit,
    Deadline,
    Frame,
    Journal,
    Moderation,
    Outbox,
    Person,
    Reflection,
    Role,
    SampleCase,
)
from auditflow.queries.allocation import read_eligibility
from auditflow.queries.case_audit import get_case_audit, get_own_case_audit
from auditflow.queries.dashboard import CaseFilter, list_round_cases
from auditflow.queries.policy import drawn_as, list_drawn
from auditflow.queries.results_cases import CaseChoice, list_result_cases
from auditflow.queries.scope import viewer_of, visible_actions, visible_case_audits
from auditflow.services.allocation import allocate_case, allocate_cases, suggest_allocation
from auditflow.services.approval import approve_request
from auditflow.services.audit_round import begin_reporting
from auditflow.services.case_audit import declare_conflict, start_case_audit
from auditflow.services.case_audit_second import withdraw_grading
from auditflow.services.case_audit_submit import submit_case_audit
from auditflow.services.launch import launch_round
from auditflow.services.results import compute_results
from auditflow.services.sample_change import request_exemption, request_removal
from auditflow.services.verify import verify_journal
from tests.factories.actions import Acts, make_action
from tests.factories.council import START, Council
from tests.factories.drafts import write_all
from tests.factories.results import agree_all
from tests.factories.sampling import DESIGN, UNLIMITED, Steps

THREE = {"second_gradings": True, "second_percent": 20, "second_least": 3, "new_auditor_audits": 0}


def allocated(steps: Steps, frame: Frame, design: Mapping[str, Any] = DESIGN) -> AuditRound:
    row = steps.locked(steps.planned(frame, dict(design), policy=THREE))
    steps.drawn(row)
    steps.allocated(row)
    return row


def launched(steps: Steps, frame: Frame, design: Mapping[str, Any] = DESIGN) -> AuditRound:
    row = allocated(steps, frame, design)
    launch_round(steps.session, row.id, steps.act(), expected_version=row.version)
    return row


def seconds(session: Session) -> list[CaseAudit]:
    return list(session.scalars(sa.select(CaseAudit).where(CaseAudit.purpose == "second").order_by(CaseAudit.ref)))


def main_of(session: Session, second: CaseAudit) -> CaseAudit:
    where = (CaseAudit.ref == second.ref, CaseAudit.purpose == "main", CaseAudit.state != "removed")
    return session.scalars(sa.select(CaseAudit).where(*where)).one()


def hold(session: Session, person: Person, role: str) -> None:
    person.roles.append(session.scalars(sa.select(Role).where(Role.name == role)).one())
    session.flush()


def remove(session: Session, steps: Steps, council: Council, audit: CaseAudit) -> None:
    asked = request_removal(session, audit.id, "transferred", "Moved to another council.", steps.act())
    approve_request(session, asked.id, steps.act(council.director.id))


def test_the_launch_gives_the_cases_of_the_seed_to_another_auditor(
    session: Session, steps: Steps, frame: Frame
) -> None:
    row = launched(steps, frame)
    found = seconds(session)
    share = second_share(SecondGradingPolicy(second_least=3), row.checking_seed, list_drawn(session, row.id))
    assert {audit.ref for audit in found} == share
    assert len(found) == 3
    known = read_eligibility(session, row)
    for audit in found:
        assert audit.auditor_id not in (None, main_of(session, audit).auditor_id)
        assert (audit.auditor_id, audit.id) not in known.conflicts
        clock = (Deadline.subject_type == "case_audit", Deadline.subject_id == audit.id)
        assert session.scalars(sa.select(Deadline.key).where(*clock)).all() == ["start"]
        about = (Journal.subject_type == "case_audit", Journal.subject_id == audit.id)
        entries = session.scalars(sa.select(Journal.entry).where(*about).order_by(Journal.number)).all()
        assert entries == ["selected", "allocated", "round_launched"]
    noted = session.scalars(sa.select(Journal).where(Journal.entry == "second_gradings_given")).one()
    assert noted.details == {"chosen": 3, "given": 3}
    told = session.scalars(sa.select(Outbox.person_id).where(Outbox.template == "audit_round.launched")).all()
    assert len(told) == len(set(told))
    assert {a.auditor_id for a in found} <= set(told)


def test_the_same_launch_again_makes_no_more_of_them(session: Session, steps: Steps, frame: Frame) -> None:
    row = allocated(steps, frame)
    act = steps.act()
    for _ in range(2):
        launch_round(session, row.id, act)
    assert len(seconds(session)) == 3


def test_whoever_sees_every_grade_by_their_office_grades_nothing_blind(
    session: Session, steps: Steps, council: Council, frame: Frame
) -> None:
    for auditor, role in zip(council.auditors[:3], ("qa_lead", "director", "head_of_service"), strict=True):
        hold(session, auditor, role)
    row = launched(steps, frame)
    assert {a.auditor_id for a in seconds(session)} <= {council.auditors[3].id}
    second = seconds(session)[0]
    overseer = next(a for a in council.auditors[:3] if a.id != main_of(session, second).auditor_id)
    with pytest.raises(GuardRefused, match="could see its grade"):
        allocate_case(session, second.id, overseer.id, steps.act(), reason="On leave.")
    assert row.state == "live"


def test_a_case_for_which_there_is_nobody_is_graded_once_and_the_journal_says_how_many(
    session: Session, steps: Steps, council: Council, frame: Frame
) -> None:
    council.auditors[:] = council.auditors[:1]
    launched(steps, frame)
    assert seconds(session) == []
    noted = session.scalars(sa.select(Journal).where(Journal.entry == "second_gradings_given")).one()
    assert noted.details == {"chosen": 3, "given": 0}


def test_a_second_grading_is_filed_starts_nothing_and_is_compared_with_the_first(
    session: Session, steps: Steps, council: Council, frame: Frame
) -> None:
    row = launched(steps, frame)
    agree_all(session, row, [2])
    with pytest.raises(GuardRefused, match="second gradings are not in"):
        begin_reporting(session, row.id, steps.act())
    found = seconds(session)
    for audit in found[:2]:
        assert audit.auditor_id is not None
        start_case_audit(session, audit.id, steps.act(audit.auditor_id))
        write_all(session, audit, steps.at)
        assert submit_case_audit(session, audit.id, steps.act(audit.auditor_id)).state == "filed"
    ids = [audit.id for audit in found]
    assert session.scalars(sa.select(Moderation).where(Moderation.case_audit_id.in_(ids))).all() == []
    assert session.scalars(sa.select(Reflection).where(Reflection.case_audit_id.in_(ids))).all() == []
    assert session.scalars(sa.select(Action).where(Action.case_audit_id.in_(ids))).all() == []
    assert compute_results(session, row.id)["agreement"]["n"] == 2
    twice = list_result_cases(
        session, viewer_of(session, council.qa_lead.id, steps.at), row, CaseChoice(group="double")
    ).cases
    assert {case.audit.purpose for case in twice} == {"main"}
    given = {audit.ref: audit.first_grade for audit in found if audit.first_grade}
    assert {case.audit.ref: case.second for case in twice} == given
    with pytest.raises(BadInput, match="reason"):
        withdraw_grading(session, found[2].id, "", steps.act())
    withdraw_grading(session, found[2].id, "The second auditor is ill.", steps.act())
    begin_reporting(session, row.id, steps.act())
    assert (row.state, found[2].state) == ("reporting", "removed")


@pytest.mark.parametrize("ask", [request_removal, request_exemption])
def test_a_case_that_leaves_takes_its_second_grading_with_it(
    session: Session, steps: Steps, council: Council, frame: Frame, ask: object
) -> None:
    launched(steps, frame)
    second = seconds(session)[0]
    code = "transferred" if ask is request_removal else "proceedings"
    asked = ask(session, main_of(session, second).id, code, "It had to be.", steps.act())  # type: ignore[operator]
    approve_request(session, asked.id, steps.act(council.director.id))
    session.expire_all()
    assert second.state == "removed"
    told = sa.select(Outbox.person_id).where(Outbox.template == "case_audit.grading_withdrawn")
    assert session.scalars(told).all() == [second.auditor_id]
    assert [a.state for a in seconds(session)] == [
        "removed" if a.id == second.id else "allocated" for a in seconds(session)
    ]


def test_a_reserve_takes_the_place_of_the_case_in_the_second_grading_too(
    session: Session, steps: Steps, council: Council, frame: Frame
) -> None:
    row = launched(steps, frame, UNLIMITED)
    before = {audit.ref for audit in seconds(session)}
    inside = main_of(session, seconds(session)[0])
    beside = sa.select(CaseAudit).where(CaseAudit.purpose == "main", CaseAudit.ref.not_in(before))
    outside = session.scalars(beside.order_by(CaseAudit.id).limit(1)).one()
    for lost in (inside, outside):
        remove(session, steps, council, lost)
    came_in = session.scalars(sa.select(CaseAudit).where(CaseAudit.kind == "replacement")).all()
    assert {audit.ref for audit in seconds(session)} == before, "not before the reserve has its first auditor"
    allocate_cases(session, row.id, suggest_allocation(session, row.id).auditor_of, steps.act())
    (added,) = [audit for audit in seconds(session) if audit.ref not in before]
    main = main_of(session, added)
    assert (added.kind, drawn_as(session, main)) == ("replacement", inside.ref)
    assert added.auditor_id != main.auditor_id
    assert len(came_in) == 2
    replaced = session.scalars(sa.select(SampleCase.id).where(SampleCase.kind == "replacement")).all()
    assert added.sample_case_id in replaced
    assert [f for f in verify_journal(session).findings if f.subject_type == "case_audit"] == []


def test_whoever_grades_blind_sees_nothing_of_the_first_audit_whatever_roles_they_hold(
    session: Session, steps: Steps, council: Council, frame: Frame, clock: FixedClock
) -> None:
    row = launched(steps, frame)
    second = seconds(session)[0]
    main = main_of(session, second)
    action = make_action(session, council, main, Acts(clock))
    grader = session.get_one(Person, second.auditor_id)
    hold(session, grader, "qa_lead")
    viewer = viewer_of(session, grader.id, START)
    with pytest.raises(NotFound):
        get_case_audit(session, viewer, main.id)
    lines = list_round_cases(session, viewer, row.id, CaseFilter(search=main.ref), steps.at)
    assert lines == []
    assert action.id not in session.scalars(sa.select(Action.id).where(visible_actions(viewer))).all()
    assert get_own_case_audit(session, viewer, second.id).id == second.id
    # Once the grading is in there is nothing left to be kept from them.
    withdraw_grading(session, second.id, "Not needed.", steps.act())
    assert get_case_audit(session, viewer, main.id).id == main.id
    assert action.id in session.scalars(sa.select(Action.id).where(visible_actions(viewer))).all()


def test_nobody_but_its_auditor_and_the_lead_knows_of_a_second_grading(
    session: Session, steps: Steps, council: Council, frame: Frame
) -> None:
    launched(steps, frame)
    second = seconds(session)[0]
    first_auditor = main_of(session, second).auditor_id
    others = [first_auditor, second.worker_id, council.director.id, *(person.id for person in council.heads)]
    for person in others:
        assert person is not None
        may = sa.select(CaseAudit.purpose).where(visible_case_audits(viewer_of(session, person, START)))
        mine = CaseAudit.auditor_id == person
        assert "second" not in session.scalars(may.where(sa.not_(mine))).all()


def test_main_and_second_audit_of_a_case_never_go_to_the_same_person(
    session: Session, steps: Steps, council: Council, frame: Frame
) -> None:
    row = launched(steps, frame)
    second = seconds(session)[0]
    main = main_of(session, second)
    for audit in (main, second):
        assert audit.auditor_id is not None
        declare_conflict(session, audit.id, steps.act(audit.auditor_id))
    gone = {e.actor_id for e in session.scalars(sa.select(Journal).where(Journal.entry == "conflict_declared"))}
    left = [a.id for a in council.auditors if a.id not in gone]
    assert list(suggest_allocation(session, row.id).auditor_of) == [main.id], "the second waits for the first"
    with pytest.raises(GuardRefused, match="two different auditors"):
        allocate_cases(session, row.id, {main.id: left[0], second.id: left[0]}, steps.act())
    allocate_cases(session, row.id, {main.id: left[0]}, steps.act())
    assert suggest_allocation(session, row.id).auditor_of == {second.id: left[1]}
