"""Launching a round: every check of the table, the checking seed, clocks and one message for each auditor."""

from __future__ import annotations

import secrets
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.policy import read_policy, read_second_policy
from auditflow.domain.sampling import commitment
from auditflow.models import AuditRound, CaseAudit
from auditflow.models.base import core
from auditflow.services.act import Act
from auditflow.services.case_audit_second import give_second_gradings
from auditflow.services.journal_batch import Batch, Line, set_clocks, tell_each, write_many
from auditflow.services.permission import done_before
from auditflow.services.subjects import get_subject
from auditflow.services.timetable import timetable
from auditflow.services.transitions import Outcome, Request, apply
from workflows.registry import WORKFLOWS

SEED_BYTES = 16


def launch_round(session: Session, round_id: int, act: Act, *, expected_version: int | None = None) -> Outcome:
    """Set the round going, in a few statements whatever its size.

    The checking seed is made here; only its SHA-256 is journalled until reporting begins, so that nobody can
    know which audits will be looked at twice. The blind second gradings that it chooses are given to their
    auditors at once, without a mark among the others. Raises what the workflow refuses, each with its sentence.
    """
    row = get_subject(session, AuditRound, round_id)
    read_policy(row.policy)
    read_second_policy(row.policy)
    if done_before(session, ("audit_round", round_id), act):
        seed, promise = row.checking_seed, row.checking_seed_sha256
    else:
        seed = secrets.token_hex(SEED_BYTES)
        promise = commitment(seed)
    outcome = apply(
        session,
        Request(
            "audit_round",
            round_id,
            "launch",
            act,
            expected_version=expected_version,
            details={"checking_seed_sha256": promise},
            changes={"launched_at": act.at, "checking_seed": seed, "checking_seed_sha256": promise},
        ),
    )
    if not outcome.repeated:
        give_second_gradings(session, row, act)
        _start_clocks(session, row, act)
    return outcome


def _start_clocks(session: Session, row: AuditRound, act: Act) -> None:
    """Each allocated audit notes the launch: its time to start counts from now."""
    table = core(CaseAudit)
    columns = (table.c.state, table.c.id, table.c.version, table.c.chain_head, table.c.auditor_id)
    mine = (table.c.round_id == row.id, table.c.state.in_(["allocated", "in_progress"]))
    rows = session.execute(sa.select(*columns).where(*mine).order_by(table.c.state, table.c.id)).all()
    for state, group in groupby(rows, key=lambda found: found.state):
        found = list(group)
        batch = Batch("case_audit", "round_launched", "round_launched", state, state, "qa_lead", act)
        write_many(session, batch, [Line(r.id, r.version, r.chain_head) for r in found])
        running = WORKFLOWS["case_audit"].deadlines_of(state)
        clocks = timetable(session).rows(running, act.at, {"round_ends_on": row.ends_on})
        set_clocks(session, "case_audit", [r.id for r in found], clocks)
    auditors = [r.auditor_id for r in rows if r.auditor_id is not None]
    tell_each(session, "audit_round.launched", auditors, about=("audit_round", row.id), act=act)
