"""Contested grades: the service's challenge, and what somebody outside both decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from auditflow.domain.clock import local_date
from auditflow.domain.errors import BadInput, NotPermitted
from auditflow.domain.grades import Grade
from auditflow.models import Dispute, Person
from auditflow.queries.dispute import get_open_dispute, list_domains_in_use
from auditflow.queries.moderation import chosen_facts
from auditflow.services.act import Act
from auditflow.services.decider_grades import keep_domain_grades
from auditflow.services.dispute_escalation import escalate_dispute, publish_first_grade, publish_undecided
from auditflow.services.results_again import results_again
from auditflow.services.stuck import check_stuck
from auditflow.services.transitions import Outcome, Request, apply

__all__ = [
    "Determination",
    "challenge_grade",
    "determine_dispute",
    "escalate_dispute",
    "hand_dispute_to_external",
    "keep_domain_grades",
    "open_dispute",
    "publish_first_grade",
    "publish_undecided",
]


@dataclass(frozen=True, slots=True)
class Determination:
    """What is decided: the overall grade with its reason, and the domains whose grade changes with it."""

    grade: int | None
    reason: str
    domains: Mapping[str, int] = field(default_factory=dict)


def challenge_grade(
    session: Session, case_audit_id: int, reason: str, act: Act, *, version: int | None = None
) -> Outcome:
    """The manager of the case's team contests the grade: once, and while there is time."""
    with session.begin_nested():
        outcome = apply(
            session,
            Request(
                "case_audit", case_audit_id, "challenge", act, version, reason=reason, changes={"challenged": True}
            ),
        )
        if not outcome.repeated:
            open_dispute(session, case_audit_id, reason, act, kind="service")
    return outcome


def open_dispute(session: Session, case_audit_id: int, reason: str, act: Act, *, kind: str) -> Dispute:
    """The dispute's row, after the case audit moved to “disputed”. `kind` is `auditor` or `service`.

    When nobody among the usual people could decide it, it goes to the director at once.
    """
    assert act.actor_id is not None
    row = Dispute(
        case_audit_id=case_audit_id, kind=kind, raised_by_id=act.actor_id, raised_at=act.at, reason=reason.strip()
    )
    session.add(row)
    session.flush()
    check_stuck(session, act.by_system("stuck"), only=("case_audit", [case_audit_id]))
    return row


def determine_dispute(
    session: Session, case_audit_id: int, decision: Determination, act: Act, *, version: int | None = None
) -> Outcome:
    """Decide: the grade decided is the one that is used; the first and the moderator's stay beside it.

    After the round has closed its results get a further version. Raises BadInput for a grade that is none.
    """
    dispute = get_open_dispute(session, case_audit_id, decided_too=True)
    _check(session, case_audit_id, decision)
    with session.begin_nested():
        outcome = apply(
            session,
            Request(
                "case_audit",
                case_audit_id,
                "determine",
                act,
                version,
                reason=decision.reason,
                details={"dispute": dispute.id, "grade": decision.grade, "domains": dict(decision.domains)},
                changes={
                    "determined_grade": decision.grade,
                    "published_grade": decision.grade,
                    "published_disputed": False,
                    "agreed_at": act.at,
                },
            ),
        )
        if outcome.repeated:
            return outcome
        dispute.decided_by_id, dispute.decided_at = act.actor_id, act.at
        dispute.grade, dispute.decision = decision.grade, decision.reason.strip()
        keep_domain_grades(session, case_audit_id, decision.domains)
        results_again(session, case_audit_id, act)
    return outcome


def _check(session: Session, case_audit_id: int, decision: Determination) -> None:
    grades = {int(known) for known in Grade}
    if decision.grade not in grades:
        raise BadInput("Decide the overall grade.", field="grade")
    if not decision.reason.strip():
        raise BadInput("Give the reason for your decision: everybody concerned reads it.", field="reason")
    known = list_domains_in_use(session, case_audit_id)
    for key, grade in decision.domains.items():
        if key not in known or grade not in grades:
            raise BadInput("Choose one of the grades shown for each domain.", field=key)


def hand_dispute_to_external(
    session: Session, case_audit_id: int, person_id: int, act: Act, *, version: int | None = None
) -> Outcome:
    """The director hands an escalated dispute to an external moderator whose time has not run out."""
    dispute = get_open_dispute(session, case_audit_id)
    person = session.get(Person, person_id)
    if person is None or not person.active or "external_moderator" not in person.role_keys:
        raise NotPermitted("The person you chose is not an external moderator. Choose somebody else.")
    if "external_moderator" not in person.roles_on(local_date(act.at)):
        raise NotPermitted("That person’s time as an external moderator is over. Choose somebody else.")
    with session.begin_nested():
        outcome = apply(
            session,
            Request(
                "case_audit",
                case_audit_id,
                "hand_to_external",
                act,
                version,
                details={"dispute": dispute.id, "external": person_id},
                facts=chosen_facts(session, "case_audit", case_audit_id, person_id, act.at),
                tell=(person_id,),
            ),
        )
        dispute.handed_to_id = person_id
        session.flush()
    return outcome
