"""The baseline of last quarter: 80 cases drawn at random and 5 added by hand, audited, moderated and closed."""

from __future__ import annotations

from random import Random

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.adapters.tool_file import load_shipped
from auditflow.cli.council import audits
from auditflow.cli.council.audits import Story
from auditflow.cli.council.calendar import Calendar
from auditflow.cli.council.cases import DESIGN, make_case_list
from auditflow.cli.council.concerns import plan_concern
from auditflow.cli.council.people import Staff
from auditflow.models import AuditRound, CaseAudit, Frame, FrameCase, NameMatch, SampleCase
from auditflow.services.act import Act
from auditflow.services.allocation import allocate_cases, choose_auditors, suggest_allocation
from auditflow.services.audit_round import RoundPlan, begin_reporting, plan_round
from auditflow.services.audit_tool import publish_tool_version
from auditflow.services.frame import (
    NewFrame,
    freeze_frame,
    import_frame,
    set_mapping,
    suggest_frame_mapping,
    upload_frame,
)
from auditflow.services.launch import launch_round
from auditflow.services.results import close_round
from auditflow.services.sample import draw_sample, lock_design
from auditflow.services.sample_change import add_case
from auditflow.services.stuck import check_stuck

LAUNCH, END, REPORT, CLOSE = -84, -62, -57, -55
ADDED_BY_HAND = 5
CAPACITY = 10
USUAL_PRACTICE = 0.2


def make_frame(session: Session, staff: Staff, calendar: Calendar, chance: Random) -> Frame:
    """The council's case list of last quarter, uploaded, mapped, matched to people and frozen."""
    at = calendar.at(LAUNCH - 6)
    act = Act(staff.qa().id, at, "sample:list")
    content = make_case_list(chance, at.date(), staff.workers, {team.id: team for team in staff.teams})
    frame = upload_frame(session, NewFrame(f"Open cases, {at:%B %Y}", at.date(), "open-cases.csv", content), act)
    set_mapping(session, frame, suggest_frame_mapping(session, frame), act.then("map"))
    import_frame(session, frame.id, act.then("import"))
    _match(session, staff, frame, act)
    return freeze_frame(session, frame.id, act.then("freeze"))


def _match(session: Session, staff: Staff, frame: Frame, act: Act) -> None:
    """Every name of the list stands for the person or the team of that name."""
    workers = {person.name: person.id for person in staff.workers}
    teams = {team.name: team.id for team in staff.teams}
    said = {"match": "matched", "confirmed_by_id": act.actor_id, "confirmed_at": act.at}
    for kind, column, ids, key in (
        ("worker", FrameCase.worker, workers, "person_id"),
        ("team", FrameCase.team, teams, "team_id"),
    ):
        names = session.scalars(sa.select(column).where(FrameCase.frame_id == frame.id, column != "").distinct())
        session.add_all(NameMatch(kind=kind, name=name, **{key: ids[name]}, **said) for name in sorted(names))
    session.flush()


def plan_baseline(session: Session, staff: Staff, calendar: Calendar, frame: Frame, chance: Random) -> AuditRound:
    """Plan, lock, draw, allocate and launch; with five cases added by hand."""
    act = Act(staff.qa().id, calendar.at(LAUNCH - 3), "sample:baseline")
    tool = publish_tool_version(session, load_shipped()[0], at=act.at)
    record_date = calendar.working_day(LAUNCH - 1)
    plan = RoundPlan(
        name=f"Baseline, {calendar.working_day(LAUNCH):%B %Y}",
        tool_version_id=tool.id,
        starts_on=calendar.working_day(LAUNCH),
        ends_on=calendar.working_day(END),
        record_date=record_date,
        frame_id=frame.id,
        design={**DESIGN, "reference_date": record_date.isoformat()},
    )
    row = plan_round(session, plan, act)
    lock_design(session, row.id, act.then("lock"))
    draw_sample(session, row.id, act.then("draw"))
    _add_by_hand(session, row, frame, staff, chance, act)
    allocate(session, row, staff, Act(act.actor_id, calendar.at(LAUNCH - 2), "sample:allocate"))
    launch_round(session, row.id, Act(act.actor_id, calendar.at(LAUNCH, 8, 30), "sample:launch"))
    return row


