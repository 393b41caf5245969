"""The migrations make what the models say, down and up again, with the triggers that guard the journal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from auditflow.adapters.schema import configuration, current_revision, migrate, newest_revision
from auditflow.models import Base, Role, Team
from auditflow.models.database import Database, open_database
from auditflow.models.triggers import APPEND_ONLY, trigger_names
from auditflow.services.act import Act
from auditflow.services.team import TeamDetails, change_team
from auditflow.services.verify import verify_journal
from tests.conftest import own_postgres
from workflows.roles import PERSON_ROLES

TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


@pytest.fixture(params=["sqlite", "postgres"])
def blank(request: pytest.FixtureRequest, tmp_path: Path, worker: str) -> Iterator[Database]:
    """A database of either kind with nothing in it."""
    if request.param == "sqlite":
        database = open_database(f"sqlite:///{tmp_path / 'blank.db'}")
        yield database
        database.engine.dispose()
        return
    with own_postgres(f"auditflow_blank_{worker}_{id(request)}") as address:
        database = open_database(address.render_as_string(hide_password=False))
        yield database
        database.engine.dispose()


def differences(database: Database) -> list[Any]:
    """What autogenerate would still change."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "target_metadata": Base.metadata}
        )
        return list(compare_metadata(context, Base.metadata))


def triggers(database: Database) -> set[str]:
    with database.engine.connect() as connection:
        return set(connection.scalars(sa.text(TRIGGERS[connection.dialect.name])))


def checks(database: Database) -> dict[str, set[str]]:
    """Named CHECKs of every table, which autogenerate does not compare."""
    inspector = sa.inspect(database.engine)
    tables = (name for name in inspector.get_table_names() if name != "alembic_version")
    return {table: {str(c["name"]) for c in inspector.get_check_constraints(table)} for table in tables}


def partial_indexes(database: Database) -> dict[str, str]:
    """Indexes that hold for some rows only, with their condition, which autogenerate does not compare."""
    inspector = sa.inspect(database.engine)
    key = f"{database.engine.dialect.name}_where"
    return {
        str(index["name"]): " ".join(str(where).replace("(", "").replace(")", "").split())
        for table in inspector.get_table_names()
        for index in inspector.get_indexes(table)
        if (where := index.get("dialect_options", {}).get(key)) is not None
    }


def test_the_models_are_what_the_migrations_make(blank: Database) -> None:
    migrate(blank)
    assert differences(blank) == []


def test_the_constraints_are_those_of_the_models(blank: Database, tmp_path: Path) -> None:
    migrate(blank)
    made, partial = checks(blank), partial_indexes(blank)
    migrate(blank, "base")
    with blank.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        Base.metadata.create_all(connection)
    assert made == checks(blank)
    assert partial == partial_indexes(blank)
    assert sum(map(len, made.values())) > 30
    assert partial


def test_up_down_and_up_again(blank: Database) -> None:
    dialect = blank.engine.dialect.name
    migrate(blank)
    assert current_revision(blank) == newest_revision()
    assert triggers(blank) == trigger_names(dialect)
    migrate(blank, "base")
    assert set(sa.inspect(blank.engine).get_table_names()) == {"alembic_version"}
    assert triggers(blank) == set()
    migrate(blank)
    assert triggers(blank) == trigger_names(dialect)
    assert differences(blank) == []


def test_the_triggers_refuse_after_every_migration(blank: Database) -> None:
    for revision in reversed([script.revision for script in _scripts()]):
        migrate(blank, revision)
        for table in set(APPEND_ONLY) & set(sa.inspect(blank.engine).get_table_names()):
            _refuses(blank, table)


def _refuses(database: Database, table: str) -> None:
    inserted = {
        "journal": "INSERT INTO journal (subject_type, subject_id, number, workflow_version, action, entry, from_state,"
        " to_state, role, details, at, key, request_sha256, previous, hash)"
        " VALUES ('x', 1, 1, 1, 'a', 'a', '', '', 'system', '{}', '2026-11-02 09:00:00', 'k', '', 'p', 'h')"
    }.get(table)
    if inserted is None:
        return
    for statement in (f"UPDATE {table} SET role = 'q'", f"DELETE FROM {table}"):
        writing = database.engine.execution_options(sqlite_begin="IMMEDIATE")
        with writing.connect() as connection:
            connection.execute(sa.text(inserted))
            with pytest.raises(sa.exc.DatabaseError, match="append-only"):
                connection.execute(sa.text(statement))


def test_the_roles_are_there(blank: Database) -> None:
    migrate(blank)
    with blank.reading() as session:
        found = {role.name: role.description for role in session.scalars(sa.select(Role))}
    assert found == dict(PERSON_ROLES)


def test_the_migrations_are_one_line() -> None:
    scripts = _scripts()
    assert [script.down_revision for script in scripts[:-1]] == [script.revision for script in scripts[1:]]
    assert scripts[-1].down_revision is None


def test_a_migration_imports_nothing_that_changes_later() -> None:
    moving = ("from auditflow", "import auditflow", "from workflows", "import workflows")
    for path in Path(configuration().get_main_option("script_location") or "", "versions").glob("*.py"):
        found = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip().startswith(moving)]
        assert found == [], f"{path.name} would change whenever the code does"


def _scripts() -> list[Any]:
    return list(ScriptDirectory.from_config(configuration()).walk_revisions())


def test_a_team_from_before_the_journal_of_teams_is_kept_and_journalled_from_its_next_change(blank: Database) -> None:
    migrate(blank, "0001")
    with blank.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        connection.execute(sa.text("INSERT INTO council_service (name) VALUES ('Family help')"))
        connection.execute(sa.text("INSERT INTO team (name, service_id) VALUES ('Care North', 1)"))
    migrate(blank)
    act = Act(actor_id=None, at=datetime(2026, 11, 2, 9, tzinfo=UTC), key="rename")
    with blank.writing() as session:
        change_team(session, 1, TeamDetails("Care East", 1), act, expected_version=0)
    with blank.reading() as session:
        assert (session.get_one(Team, 1).name, session.get_one(Team, 1).version) == ("Care East", 1)
        assert verify_journal(session).findings == ()
