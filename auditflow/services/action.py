"""Actions: proposed for what an audit found, accepted or declined by their owner, given on, dated anew.

What became of an action is in `action_outcome`. Every function works in the caller's transaction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import BadInput, NotFound, NotPermitted, WrongState
from auditflow.models import Action, ActionFinding, CaseAudit, Person
from auditflow.queries.action_people import find_usual_owner, list_qa_leads, list_service_heads
from auditflow.queries.facts import gather_facts
from auditflow.services.act import Act
from auditflow.services.action_cannot_do import withdraw_request
from auditflow.services.feedback import close_when_settled
from auditflow.services.journal import Note, begin, find_made, record
from auditflow.services.subjects import get_subject
from auditflow.services.transitions import Outcome, Request, apply
from auditflow.services.typed import due_date, words

OVER = ("closed", "removed", "not_audited", "filed")
SETTLED = ("verified", "not_done", "withdrawn")
PROPOSERS = ("auditor", "moderator", "qa_lead")
FINDING = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)?")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is to be done, by whom (None: the manager of the case's team), and by when."""

    text: str
    owner_id: int | None
    due_on: date | None
    findings: tuple[str, ...] = ()


def propose_action(  # noqa: PLR0913, PLR0917 - what the pages of an audit have in hand
    session: Session,
    case_audit: CaseAudit,
    findings: str | Iterable[str],
    text: str,
    owner_id: int | None,
    due_on: date | None,
    act: Act,
) -> Action:
    """Propose an action that answers one or several findings of an audit; its owner is told.

    Without an owner it goes to the manager of the case's team; where there is none, the quality assurance
    leads are told. Raises BadInput, NotPermitted, or WrongState for an audit that is over or has no actions.
    """
    role = _proposes_as(session, case_audit, act)
    return add_action(session, case_audit, Proposal(text, owner_id, due_on, finding_keys(findings)), act, role=role)


def _proposes_as(session: Session, case_audit: CaseAudit, act: Act) -> str:
    """The role in which the actor may propose an action here."""
    session.flush()
    facts = gather_facts(session, "case_audit", case_audit.id, act, "")
    if facts is None:
        raise NotFound("There is no such audit.")
    held = [role for role in PROPOSERS if role in facts.roles]
    if not held:
        raise NotPermitted("Only the auditor, the moderator or a quality assurance lead may propose an action here.")
    if case_audit.purpose != "main":
        raise WrongState("This audit only compares grades, so no actions come of it.")
    if facts.state in OVER:
        raise WrongState("This audit is finished, so no action can be added to it.")
    return held[0]


def finding_keys(findings: str | Iterable[str]) -> tuple[str, ...]:
    """The findings, each once. Raises BadInput for one that cannot be a finding."""
    keys = [findings] if isinstance(findings, str) else list(findings)
    if not keys or any(FINDING.fullmatch(key) is None or len(key) > 128 for key in keys):
        raise BadInput("Choose the finding that the action answers.", field="findings")
    return tuple(dict.fromkeys(keys))


def add_action(session: Session, case_audit: CaseAudit, new: Proposal, act: Act, *, role: str) -> Action:
    """The action's row, made once under the act's key. For use cases that know that `role` may propose it."""
    text = words(new.text, "text", "Say what has to be done.")
    due_on = due_date(new.due_on, act)
    session.scalars(sa.select(CaseAudit.id).where(CaseAudit.id == case_audit.id).with_for_update()).one()
    owner_id = new.owner_id or find_usual_owner(session, case_audit)
    told = (owner_id,) if owner_id is not None else list_qa_leads(session)
    note = Note(
        "created",
        role,
        details={
            "case_audit": case_audit.id,
            "owner": owner_id,
            "due_on": due_on.isoformat(),
            "findings": list(new.findings),
        },
        texts={"text": text},
        tell=tuple(person for person in told if person != act.actor_id),
    )
    return _made_before(session, case_audit, note, act) or _make(session, case_audit, note, act)


def _made_before(session: Session, case_audit: CaseAudit, note: Note, act: Act) -> Action | None:
    among = sa.select(Action.id).where(Action.case_audit_id == case_audit.id)
    made = find_made(session, "action", among, note, act)
    return None if made is None else session.get_one(Action, made)


def _make(session: Session, case_audit: CaseAudit, note: Note, act: Act) -> Action:
    assert act.actor_id is not None, "people propose actions"
    owner_id, due_on = note.details["owner"], date.fromisoformat(note.details["due_on"])
    if owner_id is not None:
        _require_active(session, owner_id)
    row = Action(
        case_audit_id=case_audit.id,
        text=note.texts["text"],
        proposed_by_id=act.actor_id,
        owner_id=owner_id,
        first_due_on=due_on,
        due_on=due_on,
        created_at=act.at,
        state="proposed",
    )
    begin(session, row, act, note)
    _answer(session, row.id, case_audit.id, note.details["findings"])
    return row