def _add_by_hand(session: Session, row: AuditRound, frame: Frame, staff: Staff, chance: Random, act: Act) -> None:
    """Five cases, the first of them the practitioner's who has a sign-in: then there is something for them to see."""
    drawn = set(session.scalars(sa.select(SampleCase.ref).where(SampleCase.round_id == row.id)))
    query = sa.select(FrameCase.ref, FrameCase.worker).where(FrameCase.frame_id == frame.id, FrameCase.status == "Open")
    others = {ref: worker for ref, worker in session.execute(query.order_by(FrameCase.ref)) if ref not in drawn}
    theirs = next(ref for ref, worker in others.items() if worker == staff.named["worker"].name)
    chosen = [theirs, *chance.sample([ref for ref in others if ref != theirs], ADDED_BY_HAND - 1)]
    for number, ref in enumerate(chosen):
        reason = "Asked for by the head of service after a complaint."
        add_case(session, row.id, ref, reason, act.then(f"add-{number}"))


def allocate(session: Session, row: AuditRound, staff: Staff, act: Act) -> None:
    """Choose the ten auditors and take the suggestion as it is."""
    choose_auditors(session, row.id, {person.id: CAPACITY for person in staff.auditors}, act.then("choose"))
    suggestion = suggest_allocation(session, row.id)
    allocate_cases(session, row.id, suggestion.auditor_of, act.then("allocate"))


def practice(session: Session, row: AuditRound, chance: Random) -> dict[str, float]:
    """How good the practice on each case was: an index per reference, in the order of the references."""
    refs = session.scalars(sa.select(CaseAudit.ref).where(CaseAudit.round_id == row.id).order_by(CaseAudit.ref))
    return {ref: chance.gauss(USUAL_PRACTICE, 0.75) for ref in refs}


def live_baseline(session: Session, staff: Staff, calendar: Calendar, row: AuditRound, story: Story) -> None:
    """Everything that happened in the baseline, up to its close and beyond, written into the diary."""
    work: dict[int, int] = {}
    query = sa.select(CaseAudit).where(CaseAudit.round_id == row.id).order_by(CaseAudit.id)
    for audit in session.scalars(query).all():
        turn = work[audit.auditor_id or 0] = work.get(audit.auditor_id or 0, -1) + 1
        first = LAUNCH + min(turn, 3) + max(0, turn - 3) * 2
        begin = calendar.at(min(first, END - 6), 9, turn * 5 % 60)
        write_audit(story, audit.id, begin, story.later(begin, 1 + turn % 2, 15))
    for number, auditor in enumerate(staff.auditors[2:4]):
        plan_concern(session, story, row, auditor, calendar.at(LAUNCH + 4 + number, 11), answered=True)
    lead = staff.qa().id
    story.diary.write(calendar.at(REPORT, 9), lambda s, t: begin_reporting(s, row.id, Act(lead, t, "sample:report")))
    story.diary.write(calendar.at(CLOSE, 9), lambda s, t: close_round(s, row.id, Act(lead, t, "sample:close")))
    # Nightly, as the beat does it.
    story.diary.write(calendar.at(CLOSE, 18), lambda s, t: check_stuck(s, Act(None, t, "sample:stuck")))


def write_audit(story: Story, audit_id: int, begin, submit) -> None:  # type: ignore[no-untyped-def]
    """One audit from start to submission."""
    story.diary.write(begin, lambda s, t: audits.start(story, audit_id, s, t))
    story.diary.write(submit, lambda s, t: audits.submit(story, audit_id, s, t))
