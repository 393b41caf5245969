"""The re-audit that is live today: the baseline's cases again, about 60 % done, with what a QA lead must decide."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.cli.council import audits
from auditflow.cli.council.audits import Story
from auditflow.cli.council.baseline import allocate, write_audit
from auditflow.cli.council.calendar import Calendar
from auditflow.cli.council.concerns import plan_concern
from auditflow.cli.council.diary import Event
from auditflow.cli.council.people import Staff
from auditflow.domain.policy import SecondGradingPolicy
from auditflow.models import AuditRound, CaseAudit, Moderation, Team
from auditflow.queries.moderation import list_eligible_moderators
from auditflow.services.act import Act
from auditflow.services.allocation import allocate_cases, suggest_allocation
from auditflow.services.approval import approve_request
from auditflow.services.audit_round import change_round
from auditflow.services.launch import launch_round
from auditflow.services.moderation import reassign_moderation
from auditflow.services.re_audit import ReAuditPlan, mark_lost, plan_re_audit
from auditflow.services.sample import draw_sample, lock_design

LAUNCH, END = -14, 8
MODERATORS = ("eligible_moderator", "external_moderator")
LOST = (
    ("closed_early", "Closed three weeks into the window."),
    ("transferred", "The family moved to another council."),
)


def plan_live(session: Session, staff: Staff, calendar: Calendar, baseline: AuditRound) -> AuditRound:
    """Plan, lock, draw, allocate and launch the re-audit."""
    act = Act(staff.qa().id, calendar.at(LAUNCH - 3), "sample:re-audit")
    plan = ReAuditPlan(
        name=f"Re-audit, {calendar.working_day(LAUNCH):%B %Y}",
        starts_on=calendar.working_day(LAUNCH),
        ends_on=calendar.working_day(END),
        record_date=calendar.working_day(LAUNCH - 1),
    )
    row = plan_re_audit(session, baseline.id, plan, act)
    policy = {**row.policy, **asdict(SecondGradingPolicy())}
    change_round(session, row.id, {"policy": policy}, act.then("policy"))
    lock_design(session, row.id, act.then("lock"))
    draw_sample(session, row.id, act.then("draw"))
    allocate(session, row, staff, Act(act.actor_id, calendar.at(LAUNCH - 2), "sample:re-allocate"))
    launch_round(session, row.id, Act(act.actor_id, calendar.at(LAUNCH, 8, 30), "sample:re-launch"))
    return row


def live_round(session: Session, staff: Staff, row: AuditRound, story: Story, now: datetime) -> None:
    """What has happened in it so far, written into the diary."""
    calendar = story.calendar
    lost = _lose_two(session, staff, row, story)
    work: dict[int, int] = {}
    query = sa.select(CaseAudit).where(CaseAudit.round_id == row.id).order_by(CaseAudit.id)
    for audit in session.scalars(query.where(CaseAudit.purpose == "main")).all():
        if audit.id in lost:
            continue
        if audit.kind == "judgemental" and audit.worker_id == staff.named["worker"].id:
            # Begun yesterday, so that the practitioner who has a sign-in is asked for their view.
            _begin_yesterday(story, audit.id)
            continue
        turn = work[audit.auditor_id or 0] = work.get(audit.auditor_id or 0, -1) + 1
        _write_one(story, audit, turn, calendar)
    plan_concern(session, story, row, staff.auditors[0], now - timedelta(minutes=50), answered=False)
    for number, audit in enumerate(session.scalars(query.where(CaseAudit.purpose == "second")).all()):
        _grade_again(story, audit.id, number, calendar)
    story.diary.write(now - timedelta(minutes=40), lambda s, t: _ask_for_one_more(s, staff, row.id, t))
    for minutes, address in ((30, "external"), (29, "manager")):
        story.diary.write(now - timedelta(minutes=minutes), _handing_over(staff, row.id, staff.named[address].id))


def _begin_yesterday(story: Story, audit_id: int) -> None:
    story.diary.write(story.calendar.at(-1, 9), lambda s, t: audits.start(story, audit_id, s, t))


def _handing_over(staff: Staff, round_id: int, to_id: int) -> Event:
    return lambda session, at: _hand_over(session, staff, round_id, to_id, at)


def _hand_over(session: Session, staff: Staff, round_id: int, to_id: int, at: datetime) -> None:
    """One of the audits that wait for a moderator today goes to somebody who has a sign-in."""
    waiting = (
        sa.select(Moderation)
        .join(CaseAudit, CaseAudit.id == Moderation.case_audit_id)
        .where(CaseAudit.round_id == round_id, Moderation.state == "with_moderator", Moderation.opened_at.is_(None))
        .order_by(Moderation.id)
    )
    tasks = session.scalars(waiting).all()
    signing_in = {person.id for person in staff.named.values()}
    for task in tasks:
        if task.moderator_id == to_id:
            return
        if task.moderator_id not in signing_in and _may_moderate(session, task.id, to_id, at):
            act = Act(staff.qa().id, at, f"sample:to {to_id}")
            reassign_moderation(session, task.id, "On leave this week.", act, to_id=to_id)
            return


def _may_moderate(session: Session, moderation_id: int, person_id: int, at: datetime) -> bool:
    found = (list_eligible_moderators(session, moderation_id, at, role=role) for role in MODERATORS)
    return any(person_id == one.person_id for candidates in found for one in candidates)


def _ask_for_one_more(session: Session, staff: Staff, round_id: int, at: datetime) -> None:
    """Today the QA lead asks that a third case is not re-audited; neither the director nor a head
    of another service has looked yet.
    """
    elsewhere = sa.select(Team.id).where(Team.service_id != staff.named["head"].service_id)
    mine = (CaseAudit.round_id == round_id, CaseAudit.purpose == "main", CaseAudit.kind == "random")
    untouched = sa.select(CaseAudit.id).where(*mine, CaseAudit.state == "allocated", CaseAudit.team_id.in_(elsewhere))
    audit_id = session.scalars(untouched.order_by(CaseAudit.id)).first()
    if audit_id is not None:
        words = "The family has moved; the new council has taken the case over."
        mark_lost(session, audit_id, "transferred", Act(staff.qa().id, at, f"sample:ask:{audit_id}"), words=words)


def _grade_again(story: Story, audit_id: int, number: int, calendar: Calendar) -> None:
    """Of the blind second gradings half are in, every fourth is begun, the others are not."""
    if number % 4 != 3:
        begin = calendar.at(min(LAUNCH + 3 + number, -4), 13, number * 3 % 60)
        story.diary.write(begin, lambda s, t: audits.start(story, audit_id, s, t))
        share = 1.0 if number % 2 == 0 else 0.5
        story.diary.write(
            story.later(begin, 1, 16), lambda s, t: audits.grade_again(story, audit_id, s, t, share=share)
        )


def _write_one(story: Story, audit: CaseAudit, turn: int, calendar: Calendar) -> None:
    """The first six of each auditor are submitted by now, the next begun, the last of some not started."""
    begin = calendar.at(LAUNCH + min(turn, 4), 9, turn * 7 % 60)
    if turn < 6:
        # The sixth of each came in yesterday, so that some are with a moderator today.
        day = -1 if turn == 5 else min(LAUNCH + 1 + 2 * turn, -4)
        write_audit(story, audit.id, begin, calendar.at(day, 15, turn * 9))
    elif turn < 7 or story.chance.random() < 0.6:
        share = story.chance.choice((0.25, 0.5, 0.6))
        story.diary.write(begin, lambda s, t: audits.start(story, audit.id, s, t))
        writing = calendar.at(-2, 14, turn * 11 % 60)
        story.diary.write(writing, lambda s, t: audits.write(story, audit.id, s, t, share=share))


def _lose_two(session: Session, staff: Staff, row: AuditRound, story: Story) -> set[int]:
    """Two cases cannot be audited again; the director approves, and the next reserves come in."""
    mine = (CaseAudit.round_id == row.id, CaseAudit.purpose == "main", CaseAudit.kind == "random")
    query = sa.select(CaseAudit.id).where(*mine)
    chosen = story.chance.sample(list(session.scalars(query.order_by(CaseAudit.id))), len(LOST))
    for audit_id, (reason, words) in zip(chosen, LOST, strict=True):
        story.diary.write(story.calendar.at(LAUNCH + 2, 10), _losing(staff, audit_id, reason, words, story))
    return set(chosen)


def _losing(staff: Staff, audit_id: int, reason: str, words: str, story: Story):  # type: ignore[no-untyped-def]
    def lose(session: Session, at: datetime) -> None:
        lead = Act(staff.qa().id, at, f"sample:lost:{audit_id}")
        request = mark_lost(session, audit_id, reason, lead, words=words)
        director = Act(staff.named["director"].id, at + timedelta(hours=3), f"sample:approve:{audit_id}")
        story.diary.write(director.at, lambda s, t: approve_request(s, request.id, director))
        story.diary.write(story.later(at, 1, 9), lambda s, t: _allocate_reserve(staff, audit_id, s, t))

    return lose


def _allocate_reserve(staff: Staff, lost_id: int, session: Session, at: datetime) -> None:
    """The QA lead gives the reserve that came in to whom the allocation suggests."""
    row = session.get_one(CaseAudit, lost_id)
    act = Act(staff.qa().id, at, f"sample:reserve:{lost_id}")
    allocate_cases(session, row.round_id, suggest_allocation(session, row.round_id).auditor_of, act)
