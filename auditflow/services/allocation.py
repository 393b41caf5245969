"""Giving the cases of a round to auditors: suggested, in bulk, or one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain import allocation as balance
from auditflow.domain.errors import BadInput, GuardRefused, NotFound, WrongState
from auditflow.models import AuditRound, CaseAudit, Deadline, RoundAuditor
from auditflow.models.base import core
from auditflow.queries.allocation import Eligibility, RoundCase, read_eligibility
from auditflow.services.act import Act
from auditflow.services.case_audit_second import give_second_gradings
from auditflow.services.journal import Note, record
from auditflow.services.journal_batch import Batch, Line, set_clocks, tell_each, write_many
from auditflow.services.permission import done_before, require_role
from auditflow.services.timetable import timetable
from auditflow.services.transitions import Outcome, Request, apply
from workflows import machine
from workflows.registry import WORKFLOWS

WORKFLOW = WORKFLOWS["case_audit"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Who would audit what: case audit id -> person id, with what it rests on."""

    auditor_of: Mapping[int, int]
    eligibility: Eligibility
    outcome: balance.Allocation


def choose_auditors(session: Session, round_id: int, capacities: Mapping[int, int], act: Act) -> None:
    """Set the round's auditors and how many cases each can take; until reporting begins.

    Raises NotFound, NotPermitted, WrongState or BadInput (nobody chosen, a number below 0).
    """
    facts = require_role(session, ("audit_round", round_id), act, "qa_lead")
    row = session.get_one(AuditRound, round_id)
    if facts.repeats is not None:
        return
    if row.state not in ("planned", "locked", "sampled", "live"):
        raise WrongState("Auditors are chosen until reporting begins.")
    if not capacities:
        raise BadInput("Choose at least one auditor.", field="auditors")
    if min(capacities.values()) < 0:
        raise BadInput("The number of cases must be 0 or more.", field="auditors")
    table = core(RoundAuditor)
    session.execute(sa.delete(table).where(table.c.round_id == round_id))
    rows = [{"round_id": round_id, "person_id": p, "capacity": n} for p, n in sorted(capacities.items())]
    session.execute(sa.insert(table), rows)
    chosen = {str(person): number for person, number in sorted(capacities.items())}
    record(session, row, act, Note("auditors_chosen", "qa_lead", details={"capacities": chosen}))


def suggest_allocation(
    session: Session, round_id: int, *, pins: Mapping[int, int] | None = None, among: Collection[int] | None = None
) -> Suggestion:
    """Who should audit each case that has no auditor yet. `pins` (case audit id -> person id) are kept.

    `among` limits it to these case audits. Raises NotFound, and GuardRefused when a case can be audited by nobody in
    the round.
    """
    row = session.get(AuditRound, round_id)
    if row is None:
        raise NotFound("There is no such round.")
    known = read_eligibility(session, row)
    waiting = {case.id: case for case in known.waiting if among is None or case.id in among}
    wanted = {i: person for i, person in (pins or {}).items() if i in waiting}
    outcome = balance.allocate(
        [balance.CaseToAllocate(str(i), case.team or None) for i, case in waiting.items()],
        [balance.Auditor(c.id, c.capacity, c.load, c.trained) for c in known.candidates.values()],
        conflicts={(person, str(i)) for person, i in known.conflicts | known.graded if i in waiting},
        pins={str(i): person for i, person in wanted.items()},
        earlier={
            (case.auditor_id, case.team)
            for case in known.cases.values()
            if case.auditor_id in known.candidates and case.team and case.auditor_id is not None
        },
    )
    auditor_of = {int(ref): int(str(person)) for ref, person in outcome.auditor_of.items()}
    return Suggestion(auditor_of, known, outcome)


def allocate_cases(
    session: Session,
    round_id: int,
    chosen: Mapping[int, int],
    act: Act,
    *,
    pinned: Collection[int] = (),
) -> int:
    """Allocate many cases (case audit id -> person id) in a few statements; returns how many.

    The same act again allocates nothing. Raises NotFound, NotPermitted, WrongState or GuardRefused, naming the
    case at fault: then nothing is allocated.
    """
    facts = require_role(session, ("audit_round", round_id), act, "qa_lead")
    row = session.get_one(AuditRound, round_id)
    if not chosen or done_before(session, ("case_audit", min(chosen)), act):
        return 0
    known = read_eligibility(session, row, also=tuple(sorted(set(chosen.values()))))
    decide = _decider(row.state, facts.roles)
    lines = []
    together: set[tuple[int, str]] = set()
    for audit_id, person in sorted(chosen.items()):
        case = known.cases.get(audit_id)
        if case is None:
            raise NotFound("One of these cases is not in the round any more. Open the page again.")
        decide(*_about(known, case, person))
        if (person, case.ref) in together:
            raise GuardRefused(f"Case {case.ref} is here twice, for two different auditors.", code="chosen_is_new")
        together.add((person, case.ref))
        values = (person, audit_id in pinned)
        lines.append(Line(case.id, case.version, case.chain_head, {"auditor_id": person}, values))
    fixed = {"allocated_at": act.at}
    columns = ("auditor_id", "pinned")
    batch = Batch("case_audit", "allocate", "allocated", "selected", "allocated", "qa_lead", act, columns, fixed)
    write_many(session, batch, lines)
    if row.state == "live":
        _set_going(session, row, {line.subject_id: chosen[line.subject_id] for line in lines}, act)
        _give_seconds(session, row, [known.cases[line.subject_id] for line in lines], act)
    return len(lines)