def _answer(session: Session, action_id: int, case_audit_id: int, keys: Iterable[str]) -> None:
    session.add_all(ActionFinding(action_id=action_id, case_audit_id=case_audit_id, finding=key) for key in keys)
    session.flush()


def _require_active(session: Session, person_id: int) -> None:
    person = session.get(Person, person_id)
    if person is None or not person.active:
        raise BadInput("Choose an owner who still works here.", field="owner_id")


def link_action(
    session: Session, case_audit: CaseAudit, findings: str | Iterable[str], action_id: int, act: Act
) -> Action:
    """Let an action answer further findings: one of this audit, or one of an earlier audit of the case, unsettled.

    Linking twice is once. Raises NotFound for an action of another case, WrongState for one that is settled.
    """
    role = _proposes_as(session, case_audit, act)
    row = get_subject(session, Action, action_id)
    if session.scalars(sa.select(CaseAudit.ref).where(CaseAudit.id == row.case_audit_id)).one() != case_audit.ref:
        raise NotFound("There is no such action for this case.")
    if row.state in SETTLED:
        raise WrongState("That action is settled already. Propose a new one for this finding.")
    keys = [k for k in finding_keys(findings) if session.get(ActionFinding, (action_id, case_audit.id, k)) is None]
    if keys:
        record(session, row, act, Note("linked", role, details={"case_audit": case_audit.id, "findings": keys}))
        _answer(session, action_id, case_audit.id, keys)
    return row


def _move(session: Session, action_id: int, action: str, act: Act, **more: Any) -> Outcome:
    """The move; `version` is the version that the person saw."""
    return apply(session, Request("action", action_id, action, act, more.pop("version", None), **more))


def accept_action(
    session: Session, action_id: int, due_on: date | None, act: Act, *, version: int | None = None, reason: str = ""
) -> Outcome:
    """The owner accepts it, by the date proposed or an earlier one; a later one needs a reason.

    It is overdue from the date that was proposed, whatever date is set here.
    """
    row = get_subject(session, Action, action_id)
    if row.state == "proposed" and due_on is not None and due_on != row.first_due_on:
        due_date(due_on, act)
        if due_on > row.first_due_on and not reason.strip():
            raise BadInput("Say why it needs more time than was proposed.", field="reason")
    given = {} if due_on is None else {"due_on": due_on}
    details = {name: day.isoformat() for name, day in given.items()}
    facts = {"due_date_set": due_on is not None}
    return _move(
        session, action_id, "accept", act, version=version, reason=reason, details=details, changes=given, facts=facts
    )


def decline_action(session: Session, action_id: int, reason: str, act: Act, *, version: int | None = None) -> Outcome:
    """The owner declines it, with the reason; the head of service (the director where there is none) decides."""
    why = words(reason, "reason", "Say why you decline it.")
    audit = session.get_one(CaseAudit, get_subject(session, Action, action_id).case_audit_id)
    tell = list_service_heads(session, audit.team_id)
    return _move(
        session, action_id, "decline", act, version=version, reason=why, changes={"decline_reason": why}, tell=tell
    )


def uphold_action(session: Session, action_id: int, act: Act, *, version: int | None = None) -> Outcome:
    """The head of service keeps it: it is to be done, by the date proposed."""
    return _move(session, action_id, "uphold", act, version=version)


def withdraw_action(
    session: Session, action_id: int, act: Act, *, version: int | None = None, reason: str = ""
) -> Outcome:
    """The head of service agrees that it need not be done. The audit may be closed then.

    Before its owner accepts it, whoever proposed it or a quality assurance lead takes it back, with a reason.
    """
    case_audit_id = get_subject(session, Action, action_id).case_audit_id
    outcome = _move(session, action_id, "withdraw", act, version=version, reason=reason)
    if not outcome.repeated:
        close_when_settled(session, case_audit_id, act)
    return outcome


def reassign_action(
    session: Session, action_id: int, owner_id: int, reason: str, act: Act, *, version: int | None = None
) -> Outcome:
    """Give it to another owner, with the reason; both are told. A request that it cannot be done ends with it."""
    row = get_subject(session, Action, action_id)
    why = words(reason, "reason", "Say why somebody else should do it.")
    _require_active(session, owner_id)
    if owner_id == row.owner_id and row.version == version:
        raise BadInput("That person owns it already. Choose somebody else.", field="owner_id")
    given = {"owner_id": owner_id}
    outcome = _move(
        session, action_id, "reassign", act, version=version, reason=why, details=given, changes=given, tell=(owner_id,)
    )
    if not outcome.repeated:
        withdraw_request(session, action_id, act)
    return outcome


def change_action_date(
    session: Session, action_id: int, due_on: date | None, reason: str, act: Act, *, version: int | None = None
) -> Outcome:
    """Set a new date, with the reason. Overdue always counts from the first one."""
    get_subject(session, Action, action_id)
    new = due_date(due_on, act)
    why = words(reason, "reason", "Say why it needs another date.")
    return _move(
        session,
        action_id,
        "change_date",
        act,
        version=version,
        reason=why,
        details={"due_on": new.isoformat()},
        changes={"due_on": new},
    )
