"""Actions and concerns for tests, made by the services as people make them."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import Action, Alert, AuditRound, CaseAudit, Deadline, Outbox
from auditflow.services.act import Act
from auditflow.services.action import accept_action, propose_action
from auditflow.services.action_outcome import complete_action
from auditflow.services.alert import Concern, raise_concern
from auditflow.services.deadline import keep_deadline, list_due
from auditflow.services.journal import Note, begin
from tests.factories.council import Council

DUE = date(2026, 11, 30)


NUMBERS = itertools.count()
SAME = ("state", "tool_version_id", "starts_on", "ends_on", "first_ends_on", "record_date", "created_at")


class Acts:
    """Acts with a key of their own each, at the time of a clock."""

    def __init__(self, clock) -> None:
        self.clock = clock

    def __call__(self, person, key: str = "") -> Act:
        made = key or f"act-{next(NUMBERS):06}-0123456789"
        return Act(None if person is None else person.id, self.clock.now(), made)


def make_action(
    session: Session, council: Council, audit: CaseAudit, act: Acts, *, state: str = "proposed", **more
) -> Action:
    """An action on `audit`, proposed by its auditor to the team's manager, taken on to `state`."""
    given = {"findings": "voice", "text": "See the child alone.", "owner_id": council.managers[0].id, "due_on": DUE}
    given |= more
    auditor = next(a for a in council.auditors if a.id == audit.auditor_id)
    row = propose_action(
        session, audit, given["findings"], given["text"], given["owner_id"], given["due_on"], act(auditor)
    )
    owner = next(p for p in [*council.managers, *council.workers, *council.heads] if p.id == row.owner_id)
    if state in ("open", "done"):
        accept_action(session, row.id, row.first_due_on, act(owner))
    if state == "done":
        complete_action(session, row.id, "Seen alone on 12 November.", "Visit of 12 November.", act(owner))
    session.refresh(row)
    return row


def make_concern(session: Session, person, audit: CaseAudit, act: Acts, **more) -> Alert:
    """A concern that `person` raises on `audit`, after phoning."""
    given = {
        "concern": "A younger sister sleeps at the uncle’s house.",
        "spoken_to": "Mary Tull, team manager",
        "spoken_at": act.clock.now() - timedelta(minutes=10),
    } | more
    return raise_concern(session, audit.id, Concern(**given), act(person))


def make_later_round(session: Session, council: Council, audit: CaseAudit, act: Acts) -> AuditRound:
    """A round like that of `audit`, after it."""
    first = session.get_one(AuditRound, audit.round_id)
    row = AuditRound(**{c: getattr(first, c) for c in SAME}, created_by_id=council.qa_lead.id, name="Re-audit")
    begin(session, row, act(council.qa_lead), Note("created", "qa_lead"))
    return row


def run_deadlines(session: Session, at: datetime) -> list[str]:
    """What the system does when it looks at `at`."""
    session.flush()
    return [keep_deadline(session, due, at) for due in list_due(session, at)]


def running(session: Session, subject_type: str, subject_id: int) -> dict[str, datetime]:
    """The deadlines of one item: key and when it is due."""
    rows = session.execute(
        sa.select(Deadline.key, Deadline.due_at).where(
            Deadline.subject_type == subject_type, Deadline.subject_id == subject_id
        )
    )
    return dict(rows.all())


def told(session: Session, template: str) -> list[int]:
    """Who was sent this message, in the order of their ids."""
    return sorted(session.scalars(sa.select(Outbox.person_id).where(Outbox.template == template)))