def allocate_able(session: Session, round_id: int, audit_ids: Collection[int], act: Act) -> int:
    """Give new cases to auditors as suggested; one that nobody may audit is left waiting. Returns how many were given.

    Raises as `allocate_cases` does.
    """
    known = read_eligibility(session, session.get_one(AuditRound, round_id))
    room = {c.id for c in known.candidates.values() if c.capacity}
    able = [i for i in audit_ids if room & set(known.others(i))]
    if not able:
        return 0
    suggested = suggest_allocation(session, round_id, among=able)
    return allocate_cases(session, round_id, suggested.auditor_of, act)


def _give_seconds(session: Session, row: AuditRound, cases: Iterable[RoundCase | CaseAudit], act: Act) -> None:
    """A case that came in after the launch is graded twice if the seed chose it, a reserve in another one's stead."""
    came_in = ("replacement", "random") if row.kind == "census" else ("replacement",)
    later = [case.id for case in cases if case.purpose == "main" and case.kind in came_in]
    if later:
        given = give_second_gradings(session, row, act, among=later)
        _set_going(session, row, given.auditor_of, act.then("second-clocks"))


def _about(known: Eligibility, case: RoundCase, person: int) -> tuple[str, str, bool, bool, bool, str]:
    candidate = known.candidates.get(person)
    pair = (person, case.id)
    trained = candidate is not None and candidate.trained
    return case.state, case.purpose, pair in known.conflicts, trained, pair in known.graded, case.ref


def _decider(round_state: str, roles: frozenset[str]) -> Any:
    """The workflow's answer for one kind of pair, asked once for each kind. Refusals name the first case."""

    @cache
    def ask(state: str, purpose: str, conflict: bool, trained: bool, graded: bool) -> None:
        facts = {
            "round_state": round_state,
            "purpose": purpose,
            "chosen_in_conflict": conflict,
            "chosen_trained": trained,
            "chosen_graded_before": graded,
            "another_could_audit": True,
        }
        machine.decide(WORKFLOW, state=state, action="allocate", roles=roles, facts=facts)

    def decide(state: str, purpose: str, conflict: bool, trained: bool, graded: bool, ref: str) -> None:
        try:
            ask(state, purpose, conflict, trained, graded)
        except GuardRefused as refusal:
            raise GuardRefused(f"Case {ref}: {refusal.sentence}", code=refusal.code) from None

    return decide


def _set_going(session: Session, row: AuditRound, auditor_of: Mapping[int, int], act: Act) -> None:
    """In a live round the time to start runs at once, and each auditor gets one message."""
    clocks = timetable(session).rows(WORKFLOW.deadlines_of("allocated"), act.at, {"round_ends_on": row.ends_on})
    set_clocks(session, "case_audit", list(auditor_of), clocks)
    people = sorted(set(auditor_of.values()))
    tell_each(session, "audit_round.launched", people, about=("audit_round", row.id), act=act)


def allocate_case(
    session: Session,
    case_audit_id: int,
    person_id: int,
    act: Act,
    *,
    expected_version: int | None = None,
    reason: str = "",
) -> Outcome:
    """Give one case to an auditor, or move it from one to another (with a reason).

    The earlier auditor's draft stays on record and the new one starts empty; so does what they submitted and
    withdrew, whose grade stays the first one in every figure, and theirs. Where nobody else can audit the
    case, somebody who graded it before may, with a reason that stays with the case.
    """
    audit, row = _audit_and_round(session, case_audit_id)
    action = "allocate" if audit.state == "selected" else "reallocate"
    known = read_eligibility(session, row, also=(person_id,))
    again = (person_id, audit.id) in known.graded
    outcome = apply(
        session,
        Request(
            "case_audit",
            audit.id,
            action,
            act,
            expected_version,
            reason=reason,
            details={"auditor_id": person_id},
            changes=_by_hand(person_id, act, reason if again else ""),
            facts=_facts_of(known, audit.id, person_id),
            tell=(person_id,) if row.state == "live" else (),
        ),
    )
    if row.state == "live":
        _give_seconds(session, row, [audit], act)
    else:
        _hold_clocks(session, audit.id)
    return outcome


def _audit_and_round(session: Session, case_audit_id: int) -> tuple[CaseAudit, AuditRound]:
    audit = session.get(CaseAudit, case_audit_id)
    if audit is None:
        raise NotFound("There is no such case audit.")
    return audit, session.get_one(AuditRound, audit.round_id)


def _by_hand(person_id: int, act: Act, same_auditor_reason: str) -> dict[str, Any]:
    return {
        "auditor_id": person_id,
        "allocated_at": act.at,
        "started_at": None,
        "pinned": True,
        "same_auditor_reason": same_auditor_reason.strip()[:500] or None,
    }


def _facts_of(known: Eligibility, audit_id: int, person: int) -> dict[str, Any]:
    candidate = known.candidates.get(person)
    return {
        "chosen_in_conflict": (person, audit_id) in known.conflicts,
        "chosen_trained": candidate is not None and candidate.trained,
        "chosen_graded_before": (person, audit_id) in known.graded,
        "another_could_audit": bool(known.others(audit_id, but=person)),
    }


def _hold_clocks(session: Session, audit_id: int) -> None:
    """Before the launch no time runs: it counts from the launch."""
    table = core(Deadline)
    mine = (table.c.subject_type == "case_audit", table.c.subject_id == audit_id)
    session.execute(sa.delete(table).where(*mine))
