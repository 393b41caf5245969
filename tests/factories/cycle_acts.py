"""The moves of the model made through the services, each as the pages make it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from auditflow.models import CaseAudit, Moderation
from auditflow.queries.moderation import get_submission
from auditflow.services import action as actions
from auditflow.services import action_cannot_do as cannot_do
from auditflow.services import action_outcome as outcomes
from auditflow.services import alert as alerts
from auditflow.services import approval as approvals
from auditflow.services import case_audit as audits
from auditflow.services import dispute as disputes
from auditflow.services import feedback, moderation, sample_change
from auditflow.services.allocation import allocate_case
from auditflow.services.case_audit_submit import submit_case_audit
from auditflow.services.moderation_return import decide_without_auditor
from tests.factories.cycle_acts_round import ROUND_MOVES
from tests.factories.cycle_asked import Asked
from tests.factories.cycle_effects_items import ACTION_DAYS

VIEW = {"evidence": "yes", "follows": "yes", "difference": "partly"}


def perform(session: Session, asked: Asked) -> object:
    """Make the move. Raises what the service raises."""
    return MOVES[asked.name](session, asked)


def _decide(choice: str) -> Callable[[Session, Asked], object]:
    def make(session: Session, a: Asked) -> object:
        task = session.get_one(Moderation, a.item.id)
        why = a.why if choice == "change" else ""
        decision = moderation.Decision(choice, why, a.choice, _domains(session, task), VIEW)
        return moderation.decide_moderation(session, a.item.id, decision, a.act, version=a.version)

    return make


def _domains(session: Session, task: Moderation) -> dict[str, Any]:
    given = get_submission(session, task).answers["domains"]
    return {key: None if said["grade"] == "na" else said["grade"] for key, said in given.items()}


def _approve(session: Session, a: Asked) -> object:
    if a.item.move == cannot_do.ASK:
        return cannot_do.approve_cannot_do(session, a.item.id, a.why, a.act, version=a.version)
    return approvals.approve_request(session, a.item.id, a.act, expected_version=a.version, comment=a.why)


def _refuse(session: Session, a: Asked) -> object:
    if a.item.move == cannot_do.ASK:
        return cannot_do.refuse_cannot_do(session, a.item.id, a.why, a.act, version=a.version)
    return approvals.refuse_request(session, a.item.id, a.why, a.act, expected_version=a.version)


def _verify(session: Session, a: Asked, difference: str, follow_up: actions.Proposal | None) -> object:
    found = outcomes.Verification(difference, "Seen at the review.", follow_up, a.why if follow_up is None else "")
    return outcomes.verify_action(session, a.item.id, found, a.act, version=a.version)


def _propose(session: Session, a: Asked) -> object:
    audit = session.get_one(CaseAudit, a.item.id)
    return actions.propose_action(session, audit, "overall", a.why, a.choice, _due(a), a.act)


def _due(a: Asked) -> Any:
    return (a.act.at + timedelta(days=ACTION_DAYS)).date()


def _raise(session: Session, a: Asked) -> object:
    spoken = a.act.at - timedelta(minutes=10)
    return alerts.raise_concern(session, a.item.id, alerts.Concern(a.why, "A manager", spoken, a.choice), a.act)


MOVES: dict[str, Callable[[Session, Asked], object]] = ROUND_MOVES | {
    "allocate": lambda s, a: allocate_case(s, a.item.id, a.choice, a.act, expected_version=a.version, reason=a.why),
    "declare_conflict": lambda s, a: audits.declare_conflict(s, a.item.id, a.act, expected_version=a.version),
    "start": lambda s, a: audits.start_case_audit(s, a.item.id, a.act, expected_version=a.version),
    "submit": lambda s, a: submit_case_audit(s, a.item.id, a.act, expected_version=a.version),
    "withdraw_submission": lambda s, a: audits.withdraw_submission(s, a.item.id, a.act, expected_version=a.version),
    "decide_without_auditor": lambda s, a: decide_without_auditor(s, a.item.id, a.why, a.act, version=a.version),
    "accept": lambda s, a: audits.accept_change(s, a.item.id, a.act, expected_version=a.version),
    "dispute": lambda s, a: audits.dispute_change(s, a.item.id, a.act, reason=a.why, expected_version=a.version),
    "share_feedback": lambda s, a: feedback.share_feedback(s, a.item.id, a.act, version=a.version),
    "challenge": lambda s, a: disputes.challenge_grade(s, a.item.id, a.why, a.act, version=a.version),
    "determine": lambda s, a: disputes.determine_dispute(
        s, a.item.id, disputes.Determination(a.choice, a.why), a.act, version=a.version
    ),
    "hand_to_external": lambda s, a: disputes.hand_dispute_to_external(
        s, a.item.id, a.choice, a.act, version=a.version
    ),
    "ask_to_remove": lambda s, a: sample_change.request_removal(
        s, a.item.id, "transferred", a.why, a.act, expected_version=a.version
    ),
    "ask_not_audited": lambda s, a: sample_change.request_exemption(
        s, a.item.id, "proceedings", a.why, a.act, expected_version=a.version
    ),
    "propose": _propose,
    "raise": _raise,
    "approve": _approve,
    "refuse": _refuse,
    "take_request_back": lambda s, a: approvals.withdraw_request(s, a.item.id, a.act, expected_version=a.version),
    "open": lambda s, a: moderation.mark_moderation_opened(s, a.item.id, a.act),
    "comment": lambda s, a: moderation.comment_on(s, a.item.id, "overall", a.why, a.act),
    "confirm": _decide("confirm"),
    "change": _decide("change"),
    "return": _decide("return"),
    "hand_back": lambda s, a: moderation.hand_back(s, a.item.id, a.why, a.act, version=a.version),
    "reassign_moderation": lambda s, a: moderation.reassign_moderation(
        s, a.item.id, a.why, a.act, to_id=a.choice, version=a.version
    ),
    "accept_action": lambda s, a: actions.accept_action(s, a.item.id, a.item.first_due, a.act, version=a.version),
    "decline_action": lambda s, a: actions.decline_action(s, a.item.id, a.why, a.act, version=a.version),
    "uphold_action": lambda s, a: actions.uphold_action(s, a.item.id, a.act, version=a.version),
    "withdraw_action": lambda s, a: actions.withdraw_action(s, a.item.id, a.act, version=a.version),
    "reassign_action": lambda s, a: actions.reassign_action(s, a.item.id, a.choice, a.why, a.act, version=a.version),
    "change_date": lambda s, a: actions.change_action_date(s, a.item.id, _due(a), a.why, a.act, version=a.version),
    "complete_action": lambda s, a: outcomes.complete_action(
        s, a.item.id, "Seen alone.", "Visit of 12 November.", a.act, version=a.version
    ),
    "ask_cannot_do": lambda s, a: cannot_do.ask_cannot_do(s, a.item.id, a.why, a.act, version=a.version),
    "verify_action": lambda s, a: _verify(s, a, a.choice, None),
    "verify_with_follow_up": lambda s, a: _verify(s, a, "no", actions.Proposal("See the child again.", None, _due(a))),
    "reopen_action": lambda s, a: outcomes.reopen_action(s, a.item.id, a.why, a.act, version=a.version),
    "acknowledge": lambda s, a: alerts.acknowledge_concern(s, a.item.id, a.act, version=a.version),
    "resolve": lambda s, a: alerts.resolve_concern(s, a.item.id, a.why, a.act, version=a.version),
    "re_raise": lambda s, a: alerts.re_raise_concern(s, a.item.id, a.why, a.act, version=a.version),
    "mark_raised_in_error": lambda s, a: alerts.mark_raised_in_error(s, a.item.id, a.why, a.act, version=a.version),
}
