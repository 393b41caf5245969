"""The facts of a round."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from auditflow.models import AuditRound, CaseAudit, Draw, Frame, FrameCase, NameMatch, SampleCase, person_role
from auditflow.models.base import core
from auditflow.queries.facts.items import DEADLINE, conflict, request_open
from auditflow.queries.facts.people import PERSON, ROLE, everyone_with, holds

Column = sa.ColumnElement[Any]

TABLE = core(AuditRound)
AUDIT = core(CaseAudit)
FRAME = core(Frame)
CASE = core(FrameCase)
MATCH = core(NameMatch)
SAMPLE = core(SampleCase)
DRAW = core(Draw)

UNSETTLED = ("selected", "allocated", "in_progress", "submitted", "moderation", "changed", "returned")


def columns(table: sa.Table, actor: Column, now: Column) -> dict[str, Column]:
    """Roles and facts of each round in `table`, for `actor` at `now`."""
    audits = sa.and_(AUDIT.c.round_id == table.c.id)
    return {
        "role_qa_lead": holds(actor, "qa_lead"),
        "role_director": holds(actor, "director"),
        "role_approver": holds(actor, "director"),
        "kind": table.c.kind,
        "checking_seed_shown": table.c.checking_seed_revealed_at.is_not(None),
        "frame_frozen": sa.exists(sa.select(1).where(FRAME.c.id == table.c.frame_id, FRAME.c.stage == "frozen")),
        "seed_source": table.c.seed_source,
        "unallocated_cases": _count(audits, AUDIT.c.state == "selected"),
        "untrained_allocations": _count(audits, AUDIT.c.state == "allocated", sa.not_(_trained(table))),
        "conflicted_allocations": _count(audits, AUDIT.c.state == "allocated", conflict(AUDIT.c.auditor_id, AUDIT)),
        "unmatched_names": _unmatched(table),
        "unsettled_cases": _count(audits, AUDIT.c.purpose == "main", _unsettled(now)),
        "open_second_gradings": _count(
            audits, AUDIT.c.purpose == "second", AUDIT.c.state.not_in(["filed", "removed", "not_audited"])
        ),
        "grades_in": _count(audits, AUDIT.c.first_grade.is_not(None)),
        "request_open": request_open("audit_round", table.c.id),
        "ends_on": table.c.ends_on,
    }


def _count(*where: Column) -> Column:
    return sa.select(sa.func.count()).select_from(AUDIT).where(*where).scalar_subquery()


def _trained(table: sa.Table) -> Column:
    """The auditor is active, holds the role, and their training has not run out when the round starts."""
    return sa.exists(
        sa.select(1)
        .select_from(PERSON.join(person_role, person_role.c.person_id == PERSON.c.id))
        .join(ROLE, ROLE.c.id == person_role.c.role_id)
        .where(
            PERSON.c.id == AUDIT.c.auditor_id,
            PERSON.c.active,
            PERSON.c.trained_on.is_not(None),
            sa.or_(PERSON.c.training_until.is_(None), PERSON.c.training_until >= table.c.starts_on),
            ROLE.c.name == "auditor",
        )
        .correlate(AUDIT, table)
    )


def _unsettled(now: Column) -> Column:
    overdue = sa.exists(
        sa.select(1).where(
            DEADLINE.c.subject_type == "case_audit",
            DEADLINE.c.subject_id == AUDIT.c.id,
            DEADLINE.c.key == "determine",
            DEADLINE.c.due_at <= now,
        )
    )
    return sa.or_(AUDIT.c.state.in_(UNSETTLED), sa.and_(AUDIT.c.state == "disputed", sa.not_(overdue)))


def _unmatched(table: sa.Table) -> Column:
    """Worker and team names of the sampled cases that nobody has said anything about; blank names are none."""
    discarded = sa.select(DRAW.c.id).where(DRAW.c.discarded_at.is_not(None))
    standing = sa.or_(SAMPLE.c.draw_id.is_(None), SAMPLE.c.draw_id.not_in(discarded))
    counts = []
    for kind, name in (("worker", CASE.c.worker), ("team", CASE.c.team)):
        said = sa.exists(sa.select(1).where(MATCH.c.kind == kind, MATCH.c.name == name, MATCH.c.match != "unmatched"))
        counts.append(
            sa.select(sa.func.count(sa.distinct(name)))
            .select_from(SAMPLE.join(CASE, CASE.c.id == SAMPLE.c.frame_case_id))
            .where(SAMPLE.c.round_id == table.c.id, SAMPLE.c.kind != "reserve", name != "", sa.not_(said), standing)
            .scalar_subquery()
        )
    return counts[0] + counts[1]


def _auditors(table: sa.Table) -> Column:
    inner = sa.select(AUDIT.c.auditor_id).where(AUDIT.c.round_id == table.c.id, AUDIT.c.auditor_id.is_not(None))
    people = inner.distinct().correlate(table).subquery()
    return sa.select(sa.func.aggregate_strings(sa.cast(people.c.auditor_id, sa.String), ",")).scalar_subquery()


TELL = {
    "qa_lead": lambda table: everyone_with("qa_lead"),
    "director": lambda table: everyone_with("director"),
    "auditor": _auditors,
}
