"""An action that cannot be done: its owner asks, the head of the case's service (or the director) approves."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import NotFound, WrongState
from auditflow.models import Action, Approval, CaseAudit
from auditflow.queries.action_people import list_service_heads
from auditflow.services.act import Act
from auditflow.services.approval import Ask, approve_request, ask_approval, makes, refuse_request
from auditflow.services.feedback import close_when_settled
from auditflow.services.subjects import get_subject
from auditflow.services.transitions import Outcome, Request, apply
from auditflow.services.typed import words

ASK = "cannot_do"


def find_cannot_do_request(session: Session, action_id: int) -> Approval | None:
    """The request about this action that waits for its answer."""
    return session.scalars(
        sa.select(Approval).where(
            Approval.subject_type == "action",
            Approval.subject_id == action_id,
            Approval.ask == ASK,
            Approval.state == "requested",
        )
    ).one_or_none()


def ask_cannot_do(session: Session, action_id: int, reason: str, act: Act, *, version: int | None = None) -> Outcome:
    """The owner says that it cannot be done, and why; who may approve that is told. The action stays open."""
    why = words(reason, "reason", "Say why it cannot be done.")
    row = get_subject(session, Action, action_id)
    tell = list_service_heads(session, session.get_one(CaseAudit, row.case_audit_id).team_id)
    with session.begin_nested():
        asked = apply(session, Request("action", action_id, "ask_cannot_do", act, version, reason=why, tell=tell))
        if not asked.repeated:
            ask_approval(session, Ask(ASK, "action", action_id, why), act, "requester")
    return asked


def approve_cannot_do(
    session: Session, approval_id: int, reason: str, act: Act, *, version: int | None = None
) -> Outcome:
    """Approve the request and, with it, make the move: the action is not done, with approval.

    `version` is that of the request. Raises GuardRefused for the owner, whoever reports to them, or a conflict.
    """
    row = _get_request(session, approval_id)
    why = words(reason, "reason", "Say why it need not be done.")
    with session.begin_nested():
        return approve_request(session, row.id, act, expected_version=version, comment=why)


@makes(ASK)
def give_up_action(session: Session, request: Approval, act: Act) -> None:
    """The move that was approved. The reason is the words of the approval, or those of the request."""
    why = (request.decision or "").strip() or request.reason
    details = {"approval": request.id}
    facts = {"approved_ask": ASK}
    apply(session, Request("action", request.subject_id, ASK, act, reason=why, details=details, facts=facts))
    close_when_settled(session, session.get_one(Action, request.subject_id).case_audit_id, act)


def refuse_cannot_do(
    session: Session, approval_id: int, reason: str, act: Act, *, version: int | None = None
) -> Outcome:
    """Refuse the request, with the reason: the action stays open and its owner is told."""
    row = _get_request(session, approval_id)
    return refuse_request(
        session, row.id, words(reason, "reason", "Say why it has to be done."), act, expected_version=version
    )


def withdraw_request(session: Session, action_id: int, act: Act) -> None:
    """The system withdraws a request when its action has moved on. Does nothing if there is none."""
    row = find_cannot_do_request(session, action_id)
    if row is not None:
        apply(session, Request("approval", row.id, "withdraw", act.by_system("withdraw_request")))


def _get_request(session: Session, approval_id: int) -> Approval:
    row = session.get(Approval, approval_id)
    if row is None or row.ask != ASK:
        raise NotFound("There is no such request.")
    if row.state == "withdrawn":
        raise WrongState("This request was withdrawn: the action has moved on.")
    return row
