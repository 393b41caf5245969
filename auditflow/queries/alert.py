"""Finding immediate concerns: one that somebody may open, lists with their clocks, the cases to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import NotFound
from auditflow.models import Alert, AuditRound, CaseAudit, Deadline, Dispute, Moderation, Person, Team
from auditflow.models.base import core
from auditflow.queries.scope import Viewer, visible_alerts, visible_case_audits
from workflows.alert import WORKFLOW

OPEN = tuple(sorted(WORKFLOW.open))
SETTLED = tuple(sorted(WORKFLOW.state_keys - WORKFLOW.open))


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One concern in a list; `to_head` and `to_director` are when it is passed up, if nobody answers it."""

    alert: Alert
    ref: str
    team: str
    raised_by: str
    to_head: datetime | None
    to_director: datetime | None

    @property
    def next_step(self) -> tuple[str, datetime] | None:
        """To which level it goes next, and when; None when it is at the top or settled."""
        if self.alert.escalated_to == "team" and self.to_head is not None:
            return "head", self.to_head
        if self.alert.escalated_to != "director" and self.to_director is not None:
            return "director", self.to_director
        return None


def get_alert(session: Session, viewer: Viewer, alert_id: int) -> AlertRow:
    """The concern with its clocks, if it exists for this person. Raises NotFound."""
    found = _rows(session, Alert.id == alert_id, visible_alerts(viewer))
    if not found:
        raise NotFound("There is no such concern.")
    return found[0]


def list_open_alerts(session: Session, viewer: Viewer) -> list[AlertRow]:
    """The concerns that wait for somebody, the one that has waited longest first: one statement."""
    return _rows(session, Alert.state.in_(OPEN), visible_alerts(viewer))


def list_settled_alerts(session: Session, viewer: Viewer) -> list[AlertRow]:
    """The concerns that were resolved or raised in error, the latest first: one statement."""
    return list(reversed(_rows(session, Alert.state.in_(SETTLED), visible_alerts(viewer))))


def _rows(session: Session, *where: Any) -> list[AlertRow]:
    raiser = core(Person).alias("raiser")
    statement = (
        sa.select(
            Alert,
            CaseAudit.ref,
            sa.func.coalesce(Team.name, ""),
            raiser.c.name,
            _due("escalate_to_head"),
            _due("escalate_to_director"),
        )
        .join(CaseAudit, CaseAudit.id == Alert.case_audit_id)
        .join(raiser, raiser.c.id == Alert.raised_by_id)
        .outerjoin(Team, Team.id == Alert.team_id)
        .where(*where)
        .order_by(Alert.raised_at, Alert.id)
    )
    return [AlertRow(*row) for row in session.execute(statement)]


def _due(action: str) -> Any:
    return (
        sa.select(sa.func.min(Deadline.due_at))
        .where(Deadline.subject_type == "alert", Deadline.subject_id == Alert.id, Deadline.action == action)
        .correlate(Alert)
        .scalar_subquery()
    )


@dataclass(frozen=True, slots=True)
class OwnCase:
    """A case that an auditor can choose to raise a concern about."""

    case_audit_id: int
    ref: str
    case_type: str
    team: str


def list_own_cases(session: Session, viewer: Viewer) -> list[OwnCase]:
    """The cases of launched rounds that a person audits, or was given to moderate or decide; being audited first."""
    given = sa.select(Moderation.case_audit_id).where(Moderation.moderator_id == viewer.person_id)
    handed = sa.select(Dispute.case_audit_id).where(Dispute.handed_to_id == viewer.person_id)
    mine = sa.or_(CaseAudit.auditor_id == viewer.person_id, CaseAudit.id.in_(given), CaseAudit.id.in_(handed))
    being_audited = sa.case((CaseAudit.state.in_(["allocated", "in_progress", "returned"]), 0), else_=1)
    rows = session.execute(
        sa.select(CaseAudit.id, CaseAudit.ref, CaseAudit.case_type, sa.func.coalesce(Team.name, ""))
        .join(AuditRound, AuditRound.id == CaseAudit.round_id)
        .outerjoin(Team, Team.id == CaseAudit.team_id)
        .where(mine, visible_case_audits(viewer), AuditRound.state.in_(["live", "reporting", "closed", "cancelled"]))
        .order_by(being_audited, CaseAudit.ref, CaseAudit.id)
    )
    return [OwnCase(*row) for row in rows]


def list_phone_first(session: Session, team_id: int | None) -> list[str]:
    """The names of the team's manager and deputy, whom to phone first; of those who work here."""
    team = session.get(Team, team_id) if team_id is not None else None
    people = [session.get(Person, pid) for pid in (team.manager_id, team.deputy_id) if pid] if team else []
    return [person.name for person in people if person is not None and person.active]
