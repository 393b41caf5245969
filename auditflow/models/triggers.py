"""The database refuses to change or remove journal entries and seals, whoever asks.

PostgreSQL: row triggers for UPDATE and DELETE, a statement trigger for TRUNCATE. SQLite: triggers on
UPDATE and DELETE, which INSERT OR REPLACE fires too because every connection sets recursive_triggers.
"""

from __future__ import annotations

APPEND_ONLY = ("journal", "seal", "seal_leaf")
SENTENCE = "the journal is append-only"


def create_statements(dialect: str) -> list[str]:
    """The statements that make the triggers."""
    return _postgresql() if dialect == "postgresql" else _sqlite()


def drop_statements(dialect: str) -> list[str]:
    """The statements that remove them (before their tables are dropped)."""
    if dialect == "postgresql":
        drops = [f"DROP TRIGGER IF EXISTS {t}_{w} ON {t}" for t in APPEND_ONLY for w in ("rows", "truncate")]
        return [*drops, "DROP FUNCTION IF EXISTS refuse_change()"]
    return [f"DROP TRIGGER IF EXISTS {t}_{w}" for t in APPEND_ONLY for w in ("update", "delete")]


def trigger_names(dialect: str) -> set[str]:
    """The names that must exist after every migration."""
    endings = ("rows", "truncate") if dialect == "postgresql" else ("update", "delete")
    return {f"{table}_{ending}" for table in APPEND_ONLY for ending in endings}


def _postgresql() -> list[str]:
    function = (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{SENTENCE}'; END $$"
    )
    made = [function]
    for table in APPEND_ONLY:
        made.append(
            f"CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        made.append(
            f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    return made


def _sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER {table}_{event.lower()} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        for table in APPEND_ONLY
        for event in ("UPDATE", "DELETE")
    ]
