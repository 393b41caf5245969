"""Corrections: after agreement nothing is edited in place, a new version stands beside the old one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from auditflow.domain.answers import answers_digest
from auditflow.domain.correction import check_proposal
from auditflow.domain.errors import BadInput
from auditflow.models import CaseAudit, Correction
from auditflow.queries.correction import get_correction, list_versions
from auditflow.services.act import Act
from auditflow.services.decider_grades import keep_domain_grades
from auditflow.services.journal import Note, begin, record
from auditflow.services.results_again import results_again
from auditflow.services.transitions import Outcome, Request, apply

LONGEST = 20_000


def request_correction(
    session: Session,
    case_audit_id: int,
    item: str,
    proposed: Mapping[str, Any],
    reason: str,
    act: Act,
) -> Correction:
    """Anyone who may read the audit asks for `item` to say `proposed["value"]`, with the reason.

    Raises BadInput for an item or a value that cannot be, NotPermitted or WrongState.
    """
    if len(reason) > LONGEST:
        raise BadInput(f"The reason must be {LONGEST:,} characters or fewer.", field="reason")
    if not reason.strip():
        raise BadInput("Say why it should be corrected.", field="reason")
    check_proposal(list_versions(session, case_audit_id)[-1].answers, item, proposed)
    assert act.actor_id is not None
    with session.begin_nested():
        asked = apply(
            session,
            Request("case_audit", case_audit_id, "request_correction", act, reason=reason, details={"item": item}),
        )
        row = Correction(
            case_audit_id=case_audit_id,
            requested_by_id=act.actor_id,
            requested_at=act.at,
            item=item,
            proposed=dict(proposed),
            reason=reason.strip(),
            state="requested",
        )
        if asked.repeated:
            return _asked_before(session, row)
        texts = {"reason": reason.strip(), "proposed": str(proposed["value"])}
        note = Note("requested", "requester", details={"case_audit": case_audit_id, "item": item}, texts=texts)
        begin(session, row, act.then("correction"), note)
    return row


def _asked_before(session: Session, like: Correction) -> Correction:
    """The correction that the same form made when it was sent the first time."""
    import sqlalchemy as sa

    return session.scalars(
        sa.select(Correction)
        .where(
            Correction.case_audit_id == like.case_audit_id,
            Correction.requested_by_id == like.requested_by_id,
            Correction.item == like.item,
        )
        .order_by(Correction.id.desc())
        .limit(1)
    ).one()


def approve_correction(
    session: Session, correction_id: int, words: str, act: Act, *, version: int | None = None
) -> Outcome:
    """Approve: the corrected version stands beside the old one, and results of a closed round are remade."""
    row = get_correction(session, correction_id)
    with session.begin_nested():
        outcome = _decide(session, row, "approve", words, act, version)
        if not outcome.repeated:
            _stand_beside(session, row, act, outcome.role)
    return outcome


def refuse_correction(
    session: Session, correction_id: int, reason: str, act: Act, *, version: int | None = None
) -> Outcome:
    """Refuse, with the reason. Nothing changes."""
    return _decide(session, get_correction(session, correction_id), "refuse", reason, act, version)


def _decide(session: Session, row: Correction, action: str, words: str, act: Act, version: int | None) -> Outcome:
    if len(words) > LONGEST:
        raise BadInput(f"Your words must be {LONGEST:,} characters or fewer.", field="reason")
    return apply(
        session,
        Request(
            "correction",
            row.id,
            action,
            act,
            version,
            reason=words,
            changes={"decided_by_id": act.actor_id, "decided_at": act.at, "decision": words.strip()},
        ),
    )


def _stand_beside(session: Session, row: Correction, act: Act, role: str) -> None:
    session.refresh(row)
    audit = session.get_one(CaseAudit, row.case_audit_id)
    newest = list_versions(session, audit.id)[-1]
    changes, domains = {}, {}
    if row.item == "overall.grade":
        changes["published_grade"] = row.proposed["value"]
    elif row.item.endswith(".grade"):
        domains = {row.item.split(".")[1]: row.proposed["value"]}
        keep_domain_grades(session, audit.id, domains)
    details = {"correction": row.id, "number": newest.number, "answers_sha256": answers_digest(newest.answers)}
    details |= {"domains": domains} if domains else {}
    record(session, audit, act.then("corrected"), Note("corrected", role, details=details, changes=changes))
    results_again(session, audit.id, act)
