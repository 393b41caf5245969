"""What every test may ask for: databases of both kinds, a clock that stands still, the application.

PostgreSQL, Redis, Chromium and pango (for PDFs) are used when they are there; otherwise their tests skip with the
reason, and `AUDITFLOW_TEST_REQUIRE=postgres,redis,browser,pango` turns a missing one into a failure.
"""

from __future__ import annotations

import gc
import os
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck
from hypothesis import settings as examples
from sqlalchemy.orm import Session

from auditflow.adapters.schema import migrate
from auditflow.config import Settings, load_settings
from auditflow.domain.clock import FixedClock
from auditflow.models import Base
from auditflow.models.database import Database, open_database

POSTGRES = os.environ.get("AUDITFLOW_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("AUDITFLOW_TEST_REDIS_URL", "redis://127.0.0.1:6379")
CHROMIUM = os.environ.get("AUDITFLOW_TEST_CHROMIUM", "/usr/bin/chromium")
REQUIRED = {name for name in os.environ.get("AUDITFLOW_TEST_REQUIRE", "").split(",") if name}
SEED = os.environ.get("AUDITFLOW_TEST_SEED", "1")
# The same examples everywhere, from the seed of the run; and none fails for being slow on a busy machine.
examples.register_profile(
    "house", examples.get_profile("default"), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
examples.load_profile("house")
MONDAY_MORNING = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def missing(name: str, reason: str) -> None:
    """Skip for want of a service, or fail where it is required."""
    if name in REQUIRED:
        pytest.fail(f"{name} is required here, but {reason}", pytrace=False)
    pytest.skip(f"{name}: {reason}")


def pytest_collection_finish() -> None:
    """What was collected stays to the end: nobody who asks for a collection of garbage need look at it again."""
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many tests were left out for which reason."""
    left_out = terminalreporter.stats.get("skipped", [])
    reasons = Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in left_out)
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"{count} skipped: {reason}")


@contextmanager
def chance_of(name: str) -> Iterator[None]:
    """Seeds, keys and salts follow from `name`, so that a draw is the same in every run of a test.

    What a test says must hold for every draw: `AUDITFLOW_TEST_SEED=2 make test` asks it of others.
    """
    chance = random.Random(f"{SEED}|{name}")
    with patch("secrets.token_hex", lambda length=32: chance.randbytes(length).hex()):
        yield


@pytest.fixture(scope="module", autouse=True)
def _chance_of_module(request: pytest.FixtureRequest) -> Iterator[None]:
    with chance_of(request.node.nodeid):
        yield


@pytest.fixture(autouse=True)
def _chance_of_test(request: pytest.FixtureRequest) -> Iterator[None]:
    with chance_of(request.node.nodeid):
        yield


@pytest.fixture(scope="session")
def worker() -> str:
    """The name of this test process, so that each has databases of its own."""
    return os.environ.get("PYTEST_XDIST_WORKER", "gw0")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    database.engine.dispose()
    return path


@contextmanager
def own_postgres(name: str) -> Iterator[sa.URL]:
    """A new, empty PostgreSQL database of this name, dropped at the end; skips where no PostgreSQL answers."""
    if not POSTGRES:
        missing("postgres", "AUDITFLOW_TEST_POSTGRES_URL is empty")
    admin = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE template0 LC_COLLATE 'C' ENCODING 'UTF8'"))
    except sa.exc.OperationalError:
        missing("postgres", "no PostgreSQL answers")
    yield sa.make_url(POSTGRES).set(database=name)
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(scope="session")
def postgres_url(worker: str) -> Iterator[str]:
    """A migrated PostgreSQL database of this test process's own."""
    with own_postgres(f"auditflow_test_{worker}_{os.getpid()}") as address:
        # Nobody minds if a test's rows are lost in a power cut; waiting for the disk takes most of the time.
        url = address.update_query_dict({"options": "-csynchronous_commit=off"}).render_as_string(hide_password=False)
        database = open_database(url)
        migrate(database)
        database.engine.dispose()
        yield url


@pytest.fixture(scope="session")
def postgres_database(postgres_url: str) -> Iterator[Database]:
    """The engine on that database, kept open for the whole run."""
    database = open_database(postgres_url)
    yield database
    database.engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database: every test that asks runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        database = open_database(f"sqlite:///{path}")
        yield database
        database.engine.dispose()
        return
    database = request.getfixturevalue("postgres_database")
    empty(database)
    yield database


def empty(database: Database) -> None:
    """Empty every table and start the numbers anew; the append-only triggers are passed over, as only a
    superuser can. DELETE, since TRUNCATE makes new files for every table and takes many times as long."""
    tables = [table for table in reversed(Base.metadata.sorted_tables) if table.name != "role"]
    numbered = [f"setval(pg_get_serial_sequence('{table.name}', 'id'), 1, false)" for table in tables if _counts(table)]
    deletes = "; ".join(f"DELETE FROM {table.name}" for table in tables)
    with database.engine.begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL session_replication_role = replica; {deletes}")
        connection.exec_driver_sql(f"SELECT {', '.join(numbered)}")


def _counts(table: sa.Table) -> bool:
    return table.autoincrement_column is not None and table.autoincrement_column.name == "id"


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A writing session that is rolled back at the end."""
    session = database.writer()
    yield session
    session.rollback()
    session.close()


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at nine o'clock on Monday 2 November 2026."""
    return FixedClock(MONDAY_MORNING)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings as a fresh laptop has them, with data under the test's own folder."""
    return load_settings({"AUDITFLOW_DATA": str(tmp_path / "var"), "AUDITFLOW_COUNCIL_NAME": "Exampleshire Council"})
