"""Requests for approval: one person asks, another decides, and the move is made in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import BadInput, NotFound
from auditflow.models import Approval, Journal
from auditflow.services.act import Act
from auditflow.services.journal import Note, begin
from auditflow.services.transitions import Outcome, Request, apply


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for: the move, on what, why, and what the person who decides should know.

    Those who may decide it are told by the asking move of the subject itself.
    """

    move: str
    subject_type: str
    subject_id: int
    reason: str
    reason_code: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def ask_approval(session: Session, ask: Ask, act: Act, role: str) -> Approval:
    """A new request. The service that asks has made the subject's own asking move first, which checks who may."""
    row = Approval(
        state="requested",
        subject_type=ask.subject_type,
        subject_id=ask.subject_id,
        ask=ask.move,
        reason_code=ask.reason_code,
        reason=ask.reason.strip(),
        facts=dict(ask.facts),
        requested_by_id=act.actor_id,
        requested_at=act.at,
    )
    details = {"ask": ask.move, "subject_type": ask.subject_type, "subject_id": ask.subject_id}
    note = Note("requested", role, details=details | {"reason_code": ask.reason_code})
    begin(session, row, act.then("request"), note)
    return row


def find_request(session: Session, subject: tuple[str, int], act: Act) -> Approval | None:
    """The request that this very act made before."""
    made = sa.select(Journal.subject_id).where(
        Journal.subject_type == "approval", Journal.number == 1, Journal.key == act.then("request").key
    )
    about = (Approval.subject_type == subject[0], Approval.subject_id == subject[1])
    return session.scalars(sa.select(Approval).where(Approval.id.in_(made), *about)).first()


Make = Callable[[Session, Approval, Act], None]
MAKES: dict[str, Make] = {}
"""The move -> the function that makes it once it is approved; each noun's service adds its own."""


def makes(move: str) -> Callable[[Make], Make]:
    """Register what is done when a request for `move` is approved."""

    def keep(function: Make) -> Make:
        MAKES[move] = function
        return function

    return keep


def approve_request(
    session: Session, approval_id: int, act: Act, *, expected_version: int | None = None, comment: str = ""
) -> Outcome:
    """Approve, and make the move asked for in the same transaction.

    Raises what the request's or the move's own table refuses; then nothing is done.
    """
    row = _get(session, approval_id)
    outcome = _decide(session, row, "approve", act, expected_version, comment)
    if not outcome.repeated:
        MAKES[row.ask](session, row, act.then("make"))
    return outcome


def refuse_request(
    session: Session, approval_id: int, reason: str, act: Act, *, expected_version: int | None = None
) -> Outcome:
    """Refuse, with a reason that whoever asked reads."""
    return _decide(session, _get(session, approval_id), "refuse", act, expected_version, reason)


def withdraw_request(session: Session, approval_id: int, act: Act, *, expected_version: int | None = None) -> Outcome:
    """Take one's own request back."""
    _get(session, approval_id)
    return apply(session, Request("approval", approval_id, "withdraw", act, expected_version=expected_version))


def _get(session: Session, approval_id: int) -> Approval:
    row = session.get(Approval, approval_id)
    if row is None:
        raise NotFound("There is no such request.")
    return row


def _decide(
    session: Session, row: Approval, action: str, act: Act, expected_version: int | None, words: str
) -> Outcome:
    changes = {"decided_by_id": act.actor_id, "decided_at": act.at, "decision": words.strip()}
    return apply(
        session,
        Request(
            "approval",
            row.id,
            action,
            act,
            expected_version=expected_version,
            reason=words,
            changes=changes,
        ),
    )


def need_reason(code: str, listed: Mapping[str, str], reason: str) -> None:
    """One of the listed reasons, and words of one's own. Raises BadInput."""
    if code not in listed:
        raise BadInput("Choose one of the listed reasons.", field="reason_code")
    if not reason.strip():
        raise BadInput("Say what happened, in a sentence.", field="reason")
