"""The facts of a case audit."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from auditflow.models import Action, AuditRound, CaseAudit, Dispute, Moderation, Reflection, Submission
from auditflow.models.base import core
from auditflow.queries.facts.items import (
    audited,
    conflict,
    flag,
    is_approver,
    judged,
    nobody_qualifies,
    request_open,
    time_over,
)
from auditflow.queries.facts.people import (
    PERSON,
    TEAM,
    everyone_with,
    heads_of,
    holds,
    in_time,
    is_head_of,
    manages_team,
    service_of_team,
    still_moderates,
)

Column = sa.ColumnElement[Any]

TABLE = core(CaseAudit)
ROUND = core(AuditRound)
MODERATION = core(Moderation)
SUBMISSION = core(Submission)
DISPUTE = core(Dispute)
ACTION = core(Action)
REFLECTION = core(Reflection)

SETTLED_ACTIONS = ("verified", "not_done", "withdrawn")


def columns(table: sa.Table, actor: Column, now: Column) -> dict[str, Column]:
    """Roles and facts of each case audit in `table`, for `actor` at `now`."""
    return {**_roles(table, actor, now), **_about_actor(table, actor), **_about_case(table, now)}


def _roles(table: sa.Table, actor: Column, now: Column) -> dict[str, Column]:
    elsewhere = sa.and_(
        holds(actor, "head_of_service"), sa.not_(flag(is_head_of(actor, service_of_team(table.c.team_id))))
    )
    # Only whoever has the latest task: an earlier moderator has no say in a later one.
    moderator = sa.and_(flag(_moderator(table) == actor), still_moderates(actor, now))
    return {
        "role_auditor": flag(table.c.auditor_id == actor),
        "role_moderator": moderator,
        "role_reader": sa.or_(_reader(table, actor), moderator),
        "role_case_team_manager": manages_team(actor, table.c.team_id),
        "role_practitioner": flag(table.c.worker_id == actor),
        "role_qa_lead": holds(actor, "qa_lead"),
        "role_approver": is_approver(actor, table.c.team_id),
        "role_independent_decider": sa.or_(holds(actor, "qa_lead"), elsewhere),
        "role_head_of_service": flag(is_head_of(actor, service_of_team(table.c.team_id))),
        "role_director": holds(actor, "director"),
        "role_external_moderator": sa.and_(
            sa.exists(
                sa.select(1).where(
                    DISPUTE.c.case_audit_id == table.c.id,
                    DISPUTE.c.handed_to_id == actor,
                    DISPUTE.c.decided_at.is_(None),
                )
            ),
            holds(actor, "external_moderator"),
            in_time(actor, now),
        ),
    }


def _reader(table: sa.Table, actor: Column) -> Column:
    """Who may read an agreed audit beside its moderator: auditor, worker, manager, and those who answer for it.

    Once feedback is shared, so may the manager of a team to which the case has moved.
    """
    service = service_of_team(table.c.team_id)
    return flag(
        sa.or_(
            table.c.auditor_id == actor,
            table.c.worker_id == actor,
            manages_team(actor, table.c.team_id),
            sa.and_(table.c.shared_at.is_not(None), _manages_who_was_told(table, actor)),
            is_head_of(actor, service),
            holds(actor, "qa_lead"),
        )
    )


def _manages_who_was_told(table: sa.Table, actor: Column) -> Column:
    told = REFLECTION.join(PERSON, PERSON.c.id == REFLECTION.c.person_id).join(TEAM, TEAM.c.id == PERSON.c.team_id)
    theirs = sa.or_(TEAM.c.manager_id == actor, TEAM.c.deputy_id == actor)
    return sa.exists(sa.select(1).select_from(told).where(REFLECTION.c.case_audit_id == table.c.id, theirs))


def _about_actor(table: sa.Table, actor: Column) -> dict[str, Column]:
    # A moderator judges the audit, so having moderated it is own work only once that judgement is contested.
    contested = table.c.state == "disputed"
    own = sa.case((contested, judged(actor, table)), else_=audited(actor, table))
    return {"actor_in_conflict": conflict(actor, table), "actor_judges_own_work": own}


def _about_case(table: sa.Table, now: Column) -> dict[str, Column]:
    return {
        "purpose": table.c.purpose,
        "returns": table.c.returns,
        "challenged": table.c.challenged,
        "round_state": _of_round(table, "state"),
        "round_ends_on": _of_round(table, "ends_on"),
        "submissions": sa.select(sa.func.count())
        .select_from(SUBMISSION)
        .where(SUBMISSION.c.case_audit_id == table.c.id)
        .scalar_subquery(),
        "moderation_opened": sa.exists(
            sa.select(1).where(
                MODERATION.c.case_audit_id == table.c.id,
                MODERATION.c.state == "with_moderator",
                MODERATION.c.opened_at.is_not(None),
            )
        ),
        "auditor_gone": sa.not_(holds(table.c.auditor_id, "auditor")),
        "return_overdue": time_over("case_audit", table.c.id, "answer_return", now),
        "challenge_time_over": time_over("case_audit", table.c.id, "challenge", now),
        "dispute_overdue": time_over("case_audit", table.c.id, "determine", now),
        "dispute_escalated": sa.exists(
            sa.select(1).where(
                DISPUTE.c.case_audit_id == table.c.id,
                DISPUTE.c.decided_at.is_(None),
                DISPUTE.c.escalated_at.is_not(None),
            )
        ),
        "unsettled_actions": unsettled_actions(table.c.id),
        "request_open": request_open("case_audit", table.c.id),
        "nobody_qualifies": nobody_qualifies("case_audit", table.c.id),
    }


def _of_round(table: sa.Table, column: str) -> Column:
    return sa.select(ROUND.c[column]).where(ROUND.c.id == table.c.round_id).scalar_subquery()


def unsettled_actions(audit_id: Column) -> Column:
    """How many actions keep the audit open; one that made no difference does until its follow-up is settled."""
    follow_up = ACTION.alias()
    answered = sa.or_(
        ACTION.c.no_follow_up_reason.is_not(None),
        sa.exists(sa.select(1).where(follow_up.c.id == ACTION.c.follow_up_id, follow_up.c.state.in_(SETTLED_ACTIONS))),
    )
    no_difference = sa.and_(ACTION.c.state == "verified", ACTION.c.difference == "no", sa.not_(answered))
    return (
        sa.select(sa.func.count())
        .select_from(ACTION)
        .where(ACTION.c.case_audit_id == audit_id, sa.or_(ACTION.c.state.not_in(SETTLED_ACTIONS), no_difference))
        .scalar_subquery()
    )


def _moderator(table: sa.Table) -> Column:
    return (
        sa.select(MODERATION.c.moderator_id)
        .where(MODERATION.c.case_audit_id == table.c.id, MODERATION.c.moderator_id.is_not(None))
        .order_by(MODERATION.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )


TELL = {
    "auditor": lambda table: table.c.auditor_id,
    "moderator": _moderator,
    "practitioner": lambda table: (
        sa.select(PERSON.c.id).where(PERSON.c.id == table.c.worker_id, PERSON.c.active).scalar_subquery()
    ),
    "case_team_manager": lambda table: (
        sa.select(TEAM.c.manager_id).where(TEAM.c.id == table.c.team_id).scalar_subquery()
    ),
    "head_of_service": lambda table: heads_of(service_of_team(table.c.team_id)),
    "qa_lead": lambda table: everyone_with("qa_lead"),
    # Whoever contests the grade; the heads of other services see a removal among their own things to do.
    "requester": lambda table: (
        sa.select(DISPUTE.c.raised_by_id)
        .where(DISPUTE.c.case_audit_id == table.c.id)
        .order_by(DISPUTE.c.id.desc())
        .limit(1)
        .scalar_subquery()
    ),
    "approver": lambda table: everyone_with("director"),
    "director": lambda table: everyone_with("director"),
    "external_moderator": lambda table: (
        sa.select(DISPUTE.c.handed_to_id)
        .where(DISPUTE.c.case_audit_id == table.c.id, DISPUTE.c.decided_at.is_(None))
        .limit(1)
        .scalar_subquery()
    ),
}
