"""Rounds as lists and single pages need them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import NotFound
from auditflow.models import AuditRound, AuditToolVersion, CaseAudit, Draw, Frame, Journal
from auditflow.models.base import core
from auditflow.models.plain import kept
from auditflow.queries.scope import Viewer, visible_rounds

AGREED = ("agreed", "feedback_shared", "closed", "disputed")
"""States in which the grade of a case was agreed once, or is being decided."""
DONE = ("agreed", "feedback_shared", "closed")


@dataclass(frozen=True, slots=True)
class RoundLine:
    """One round of the list: main cases planned and done."""

    id: int
    name: str
    state: str
    kind: str
    tool: str
    starts_on: date
    ends_on: date
    planned: int
    done: int


def list_rounds(session: Session, viewer: Viewer) -> list[RoundLine]:
    """The rounds this person may know of, the newest first. One statement."""
    audit = core(CaseAudit)
    mine = sa.and_(audit.c.round_id == AuditRound.id, audit.c.purpose == "main", audit.c.state != "removed")
    planned = sa.select(sa.func.count()).select_from(audit).where(mine).scalar_subquery()
    done = sa.select(sa.func.count()).select_from(audit).where(mine, audit.c.state.in_(DONE)).scalar_subquery()
    statement = (
        sa.select(
            AuditRound.id,
            AuditRound.name,
            AuditRound.state,
            AuditRound.kind,
            AuditToolVersion.title,
            AuditRound.starts_on,
            AuditRound.ends_on,
            planned,
            done,
        )
        .join(AuditToolVersion, AuditToolVersion.id == AuditRound.tool_version_id)
        .where(visible_rounds(viewer))
        .order_by(AuditRound.starts_on.desc(), AuditRound.id.desc())
    )
    return [RoundLine(*row) for row in session.execute(statement)]


def get_visible_round(session: Session, viewer: Viewer, round_id: int) -> AuditRound:
    """The round, if it exists for this person. Raises NotFound."""
    where = (AuditRound.id == round_id, visible_rounds(viewer))
    row = session.scalars(sa.select(AuditRound).where(*where)).one_or_none()
    if row is None:
        raise NotFound("There is no such round.")
    return row


def list_frozen_lists(session: Session) -> list[Frame]:
    """The case lists that can be drawn from, the newest first."""
    statement = sa.select(Frame).where(Frame.stage == "frozen").order_by(Frame.as_at.desc(), Frame.id.desc())
    return list(session.scalars(statement))


def list_draws(session: Session, round_id: int) -> list[Draw]:
    """Every draw of the round, discarded ones included, in order."""
    return list(session.scalars(sa.select(Draw).where(Draw.round_id == round_id).order_by(Draw.number)))


def count_discarded_draws(session: Session, round_id: int) -> int:
    """How many seeds gave no sample that stands: draws discarded, and tries that kept no limit.

    What was drawn from the same case list for an earlier round that was cancelled counts too: planning anew
    would otherwise be a way to draw until the sample pleases.
    """
    discarded: int = _discarded(session).rows(session, {"round": round_id})[0]["discarded"]
    return discarded


def _of_discarded() -> sa.Select[Any]:
    round_id: sa.BindParameter[int] = sa.bindparam("round", type_=sa.Integer())
    draw, this = core(Draw), core(AuditRound)
    earlier = this.alias("earlier")
    discarded = sa.select(sa.func.count(draw.c.id)).where(draw.c.round_id == round_id, draw.c.discarded_at.is_not(None))
    failed = sa.select(sa.func.count()).where(*_of_round(round_id), Journal.entry == "draw_not_possible")
    cancelled = (
        sa.select(sa.func.count(draw.c.id))
        .select_from(
            draw.join(earlier, earlier.c.id == draw.c.round_id).join(this, this.c.frame_id == earlier.c.frame_id)
        )
        .where(this.c.id == round_id, earlier.c.id < this.c.id, earlier.c.state == "cancelled")
    )
    counts = [count.scalar_subquery() for count in (discarded, failed, cancelled)]
    return sa.select((counts[0] + counts[1] + counts[2]).label("discarded"))


_discarded = kept(_of_discarded, {"round": 0})


def list_seeds_tried(session: Session, round_id: int) -> list[str]:
    """The seeds made since the design was locked, in their order; more than one only where a limit was not kept."""
    locked = sa.select(sa.func.max(Journal.number)).where(*_of_round(round_id), Journal.entry == "design_locked")
    made = (*_of_round(round_id), Journal.entry == "seed_made", Journal.number > locked.scalar_subquery())
    details = session.scalars(sa.select(Journal.details).where(*made).order_by(Journal.number))
    return [str(entry["seed"]) for entry in details]


def _of_round(round_id: Any) -> tuple[sa.ColumnElement[bool], ...]:
    return Journal.subject_type == "audit_round", Journal.subject_id == round_id
