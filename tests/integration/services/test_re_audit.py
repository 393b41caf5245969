"""Planning a re-audit, taking the same cases, other auditors, and the cases that are lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import BadInput, GuardRefused, NotFound, NotPermitted, WrongState
from auditflow.models import Approval, AuditRound, CaseAudit, Frame, FrameCase, Journal, SampleCase
from auditflow.queries.allocation import read_eligibility
from auditflow.queries.re_audit import list_re_audits, list_unused_reserves
from auditflow.queries.sample import get_standing_draw
from auditflow.services.allocation import allocate_case, suggest_allocation
from auditflow.services.approval import approve_request
from auditflow.services.audit_round import change_round
from auditflow.services.launch import launch_round
from auditflow.services.re_audit import ReAuditPlan, mark_lost, plan_re_audit, suggest_plan
from auditflow.services.sample import draw_sample, lock_design
from auditflow.services.sample_change import add_case
from tests.factories.council import Council
from tests.factories.results import agree, list_main, reported, set_columns
from tests.factories.sampling import Steps, make_frame

PLAN = ReAuditPlan("Re-audit, February 2027", date(2027, 2, 1), date(2027, 2, 26), date(2027, 1, 22))


@pytest.fixture
def baseline(session: Session, steps: Steps, frame: Frame) -> AuditRound:
    return reported(session, steps, frame)


def taken(session: Session, steps: Steps, baseline: AuditRound, plan: ReAuditPlan = PLAN) -> AuditRound:
    row = plan_re_audit(session, baseline.id, plan, steps.act())
    lock_design(session, row.id, steps.act(), expected_version=row.version)
    draw_sample(session, row.id, steps.act(), expected_version=row.version)
    return row


def launched(session: Session, steps: Steps, baseline: AuditRound, plan: ReAuditPlan = PLAN) -> AuditRound:
    row = taken(session, steps, baseline, plan)
    steps.allocated(row, capacity=12)
    launch_round(session, row.id, steps.act(), expected_version=row.version)
    return row


def test_a_re_audit_has_its_baselines_tool_design_and_policy(
    session: Session, steps: Steps, baseline: AuditRound
) -> None:
    act = steps.act()
    row = plan_re_audit(session, baseline.id, PLAN, act)
    assert (row.kind, row.baseline_id, row.state) == ("re_audit", baseline.id, "planned")
    assert (row.tool_version_id, row.frame_id, row.policy) == (
        baseline.tool_version_id,
        baseline.frame_id,
        baseline.policy,
    )
    assert plan_re_audit(session, baseline.id, PLAN, act).id == row.id
    assert [one.id for one in list_re_audits(session, baseline.id)] == [row.id]


def test_it_is_suggested_for_a_quarter_later(baseline: AuditRound) -> None:
    plan = suggest_plan(baseline)
    assert (plan.starts_on, plan.ends_on, plan.record_date) == (
        date(2027, 2, 2),
        date(2027, 2, 27),
        date(2027, 1, 23),
    )


def test_a_round_that_still_runs_is_not_re_audited(session: Session, steps: Steps, frame: Frame) -> None:
    running = steps.live(frame)
    with pytest.raises(WrongState, match="once its reporting has begun"):
        plan_re_audit(session, running.id, PLAN, steps.act())
    with pytest.raises(NotFound):
        plan_re_audit(session, 999_999, PLAN, steps.act())


def test_only_a_qa_lead_plans_one(session: Session, steps: Steps, baseline: AuditRound, council: Council) -> None:
    with pytest.raises(NotPermitted):
        plan_re_audit(session, baseline.id, PLAN, steps.act(council.director.id))


def test_records_are_read_at_a_later_date(session: Session, steps: Steps, baseline: AuditRound) -> None:
    with pytest.raises(BadInput, match="after 23 October 2026") as refused:
        plan_re_audit(session, baseline.id, replace(PLAN, record_date=date(2026, 10, 23)), steps.act())
    assert refused.value.field == "record_date"


def test_the_same_cases_are_taken_in_their_order_without_a_seed(
    session: Session, steps: Steps, baseline: AuditRound
) -> None:
    row = taken(session, steps, baseline)
    first, second = get_standing_draw(session, baseline.id), get_standing_draw(session, row.id)
    assert [case["ref"] for case in second.manifest["sample"]] == [case["ref"] for case in first.manifest["sample"]]
    assert second.manifest["algorithm"] == f"same cases as round {baseline.id}"
    assert (second.seed, second.manifest["seed"]) == ("", None)
    made = sa.select(Journal).where(Journal.subject_id == row.id, Journal.entry == "seed_made")
    assert session.scalars(made.where(Journal.subject_type == "audit_round")).all() == []
    then = {audit.ref: audit for audit in list_main(session, baseline)}
    now = {audit.ref: audit for audit in list_main(session, row)}
    assert now.keys() == then.keys()
    assert {ref: audit.baseline_id for ref, audit in now.items()} == {ref: audit.id for ref, audit in then.items()}
    assert {audit.kind for audit in now.values()} == {"random"}
    assert {ref: audit.stratum for ref, audit in now.items()} == {ref: audit.stratum for ref, audit in then.items()}
    assert row.state == "sampled"


def test_taking_them_twice_with_one_act_takes_them_once(session: Session, steps: Steps, baseline: AuditRound) -> None:
    row = plan_re_audit(session, baseline.id, PLAN, steps.act())
    lock = steps.act()
    lock_design(session, row.id, lock)
    assert lock_design(session, row.id, lock).repeated
    act = steps.act()
    first = draw_sample(session, row.id, act).draw
    assert draw_sample(session, row.id, act).draw is first
    assert len(list_main(session, row)) == 12


def test_a_list_changed_after_locking_is_noticed(session: Session, steps: Steps, baseline: AuditRound) -> None:
    row = plan_re_audit(session, baseline.id, PLAN, steps.act())
    lock_design(session, row.id, steps.act())
    set_columns(session, row, selected_because_poor=True)
    with pytest.raises(GuardRefused):
        draw_sample(session, row.id, steps.act())


def test_added_cases_stay_added_and_removed_ones_stay_out(session: Session, steps: Steps, frame: Frame) -> None:
    row = steps.live(frame)
    added = add_case(session, row.id, "CF-29999", "Asked for by the head of service", steps.act())
    allocate_case(session, added.id, steps.council.auditors[0].id, steps.act())
    first, second, *others = list_main(session, row)
    for audit in others:
        agree(session, audit, 2)
    set_columns(session, first, state="not_audited", lost_reason="proceedings")
    agree(session, second, 3)
    set_columns(session, row, state="reporting")
    again = taken(session, steps, row)
    now = {audit.ref: audit.kind for audit in list_main(session, again)}
    assert first.ref not in now
    assert now["CF-29999"] == "judgemental"
    assert list(now.values()).count("judgemental") == 1
    kinds = sa.select(SampleCase.kind).where(SampleCase.round_id == again.id, SampleCase.ref == "CF-29999")
    assert session.scalar(kinds) == "judgemental"


def test_a_baselines_replacement_is_a_case_like_any_other(session: Session, steps: Steps, frame: Frame) -> None:
    row = reported(session, steps, frame)
    audit = list_main(session, row)[0]
    set_columns(session, audit, kind="replacement")
    again = taken(session, steps, row)
    assert {one.kind for one in list_main(session, again)} == {"random"}


def test_a_later_list_says_who_has_the_case_now(
    session: Session, steps: Steps, baseline: AuditRound, council: Council
) -> None:
    later = make_frame(session, council, cases=61, matched=False)
    audit = list_main(session, baseline)[0]
    other = next(w for w in council.workers if w.team_id != audit.team_id)
    team = next(team for team in council.teams if team.id == other.team_id)
    session.execute(
        sa.update(FrameCase)
        .where(FrameCase.frame_id == later.id, FrameCase.ref == audit.ref)
        .values(worker=other.name, team=team.name)
    )
    row = taken(session, steps, baseline, replace(PLAN, frame_id=later.id))
    moved = next(one for one in list_main(session, row) if one.ref == audit.ref)
    assert (moved.worker_id, moved.team_id) == (other.id, other.team_id)


def test_a_case_that_left_the_list_keeps_what_was_known(
    session: Session, steps: Steps, baseline: AuditRound, council: Council
) -> None:
    later = make_frame(session, council, cases=61, matched=False)
    audit = list_main(session, baseline)[0]
    session.execute(sa.delete(FrameCase).where(FrameCase.frame_id == later.id, FrameCase.ref == audit.ref))
    row = taken(session, steps, baseline, replace(PLAN, frame_id=later.id))
    same = next(one for one in list_main(session, row) if one.ref == audit.ref)
    assert (same.worker_id, same.case_type) == (audit.worker_id, audit.case_type)
    steps.allocated(row, capacity=12)
    launch_round(session, row.id, steps.act())
    asked = mark_lost(session, same.id, "transferred", steps.act())
    approve_request(session, asked.id, steps.act(council.director.id))
    assert session.get_one(CaseAudit, same.id).lost_reason == "transferred"


def test_when_no_case_can_be_re_audited_a_fresh_sample_is_offered(
    session: Session, steps: Steps, baseline: AuditRound, council: Council
) -> None:
    other = Frame(
        name="Another list",
        as_at=date(2027, 1, 22),
        stage="frozen",
        source_sha256="b" * 64,
        frame_sha256="c" * 64,
        created_at=steps.at,
        frozen_at=steps.at,
    )
    session.add(other)
    session.flush()
    with pytest.raises(GuardRefused, match="fresh random sample"):
        plan_re_audit(session, baseline.id, replace(PLAN, frame_id=other.id), steps.act())
    for audit in list_main(session, baseline):
        set_columns(session, audit, state="not_audited")
    with pytest.raises(GuardRefused, match="fresh random sample"):
        plan_re_audit(session, baseline.id, PLAN, steps.act())


def test_only_the_poor_ones_is_allowed_and_labelled(session: Session, steps: Steps, baseline: AuditRound) -> None:
    row = taken(session, steps, baseline, replace(PLAN, selected_because_poor=True))
    then = {audit.ref: audit.published_grade for audit in list_main(session, baseline)}
    now = [audit.ref for audit in list_main(session, row)]
    assert now == [ref for ref, grade in then.items() if grade is not None and grade < 3]
    assert row.selected_because_poor
    assert get_standing_draw(session, row.id).manifest["selected_because_poor"] is True
    assert (
        session.scalars(sa.select(SampleCase).where(SampleCase.round_id == row.id, SampleCase.kind == "reserve")).all()
        == []
    )


def test_no_poor_case_is_refused(session: Session, steps: Steps, frame: Frame) -> None:
    row = reported(session, steps, frame, grades=(3, 4))
    with pytest.raises(GuardRefused, match="below Good"):
        plan_re_audit(session, row.id, replace(PLAN, selected_because_poor=True), steps.act())


def test_nobody_is_given_the_case_that_they_graded_before(session: Session, steps: Steps, baseline: AuditRound) -> None:
    row = launched(session, steps, baseline)
    before = {audit.ref: audit.auditor_id for audit in list_main(session, baseline)}
    after = {audit.ref: audit.auditor_id for audit in list_main(session, row)}
    assert all(after[ref] is not None and after[ref] != before[ref] for ref in before)


def test_the_same_auditor_only_with_a_reason_and_where_nobody_else_can(
    session: Session, steps: Steps, baseline: AuditRound, council: Council
) -> None:
    row = taken(session, steps, baseline)
    steps.allocated(row, capacity=12)
    audit = list_main(session, row)[0]
    first = session.get_one(CaseAudit, audit.baseline_id)
    with pytest.raises(GuardRefused):
        allocate_case(session, audit.id, first.auditor_id, steps.act(), reason="They know the case")
    for other in council.auditors:
        if other.id != first.auditor_id:
            other.trained_on = None
    session.flush()
    assert read_eligibility(session, row, also=(first.auditor_id,)).others(audit.id, but=first.auditor_id) == []
    allocate_case(session, audit.id, first.auditor_id, steps.act(), reason="Nobody else is trained")
    session.refresh(audit)
    assert (audit.auditor_id, audit.same_auditor_reason) == (first.auditor_id, "Nobody else is trained")


def test_a_lost_case_is_approved_and_its_reserve_audited_unpaired(
    session: Session, steps: Steps, baseline: AuditRound, council: Council
) -> None:
    row = launched(session, steps, baseline)
    audit = list_main(session, row)[0]
    waiting = [r.ref for r in list_unused_reserves(session, baseline.id) if r.stratum == audit.stratum]
    asked = mark_lost(session, audit.id, "closed_early", steps.act())
    assert isinstance(asked, Approval)
    assert asked.facts["reserve"] == waiting[0]
    assert session.get_one(CaseAudit, audit.id).state == "allocated"
    approve_request(session, asked.id, steps.act(council.director.id))
    session.refresh(audit)
    assert (audit.state, audit.lost_reason) == ("removed", "closed_early")
    came_in = session.scalars(
        sa.select(CaseAudit).where(CaseAudit.round_id == row.id, CaseAudit.kind == "replacement")
    ).one()
    assert (came_in.ref, came_in.baseline_id, came_in.state) == (waiting[0], None, "selected")
    assert suggest_allocation(session, row.id).auditor_of.keys() == {came_in.id}


def test_a_lost_case_needs_a_listed_reason_and_a_re_audit(session: Session, steps: Steps, baseline: AuditRound) -> None:
    row = launched(session, steps, baseline)
    audit = list_main(session, row)[0]
    with pytest.raises(BadInput, match="Choose why") as refused:
        mark_lost(session, audit.id, "poor_file", steps.act())
    assert refused.value.field == "reason_code"
    with pytest.raises(WrongState):
        mark_lost(session, list_main(session, baseline)[0].id, "transferred", steps.act())
    with pytest.raises(NotFound):
        mark_lost(session, 999_999, "transferred", steps.act())


def test_a_re_audits_tool_and_cases_are_not_changed(session: Session, steps: Steps, baseline: AuditRound) -> None:
    row = plan_re_audit(session, baseline.id, PLAN, steps.act())
    with pytest.raises(WrongState, match="the tool and the cases"):
        change_round(session, row.id, {"design": {"ref": "case_ref", "size": 3}}, steps.act())
    change_round(session, row.id, {"name": "Re-audit, spring"}, steps.act())
    assert row.name == "Re-audit, spring"
