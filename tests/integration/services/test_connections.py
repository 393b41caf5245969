"""Connections that have died while they lay in the pool."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from auditflow.models import database as module
from auditflow.models.database import Database, open_database
from auditflow.queries.known_person import know_person

KILL_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND"
    " application_name = 'to be killed'"
)


@pytest.fixture
def pooled(postgres_url: str) -> Iterator[Database]:
    """A database of its own pool, with one connection lying in it."""
    database = open_database(postgres_url, connect_args={"application_name": "to be killed"})
    look(database)
    yield database
    database.engine.dispose()


def look(database: Database) -> int:
    with database.reading() as session:
        return int(session.scalar(sa.text("SELECT 1")))


def kill(postgres_database: Database) -> None:
    with postgres_database.engine.begin() as connection:
        assert connection.execute(sa.text(KILL_OTHERS)).all()


def test_one_that_has_rested_is_asked_before_it_is_used(
    pooled: Database, postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "UNASKED_SECONDS", 0.0)
    kill(postgres_database)
    assert look(pooled) == 1


def test_one_that_was_just_used_fails_once_and_is_thrown_away(pooled: Database, postgres_database: Database) -> None:
    kill(postgres_database)
    with pytest.raises(OperationalError):
        look(pooled)
    assert look(pooled) == 1


def test_a_kept_statement_that_meets_a_dead_one_clears_the_pool(pooled: Database, postgres_database: Database) -> None:
    with pooled.reading() as one, pooled.reading() as other:
        assert know_person(one, 0) == know_person(other, 0) is None
    kill(postgres_database)
    with pooled.reading() as session, pytest.raises(OperationalError):
        know_person(session, 0)
    with pooled.reading() as one, pooled.reading() as other:
        assert know_person(one, 0) == know_person(other, 0) is None
