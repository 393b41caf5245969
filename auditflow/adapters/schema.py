"""Bringing a database to the shape the program expects: Alembic, run from inside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

import migrations
from auditflow.domain.errors import BadInput
from auditflow.models.database import Database


def configuration() -> Config:
    """Alembic's configuration for the migrations shipped with the program."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return config


def migrate(database: Database, revision: str = "head") -> None:
    """Upgrade (or with an older revision, downgrade) in one transaction."""
    config = configuration()
    with database.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        config.attributes["connection"] = connection
        run: Any = command.downgrade if revision == "base" or revision.startswith("-") else command.upgrade
        run(config, revision)


def current_revision(database: Database) -> str | None:
    """The revision that the database is at; None before the first migration."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """The revision that this program expects."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def has_tables(database: Database) -> bool:
    """Whether anything has been created yet."""
    return bool(sa.inspect(database.engine).get_table_names())


def require_answer(database: Database) -> None:
    """Raise BadInput with a sentence, without the password, if the database cannot be reached."""
    try:
        with database.engine.connect():
            return
    except (DBAPIError, OSError) as fault:
        address = database.engine.url.render_as_string(hide_password=True)
        words = str(getattr(fault, "orig", fault)).strip().partition("\n")[0]
        raise BadInput(
            f"The database {address} does not answer ({words}). Is it running, and is AUDITFLOW_DATABASE_URL right?"
        ) from None


def require_newest(database: Database) -> None:
    """Raise BadInput with what to do, unless the database is just as this program expects."""
    require_answer(database)
    if not has_tables(database):
        raise BadInput("The database is empty. Run “auditflow init” first.")
    if current_revision(database) != newest_revision():
        raise BadInput("The database was made by another version. Run “auditflow init” to bring it up to date.")
