"""The first tables, the triggers that keep the journal append-only, and the role keys.

Frozen: it says what the tables were when it was written and imports nothing of the program, so that a
database made today and one brought up to date later are the same.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

APPEND_ONLY = ("journal", "seal", "seal_leaf")
REFUSAL = "the journal is append-only"

# Teams and people point at each other: PostgreSQL gets these when both are there, SQLite with the table.
CIRCULAR = (
    ("fk_team_deputy_id_person", "team", "deputy_id", "person"),
    ("fk_team_manager_id_person", "team", "manager_id", "person"),
)

ROLES = {
    "auditor": "Auditor",
    "team_manager": "Team manager",
    "practitioner": "Practitioner",
    "qa_lead": "Quality assurance lead",
    "head_of_service": "Head of service",
    "director": "Director",
    "external_moderator": "External moderator",
    "board_member": "Board member",
    "administrator": "Administrator",
}


def upgrade() -> None:
    for make in TABLES:
        make()
    if op.get_bind().dialect.name == "postgresql":
        for name, table, column, target in CIRCULAR:
            op.create_foreign_key(name, table, target, [column], ["id"])
        _guard_postgresql()
    else:
        _guard_sqlite()
    role = sa.table("role", sa.column("name"), sa.column("description"))
    op.bulk_insert(role, [{"name": key, "description": words} for key, words in ROLES.items()])


def downgrade() -> None:
    names = [make.__name__[1:] for make in TABLES]
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(f"DROP TRIGGER {table}_rows ON {table}")
            op.execute(f"DROP TRIGGER {table}_truncate ON {table}")
        op.execute("DROP FUNCTION refuse_change()")
        for name, table, _, _ in CIRCULAR:
            op.drop_constraint(name, table, type_="foreignkey")
    else:
        for table in APPEND_ONLY:
            op.execute(f"DROP TRIGGER {table}_update")
            op.execute(f"DROP TRIGGER {table}_delete")
        # SQLite cannot drop a constraint, and refuses to drop a table that rows still point at.
        op.execute("PRAGMA defer_foreign_keys=ON")
        for name in names:
            op.execute(sa.delete(sa.table(name)))
    for name in reversed(names):
        op.drop_table(name)


def _guard_postgresql() -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _guard_sqlite() -> None:
    for table in APPEND_ONLY:
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_{event.lower()} BEFORE {event} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )


def _audit_tool_version() -> None:
    op.create_table(
        "audit_tool_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("definition", JSON, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_tool_version")),
        sa.UniqueConstraint("key", "number", name=op.f("uq_audit_tool_version_key_number")),
    )


def _closure_day() -> None:
    op.create_table(
        "closure_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_closure_day")),
    )


def _council_service() -> None:
    op.create_table(
        "council_service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_council_service")),
        sa.UniqueConstraint("name", name=op.f("uq_council_service_name")),
    )


def _deadline() -> None:
    op.create_table(
        "deadline",
        sa.Column("subject_type", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("acts", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("subject_type", "subject_id", "key", name=op.f("pk_deadline")),
    )
    op.create_index("ix_deadline_due_at", "deadline", ["due_at"], unique=False)


def _journal_text() -> None:
    op.create_table(
        "journal_text",
        sa.Column("subject_type", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subject_type", "subject_id", "number", "field", name=op.f("pk_journal_text")),
    )


def _mapping_memory() -> None:
    op.create_table(
        "mapping_memory",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("headers_sha256", sa.String(length=64), nullable=False),
        sa.Column("mapping", JSON, nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mapping_memory")),
        sa.UniqueConstraint("headers_sha256", name=op.f("uq_mapping_memory_headers_sha256")),
    )


def _role() -> None:
    op.create_table(
        "role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("description", sa.String(length=255), nullable=True),
        sa.Column("permissions", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "name IN ('auditor', 'team_manager', 'practitioner', 'qa_lead', 'head_of_service', 'director', 'external_moderator', 'board_member', 'administrator')",  # noqa: E501
            name=op.f("ck_role_role_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("name", name=op.f("uq_role_name")),
    )


def _seal() -> None:
    op.create_table(
        "seal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("leaves", sa.Integer(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_seal")),
    )


def _setting() -> None:
    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )


def _stuck() -> None:
    op.create_table(
        "stuck",
        sa.Column("subject_type", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("excluded", JSON, nullable=False),
        sa.PrimaryKeyConstraint("subject_type", "subject_id", name=op.f("pk_stuck")),
    )


def _seal_leaf() -> None:
    op.create_table(
        "seal_leaf",
        sa.Column("seal_number", sa.Integer(), nullable=False),
        sa.Column("subject_type", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["seal_number"], ["seal.number"], name=op.f("fk_seal_leaf_seal_number_seal")),
        sa.PrimaryKeyConstraint("seal_number", "subject_type", "subject_id", name=op.f("pk_seal_leaf")),
    )


def _team() -> None:
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("manager_id", sa.Integer(), nullable=True),
        sa.Column("deputy_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["deputy_id"], ["person.id"], name=op.f("fk_team_deputy_id_person"), use_alter=True),
        sa.ForeignKeyConstraint(["manager_id"], ["person.id"], name=op.f("fk_team_manager_id_person"), use_alter=True),
        sa.ForeignKeyConstraint(
            ["service_id"], ["council_service.id"], name=op.f("fk_team_service_id_council_service")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("name", name=op.f("uq_team_name")),
    )
    op.create_index(op.f("ix_team_manager_id"), "team", ["manager_id"], unique=False)
    op.create_index(op.f("ix_team_service_id"), "team", ["service_id"], unique=False)


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_sign_ins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("manager_id", sa.Integer(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("trained_on", sa.Date(), nullable=True),
        sa.Column("training_until", sa.Date(), nullable=True),
        sa.Column("external_until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "chain_head",
            sa.String(length=64),
            server_default="0000000000000000000000000000000000000000000000000000000000000000",
            nullable=False,
        ),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_person_capacity_not_negative")),
        sa.CheckConstraint("manager_id <> id", name=op.f("ck_person_not_own_manager")),
        sa.ForeignKeyConstraint(["manager_id"], ["person.id"], name=op.f("fk_person_manager_id_person")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["council_service.id"], name=op.f("fk_person_service_id_council_service")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_person_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_person_fs_uniquifier")),
    )
    op.create_index(op.f("ix_person_manager_id"), "person", ["manager_id"], unique=False)
    op.create_index(op.f("ix_person_team_id"), "person", ["team_id"], unique=False)


def _approval() -> None:
    op.create_table(
        "approval",
        sa.Column("subject_type", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("ask", sa.String(length=32), nullable=False),
        sa.Column("reason_code", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("workflow_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "chain_head",
            sa.String(length=64),
            server_default="0000000000000000000000000000000000000000000000000000000000000000",
            nullable=False,
        ),
        sa.CheckConstraint(
            "ask IN ('remove', 'mark_not_audited', 'discard_draw', 'cannot_do')", name=op.f("ck_approval_ask_known")
        ),
        sa.CheckConstraint(
            "state IN ('approved', 'refused', 'requested', 'withdrawn')", name=op.f("ck_approval_state_known")
        ),
        sa.CheckConstraint("decided_by_id <> requested_by_id", name=op.f("ck_approval_four_eyes")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_approval_decided_by_id_person")),
        sa.ForeignKeyConstraint(["requested_by_id"], ["person.id"], name=op.f("fk_approval_requested_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    op.create_index(
        "uq_approval_one_open",
        "approval",
        ["subject_type", "subject_id", "ask"],
        unique=True,
        postgresql_where=sa.text("state = 'requested'"),
        sqlite_where=sa.text("state = 'requested'"),
    )


def _job() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(length=500), nullable=False),
        sa.Column("result", JSON, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_job_state_known")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_job_created_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index("ix_job_state", "job", ["state"], unique=False)


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("id", BIG, nullable=False),
        sa.Column("subject_type", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("workflow_version", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("entry", sa.String(length=40), nullable=False),
        sa.Column("from_state", sa.String(length=32), nullable=False),
        sa.Column("to_state", sa.String(length=32), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_journal_actor_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
        sa.UniqueConstraint("subject_type", "subject_id", "key", name=op.f("uq_journal_subject_type_subject_id_key")),
        sa.UniqueConstraint(
            "subject_type", "subject_id", "number", name=op.f("uq_journal_subject_type_subject_id_number")
        ),
    )
    op.create_index("ix_journal_actor_id", "journal", ["actor_id"], unique=False)
    op.create_index("ix_journal_at", "journal", ["at"], unique=False)


def _name_match() -> None:
    op.create_table(
        "name_match",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("match", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(match = 'matched') = (person_id IS NOT NULL OR team_id IS NOT NULL)",
            name=op.f("ck_name_match_matched_to_somebody"),
        ),
        sa.CheckConstraint("kind IN ('worker', 'team')", name=op.f("ck_name_match_kind_known")),
        sa.CheckConstraint(
            "match IN ('unmatched', 'matched', 'left', 'agency', 'not_on_register')",
            name=op.f("ck_name_match_match_known"),
        ),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_name_match_confirmed_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_name_match_person_id_person")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_name_match_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_match")),
        sa.UniqueConstraint("kind", "name", name=op.f("uq_name_match_kind_name")),
    )
    op.create_index(op.f("ix_name_match_person_id"), "name_match", ["person_id"], unique=False)
    op.create_index(op.f("ix_name_match_team_id"), "name_match", ["team_id"], unique=False)


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("template", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("subject_type", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_outbox_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index(op.f("ix_outbox_person_id"), "outbox", ["person_id"], unique=False)
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NULL AND refused_at IS NULL"),
        sqlite_where=sa.text("sent_at IS NULL AND refused_at IS NULL"),
    )


def _person_role() -> None:
    op.create_table(
        "person_role",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_role_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_person_role_role_id_role")),
        sa.PrimaryKeyConstraint("person_id", "role_id", name=op.f("pk_person_role")),
    )


def _read_log() -> None:
    op.create_table(
        "read_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("subject_type", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("endpoint", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_read_log_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_log")),
    )
    op.create_index(op.f("ix_read_log_person_id"), "read_log", ["person_id"], unique=False)
    op.create_index("ix_read_log_subject", "read_log", ["subject_type", "subject_id"], unique=False)


def _frame() -> None:
    op.create_table(
        "frame",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("source_name", sa.String(length=255), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.Column("frame_sha256", sa.String(length=64), nullable=True),
        sa.Column("mapping", JSON, nullable=True),
        sa.Column("columns", JSON, nullable=True),
        sa.Column("notes", JSON, nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_kept", sa.Integer(), nullable=False),
        sa.Column("rows_rejected", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "chain_head",
            sa.String(length=64),
            server_default="0000000000000000000000000000000000000000000000000000000000000000",
            nullable=False,
        ),
        sa.CheckConstraint(
            "(stage = 'frozen') = (frozen_at IS NOT NULL) AND (stage = 'frozen') = (frame_sha256 IS NOT NULL)",
            name=op.f("ck_frame_frozen_has_digest"),
        ),
        sa.CheckConstraint(
            "stage IN ('uploaded', 'importing', 'imported', 'frozen', 'failed')", name=op.f("ck_frame_stage_known")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_frame_created_by_id_person")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_frame_job_id_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frame")),
    )


def _audit_round() -> None:
    op.create_table(
        "audit_round",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("tool_version_id", sa.Integer(), nullable=False),
        sa.Column("frame_id", sa.Integer(), nullable=True),
        sa.Column("baseline_id", sa.Integer(), nullable=True),
        sa.Column("selected_because_poor", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("first_ends_on", sa.Date(), nullable=False),
        sa.Column("record_date", sa.Date(), nullable=False),
        sa.Column("design", JSON, nullable=False),
        sa.Column("locked_digest", sa.String(length=64), nullable=True),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seed_source", sa.String(length=16), nullable=False),
        sa.Column("public_event", sa.String(length=500), nullable=True),
        sa.Column("public_event_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("policy", JSON, nullable=False),
        sa.Column("checking_seed", sa.String(length=64), nullable=True),
        sa.Column("checking_seed_sha256", sa.String(length=64), nullable=True),
        sa.Column("checking_seed_revealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("launched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("workflow_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "chain_head",
            sa.String(length=64),
            server_default="0000000000000000000000000000000000000000000000000000000000000000",
            nullable=False,
        ),
        sa.CheckConstraint(
            "(kind = 're_audit') = (baseline_id IS NOT NULL)", name=op.f("ck_audit_round_re_audit_has_baseline")
        ),
        sa.CheckConstraint("kind IN ('sample', 're_audit')", name=op.f("ck_audit_round_kind_known")),
        sa.CheckConstraint("seed_source IN ('product', 'public')", name=op.f("ck_audit_round_seed_source_known")),
        sa.CheckConstraint(
            "state IN ('cancelled', 'closed', 'live', 'locked', 'planned', 'reporting', 'sampled')",
            name=op.f("ck_audit_round_state_known"),
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_audit_round_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["baseline_id"], ["audit_round.id"], name=op.f("fk_audit_round_baseline_id_audit_round")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_audit_round_created_by_id_person")),
        sa.ForeignKeyConstraint(["frame_id"], ["frame.id"], name=op.f("fk_audit_round_frame_id_frame")),
        sa.ForeignKeyConstraint(
            ["tool_version_id"],
            ["audit_tool_version.id"],
            name=op.f("fk_audit_round_tool_version_id_audit_tool_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_round")),
    )
    op.create_index("ix_audit_round_state", "audit_round", ["state"], unique=False)


def _frame_case() -> None:
    op.create_table(
        "frame_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("frame_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=200), nullable=False),
        sa.Column("case_type", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("team", sa.String(length=200), nullable=False),
        sa.Column("worker", sa.String(length=200), nullable=False),
        sa.Column("opened", sa.String(length=10), nullable=False),
        sa.Column("closed", sa.String(length=10), nullable=False),
        sa.Column("more", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["frame_id"], ["frame.id"], name=op.f("fk_frame_case_frame_id_frame"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frame_case")),
        sa.UniqueConstraint("frame_id", "ref", name=op.f("uq_frame_case_frame_id_ref")),
    )
    op.create_index("ix_frame_case_ref", "frame_case", ["ref"], unique=False)


def _frame_reject() -> None:
    op.create_table(
        "frame_reject",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("frame_id", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.String(length=100), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["frame_id"], ["frame.id"], name=op.f("fk_frame_reject_frame_id_frame"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frame_reject")),
    )
    op.create_index(op.f("ix_frame_reject_frame_id"), "frame_reject", ["frame_id"], unique=False)


def _frame_upload() -> None:
    op.create_table(
        "frame_upload",
        sa.Column("frame_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["frame_id"], ["frame.id"], name=op.f("fk_frame_upload_frame_id_frame"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("frame_id", name=op.f("pk_frame_upload")),
    )


def _draw() -> None:
    op.create_table(
        "draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=200), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("manifest", JSON, nullable=False),
        sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["audit_round.id"], name=op.f("fk_draw_round_id_audit_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_draw_round_id_number")),
    )
    op.create_index(
        "uq_draw_round_id_standing",
        "draw",
        ["round_id"],
        unique=True,
        postgresql_where=sa.text("discarded_at IS NULL"),
        sqlite_where=sa.text("discarded_at IS NULL"),
    )


def _round_auditor() -> None:
    op.create_table(
        "round_auditor",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_round_auditor_capacity_not_negative")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_round_auditor_person_id_person")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["audit_round.id"], name=op.f("fk_round_auditor_round_id_audit_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "person_id", name=op.f("pk_round_auditor")),
    )


def _round_result() -> None:
    op.create_table(
        "round_result",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("results", JSON, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["audit_round.id"], name=op.f("fk_round_result_round_id_audit_round")),
        sa.PrimaryKeyConstraint("round_id", "number", name=op.f("pk_round_result")),
    )


def _sample_case() -> None:
    op.create_table(
        "sample_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=True),
        sa.Column("ref", sa.String(length=200), nullable=False),
        sa.Column("frame_case_id", sa.Integer(), nullable=True),
        sa.Column("stratum", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('random', 'reserve', 'replacement', 'judgemental')", name=op.f("ck_sample_case_kind_known")
        ),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_sample_case_draw_id_draw")),
        sa.ForeignKeyConstraint(
            ["frame_case_id"], ["frame_case.id"], name=op.f("fk_sample_case_frame_case_id_frame_case")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["sample_case.id"], name=op.f("fk_sample_case_replaces_id_sample_case")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["audit_round.id"], name=op.f("fk_sample_case_round_id_audit_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_case")),
        sa.UniqueConstraint("draw_id", "ref", name=op.f("uq_sample_case_draw_id_ref")),
    )
    op.create_index("ix_sample_case_round_id", "sample_case", ["round_id", "kind"], unique=False)


def _case_audit() -> None:
    op.create_table(
        "case_audit",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("sample_case_id", sa.Integer(), nullable=True),
        sa.Column("ref", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("case_type", sa.String(length=200), nullable=False),
        sa.Column("stratum", sa.String(length=200), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("baseline_id", sa.Integer(), nullable=True),
        sa.Column("auditor_id", sa.Integer(), nullable=True),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("same_auditor_reason", sa.String(length=500), nullable=True),
        sa.Column("allocated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.Column("challenged", sa.Boolean(), nullable=False),
        sa.Column("first_grade", sa.Integer(), nullable=True),
        sa.Column("moderated_grade", sa.Integer(), nullable=True),
        sa.Column("determined_grade", sa.Integer(), nullable=True),
        sa.Column("published_grade", sa.Integer(), nullable=True),
        sa.Column("published_disputed", sa.Boolean(), nullable=False),
        sa.Column("lost_reason", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("workflow_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "chain_head",
            sa.String(length=64),
            server_default="0000000000000000000000000000000000000000000000000000000000000000",
            nullable=False,
        ),
        sa.CheckConstraint("kind IN ('random', 'replacement', 'judgemental')", name=op.f("ck_case_audit_kind_known")),
        sa.CheckConstraint(
            "purpose IN ('main', 'second', 'calibration', 'bridge')", name=op.f("ck_case_audit_purpose_known")
        ),
        sa.CheckConstraint(
            "state IN ('agreed', 'allocated', 'changed', 'closed', 'disputed', 'feedback_shared', 'filed', 'in_progress', 'moderation', 'not_audited', 'removed', 'returned', 'selected', 'submitted')",  # noqa: E501
            name=op.f("ck_case_audit_state_known"),
        ),
        sa.CheckConstraint(
            "state IN ('selected', 'removed', 'not_audited', 'filed') OR auditor_id IS NOT NULL",
            name=op.f("ck_case_audit_allocated_to_somebody"),
        ),
        sa.CheckConstraint(
            "(first_grade IS NULL) = (first_submitted_at IS NULL)", name=op.f("ck_case_audit_graded_when_submitted")
        ),
        sa.CheckConstraint("determined_grade BETWEEN 1 AND 4", name=op.f("ck_case_audit_determined_grade_is_a_grade")),
        sa.CheckConstraint("first_grade BETWEEN 1 AND 4", name=op.f("ck_case_audit_first_grade_is_a_grade")),
        sa.CheckConstraint(
            "first_grade IS NULL OR auditor_id IS NOT NULL", name=op.f("ck_case_audit_graded_by_somebody")
        ),
        sa.CheckConstraint("moderated_grade BETWEEN 1 AND 4", name=op.f("ck_case_audit_moderated_grade_is_a_grade")),
        sa.CheckConstraint("published_grade BETWEEN 1 AND 4", name=op.f("ck_case_audit_published_grade_is_a_grade")),
        sa.CheckConstraint("returns BETWEEN 0 AND 2", name=op.f("ck_case_audit_at_most_two_returns")),
        sa.ForeignKeyConstraint(["auditor_id"], ["person.id"], name=op.f("fk_case_audit_auditor_id_person")),
        sa.ForeignKeyConstraint(["baseline_id"], ["case_audit.id"], name=op.f("fk_case_audit_baseline_id_case_audit")),
        sa.ForeignKeyConstraint(["round_id"], ["audit_round.id"], name=op.f("fk_case_audit_round_id_audit_round")),
        sa.ForeignKeyConstraint(
            ["sample_case_id"], ["sample_case.id"], name=op.f("fk_case_audit_sample_case_id_sample_case")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_case_audit_team_id_team")),
        sa.ForeignKeyConstraint(["worker_id"], ["person.id"], name=op.f("fk_case_audit_worker_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_audit")),
    )
    op.create_index(op.f("ix_case_audit_auditor_id"), "case_audit", ["auditor_id"], unique=False)
    op.create_index("ix_case_audit_ref", "case_audit", ["ref"], unique=False)
    op.create_index("ix_case_audit_round_id", "case_audit", ["round_id", "state"], unique=False)
    op.create_index(op.f("ix_case_audit_team_id"), "case_audit", ["team_id"], unique=False)
    op.create_index(op.f("ix_case_audit_worker_id"), "case_audit", ["worker_id"], unique=False)
    op.create_index(
        "uq_case_audit_main_ref",
        "case_audit",
        ["round_id", "ref"],
        unique=True,
        postgresql_where=sa.text("purpose = 'main' AND state <> 'removed'"),
        sqlite_where=sa.text("purpose = 'main' AND state <> 'removed'"),
    )


def _action() -> None:
    op.create_table(
        "action",
        sa.Column("case_audit_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("first_due_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decline_reason", sa.Text(), nullable=True),
        sa.Column("done_text", sa.Text(), nullable=True),
        sa.Column("done_evidence", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("difference", sa.String(length=8), nullable=True),
        sa.Column("how_known", sa.Text(), nullable=True),
        sa.Column("verified_by_id", sa.Integer(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("follow_up_id", sa.Integer(), nullable=True),
        sa.Column("no_follow_up_reason", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("workflow_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "chain_head",
            sa.String(length=64),
            server_default="0000000000000000000000000000000000000000000000000000000000000000",
            nullable=False,
        ),
        sa.CheckConstraint(
            "(state = 'verified') = (verified_at IS NOT NULL)", name=op.f("ck_action_verified_has_time")
        ),
        sa.CheckConstraint("difference IN ('yes', 'partly', 'no')", name=op.f("ck_action_difference_known")),
        sa.CheckConstraint(
            "state IN ('declined', 'done', 'not_done', 'open', 'proposed', 'verified', 'withdrawn')",
            name=op.f("ck_action_state_known"),
        ),
        sa.CheckConstraint("verified_by_id <> owner_id", name=op.f("ck_action_not_verified_by_owner")),
        sa.ForeignKeyConstraint(["case_audit_id"], ["case_audit.id"], name=op.f("fk_action_case_audit_id_case_audit")),
        sa.ForeignKeyConstraint(["follow_up_id"], ["action.id"], name=op.f("fk_action_follow_up_id_action")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_action_owner_id_person")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["person.id"], name=op.f("fk_action_proposed_by_id_person")),
        sa.ForeignKeyConstraint(["verified_by_id"], ["person.id"], name=op.f("fk_action_verified_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
    )
    op.create_index(op.f("ix_action_case_audit_id"), "action", ["case_audit_id"], unique=False)
    op.create_index(op.f("ix_action_owner_id"), "action", ["owner_id"], unique=False)
    op.create_index("ix_action_state", "action", ["state"], unique=False)


def _alert() -> None:
    op.create_table(
        "alert",
        sa.Column("case_audit_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("raised_by_id", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("concern", sa.Text(), nullable=False),
        sa.Column("spoken_to", sa.String(length=200), nullable=False),
        sa.Column("spoken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("about_manager", sa.Boolean(), nullable=False),
        sa.Column("acknowledged_by_id", sa.Integer(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("escalated_to", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("workflow_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "chain_head",
            sa.String(length=64),
            server_default="0000000000000000000000000000000000000000000000000000000000000000",
            nullable=False,
        ),
        sa.CheckConstraint("escalated_to IN ('team', 'head', 'director')", name=op.f("ck_alert_escalated_to_known")),
        sa.CheckConstraint(
            "state IN ('acknowledged', 'raised', 'raised_in_error', 'resolved')", name=op.f("ck_alert_state_known")
        ),
        sa.CheckConstraint(
            "resolved_at IS NULL OR resolution IS NOT NULL", name=op.f("ck_alert_resolved_says_what_was_done")
        ),
        sa.ForeignKeyConstraint(["acknowledged_by_id"], ["person.id"], name=op.f("fk_alert_acknowledged_by_id_person")),
        sa.ForeignKeyConstraint(["case_audit_id"], ["case_audit.id"], name=op.f("fk_alert_case_audit_id_case_audit")),
        sa.ForeignKeyConstraint(["raised_by_id"], ["person.id"], name=op.f("fk_alert_raised_by_id_person")),
        sa.ForeignKeyConstraint(["resolved_by_id"], ["person.id"], name=op.f("fk_alert_resolved_by_id_person")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_alert_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    op.create_index(op.f("ix_alert_case_audit_id"), "alert", ["case_audit_id"], unique=False)
    op.create_index("ix_alert_state", "alert", ["state"], unique=False)


def _correction() -> None:
    op.create_table(
        "correction",
        sa.Column("case_audit_id", sa.Integer(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("proposed", JSON, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("workflow_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "chain_head",
            sa.String(length=64),
            server_default="0000000000000000000000000000000000000000000000000000000000000000",
            nullable=False,
        ),
        sa.CheckConstraint("state IN ('approved', 'refused', 'requested')", name=op.f("ck_correction_state_known")),
        sa.CheckConstraint("decided_by_id <> requested_by_id", name=op.f("ck_correction_not_decided_by_requester")),
        sa.ForeignKeyConstraint(
            ["case_audit_id"], ["case_audit.id"], name=op.f("fk_correction_case_audit_id_case_audit")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_correction_decided_by_id_person")),
        sa.ForeignKeyConstraint(["requested_by_id"], ["person.id"], name=op.f("fk_correction_requested_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_case_audit_id"), "correction", ["case_audit_id"], unique=False)


def _dispute() -> None:
    op.create_table(
        "dispute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_audit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("raised_by_id", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("handed_to_id", sa.Integer(), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('auditor', 'service')", name=op.f("ck_dispute_kind_known")),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decision IS NULL) AND (decided_at IS NULL) = (grade IS NULL)",
            name=op.f("ck_dispute_decided_whole"),
        ),
        sa.CheckConstraint("decided_by_id <> raised_by_id", name=op.f("ck_dispute_not_by_who_raised_it")),
        sa.ForeignKeyConstraint(["case_audit_id"], ["case_audit.id"], name=op.f("fk_dispute_case_audit_id_case_audit")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_dispute_decided_by_id_person")),
        sa.ForeignKeyConstraint(["handed_to_id"], ["person.id"], name=op.f("fk_dispute_handed_to_id_person")),
        sa.ForeignKeyConstraint(["raised_by_id"], ["person.id"], name=op.f("fk_dispute_raised_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
    )
    op.create_index(op.f("ix_dispute_case_audit_id"), "dispute", ["case_audit_id"], unique=False)


def _domain_grade() -> None:
    op.create_table(
        "domain_grade",
        sa.Column("case_audit_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(length=64), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.CheckConstraint("source IN ('auditor', 'moderator', 'decider')", name=op.f("ck_domain_grade_source_known")),
        sa.CheckConstraint("grade BETWEEN 1 AND 4", name=op.f("ck_domain_grade_grade_is_a_grade")),
        sa.ForeignKeyConstraint(
            ["case_audit_id"], ["case_audit.id"], name=op.f("fk_domain_grade_case_audit_id_case_audit")
        ),
        sa.PrimaryKeyConstraint("case_audit_id", "source", "number", "domain", name=op.f("pk_domain_grade")),
    )


def _draft() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_audit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=64), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_audit_id"], ["case_audit.id"], name=op.f("fk_draft_case_audit_id_case_audit")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint(
            "case_audit_id", "person_id", "section", name=op.f("uq_draft_case_audit_id_person_id_section")
        ),
    )


def _reflection() -> None:
    op.create_table(
        "reflection",
        sa.Column("case_audit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reflection", sa.Text(), nullable=True),
        sa.Column("reflected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_audit_id"], ["case_audit.id"], name=op.f("fk_reflection_case_audit_id_case_audit")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reflection_person_id_person")),
        sa.PrimaryKeyConstraint("case_audit_id", "person_id", name=op.f("pk_reflection")),
    )


def _submission() -> None:
    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_audit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("auditor_id", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("overall_grade", sa.Integer(), nullable=False),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.CheckConstraint("overall_grade BETWEEN 1 AND 4", name=op.f("ck_submission_overall_grade_is_a_grade")),
        sa.ForeignKeyConstraint(["auditor_id"], ["person.id"], name=op.f("fk_submission_auditor_id_person")),
        sa.ForeignKeyConstraint(
            ["case_audit_id"], ["case_audit.id"], name=op.f("fk_submission_case_audit_id_case_audit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("case_audit_id", "number", name=op.f("uq_submission_case_audit_id_number")),
        sa.UniqueConstraint(
            "id", "case_audit_id", "auditor_id", name=op.f("uq_submission_id_case_audit_id_auditor_id")
        ),
    )


def _action_finding() -> None:
    op.create_table(
        "action_finding",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("case_audit_id", sa.Integer(), nullable=False),
        sa.Column("finding", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_action_finding_action_id_action")),
        sa.ForeignKeyConstraint(
            ["case_audit_id"], ["case_audit.id"], name=op.f("fk_action_finding_case_audit_id_case_audit")
        ),
        sa.PrimaryKeyConstraint("action_id", "case_audit_id", "finding", name=op.f("pk_action_finding")),
    )


def _draft_version() -> None:
    op.create_table(
        "draft_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_draft_version_draft_id_draft")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_version")),
    )
    op.create_index(op.f("ix_draft_version_draft_id"), "draft_version", ["draft_id"], unique=False)


def _moderation() -> None:
    op.create_table(
        "moderation",
        sa.Column("case_audit_id", sa.Integer(), nullable=False),
        sa.Column("auditor_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=True),
        sa.Column("random_share", sa.Boolean(), nullable=False),
        sa.Column("triggers", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(length=16), nullable=True),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("audit_view", JSON, nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("workflow_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "chain_head",
            sa.String(length=64),
            server_default="0000000000000000000000000000000000000000000000000000000000000000",
            nullable=False,
        ),
        sa.CheckConstraint(
            "(state = 'decided') = (decided_at IS NOT NULL)", name=op.f("ck_moderation_decided_has_time")
        ),
        sa.CheckConstraint("decision IN ('confirm', 'change', 'return')", name=op.f("ck_moderation_decision_known")),
        sa.CheckConstraint(
            "state IN ('decided', 'waiting', 'with_moderator', 'withdrawn')", name=op.f("ck_moderation_state_known")
        ),
        sa.CheckConstraint("grade BETWEEN 1 AND 4", name=op.f("ck_moderation_grade_is_a_grade")),
        sa.CheckConstraint(
            "moderator_id IS NULL OR moderator_id <> auditor_id", name=op.f("ck_moderation_not_own_audit")
        ),
        sa.ForeignKeyConstraint(["moderator_id"], ["person.id"], name=op.f("fk_moderation_moderator_id_person")),
        sa.ForeignKeyConstraint(
            ["submission_id", "case_audit_id", "auditor_id"],
            ["submission.id", "submission.case_audit_id", "submission.auditor_id"],
            name="fk_moderation_submission_and_auditor",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation")),
    )
    op.create_index(op.f("ix_moderation_moderator_id"), "moderation", ["moderator_id"], unique=False)
    op.create_index(
        "uq_moderation_one_open",
        "moderation",
        ["case_audit_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'with_moderator')"),
        sqlite_where=sa.text("state IN ('waiting', 'with_moderator')"),
    )


def _moderation_comment() -> None:
    op.create_table(
        "moderation_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("moderation_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["moderation_id"], ["moderation.id"], name=op.f("fk_moderation_comment_moderation_id_moderation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_comment")),
        sa.UniqueConstraint("moderation_id", "item", name=op.f("uq_moderation_comment_moderation_id_item")),
    )
    op.create_index(op.f("ix_moderation_comment_moderation_id"), "moderation_comment", ["moderation_id"], unique=False)


TABLES = (
    _audit_tool_version,
    _closure_day,
    _council_service,
    _deadline,
    _journal_text,
    _mapping_memory,
    _role,
    _seal,
    _setting,
    _stuck,
    _seal_leaf,
    _team,
    _person,
    _approval,
    _job,
    _journal,
    _name_match,
    _outbox,
    _person_role,
    _read_log,
    _frame,
    _audit_round,
    _frame_case,
    _frame_reject,
    _frame_upload,
    _draw,
    _round_auditor,
    _round_result,
    _sample_case,
    _case_audit,
    _action,
    _alert,
    _correction,
    _dispute,
    _domain_grade,
    _draft,
    _reflection,
    _submission,
    _action_finding,
    _draft_version,
    _moderation,
    _moderation_comment,
)
