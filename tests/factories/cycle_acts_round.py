"""The moves of the round, of second gradings and of corrections made through the services, as the pages make them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.orm import Session

from auditflow.services import audit_round as rounds
from auditflow.services import case_audit as audits
from auditflow.services import correction as corrections
from auditflow.services.audit_round_cancel import cancel_round
from auditflow.services.case_audit_second import withdraw_grading
from auditflow.services.case_audit_submit import submit_case_audit
from auditflow.services.results import close_round
from tests.factories.cycle_asked import Asked, type_answers
from tests.factories.cycle_effects_round import SECOND_GRADE


def _submit(session: Session, a: Asked) -> object:
    type_answers(session, a.item, a.act.actor_id or 0, SECOND_GRADE, a.act)
    return submit_case_audit(session, a.item.id, a.act, expected_version=a.version)


def _request(session: Session, a: Asked) -> object:
    item, value = ("overall.reason", f"Said anew: {a.act.key}.") if a.choice == "words" else ("overall.grade", a.choice)
    return corrections.request_correction(session, a.item.id, item, {"value": value}, a.why, a.act)


def _extend(session: Session, a: Asked) -> object:
    ends_on = a.ends_on + timedelta(days=a.choice)
    return rounds.extend_round(session, a.item.id, ends_on, a.why, a.act, expected_version=a.version)


ROUND_MOVES: dict[str, Callable[[Session, Asked], object]] = {
    "start_second": lambda s, a: audits.start_case_audit(s, a.item.id, a.act, expected_version=a.version),
    "submit_second": _submit,
    "withdraw_second": lambda s, a: withdraw_grading(s, a.item.id, a.why, a.act, expected_version=a.version),
    "request_correction": _request,
    "approve_correction": lambda s, a: corrections.approve_correction(s, a.item.id, a.why, a.act, version=a.version),
    "refuse_correction": lambda s, a: corrections.refuse_correction(s, a.item.id, a.why, a.act, version=a.version),
    "extend": _extend,
    "begin_reporting": lambda s, a: rounds.begin_reporting(s, a.item.id, a.act, expected_version=a.version),
    "reopen_round": lambda s, a: rounds.reopen_round(s, a.item.id, a.why, a.act, expected_version=a.version),
    "close_round": lambda s, a: close_round(s, a.item.id, a.act, expected_version=a.version),
    "cancel_round": lambda s, a: cancel_round(s, a.item.id, a.why, a.act, expected_version=a.version),
}
