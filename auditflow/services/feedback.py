"""Feedback: shared with whoever holds the case, answered by the practitioner, closed when all is settled."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import BadInput, GuardRefused, NotFound, Stale, WrongState
from auditflow.models import CaseAudit, Journal, Person, Reflection, Team
from auditflow.queries.feedback import find_current_worker
from auditflow.services.act import Act
from auditflow.services.journal import Note, record
from auditflow.services.subjects import get_subject
from auditflow.services.transitions import Outcome, Request, apply

LONGEST = 20_000
REFLECTED = "practitioner_reflected"
SAVED_ELSEWHERE = (
    "You saved other words since you opened this page. They are below; what you have typed now is still here. Put "
    "together what should stand, then save."
)
OVER = ("closed", "removed", "not_audited", "filed")


def share_feedback(session: Session, case_audit_id: int, act: Act, *, version: int | None = None) -> Outcome:
    """Share what was found with the case's worker and manager, and with the present ones if the case has moved."""
    audit = get_subject(session, CaseAudit, case_audit_id)
    readers = _readers(session, audit)
    with session.begin_nested():
        outcome = apply(
            session,
            Request(
                "case_audit",
                case_audit_id,
                "share_feedback",
                act,
                version,
                details={"readers": sorted(person.id for person in readers)},
                changes={"shared_at": audit.shared_at or act.at},
                tell=_told(session, readers),
            ),
        )
        if not outcome.repeated:
            for person in readers:
                if session.get(Reflection, (case_audit_id, person.id)) is None:
                    session.add(Reflection(case_audit_id=case_audit_id, person_id=person.id, invited_at=act.at))
            session.flush()
    return outcome


def _readers(session: Session, audit: CaseAudit) -> list[Person]:
    """The worker whose work was audited and, where that is another, the worker who holds the case now."""
    ids = dict.fromkeys([audit.worker_id, find_current_worker(session, audit.ref)])
    people = [session.get(Person, person_id) for person_id in ids if person_id is not None]
    return [person for person in people if person is not None and person.active]


def _told(session: Session, readers: list[Person]) -> tuple[int, ...]:
    """The readers and the managers of their teams, each once."""
    teams = {reader.team_id for reader in readers if reader.team_id is not None}
    managers = session.scalars(sa.select(Team.manager_id).where(Team.id.in_(teams)).order_by(Team.id))
    return tuple(dict.fromkeys([*(reader.id for reader in readers), *(m for m in managers if m is not None)]))


def reflect(session: Session, case_audit_id: int, text: str, act: Act, *, version: int | None = None) -> Reflection:
    """The practitioner says how they see the work on this case; later words replace earlier ones that were in sight.

    `version` is the audit's when they opened the page. Raises NotFound for somebody who was not invited, WrongState
    when the audit is over, BadInput for no words, Stale when they saved other words since.
    """
    row = _mine(session, case_audit_id, act)
    audit = get_subject(session, CaseAudit, case_audit_id)
    if audit.state in OVER:
        raise WrongState("This audit is finished, so nothing can be added to it any more.")
    words = text.strip()
    if not words:
        raise BadInput("Write your reflection first.", field="reflection")
    if len(words) > LONGEST:
        raise BadInput(
            f"Your reflection must be {LONGEST:,} characters or fewer. It has {len(words):,}.", field="reflection"
        )
    if row.reflection == words:
        return row
    if version is not None and _reflected_since(session, case_audit_id, version, act):
        raise Stale(SAVED_ELSEWHERE)
    row.reflection, row.reflected_at = words, act.at
    record(session, audit, act, Note(REFLECTED, "practitioner", texts={"reflection": words}))
    return row


def _reflected_since(session: Session, case_audit_id: int, version: int, act: Act) -> bool:
    """Whether this person saved other words after the page was opened, in another tab or on another device."""
    mine = (Journal.entry == REFLECTED, Journal.actor_id == act.actor_id, Journal.number > version)
    of_audit = (Journal.subject_type == "case_audit", Journal.subject_id == case_audit_id)
    return session.execute(sa.select(Journal.id).where(*of_audit, *mine).limit(1)).first() is not None


def read_outcome(session: Session, case_audit_id: int, act: Act) -> Reflection:
    """The practitioner says that they have read what was found. Twice is once."""
    row = _mine(session, case_audit_id, act)
    audit = get_subject(session, CaseAudit, case_audit_id)
    if audit.shared_at is None:
        raise WrongState("The feedback of this audit has not been shared yet.")
    if row.read_at is None:
        row.read_at = act.at
        record(session, audit, act, Note("outcome_read", "practitioner"))
    return row


def close_when_settled(session: Session, case_audit_id: int, act: Act) -> bool:
    """The system closes the audit if its time to challenge is over and every action is settled.

    Call it after an action is verified, approved as not done, or withdrawn. False if it stays open.
    """
    try:
        apply(session, Request("case_audit", case_audit_id, "close", act.by_system("close")))
    except (GuardRefused, WrongState):
        return False
    return True


def _mine(session: Session, case_audit_id: int, act: Act) -> Reflection:
    row = session.get(Reflection, (case_audit_id, act.actor_id)) if act.actor_id is not None else None
    if row is None:
        raise NotFound("There is no such audit.")
    return row
