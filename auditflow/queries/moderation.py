"""Who may moderate what, who has how much to moderate, and what waits for whom."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from auditflow.domain.clock import local_date
from auditflow.domain.errors import NotFound
from auditflow.models import CaseAudit, Journal, Moderation, ModerationComment, Person, Submission
from auditflow.models.base import UtcDateTime, core
from auditflow.queries.facts import list_facts, this_one
from auditflow.queries.facts.sources import SOURCES

OPEN = ("waiting", "with_moderator")
GIVEN = ("assigned", "taken", "handed_to_external", "handed_to_director")
"""Entries of a task's journal that name, in `details.moderator`, the person it went to."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may moderate a case, with how much they have open and were ever given."""

    person_id: int
    name: str
    open: int
    ever: int


def get_moderation(session: Session, moderation_id: int) -> Moderation:
    """The task. Raises NotFound."""
    found = session.get(Moderation, moderation_id)
    if found is None:
        raise NotFound("There is no such moderation.")
    return found


def find_open_moderation(session: Session, case_audit_id: int) -> Moderation | None:
    """The task of a case audit that is neither decided nor withdrawn."""
    return session.scalars(
        sa.select(Moderation).where(Moderation.case_audit_id == case_audit_id, Moderation.state.in_(OPEN))
    ).one_or_none()


def list_eligible_moderators(
    session: Session, moderation_id: int, at: datetime, *, role: str = "eligible_moderator"
) -> list[Candidate]:
    """Who may moderate this case, fewest open tasks first.

    `role` "eligible_moderator" are team managers; "external_moderator" and "director" are those to whom it
    can be handed, in that council role and without a conflict of interest.
    """
    people = core(Person).alias("candidate")
    # A bare name, so that sub-queries two levels down mean this row and do not read the table once more.
    actor = sa.literal_column("candidate.id", sa.Integer())
    columns = SOURCES["moderation"].columns(core(Moderation), actor, sa.bindparam("now", at, type_=UtcDateTime()))
    free = sa.not_(sa.or_(columns["actor_in_conflict"], columns["actor_judges_own_work"]))
    statement = (
        sa.select(people.c.id, people.c.name, _given(people, open_only=True), _given(people, open_only=False))
        .select_from(core(Moderation).join(people, sa.true()))
        .where(Moderation.id == moderation_id, people.c.active, _in_role(columns, people, role, at), free)
        .order_by(sa.literal_column("3"), sa.literal_column("4"), people.c.name, people.c.id)
    )
    return [Candidate(*row) for row in session.execute(statement)]


def _in_role(columns: Any, people: sa.FromClause, role: str, at: datetime) -> sa.ColumnElement[bool]:
    from auditflow.queries.facts.people import holds

    if role == "eligible_moderator":
        condition: sa.ColumnElement[bool] = columns["role_eligible_moderator"]
        return condition
    today = local_date(at)
    in_time = sa.or_(people.c.external_until.is_(None), people.c.external_until >= today)
    held = holds(people.c.id, role)
    return sa.and_(held, in_time) if role == "external_moderator" else held


def _given(people: sa.FromClause, *, open_only: bool) -> Any:
    task = aliased(Moderation)
    counted = sa.select(sa.func.count()).select_from(task).where(task.moderator_id == people.c.id)
    if open_only:
        counted = counted.where(task.state == "with_moderator")
    return counted.scalar_subquery()


def list_earlier_holders(session: Session, moderation_id: int) -> set[int]:
    """Everybody to whom this task was ever given."""
    details = session.scalars(
        sa.select(Journal.details).where(
            Journal.subject_type == "moderation", Journal.subject_id == moderation_id, Journal.entry.in_(GIVEN)
        )
    )
    return {int(d["moderator"]) for d in details if "moderator" in d}


def find_last_moderator(session: Session, case_audit_id: int) -> int | None:
    """Who returned this audit to its auditor last: after a return the same person moderates."""
    return session.scalars(
        sa.select(Moderation.moderator_id)
        .where(
            Moderation.case_audit_id == case_audit_id,
            Moderation.state == "decided",
            Moderation.moderator_id.is_not(None),
        )
        .order_by(Moderation.id.desc())
        .limit(1)
    ).one_or_none()


def chosen_facts(session: Session, subject_type: str, subject_id: int, person_id: int, at: datetime) -> dict[str, Any]:
    """What the guards want to know of a person chosen for an item: conflict of interest and own work."""
    found = list_facts(session, subject_type, actor_id=person_id, at=at, where=this_one, subject_id=subject_id)
    if not found:
        raise NotFound("There is no such item.")
    values = found[0].values
    return {
        "chosen_in_conflict": bool(values["actor_in_conflict"]),
        "chosen_judges_own_work": bool(values["actor_judges_own_work"]),
    }


def list_comments(session: Session, moderation_ids: Collection[int]) -> list[ModerationComment]:
    """The comments of these tasks, in the order in which they were made."""
    return list(
        session.scalars(
            sa.select(ModerationComment)
            .where(ModerationComment.moderation_id.in_(list(moderation_ids)))
            .order_by(ModerationComment.moderation_id, ModerationComment.id)
        )
    )


def get_submission(session: Session, moderation: Moderation) -> Submission:
    """What the moderator judges."""
    return session.get_one(Submission, moderation.submission_id)


def get_case_audit(session: Session, moderation: Moderation) -> CaseAudit:
    """The case audit that the task is about."""
    return session.get_one(CaseAudit, moderation.case_audit_id)
