"""What happens to a drawn sample: reserves come in, cases are added by hand, removed, or left not audited."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import BadInput, NotFound
from auditflow.domain.sample_reasons import EXEMPTION_REASONS, LOST_REASONS, REMOVAL_REASONS
from auditflow.domain.sampling import Design, next_reserve
from auditflow.domain.sampling_draw import DrawnCase
from auditflow.models import Approval, AuditRound, CaseAudit, Draw, SampleCase
from auditflow.queries.approval import list_approver_ids, was_opened
from auditflow.queries.sample import (
    find_standing_draw,
    list_added_refs,
    list_listed_cases,
    list_reserves,
    list_standing_refs,
)
from auditflow.services.act import Act
from auditflow.services.approval import Ask, ask_approval, find_request, makes, need_reason
from auditflow.services.audit_round_audits import move_open_audits
from auditflow.services.case_audit_second import withdraw_second_gradings
from auditflow.services.journal import Note, record
from auditflow.services.permission import done_before
from auditflow.services.sample_rows import audit_row, begin_audits, held_values
from auditflow.services.transitions import Outcome, Request, apply


def bring_in_reserve(session: Session, lost: CaseAudit, act: Act) -> CaseAudit | None:
    """The next reserve of the lost case's group takes its place: strictly in order, under the caps.

    None when no reserve is left: then the case is missing, never picked by hand. Either way it is journalled. A census
    has none: every case is in it.
    """
    row = session.get_one(AuditRound, lost.round_id)
    draw = find_standing_draw(session, row.id)
    if draw is None or lost.kind == "judgemental" or row.kind == "census":
        return None
    found, skipped = find_next_reserve(session, row, draw, lost)
    if found is None:
        details = {"case_audit_id": lost.id, "passed_over": skipped}
        record(session, row, act.then("no-reserve"), Note("no_reserve_left", "qa_lead", details=details))
        return None
    found.kind, found.replaces_id = "replacement", lost.sample_case_id
    session.flush()
    assert row.frame_id is not None, "a drawn round has its list"
    listed = list_listed_cases(session, row.frame_id, [found.ref]).get(found.ref)
    (audit_id,) = begin_audits(session, row.id, [audit_row(found, listed, "replacement")], act.then("reserve"))
    details = {"case_audit_id": audit_id, "replaces": lost.id, "passed_over": skipped}
    record(session, row, act.then("came-in"), Note("reserve_came_in", "qa_lead", details=details))
    return session.get_one(CaseAudit, audit_id)


def find_next_reserve(
    session: Session, row: AuditRound, draw: Draw, lost: CaseAudit
) -> tuple[SampleCase | None, list[int]]:
    """The reserve that would take the place of a case, and those passed over (their ids).

    Passed over is what would break a cap, and what was added by hand before it became a reserve.
    """
    design = Design.from_dict(draw.manifest["design"])
    standing = [case for case in list_standing_refs(session, row.id) if case[0] != lost.ref]
    in_order, added = list_reserves(session, draw.id, lost.stratum), list_added_refs(session, row.id)
    waiting = {sample.ref: sample for sample in in_order if sample.ref not in added}
    assert row.frame_id is not None, "a drawn round has its list"
    listed = list_listed_cases(session, row.frame_id, [*(ref for ref, _, _ in standing), *waiting])
    held = held_values(listed.values(), design.caps)
    blank = ("",) * len(design.caps)  # a case of a re-audit may have left the list since its first audit
    sample = [DrawnCase(ref, stratum, key, held.get(ref, blank)) for ref, stratum, key in standing]
    reserves = [DrawnCase(s.ref, s.stratum, s.key, held[s.ref]) for s in waiting.values()]
    found, skipped = next_reserve(reserves, sample, design.caps)
    before = in_order[: in_order.index(waiting[found.ref])] if found else in_order
    passed_over = [sample.id for sample in before if sample.ref in added or sample.ref in skipped]
    return (waiting[found.ref] if found else None), passed_over


def add_case(
    session: Session, round_id: int, ref: str, reason: str, act: Act, *, expected_version: int | None = None
) -> CaseAudit:
    """Add a case by hand. It is audited and acted on, marked for ever as not random, and in no estimate."""
    row = session.get(AuditRound, round_id)
    if row is None:
        raise NotFound("There is no such round.")
    if done_before(session, ("audit_round", round_id), act):
        return session.scalars(_standing(round_id, ref.strip())).one()
    _check_addition(session, round_id, ref.strip(), reason)
    apply(
        session,
        Request(
            "audit_round",
            round_id,
            "add_case",
            act,
            expected_version=expected_version,
            texts={"reason": reason.strip()},
        ),
    )
    listed = list_listed_cases(session, row.frame_id, [ref.strip()]).get(ref.strip()) if row.frame_id else None
    sample = SampleCase(
        round_id=round_id,
        ref=ref.strip(),
        kind="judgemental",
        position=0,
        frame_case_id=listed.id if listed else None,
    )
    session.add(sample)
    session.flush()
    (audit_id,) = begin_audits(session, round_id, [audit_row(sample, listed, "judgemental")], act.then("audit"))
    return session.get_one(CaseAudit, audit_id)


def _standing(round_id: int, ref: str) -> sa.Select[CaseAudit]:
    return sa.select(CaseAudit).where(
        CaseAudit.round_id == round_id,
        CaseAudit.ref == ref,
        CaseAudit.purpose == "main",
        CaseAudit.state != "removed",
    )


def _check_addition(session: Session, round_id: int, ref: str, reason: str) -> None:
    if not ref or len(ref) > 200 or not ref.isprintable():
        raise BadInput("Enter the case reference, as your case system has it.", field="ref")
    if not reason.strip():
        raise BadInput("Say why this case is added.", field="reason")
    if session.scalars(_standing(round_id, ref)).first() is not None:
        raise BadInput(f"Case {ref} is in this round already.", field="ref")
    draw = find_standing_draw(session, round_id)
    if draw is not None and ref in {sample.ref for sample in list_reserves(session, draw.id)}:
        # Taken out by hand, it would let the one after it come in.
        raise BadInput(f"Case {ref} is in reserve. It comes in when it is its turn, and cannot be added.", field="ref")


def request_removal(
    session: Session,
    case_audit_id: int,
    reason_code: str,
    reason: str,
    act: Act,
    *,
    expected_version: int | None = None,
) -> Approval:
    """Ask the head of another service or the director to remove a case, for a listed reason.

    The request shows whether it had been opened and which reserve would come in. Never once a grade was submitted.
    """
    audit = _audit(session, case_audit_id)
    earlier = find_request(session, ("case_audit", audit.id), act)
    if earlier is not None:
        return earlier
    listed = REMOVAL_REASONS | (LOST_REASONS if audit.baseline_id is not None else {})
    need_reason(reason_code, listed, reason)
    approvers = tuple(list_approver_ids(session, audit.team_id))
    apply(session, _ask(audit, "ask_to_remove", reason_code, reason, tell=approvers)(act, expected_version))
    facts = was_opened(session, audit) | {"reserve": _would_come_in(session, audit)}
    ask = Ask("remove", "case_audit", audit.id, reason, reason_code, facts)
    return ask_approval(session, ask, act, "qa_lead")


def request_exemption(
    session: Session,
    case_audit_id: int,
    reason_code: str,
    reason: str,
    act: Act,
    *,
    expected_version: int | None = None,
) -> Approval:
    """Ask the director to leave a case not audited: it stays in the planned count, and no reserve comes in."""
    audit = _audit(session, case_audit_id)
    earlier = find_request(session, ("case_audit", audit.id), act)
    if earlier is not None:
        return earlier
    need_reason(reason_code, EXEMPTION_REASONS, reason)
    apply(session, _ask(audit, "ask_not_audited", reason_code, reason)(act, expected_version))
    facts = was_opened(session, audit)
    ask = Ask("mark_not_audited", "case_audit", audit.id, reason, reason_code, facts)
    return ask_approval(session, ask, act, "qa_lead")


def _audit(session: Session, case_audit_id: int) -> CaseAudit:
    audit = session.get(CaseAudit, case_audit_id)
    if audit is None:
        raise NotFound("There is no such case audit.")
    return audit


def _ask(
    audit: CaseAudit, action: str, code: str, reason: str, *, tell: tuple[int, ...] = ()
) -> Callable[[Act, int | None], Request]:
    def request(act: Act, version: int | None) -> Request:
        details = {"reason_code": code}
        return Request("case_audit", audit.id, action, act, version, reason=reason, details=details, tell=tell)

    return request


def _would_come_in(session: Session, audit: CaseAudit) -> str | None:
    row = session.get_one(AuditRound, audit.round_id)
    draw = find_standing_draw(session, row.id)
    if draw is None or audit.kind == "judgemental" or row.kind == "census":
        return None
    found, _ = find_next_reserve(session, row, draw, audit)
    return found.ref if found else None


@makes("remove")
def remove_case(session: Session, asked: Approval, act: Act) -> None:
    """Remove the case, as approved, and bring in the next reserve."""
    audit = _audit(session, asked.subject_id)
    _leave(session, audit, "remove", asked, act)
    session.refresh(audit)
    withdraw_second_gradings(session, audit, act)
    bring_in_reserve(session, audit, act)


@makes("mark_not_audited")
def mark_not_audited(session: Session, asked: Approval, act: Act) -> None:
    """Leave the case not audited, as approved."""
    audit = _audit(session, asked.subject_id)
    _leave(session, audit, "mark_not_audited", asked, act)
    withdraw_second_gradings(session, audit, act)


def _leave(session: Session, audit: CaseAudit, action: str, asked: Approval, act: Act) -> Outcome:
    return apply(
        session,
        Request(
            "case_audit",
            audit.id,
            action,
            act,
            reason=asked.reason,
            details={"approval_id": asked.id, "reason_code": asked.reason_code},
            changes={"lost_reason": asked.reason_code},
            facts={"approved_ask": asked.ask},
        ),
    )


def request_discard(
    session: Session, round_id: int, reason: str, act: Act, *, expected_version: int | None = None
) -> Approval:
    """Ask the director to discard the draw. It stays on record, and every result says how many were discarded."""
    earlier = find_request(session, ("audit_round", round_id), act)
    if earlier is not None:
        return earlier
    apply(
        session,
        Request("audit_round", round_id, "ask_to_discard_draw", act, expected_version=expected_version, reason=reason),
    )
    ask = Ask("discard_draw", "audit_round", round_id, reason)
    return ask_approval(session, ask, act, "qa_lead")


@makes("discard_draw")
def discard_draw(session: Session, asked: Approval, act: Act) -> None:
    """Discard the draw, as approved: its cases are removed and the round is planned anew."""
    draw = find_standing_draw(session, asked.subject_id)
    if draw is None:
        raise NotFound("There is no draw to discard.")
    apply(
        session,
        Request(
            "audit_round",
            asked.subject_id,
            "discard_draw",
            act,
            reason=asked.reason,
            details={"draw_id": draw.id, "approval_id": asked.id},
            changes={"locked_digest": None, "locked_at": None},
            facts={"approved_ask": "discard_draw"},
        ),
    )
    draw.discarded_at = act.at
    session.flush()
    # The director's approval of the discard covers every case of the draw.
    facts = {"approved_ask": "remove", "submissions": 0, "actor_in_conflict": False}
    move_open_audits(session, asked.subject_id, ("remove", "approver"), act, facts=facts, lost_reason="draw_discarded")
