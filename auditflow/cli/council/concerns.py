"""Immediate concerns in the sample council."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.cli.council.audits import Story, act
from auditflow.models import AuditRound, CaseAudit, Person, Team
from auditflow.services.alert import Concern, acknowledge_concern, raise_concern, resolve_concern

CONCERN = (
    "The last three visits found nobody in, and a neighbour’s call of last week about shouting was not followed up. "
    "Nobody has seen the child for 19 days."
)
DONE = "The duty worker and the health visitor saw the child at home the same afternoon; a strategy meeting was held."


def plan_concern(
    session: Session, story: Story, row: AuditRound, auditor: Person, at: datetime, *, answered: bool
) -> None:
    """The auditor raises a concern on one of their audits; the team manager answers it if `answered`."""
    audit_id = session.scalars(
        sa.select(CaseAudit.id)
        .where(CaseAudit.round_id == row.id, CaseAudit.auditor_id == auditor.id, CaseAudit.team_id.is_not(None))
        .order_by(CaseAudit.id)
        .limit(1)
    ).one()
    story.diary.write(at, lambda s, t: _raise(story, audit_id, auditor.id, answered, s, t))


def _raise(story: Story, audit_id: int, auditor_id: int, answered: bool, session: Session, at: datetime) -> None:
    concern = Concern(CONCERN, "the duty manager of the team", at - timedelta(minutes=20))
    alert = raise_concern(session, audit_id, concern, act(auditor_id, at, "concern", audit_id))
    if not answered:
        return
    audit = session.get_one(CaseAudit, audit_id)
    manager = session.get_one(Team, audit.team_id).manager_id
    story.diary.write(
        at + timedelta(hours=1), lambda s, t: acknowledge_concern(s, alert.id, act(manager, t, "acknowledge", alert.id))
    )
    story.diary.write(
        at + timedelta(hours=7), lambda s, t: resolve_concern(s, alert.id, DONE, act(manager, t, "resolve", alert.id))
    )
