"""Goals t1 and t1s: one durable move through the door against the plain driver doing the same reads and writes.

The move is *share the feedback*: a graded, agreed audit; two people are told, one time limit ends and
another starts. The floor reads the same facts with the same SQL and writes the same rows, statement by
statement; it decides nothing, hashes nothing and checks nothing but the version.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import psycopg
import sqlalchemy as sa

from auditflow.models.database import PRAGMAS, Database
from auditflow.services.act import Act
from auditflow.services.transitions import Request, apply
from bench.council import AT, Bench, make_audits, make_council, make_round
from bench.measure import Goal, Result, Run, interleave, seconds
from bench.places import driver_address, postgres_place, sqlite_place
from bench.profile import costly

T1 = Goal("T1", "a move through the door on PostgreSQL, against plain psycopg", 0.6, 0.8)
T1S = Goal("T1s", "the same on SQLite, against plain sqlite3", 0.35, 0.5)
MOVES = 200
_keys = count(1)

Execute = Callable[[str, Any], Any]

INSERT_ENTRY = (
    "INSERT INTO journal (subject_type, subject_id, number, workflow_version, action, entry, from_state, to_state,"
    " actor_id, role, details, at, key, request_sha256, previous, hash) VALUES ('case_audit', {0}, 2, 1,"
    " 'share_feedback', 'feedback_shared', 'agreed', 'feedback_shared', {0}, 'auditor', {0}, {0}, {0}, {0}, {0}, {0})"
)
INSERT_MESSAGE = (
    "INSERT INTO outbox (key, template, person_id, subject_type, subject_id, created_at, due_at, attempts)"
    " VALUES ({0}, 'case_audit.feedback_shared', {0}, 'case_audit', {0}, {0}, {0}, 0)"
)
INSERT_CLOCK = (
    "INSERT INTO deadline (subject_type, subject_id, key, action, acts, due_at)"
    " VALUES ('case_audit', {0}, 'challenge', 'close', {0}, {0})"
)
UPDATE = (
    "UPDATE case_audit SET version = version + 1, chain_head = {0}, state = 'feedback_shared'"
    " WHERE id = {0} AND version = 1"
)
CLEAR = "DELETE FROM deadline WHERE subject_type = 'case_audit' AND subject_id = {0} AND key <> 'challenge'"


@dataclass(frozen=True, slots=True)
class Read:
    """The statement that reads the facts, as it was sent; `bind` puts another subject and key in."""

    text: str
    bind: Callable[[int, str], Any]


def share(database: Database, audit_id: int, auditor: int, key: str) -> None:
    """One move, in a transaction of its own."""
    with database.writing() as session:
        apply(session, Request("case_audit", audit_id, "share_feedback", Act(auditor, AT, key), expected_version=1))


def agreed(database: Database, bench: Bench, how_many: int) -> list[tuple[int, int]]:
    """Fresh audits that can be shared, each with its auditor."""
    with database.writing() as session:
        row = make_round(session, bench, "live")
        ids = make_audits(session, bench, row.id, "agreed", how_many)
    return [(audit, bench.auditors[n % len(bench.auditors)]) for n, audit in enumerate(ids)]


def one_key() -> str:
    """A key that was not used before."""
    return f"bench-key-{next(_keys):014}"


def captured(database: Database, bench: Bench) -> Read:
    """What the door reads: two moves are watched, and what differs between them is subject, person and key."""
    seen: list[tuple[str, Any]] = []

    def look(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT") and "case_audit.chain_head" in statement:
            seen.append((statement, parameters))

    sa.event.listen(database.engine, "before_cursor_execute", look)
    made = [(audit, auditor, one_key()) for audit, auditor in agreed(database, bench, 2)]
    for audit, auditor, key in made:
        share(database, audit, auditor, key)
    sa.event.remove(database.engine, "before_cursor_execute", look)
    (text, first), (again, _) = seen[0], seen[-1]
    assert text == again, "the door sends the same statement every time"
    audit, _, key = made[0]
    if isinstance(first, dict):
        return Read(text, lambda a, k: {**first, **_where(first, audit, a, key, k)})
    last = max(n for n, value in enumerate(first) if value == audit)
    at = [n for n, value in enumerate(first) if value == key]
    return Read(text, lambda a, k: tuple(a if n == last else k if n in at else v for n, v in enumerate(first)))


def _where(first: dict[str, Any], audit: int, a: int, key: str, k: str) -> dict[str, Any]:
    assert first["subject_id"] == audit
    return {"subject_id": a} | {name: k for name, value in first.items() if value == key}


def plain_move(execute: Execute, read: Read, mark: str, audit: int, auditor: int, told: Sequence[int]) -> None:
    """The floor: every statement by hand, one after another."""
    key, digest, moment = one_key(), "0" * 64, AT if mark == "%s" else AT.replace(tzinfo=None).isoformat(" ")
    execute(read.text, read.bind(audit, key)).fetchone()
    assert execute(UPDATE.format(mark), (digest, audit)).rowcount == 1
    execute(INSERT_ENTRY.format(mark), (audit, auditor, "{}", moment, key, digest, digest, digest))
    execute(CLEAR.format(mark), (audit,))
    execute(INSERT_CLOCK.format(mark), (audit, True, moment))
    for person in told:
        execute(INSERT_MESSAGE.format(mark), (f"{key}:{person}", person, audit, moment, moment))


@contextmanager
def plain_postgres(database: Database) -> Iterator[Callable[[Callable[[Execute], None]], None]]:
    """Run work in a psycopg transaction."""
    with psycopg.connect(driver_address(database), autocommit=True) as connection:

        def run(work: Callable[[Execute], None]) -> None:
            with connection.transaction():
                work(connection.execute)

        yield run


@contextmanager
def plain_sqlite(database: Database) -> Iterator[Callable[[Callable[[Execute], None]], None]]:
    """Run work in a sqlite3 transaction, with the product's own settings."""
    connection = sqlite3.connect(driver_address(database), isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(pragma)

    def run(work: Callable[[Execute], None]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        work(connection.execute)
        connection.execute("COMMIT")

    yield run
    connection.close()


def _measure(goal: Goal, database: Database, repeats: int, moves: int) -> Result:
    with database.writing() as session:
        bench = make_council(session)
    told = (bench.worker, bench.auditors[0])
    read = captured(database, bench)
    mark = "?" if database.is_sqlite else "%s"
    opened = plain_sqlite if database.is_sqlite else plain_postgres
    with opened(database) as transaction:

        def ours() -> float:
            ready = [(*pair, one_key()) for pair in agreed(database, bench, moves)]
            return seconds(lambda: [share(database, *one) for one in ready])

        def floor() -> float:
            ready = agreed(database, bench, moves)

            def work() -> None:
                for audit, auditor in ready:
                    transaction(lambda run: plain_move(run, read, mark, audit, auditor, told))  # noqa: B023

            return seconds(work)

        contenders: dict[str, Run] = {"through the door": ours, "plain driver": floor}
        times = interleave(contenders, repeats)
        ready = [(*pair, one_key()) for pair in agreed(database, bench, moves)]
        cause = costly(lambda: [share(database, *one) for one in ready])
    return Result(goal, "through the door", "plain driver", times, moves, cause=cause)


def measure_postgres(repeats: int, scale: float) -> list[Result]:
    """On PostgreSQL."""
    with postgres_place() as database:
        return [_measure(T1, database, repeats, max(20, int(MOVES * scale)))]


def measure_sqlite(repeats: int, scale: float) -> list[Result]:
    """On SQLite."""
    with sqlite_place() as database:
        return [_measure(T1S, database, repeats, max(20, int(MOVES * scale)))]
