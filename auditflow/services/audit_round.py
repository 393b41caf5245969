"""Planning a round and leading it: from its dates and design to the day reporting begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.clock import local_date
from auditflow.domain.errors import BadInput, NotPermitted, Stale, WrongState
from auditflow.domain.policy import ModerationPolicy, policy_document, read_policy
from auditflow.domain.round_dates import check_round_dates
from auditflow.domain.working_days import end_of_day
from auditflow.models import AuditRound, AuditToolVersion, CaseAudit, Deadline, Frame, Journal, Person
from auditflow.models.base import core
from auditflow.services.act import Act
from auditflow.services.dispute_escalation import publish_undecided
from auditflow.services.journal import STALE, Note, begin, record
from auditflow.services.permission import done_before, require_role
from auditflow.services.subjects import get_subject
from auditflow.services.transitions import Outcome, Request, apply

PLANNED_ONLY = frozenset(
    {"kind", "tool_version_id", "frame_id", "design", "seed_source", "public_event", "public_event_at", "record_date"}
)
"""What nobody changes once the design is locked."""
REPEATED = frozenset({"kind", "tool_version_id", "design", "seed_source", "public_event", "public_event_at"})
"""What a re-audit has from its baseline."""
UNTIL_LAUNCH = frozenset({"name", "starts_on", "ends_on", "policy"})
NOT_LAUNCHED = ("planned", "locked", "sampled")


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """What a round is planned with. `record_date`: the day up to which the records are judged.

    With a `baseline_id` it is a re-audit of that round (planned by `services.re_audit`); `kind` is `sample`, or
    `census` where every case that the design lets in is audited.
    """

    name: str
    tool_version_id: int
    starts_on: date
    ends_on: date
    record_date: date
    frame_id: int | None = None
    design: Mapping[str, Any] = field(default_factory=dict)
    policy: Mapping[str, Any] = field(default_factory=lambda: policy_document(ModerationPolicy()))
    baseline_id: int | None = None
    selected_because_poor: bool = False
    kind: str = "sample"


def plan_round(session: Session, plan: RoundPlan, act: Act) -> AuditRound:
    """A new planned round; the same key again returns the one it made.

    Raises NotPermitted, BadInput (name, dates, tool, list or policy).
    """
    earlier = _made_with(session, act)
    if earlier is not None:
        return earlier
    _check_lead(session, act)
    _check(session, {name: getattr(plan, name) for name in plan.__slots__}, local_date(act.at))
    row = AuditRound(
        name=plan.name.strip(),
        state="planned",
        kind="re_audit" if plan.baseline_id is not None else plan.kind,
        baseline_id=plan.baseline_id,
        selected_because_poor=plan.selected_because_poor,
        tool_version_id=plan.tool_version_id,
        frame_id=plan.frame_id,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        first_ends_on=plan.ends_on,
        record_date=plan.record_date,
        design=dict(plan.design),
        policy=dict(plan.policy),
        created_by_id=act.actor_id,
        created_at=act.at,
    )
    begin(session, row, act, Note("planned", "qa_lead", details={"tool_version_id": plan.tool_version_id}))
    return row


def change_round(
    session: Session, round_id: int, changes: Mapping[str, Any], act: Act, *, expected_version: int | None = None
) -> AuditRound:
    """Change what is planned: tool, list and design until they are locked, name, dates and policy until launch.

    Raises NotFound, NotPermitted, WrongState, Stale or BadInput. Sending the same page twice changes once.
    """
    facts = require_role(session, ("audit_round", round_id), act, "qa_lead")
    row = session.get_one(AuditRound, round_id)
    if facts.repeats is not None:
        return row
    if expected_version not in (None, facts.version):
        raise Stale(STALE)
    _check_changeable(facts.state, changes)
    if row.kind == "re_audit" and any(changes[name] != getattr(row, name) for name in REPEATED & set(changes)):
        raise WrongState("A re-audit has the tool and the cases of the round that it repeats.")
    whole = {name: getattr(row, name) for name in (*PLANNED_ONLY, *UNTIL_LAUNCH)} | dict(changes)
    _check(session, whole, local_date(act.at))
    values = dict(changes)
    if "ends_on" in values:
        values["first_ends_on"] = values["ends_on"]
    record(session, row, act, Note("changed", "qa_lead", details={"columns": sorted(changes)}, changes=values))
    return row


def _check_changeable(state: str, changes: Mapping[str, Any]) -> None:
    unknown = set(changes) - PLANNED_ONLY - UNTIL_LAUNCH
    assert not unknown, f"a round has no {unknown} that can be changed"
    assert changes.get("kind") != "re_audit", "a re-audit is planned from its baseline"
    if state not in NOT_LAUNCHED:
        raise WrongState("The round is launched, so its plan cannot be changed. You can extend it.")
    if state != "planned" and PLANNED_ONLY & set(changes):
        raise WrongState("The design is locked, so it cannot be changed.")


def _made_with(session: Session, act: Act) -> AuditRound | None:
    made = sa.select(Journal.subject_id).where(
        Journal.subject_type == "audit_round",
        Journal.number == 1,
        Journal.key == act.key,
        Journal.actor_id == act.actor_id,
    )
    return session.scalars(sa.select(AuditRound).where(AuditRound.id.in_(made))).first()


def _check_lead(session: Session, act: Act) -> None:
    person = session.get(Person, act.actor_id) if act.actor_id is not None else None
    if person is None or not person.active or "qa_lead" not in person.role_keys:
        raise NotPermitted("Only a quality assurance lead plans a round.")


def _check(session: Session, plan: Mapping[str, Any], today: date) -> None:
    if not str(plan["name"]).strip():
        raise BadInput("Enter a name for the round.", field="name")
    check_round_dates(plan["starts_on"], plan["ends_on"], plan["record_date"], today)
    if session.get(AuditToolVersion, plan["tool_version_id"]) is None:
        raise BadInput("Choose an audit tool.", field="tool_version_id")
    if plan["frame_id"] is not None and session.get(Frame, plan["frame_id"]) is None:
        raise BadInput("Choose a case list.", field="frame_id")
    read_policy(plan["policy"])


def extend_round(
    session: Session, round_id: int, ends_on: date, reason: str, act: Act, *, expected_version: int | None = None
) -> Outcome:
    """Move the end date of a live round to a later day. Completion still counts from the first one."""
    row = get_subject(session, AuditRound, round_id)
    if ends_on <= row.ends_on and not done_before(session, ("audit_round", round_id), act):
        raise BadInput(f"The new end date must be after {row.ends_on.day} {row.ends_on:%B %Y}.", field="ends_on")
    check_round_dates(row.starts_on, ends_on, row.record_date, local_date(act.at))
    details = {"ends_on": ends_on.isoformat()}
    outcome = apply(
        session,
        Request(
            "audit_round",
            round_id,
            "extend",
            act,
            expected_version=expected_version,
            reason=reason,
            details=details,
            changes={"ends_on": ends_on},
        ),
    )
    if not outcome.repeated:
        _put_off(session, round_id, end_of_day(ends_on))
    return outcome


def _put_off(session: Session, round_id: int, due: datetime) -> None:
    """The round's own end and what its auditors have to submit by it."""
    table = core(Deadline)
    audits = sa.select(CaseAudit.id).where(CaseAudit.round_id == round_id)
    theirs = sa.and_(table.c.subject_type == "case_audit", table.c.subject_id.in_(audits), table.c.key == "submit")
    own = sa.and_(table.c.subject_type == "audit_round", table.c.subject_id == round_id, table.c.key == "end")
    session.execute(sa.update(table).where(sa.or_(own, theirs)).values(due_at=due, noticed_at=None))


def begin_reporting(session: Session, round_id: int, act: Act, *, expected_version: int | None = None) -> Outcome:
    """Settle the disputes nobody decided in time, show the checking seed, and begin reporting.

    An undecided dispute publishes the first grade, marked as disputed.
    """
    row = get_subject(session, AuditRound, round_id)
    outcome = apply(
        session,
        Request(
            "audit_round",
            round_id,
            "begin_reporting",
            act,
            expected_version=expected_version,
            details={"checking_seed": row.checking_seed},
            changes={"checking_seed_revealed_at": act.at},
        ),
    )
    if not outcome.repeated:
        publish_undecided(session, round_id, act)
    return outcome


def reopen_round(
    session: Session, round_id: int, reason: str, act: Act, *, expected_version: int | None = None
) -> Outcome:
    """Back from reporting to live, with a reason; the checking seed stays known."""
    return apply(
        session,
        Request("audit_round", round_id, "reopen", act, expected_version=expected_version, reason=reason),
    )
