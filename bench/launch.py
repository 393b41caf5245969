"""Goal l1: launching a round of 10,000 allocated cases, against plain SQL that writes the same rows.

The floor is one UPDATE, one INSERT … SELECT for the journal and one each for the clocks, with a constant in
place of every hash; the product reads and checks the round, hashes each entry and starts each clock.
"""

from __future__ import annotations

from itertools import count

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import AuditRound, Frame
from auditflow.models.base import core
from auditflow.models.database import Database
from auditflow.services.act import Act
from auditflow.services.launch import launch_round
from bench.council import AT, Bench, make_audits, make_council, make_round
from bench.measure import Goal, Result, interleave, seconds
from bench.places import postgres_place
from bench.profile import costly

L1 = Goal("L1", "launch 10,000 cases, against INSERT … SELECT of the same rows", 2.0, 1.5, faster=False)
CASES = 10_000
_keys = count(1)

FLOOR = (
    "UPDATE case_audit SET version = version + 1, chain_head = :hash"
    " WHERE round_id = :round_id AND state = 'allocated'",
    "INSERT INTO journal (subject_type, subject_id, number, workflow_version, action, entry, from_state, to_state,"
    " actor_id, role, details, at, key, request_sha256, previous, hash)"
    " SELECT 'case_audit', id, 2, 1, 'round_launched', 'round_launched', 'allocated', 'allocated', :actor, 'qa_lead',"
    " '{}', :at, :key, :hash, chain_head, :hash FROM case_audit WHERE round_id = :round_id",
    "DELETE FROM deadline WHERE subject_type = 'case_audit'"
    " AND subject_id IN (SELECT id FROM case_audit WHERE round_id = :round_id)",
    "INSERT INTO deadline (subject_type, subject_id, key, action, acts, due_at)"
    " SELECT 'case_audit', id, 'start', 'start', false, :at FROM case_audit WHERE round_id = :round_id",
)


def sampled(database: Database, bench: Bench, cases: int) -> tuple[int, int]:
    """A round whose cases are all allocated: its id and version."""
    with database.writing() as session:
        row = make_round(session, bench, "sampled")
        make_audits(session, bench, row.id, "allocated", cases)
        frame = session.scalars(sa.select(Frame.id)).first() or _frozen(session)
        table = core(AuditRound)
        session.execute(sa.update(table).where(table.c.id == row.id).values(frame_id=frame))
        session.refresh(row)
        return row.id, row.version


def _frozen(session: Session) -> int:
    frame = Frame(name="List", as_at=AT.date(), stage="frozen", source_sha256="0" * 64, frame_sha256="0" * 64)
    frame.created_at = frame.frozen_at = AT
    session.add(frame)
    session.flush()
    return frame.id


def _key() -> str:
    return f"launch-{next(_keys):014}"


def measure(repeats: int, scale: float) -> list[Result]:
    """On PostgreSQL."""
    cases = max(200, int(CASES * scale))
    with postgres_place() as database:
        with database.writing() as session:
            bench = make_council(session)

        def launch(round_id: int, version: int) -> None:
            with database.writing() as session:
                launch_round(session, round_id, Act(bench.qa_lead, AT, _key()), expected_version=version)

        def ours() -> float:
            round_id, version = sampled(database, bench, cases)
            return seconds(lambda: launch(round_id, version))

        def floor() -> float:
            round_id, _ = sampled(database, bench, cases)
            values = {"round_id": round_id, "hash": "0" * 64, "actor": bench.qa_lead, "at": AT, "key": _key()}

            def work() -> None:
                with database.engine.begin() as connection:
                    for statement in FLOOR:
                        connection.execute(sa.text(statement), values)

            return seconds(work)

        times = interleave({"launch_round": ours, "plain SQL": floor}, repeats)
        round_id, version = sampled(database, bench, cases)
        cause = costly(lambda: launch(round_id, version))
    return [Result(L1, "launch_round", "plain SQL", times, cases, cause=cause)]
