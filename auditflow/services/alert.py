"""Immediate concerns for a child: raised after phoning, told at once, acknowledged, resolved, raised again.

Nothing ever delays them, and their clocks count hours of every day. Passing them up is in `alert_escalation`.
Every function works in the caller's transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import BadInput, NotFound
from auditflow.models import Alert, CaseAudit, Team
from auditflow.queries.action_people import list_qa_leads
from auditflow.queries.alert_people import Addressees, list_addressees
from auditflow.queries.scope import viewer_of, visible_case_audits
from auditflow.services.act import Act
from auditflow.services.journal import Note, begin, find_made
from auditflow.services.subjects import get_subject
from auditflow.services.transitions import Outcome, Request, apply
from auditflow.services.typed import words

AHEAD = timedelta(minutes=5)
"""How far ahead of ours somebody's watch may be."""
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Concern:
    """What is said of the child, and whom the person has spoken to already, and when.

    `about_manager`: the concern is about the team's manager or deputy, who then do not hear of it.
    """

    concern: str
    spoken_to: str
    spoken_at: datetime
    about_manager: bool = False


def raise_concern(session: Session, case_audit_id: int, new: Concern, act: Act) -> Alert:
    """Raise a concern on a case that the actor may see; the team's manager and deputy are told at once.

    Straight to the head of service if the team has neither, or the concern is about them (to the director if
    there is no head of service). The same key again is the same concern. Raises NotFound or BadInput.
    """
    audit = _get_audit(session, case_audit_id, act)
    said = words(new.concern, "concern", "Say what worries you.")
    whom = words(new.spoken_to, "spoken_to", "Say whom you spoke to.", longest=LONGEST_NAME)
    if new.spoken_at > act.at + AHEAD:
        raise BadInput("The time when you spoke to them is still to come. Check day and time.", field="spoken_time")
    heard = _addressees(session, audit, new, act)
    note = Note(
        "created",
        "raiser",
        details={
            "case_audit": audit.id,
            "spoken_at": new.spoken_at.isoformat(),
            "about_manager": new.about_manager,
        },
        texts={"concern": said, "spoken_to": whom},
        tell=heard.people or list_qa_leads(session),
    )
    return _made_before(session, audit.id, note, act) or _make(session, audit, new, note, heard.level, act)


def _get_audit(session: Session, case_audit_id: int, act: Act) -> CaseAudit:
    """The audit, locked against a second click, if the actor may see it."""
    if act.actor_id is None:
        raise NotFound("There is no such case.")
    viewer = viewer_of(session, act.actor_id, act.at)
    row = session.scalars(
        sa.select(CaseAudit).where(CaseAudit.id == case_audit_id, visible_case_audits(viewer)).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such case.")
    return row


def _addressees(session: Session, audit: CaseAudit, new: Concern, act: Act) -> Addressees:
    """Whoever raises it knows already, and those whom it is about must not hear of it."""
    team = session.get(Team, audit.team_id) if audit.team_id is not None else None
    concerned = (team.manager_id, team.deputy_id) if team is not None and new.about_manager else ()
    lowest = "head" if new.about_manager else "team"
    return list_addressees(session, audit.team_id, lowest=lowest, without=(act.actor_id, *concerned))


def _made_before(session: Session, case_audit_id: int, note: Note, act: Act) -> Alert | None:
    among = sa.select(Alert.id).where(Alert.case_audit_id == case_audit_id)
    made = find_made(session, "alert", among, note, act)
    return None if made is None else session.get_one(Alert, made)


def _make(session: Session, audit: CaseAudit, new: Concern, note: Note, level: str, act: Act) -> Alert:
    assert act.actor_id is not None
    row = Alert(
        case_audit_id=audit.id,
        team_id=audit.team_id,
        raised_by_id=act.actor_id,
        raised_at=act.at,
        concern=note.texts["concern"],
        spoken_to=note.texts["spoken_to"],
        spoken_at=new.spoken_at,
        about_manager=new.about_manager,
        escalated_to=level,
        state="raised",
    )
    begin(session, row, act, note)
    return row


def acknowledge_concern(session: Session, alert_id: int, act: Act, *, version: int | None = None) -> Outcome:
    """Somebody who answers for the case has read it and acts on it. The raiser is told; the second clock starts."""
    get_subject(session, Alert, alert_id)
    changes = {"acknowledged_by_id": act.actor_id, "acknowledged_at": act.at}
    return apply(session, Request("alert", alert_id, "acknowledge", act, version, changes=changes))


def resolve_concern(session: Session, alert_id: int, done: str, act: Act, *, version: int | None = None) -> Outcome:
    """Record what was done for the child. Never by the case's worker. The raiser is told."""
    get_subject(session, Alert, alert_id)
    said = words(done, "resolution", "Say what was done for the child.")
    changes = {"resolved_by_id": act.actor_id, "resolved_at": act.at, "resolution": said}
    return apply(session, Request("alert", alert_id, "resolve", act, version, reason=said, changes=changes))


UNANSWERED = {
    "acknowledged_by_id": None,
    "acknowledged_at": None,
    "resolved_by_id": None,
    "resolved_at": None,
    "resolution": None,
    "escalated_to": "director",
}


def re_raise_concern(session: Session, alert_id: int, reason: str, act: Act, *, version: int | None = None) -> Outcome:
    """It was not resolved after all: everybody up to the director is told, and the clocks start again.

    What had been done stays in the history.
    """
    get_subject(session, Alert, alert_id)
    why = words(reason, "reason", "Say why the child may still be unsafe.")
    return apply(session, Request("alert", alert_id, "re_raise", act, version, reason=why, changes=UNANSWERED))


def mark_raised_in_error(
    session: Session, alert_id: int, reason: str, act: Act, *, version: int | None = None
) -> Outcome:
    """The head of service finds that it was raised in error, with the reason. It triggers no moderation then."""
    get_subject(session, Alert, alert_id)
    why = words(reason, "reason", "Say why it was raised in error.")
    return apply(session, Request("alert", alert_id, "mark_raised_in_error", act, version, reason=why))
