"""Goal t2: one durable move, ours against the state machine libraries of the Python world, at 1 and 16 threads.

Each peer does what it is made for, as its documentation shows it, on the same tables of the same PostgreSQL:
load and lock the audit with its worker and its team, ask the machine whether this auditor may move it, save
the row, add the journal row and two messages, end one time limit and start another, commit. The rows that are
read and written are ours; hashing, the count of working days, the test for a repeated request and the other
roles are left out, as a reader of their documentation would leave them out (docs/adr/0015). They live in an
environment of their own and run as processes of their own, each timing its moves itself.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from threading import Barrier

import sqlalchemy as sa

from auditflow.models.database import Database
from bench.council import Bench, make_council
from bench.measure import Goal, Result, Run, interleave, seconds
from bench.places import driver_address, postgres_place
from bench.profile import costly
from bench.transition import agreed, one_key, share

HERE = Path(__file__).parent
PYTHON = HERE.parent / "var" / "bench-peers" / "bin" / "python"
PEERS = ("viewflow", "django_fsm", "spiff", "statemachine")
BARE = "viewflow_bare"
"""The least a durable move can be, measured beside the others and said in the notes; it is not the floor."""

GOALS = {
    1: Goal("T2 at 1 thread", "a durable move, against the fastest library peer", 1.5, 2.0),
    16: Goal("T2 at 16 threads", "the same from 16 threads at once", 2.0, 3.0),
}
MOVES = 640

WARM = 12
"""Moves that each thread makes before the clock starts: connections live long, and PostgreSQL plans a statement
anew until it has seen it ten times."""


class NoPeers(Exception):
    """The peers are not installed: `make bench` does it."""


def measure(repeats: int, scale: float) -> list[Result]:
    """From one thread, and from sixteen."""
    if not PYTHON.exists():
        raise NoPeers(f"the peers are not installed ({PYTHON.parent.parent.name}); run `make bench`")
    moves = max(32, int(MOVES * scale))
    with postgres_place() as database:
        with database.writing() as session:
            bench = make_council(session)
        return [_at(threads, database, bench, repeats, moves) for threads in GOALS]


def _at(threads: int, database: Database, bench: Bench, repeats: int, moves: int) -> Result:
    contenders: dict[str, Run] = {"auditflow": lambda: ours(database, bench, threads, moves)}
    contenders |= {name: _runner(name, database, bench, threads, moves) for name in (*PEERS, BARE)}
    times = interleave(contenders, repeats)
    best = min(PEERS, key=lambda name: sorted(times[name])[len(times[name]) // 2])
    ready = [(*pair, one_key()) for pair in agreed(database, bench, moves)]
    cause = costly(lambda: [share(database, *one) for one in ready])
    bare = median(times[BARE]) / median(times["auditflow"])
    notes = (
        f"The fastest peer was {best}.",
        f"Against viewflow on bare tables, which writes half the rows and reads nothing about people: {bare:.3g} ×.",
    )
    return Result(GOALS[threads], "auditflow", best, times, moves, notes=notes, cause=cause)


def ours(database: Database, bench: Bench, threads: int, moves: int) -> float:
    """Seconds for so many moves through the door."""
    ready = [(*pair, one_key()) for pair in agreed(database, bench, moves + threads * WARM)]
    ready, warm = ready[:moves], [ready[moves + n :: threads] for n in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        together = Barrier(threads)
        list(pool.map(lambda some: _warm(database, some, together), warm))
        return seconds(lambda: list(pool.map(lambda one: share(database, *one), ready)))


def _warm(database: Database, some: Sequence[tuple[int, int, str]], together: Barrier) -> None:
    """Every thread has a connection of its own before the clock starts: each waits here for all the others."""
    with database.reading() as session:
        session.execute(sa.text("SELECT 1"))
        together.wait()
    for one in some:
        share(database, *one)


def _runner(name: str, database: Database, bench: Bench, threads: int, moves: int) -> Run:
    command = [str(PYTHON), str(HERE / f"peer_{name}.py"), driver_address(database), str(threads)]

    def run() -> float:
        ready = [(*pair, one_key()) for pair in agreed(database, bench, moves + threads * WARM)]
        return _seconds(command, json.dumps(ready))

    return run


def _seconds(command: Sequence[str], moves: str) -> float:
    done = subprocess.run(command, input=moves, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        raise RuntimeError(f"{command[1]} failed:\n{done.stderr[-2000:]}")
    return float(done.stdout.strip().splitlines()[-1])
