"""Planning a re-audit of a round, and saying which of its cases cannot be audited again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from auditflow.domain.errors import BadInput, GuardRefused, NotFound, WrongState
from auditflow.domain.judged_window import months_before
from auditflow.domain.sample_reasons import LOST_REASONS
from auditflow.models import Approval, AuditRound, CaseAudit
from auditflow.queries.census import find_newest_list
from auditflow.queries.re_audit import find_draw_design, list_baseline_cases
from auditflow.queries.sample import list_listed_cases
from auditflow.services.act import Act
from auditflow.services.audit_round import RoundPlan, plan_round
from auditflow.services.sample_change import request_removal

READY = ("reporting", "closed")
A_QUARTER = 3
"""Months after the baseline when a re-audit is due."""
FRESH_SAMPLE = "Plan a new round with a fresh random sample instead."


@dataclass(frozen=True, slots=True)
class ReAuditPlan:
    """What a re-audit is planned with. `frame_id` None: the baseline's own case list, of a census its last one.

    A later list says who has each case now. `record_date` must be later than the baseline's.
    `selected_because_poor`: only cases below Good; such a re-audit gets no before and after percentage.
    """

    name: str
    starts_on: date
    ends_on: date
    record_date: date
    frame_id: int | None = None
    selected_because_poor: bool = False


def suggest_plan(baseline: AuditRound) -> ReAuditPlan:
    """A re-audit a quarter after its baseline."""
    return ReAuditPlan(
        name=f"Re-audit of {baseline.name}"[:200],
        starts_on=months_before(baseline.starts_on, -A_QUARTER),
        ends_on=months_before(baseline.ends_on, -A_QUARTER),
        record_date=months_before(baseline.record_date, -A_QUARTER),
    )


def plan_re_audit(session: Session, baseline_id: int, plan: ReAuditPlan, act: Act) -> AuditRound:
    """A planned re-audit: the baseline's cases, its tool version and its policy. The same key makes it once.

    Raises NotFound, WrongState (baseline still running or cancelled), NotPermitted, BadInput (name, dates, list),
    or GuardRefused when no case can be re-audited.
    """
    baseline = session.get(AuditRound, baseline_id)
    if baseline is None:
        raise NotFound("There is no such round.")
    if baseline.state not in READY:
        raise WrongState("A round can be re-audited once its reporting has begun.")
    if plan.record_date <= baseline.record_date:
        day = f"{baseline.record_date.day} {baseline.record_date:%B %Y}"
        raise BadInput(f"The records must be read at a date after {day}, the first audit’s.", field="record_date")
    frame_id = plan.frame_id if plan.frame_id is not None else find_newest_list(session, baseline)
    _need_cases(session, baseline, frame_id, plan.selected_because_poor)
    whole = RoundPlan(
        name=plan.name,
        tool_version_id=baseline.tool_version_id,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        record_date=plan.record_date,
        frame_id=frame_id,
        design=find_draw_design(session, baseline),
        policy=dict(baseline.policy),
        baseline_id=baseline.id,
        selected_because_poor=plan.selected_because_poor,
    )
    return plan_round(session, whole, act)


def _need_cases(session: Session, baseline: AuditRound, frame_id: int | None, only_poor: bool) -> None:
    cases = list_baseline_cases(session, baseline.id, only_poor=only_poor)
    if not cases:
        what = "was graded below Good" if only_poor else "was audited"
        raise GuardRefused(f"No case of “{baseline.name}” {what}, so none can be re-audited. {FRESH_SAMPLE}")
    if frame_id is None or frame_id == baseline.frame_id:
        return
    if not list_listed_cases(session, frame_id, [case.ref for case in cases]):
        raise GuardRefused(
            f"None of the {len(cases)} cases of “{baseline.name}” is in this case list, so none can be re-audited. "
            f"{FRESH_SAMPLE}"
        )


def mark_lost(
    session: Session,
    case_audit_id: int,
    reason: str,
    act: Act,
    *,
    words: str = "",
    expected_version: int | None = None,
) -> Approval:
    """Ask that a case is not re-audited, for one of `LOST_REASONS`; it is lost when the request is approved.

    Then the next unused reserve of its stratum is audited, as a replacement that makes no pair; none comes in for
    a case added by hand or in a re-audit of the poor cases. Raises NotFound, BadInput, WrongState or NotPermitted.
    """
    audit = session.get(CaseAudit, case_audit_id)
    if audit is None:
        raise NotFound("There is no such case audit.")
    if audit.baseline_id is None:
        raise WrongState("Only a case that was audited before can be marked as not re-audited.")
    if reason not in LOST_REASONS:
        raise BadInput("Choose why the case cannot be re-audited.", field="reason_code")
    said = words.strip() or f"{LOST_REASONS[reason]}."
    return request_removal(session, audit.id, reason, said, act, expected_version=expected_version)
