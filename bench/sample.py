"""Goal s1: drawing 80 cases from a list in the database, against reading its references and hashing each once.

What a person waits for is measured: the round is locked and the list is frozen; the draw makes the seed and journals
it, reads the list, leaves out what the rules exclude, fills the groups under the limit for each worker, keeps
reserves, and writes the sample, its manifest and the case audits. It is rolled back, not committed.

The floor reads one column with the plain driver and makes SHA-256 of `seed|reference`; it compares nothing.
"""

from __future__ import annotations

import os
import random
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.orm import Session

from auditflow.adapters.case_list import CaseListReading
from auditflow.cli.council.cases import DESIGN as SAMPLE_COUNCIL
from auditflow.domain.frame import Case
from auditflow.models import Frame
from auditflow.models.database import Database
from auditflow.services.act import Act
from auditflow.services.audit_round import RoundPlan, plan_round
from auditflow.services.frame_rows import write_cases
from auditflow.services.sample import draw_sample, lock_design
from bench.council import AT, Bench, make_council
from bench.measure import NOTHING, Goal, Result, Run, interleave, seconds
from bench.places import driver_address, postgres_place, sqlite_place
from bench.profile import costly

S1 = Goal("S1", "draw 80 of 100,000 cases on PostgreSQL, against reading and hashing the references", 2.0, 2.0, False)
S1_MILLION = Goal("S1 at 1,000,000", "the same from 1,000,000 cases", NOTHING, 2.0, False)
S1_SQLITE = Goal("S1 on SQLite", "the same on SQLite, where the floor reads an index alone", NOTHING, 2.0, False)
ROWS, MILLION = 100_000, 1_000_000
AT_ONCE = 4
"""Draws, or readings, of one repetition from the shorter lists: no shorter than a neighbour's hiccup."""
BLOCK = 50_000
AS_AT = date(2026, 10, 23)
COLUMNS = (
    *("case_ref", "case_type", "status", "team", "worker", "family", "opened", "last_audited", "restricted"),
    *("sex", "ethnicity", "disability"),
)
KINDS = ("child_in_need", "child_protection", "child_in_care", "care_leaver")
DESIGN = SAMPLE_COUNCIL | {"reference_date": AS_AT.isoformat()}
"""What the sample council draws with: groups, a limit, reserves, and all five of its exclusions."""
READ = "SELECT ref FROM frame_case WHERE frame_id = "
_keys = count(1)


def cases(how_many: int) -> Iterator[Case]:
    """Invented cases, in the shares of the sample council."""
    chance = random.Random(11)
    for n in range(how_many):
        closed = chance.random() < 0.11
        audited = AS_AT - timedelta(days=chance.randrange(10, 175)) if chance.random() < 0.07 else None
        team = chance.randrange(14)
        yield Case(
            case_ref=f"CF-{n:07}",
            case_type=chance.choices(KINDS, (50, 20, 20, 10))[0],
            status="Closed" if closed else "Open",
            team=f"Team {team}",
            worker="" if chance.random() < 0.02 else f"Worker {team}-{chance.randrange(13)}",
            family=f"F-{n // 2:06}",
            opened=(AS_AT - timedelta(days=chance.randrange(1500))).isoformat(),
            closed=AS_AT.isoformat() if closed else "",
            last_audited=audited.isoformat() if audited else "",
            restricted="Yes" if chance.random() < 0.015 else "No",
            sex=chance.choice(("Male", "Female")),
            ethnicity=chance.choice(("Asian", "Black", "Mixed", "White", "")),
            disability="Yes" if chance.random() < 0.13 else "No",
        )


def frozen_list(session: Session, how_many: int) -> Frame:
    """A frozen list of so many cases."""
    frame = Frame(name="List", as_at=AS_AT, stage="frozen", source_sha256="0" * 64, frame_sha256="0" * 64)
    frame.columns, frame.created_at, frame.frozen_at = list(COLUMNS), AT, AT
    session.add(frame)
    session.flush()
    rows, number = cases(how_many), 2
    while block := [case for _, case in zip(range(BLOCK), rows, strict=False)]:
        origins = [("", number + n) for n in range(len(block))]
        write_cases(session, frame.id, CaseListReading(block, origins, [], [], len(block), 0, COLUMNS))
        number += len(block)
    return frame


