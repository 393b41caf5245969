"""Blind second gradings: given at the launch, with each reserve and with each month of a census; withdrawn with their
case, or by the lead.

The cases are those that the checking seed chooses, so that nobody can know beforehand; their second auditors are
balanced like any allocation, among those who know nothing of the first grade.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain import allocation as balance
from auditflow.domain.policy import read_second_policy, second_share
from auditflow.models import AuditRound, CaseAudit
from auditflow.queries.case_audit_second import (
    Graders,
    find_second_graders,
    list_open_seconds,
    list_unpaired_mains,
)
from auditflow.queries.policy import drawn_as, list_drawn_by_list
from auditflow.services.act import Act
from auditflow.services.journal import Note, record
from auditflow.services.journal_batch import Batch, Line, begin_many, write_many
from auditflow.services.permission import done_before
from auditflow.services.sample_rows import AUDIT_COLUMNS
from auditflow.services.subjects import table_of
from auditflow.services.transitions import Outcome, Request, apply
from workflows import machine
from workflows.facts import when_asking
from workflows.registry import WORKFLOWS


@dataclass(frozen=True, slots=True)
class Given:
    """How many cases the seed chose for a second grading, and the audits made: id -> second auditor."""

    chosen: int
    auditor_of: dict[int, int]


def give_second_gradings(session: Session, row: AuditRound, act: Act, *, among: Collection[int] | None = None) -> Given:
    """Make the second audits of the cases that the checking seed chose and that have none, each with its auditor.

    `among` limits it to these main audits. A case for which there is nobody is graded once: the round's journal
    says how many. Clocks and messages are the caller's. The same act again makes nothing.
    """
    policy = read_second_policy(row.policy)
    if not policy.second_gradings:
        return Given(0, {})
    share = second_share(policy, row.checking_seed, *list_drawn_by_list(session, row.id))
    if not share:
        return Given(0, {})
    mains = {
        main.id: main
        for main in list_unpaired_mains(session, row.id)
        if (among is None or main.id in among) and drawn_as(session, main) in share
    }
    note = act.then("second-note")
    if not mains or done_before(session, ("audit_round", row.id), note):
        return Given(0, {})
    graders = find_second_graders(session, row, mains)
    auditor_of = _begin(session, row, mains, _choose(graders), act)
    details = {"chosen": len(mains), "given": len(auditor_of)}
    record(session, row, note, Note("second_gradings_given", "qa_lead", details=details))
    return Given(len(mains), auditor_of)


def _choose(graders: Graders) -> dict[int, int]:
    """Main audit id -> its second auditor, balanced, for those who can have one."""
    everyone = {c.id: c for c in graders.known.candidates.values()}
    able = {audit_id: {c.id for c in people} for audit_id, people in graders.of.items() if people}
    if not able:
        return {}
    cases = graders.known.cases
    outcome = balance.allocate(
        [balance.CaseToAllocate(str(i), cases[i].team or None) for i in able],
        [balance.Auditor(c.id, c.capacity, c.load, c.trained) for c in everyone.values()],
        conflicts={(person, str(i)) for i, fit in able.items() for person in everyone if person not in fit},
        earlier={(c.auditor_id, c.team) for c in cases.values() if c.auditor_id in everyone and c.team},
    )
    return {int(ref): int(str(person)) for ref, person in outcome.auditor_of.items()}


def _begin(
    session: Session, row: AuditRound, mains: dict[int, CaseAudit], chosen: dict[int, int], act: Act
) -> dict[int, int]:
    """The second audits' rows, begun and allocated, in a few statements whatever their number."""
    if not chosen:
        return {}
    values = [tuple(getattr(mains[main_id], name) for name in AUDIT_COLUMNS) for main_id in chosen]
    fixed = {"round_id": row.id, "purpose": "second"}
    begun = Batch(
        "case_audit", "select", "selected", "", "selected", "qa_lead", act.then("second"), AUDIT_COLUMNS, fixed
    )
    ids = begin_many(session, begun, values)
    auditor_of = dict(zip(ids, chosen.values(), strict=True))
    _allocate(session, row, auditor_of, act)
    return auditor_of


def _allocate(session: Session, row: AuditRound, auditor_of: dict[int, int], act: Act) -> None:
    asked = {**when_asking("case_audit"), "round_state": row.state, "purpose": "second"}
    workflow = WORKFLOWS["case_audit"]
    decision = machine.decide(workflow, state="selected", action="allocate", roles=frozenset({"qa_lead"}), facts=asked)
    table = table_of("case_audit")
    heads = sa.select(table.c.id, table.c.version, table.c.chain_head).where(table.c.id.in_(auditor_of))
    lines = [
        Line(i, version, head, {"auditor_id": auditor_of[i]}, (auditor_of[i],))
        for i, version, head in session.execute(heads.order_by(table.c.id))
    ]
    entry, given = decision.move.past, act.then("second-auditor")
    fixed = {"allocated_at": act.at}
    batch = Batch(
        "case_audit", "allocate", entry, "selected", decision.target, "qa_lead", given, ("auditor_id",), fixed
    )
    write_many(session, batch, lines)


def withdraw_grading(
    session: Session, case_audit_id: int, reason: str, act: Act, *, expected_version: int | None = None
) -> Outcome:
    """Withdraw a grading that cannot be made, with the reason. Once its grade is in it stays."""
    request = Request("case_audit", case_audit_id, "withdraw_grading", act, expected_version, reason=reason)
    return apply(session, request)


def withdraw_second_gradings(session: Session, main: CaseAudit, act: Act) -> None:
    """The main audit has left the sample, so what is still open of its second grading has nothing to measure."""
    for second_id in list_open_seconds(session, main):
        apply(session, Request("case_audit", second_id, "withdraw_grading", act.by_system("withdraw-second")))
