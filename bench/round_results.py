"""Goal m1: the results of a round computed anew, looked at again, and what that costs those who submit."""

from __future__ import annotations

import psycopg
import sqlalchemy as sa

from auditflow.models.database import Database
from auditflow.services.results import compute_results
from bench.measure import Goal, Result, interleave, seconds
from bench.places import driver_address, postgres_place
from bench.profile import costly
from bench.result_round import reported_round
from bench.results_by_hand import count_by_hand, counts_in

M1 = Goal("M1 anew", "results of a round of 80, against hand-written SQL that gives its counts", 2.0, 1.3, False)
TIMES = 20


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
    times = max(3, int(TIMES * scale))
    with postgres_place() as database:
        _, round_id = reported_round(database)
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
        return [Result(M1, "compute_results", "SQL by hand", found, times, cause=cause)]