def locked_round(session: Session, bench: Bench, frame: Frame) -> int:
    """A round on this list, its design locked."""
    dates = (AT.date(), AT.date() + timedelta(days=25), AS_AT)
    plan = RoundPlan("Draw", bench.tool_version, *dates, frame_id=frame.id, design=DESIGN)
    row = plan_round(session, plan, _act(bench))
    lock_design(session, row.id, _act(bench))
    return row.id


def _act(bench: Bench) -> Act:
    return Act(bench.qa_lead, AT, f"sample-{os.getpid()}-{next(_keys):012}")


def draw(database: Database, bench: Bench, round_id: int, *, keep: bool = False) -> int:
    """The draw as its screen makes it; how many cases were drawn. What it wrote is rolled back unless kept."""
    with database.writer() as session:
        drawn = draw_sample(session, round_id, _act(bench)).draw
        assert drawn is not None, "the design's limits can be kept"
        session.commit() if keep else session.rollback()
        return len(drawn.manifest["sample"])


def hash_all(execute: Callable[[str], Any], frame_id: int) -> int:
    """The floor: read every reference and hash it once; how many there were."""
    start = b"00112233445566778899aabbccddeeff|"
    return sum(1 for (ref,) in execute(f"{READ}{frame_id}") if sha256(start + ref.encode()).digest())


@contextmanager
def plain_driver(database: Database) -> Iterator[Callable[[str], Any]]:
    """The plain driver's way to run one statement."""
    address = driver_address(database)
    connection: Any = sqlite3.connect(address) if database.is_sqlite else psycopg.connect(address)
    yield connection.execute
    connection.close()


def _measure(goal: Goal, database: Database, repeats: int, how_many: int) -> Result:
    with database.writing() as session:
        bench = make_council(session)
        frame = frozen_list(session, how_many)
        round_id, frame_id = locked_round(session, bench, frame), frame.id
    times_each = AT_ONCE if how_many <= ROWS else 1
    with plain_driver(database) as execute:

        def ours() -> float:
            return seconds(lambda: [draw(database, bench, round_id) for _ in range(times_each)]) / times_each

        def floor() -> float:
            return seconds(lambda: [hash_all(execute, frame_id) for _ in range(times_each)]) / times_each

        contenders: dict[str, Run] = {"draw_sample": ours, "read and hash": floor}
        times = interleave(contenders, repeats)
        cause = costly(lambda: draw(database, bench, round_id))
    return Result(goal, "draw_sample", "read and hash", times, how_many, (_memory(database, bench, round_id),), cause)


def _memory(database: Database, bench: Bench, round_id: int) -> str:
    """What a new process that only draws has in memory at most, and before it draws."""
    url = database.engine.url.render_as_string(hide_password=False)
    work = (
        "import sys; from auditflow.models.database import open_database;"
        " from bench.sample import Bench, draw, peak; before = peak();"
        f" draw(open_database(sys.argv[1]), {bench!r}, {round_id}); print(before, peak())"
    )
    told = subprocess.run([sys.executable, "-c", work, url], capture_output=True, text=True, check=True).stdout
    before, most = told.split()
    return f"A new process that draws has {most} MiB at most (aim: 128 for a million cases), {before} before it draws."


def peak() -> int:
    """The most memory that this process has had, in mebibytes; Linux says it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+([0-9]+) kB", status)[0]) // 1024


def measure(repeats: int, scale: float) -> list[Result]:
    """On PostgreSQL, from a long list and a very long one, and on SQLite."""
    results = []
    for goal, place, rows in (
        (S1, postgres_place, ROWS),
        (S1_MILLION, postgres_place, MILLION),
        (S1_SQLITE, sqlite_place, ROWS),
    ):
        with place() as database:
            results.append(_measure(goal, database, repeats, max(2_000, int(rows * scale))))
    return results
