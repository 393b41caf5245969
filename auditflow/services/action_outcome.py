"""What became of an action: done, and whether it made a difference for the child."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import BadInput
from auditflow.models import Action, ActionFinding, CaseAudit
from auditflow.services.act import Act
from auditflow.services.action import Proposal, add_action
from auditflow.services.action_cannot_do import withdraw_request
from auditflow.services.feedback import close_when_settled
from auditflow.services.permission import ask_first
from auditflow.services.subjects import get_subject
from auditflow.services.transitions import Outcome, Request, apply
from auditflow.services.typed import words

DIFFERENCES = ("yes", "partly", "no")
NOT_DONE_YET = {"done_text": None, "done_evidence": None, "done_at": None}


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether it made a difference, and how that is known.

    `no` needs a `follow_up`, or `reason`: why there is none, which only the head of service may give.
    """

    difference: str
    how_known: str
    follow_up: Proposal | None = None
    reason: str = ""


def complete_action(
    session: Session, action_id: int, done: str, evidence: str, act: Act, *, version: int | None = None
) -> Outcome:
    """The owner records what was done, with the evidence. A request that it cannot be done ends with it."""
    get_subject(session, Action, action_id)
    said = words(done, "done_text", "Say what was done.")
    shown = words(evidence, "done_evidence", "Give the evidence: where another person can see that it was done.")
    outcome = apply(
        session,
        Request(
            "action",
            action_id,
            "complete",
            act,
            version,
            changes={"done_text": said, "done_evidence": shown, "done_at": act.at},
            texts={"done": said, "evidence": shown},
            facts={"evidence_given": True},
        ),
    )
    if not outcome.repeated:
        withdraw_request(session, action_id, act)
    return outcome


def reopen_action(session: Session, action_id: int, reason: str, act: Act, *, version: int | None = None) -> Outcome:
    """Somebody who checks it finds that it is not done after all. What its owner wrote stays in the history."""
    get_subject(session, Action, action_id)
    why = words(reason, "reason", "Say what is still to be done.")
    return apply(session, Request("action", action_id, "reopen", act, version, reason=why, changes=NOT_DONE_YET))


def verify_action(
    session: Session, action_id: int, found: Verification, act: Act, *, version: int | None = None
) -> Outcome:
    """Check the difference an action made; its auditor and owner are told, and the audit is closed if it can be.

    Raises GuardRefused for the owner, for who reports to them, for who manages them and says that it made a
    difference, for a conflict of interest, and for a “no” without a follow-up or the head of service's reason.
    """
    row = get_subject(session, Action, action_id)
    how = _checked(found)
    facts = ask_first(session, ("action", action_id), "verify", act, expected_version=version, given=_given(found))
    with session.begin_nested():
        follow_up = _follow_up(session, row, found, act) if facts.repeats is None else None
        follow_up_id = follow_up.id if follow_up else row.follow_up_id
        outcome = apply(session, _verify(row.id, found, how, follow_up_id, act, version))
        if not outcome.repeated:
            close_when_settled(session, row.case_audit_id, act)
    return outcome


def _given(found: Verification) -> dict[str, Any]:
    """What the guards want to know of it."""
    return {
        "difference": found.difference,
        "vouches": found.difference != "no",
        "how_known_given": True,
        "follow_up": found.difference == "no" and found.follow_up is not None,
    }


def _checked(found: Verification) -> str:
    if found.difference not in DIFFERENCES:
        raise BadInput("Say whether it made a difference: yes, partly or no.", field="difference")
    return words(found.how_known, "how_known", "Say how you know.")


def _follow_up(session: Session, row: Action, found: Verification, act: Act) -> Action | None:
    """The further action, which answers the same findings."""
    if found.difference != "no" or found.follow_up is None:
        return None
    keys = session.scalars(
        sa.select(ActionFinding.finding)
        .where(ActionFinding.action_id == row.id, ActionFinding.case_audit_id == row.case_audit_id)
        .order_by(ActionFinding.finding)
    )
    plan = found.follow_up
    new = Proposal(plan.text, plan.owner_id or row.owner_id, plan.due_on, tuple(keys))
    audit = session.get_one(CaseAudit, row.case_audit_id)
    return add_action(session, audit, new, act.then("follow_up"), role="verifier")


def _verify(
    action_id: int, found: Verification, how: str, follow_up_id: int | None, act: Act, version: int | None
) -> Request:
    why = found.reason.strip() if found.difference == "no" and found.follow_up is None else ""
    changes: dict[str, Any] = {
        "difference": found.difference,
        "how_known": how,
        "verified_by_id": act.actor_id,
        "verified_at": act.at,
        "follow_up_id": follow_up_id,
        "no_follow_up_reason": why or None,
    }
    return Request(
        "action",
        action_id,
        "verify",
        act,
        version,
        reason=why,
        details={"difference": found.difference, "follow_up": follow_up_id},
        changes=changes,
        texts={"how_known": how},
        facts=_given(found),
    )
