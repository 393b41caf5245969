"""Passing a concern up when its clock runs out: who hears of it, and how far up it is then."""

from __future__ import annotations

from sqlalchemy.orm import Session

from auditflow.models import Alert, Team
from auditflow.queries.alert_people import LEVELS, list_addressees
from auditflow.services.act import Act
from auditflow.services.subjects import get_subject
from auditflow.services.transitions import Outcome, Request, apply
from workflows.alert import WORKFLOW


def escalate_concern(session: Session, alert_id: int, act: Act, *, level: str) -> Outcome:
    """The system passes a concern up to `level` (`head` or `director`); it never comes down again.

    Where the service has no head, it goes to the director at once. The clock that ran out stops.
    """
    alert = get_subject(session, Alert, alert_id)
    team = session.get(Team, alert.team_id) if alert.team_id is not None and alert.about_manager else None
    concerned = (team.manager_id, team.deputy_id) if team is not None else ()
    heard = list_addressees(session, alert.team_id, lowest=level, without=concerned)
    highest = max(alert.escalated_to, heard.level, key=LEVELS.index)
    action = f"escalate_to_{level}"
    over = tuple(d.key for d in WORKFLOW.deadlines_of(alert.state) if d.action == action)
    changes = {"escalated_to": highest}
    return apply(session, Request("alert", alert_id, action, act, changes=changes, stop=over, tell=heard.people))
