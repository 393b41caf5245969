"""Goal m1: the results of a round computed anew, looked at again, and what that costs those who submit."""

from __future__ import annotations

from functools import partial

import psycopg
import sqlalchemy as sa

from auditflow.app import create_app
from auditflow.config import load_settings
from auditflow.domain.clock import FixedClock
from auditflow.models.database import Database
from auditflow.queries.results_stamp import read_stamp
from auditflow.services.act import Act
from auditflow.services.results import close_round, compute_results
from auditflow.web.request import db
from auditflow.web.results_kept import kept_results
from bench.council import AT, Bench
from bench.measure import Goal, Result, interleave, seconds
from bench.places import FOLDER, driver_address, postgres_place
from bench.profile import costly
from bench.result_round import AGREED, reported_round
from bench.results_by_hand import count_by_hand, counts_in
from bench.submission import answered, count_statements, submit

M1 = Goal("M1 anew", "results of a round of 80, against hand-written SQL that gives its counts", 2.0, 1.3, False)
M1_SAME = Goal("M1 unchanged", "results of a round in which nothing changed, against SELECT 1", 6.0, 4.0, False)
M1_CLOSED = Goal("M1 closed", "results of a closed round, against SELECT 1", 6.0, 4.0, False)
M1_SUBMITS = Goal(
    "M1 submits", "submissions while their round's results are read, against another round's", 1.1, 1.07, False
)
TIMES, LOOKS, SUBMITS = 20, 400, 8
SLICES = 4
"""Parts of a repetition: a flush to disk that waits for a neighbour should meet both contenders."""


def same_counts(database: Database, connection: psycopg.Connection, round_id: int) -> None:
    """The measured two must have counted the same."""
    by_hand = count_by_hand(connection.execute, round_id)
    with database.reading() as session:
        ours = counts_in(compute_results(session, round_id))
    del by_hand["strata"]
    by_hand["draws"] = by_hand["draws"][0]
    differ = {name: (by_hand[name], ours[name]) for name in ours if by_hand[name] != ours[name]}
    assert not differ, differ
    assert by_hand.keys() == ours.keys()


def anew(database: Database, round_id: int) -> None:
    """Everything that the results are made of, in a session of its own."""
    with database.reading() as session:
        compute_results(session, round_id)


def measure(repeats: int, scale: float) -> list[Result]:
    """On PostgreSQL."""
    with postgres_place() as database:
        bench, round_id = reported_round(database)
        results = [_anew(database, round_id, repeats, max(3, int(TIMES * scale)))]
        looks = max(50, int(LOOKS * scale))
        results.append(_kept(M1_SAME, database, round_id, repeats, looks))
        with database.writing() as session:
            close_round(session, round_id, Act(bench.qa_lead, AGREED, "bench-close-the-round"))
        results.append(_kept(M1_CLOSED, database, round_id, repeats, looks))
        return [*results, _submits(database, bench, repeats, max(5, int(SUBMITS * scale)))]


def _anew(database: Database, round_id: int, repeats: int, times: int) -> Result:
    with psycopg.connect(driver_address(database)) as connection:
        same_counts(database, connection, round_id)

        def by_hand() -> None:
            count_by_hand(connection.execute, round_id)
            connection.rollback()

        found = interleave(
            {
                "compute_results": lambda: seconds(lambda: [anew(database, round_id) for _ in range(times)]),
                "SQL by hand": lambda: seconds(lambda: [by_hand() for _ in range(times)]),
            },
            repeats,
        )
    cause = costly(lambda: anew(database, round_id))
    return Result(M1, "compute_results", "SQL by hand", found, times, (), cause)


def _kept(goal: Goal, database: Database, round_id: int, repeats: int, looks: int) -> Result:
    settings = load_settings({"AUDITFLOW_DATA": str(FOLDER / "data")})
    app = create_app(settings, clock=FixedClock(AT), database=database)
    one = sa.text("SELECT 1")
    with app.test_request_context():
        first = kept_results(round_id)

        def look() -> None:
            for _ in range(looks):
                assert kept_results(round_id) is first

        def ask() -> None:
            for _ in range(looks):
                assert db().execute(one).scalar() == 1

        times = interleave({"kept results": lambda: seconds(look), "SELECT 1": lambda: seconds(ask)}, repeats)
        cause = costly(look)
    return Result(goal, "kept results", "SELECT 1", times, looks, cause=cause)


def _submits(database: Database, bench: Bench, repeats: int, how_many: int) -> Result:
    """The same submissions while somebody looks at the results of their round before each, or at another round's.

    Only the submissions are timed: what is asked is whether they pay for results that are always fresh. Somebody
    looks in both cases, so that machine and database are as warm in the one as in the other.
    """
    other, submitted = answered(database, bench, how_many)
    for audit_id, auditor in submitted:
        submit(database, audit_id, auditor)

    def submits(own: bool) -> float:
        round_id, audits = answered(database, bench, how_many)
        spent = 0.0
        for audit_id, auditor in audits:
            with database.reading() as session:
                looked_at = round_id if own else other
                assert read_stamp(session, looked_at) is not None
                compute_results(session, looked_at)
            spent += seconds(partial(submit, database, audit_id, auditor))
        return spent

    contenders = {"own round read": lambda: submits(True), "another read": lambda: submits(False)}
    times = interleave(contenders, repeats * SLICES)
    note = f"{count_statements(database, bench, True)} statements a submission when read, " + (
        f"{count_statements(database, bench, False)} when not: nothing is written for the results' sake."
    )
    return Result(M1_SUBMITS, "own round read", "another read", times, how_many, (note,))
