"""A round may be a census, whose cases come in list after list; a draw keeps the size of every stratum.

A stratum of which none was to be drawn is among those sizes too.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
BEFORE, AFTER = "kind IN ('sample', 're_audit')", "kind IN ('sample', 're_audit', 'census')"


def upgrade() -> None:
    op.add_column("draw", sa.Column("population", JSON, nullable=True))
    _round_kinds(BEFORE, AFTER)
    op.create_table(
        "census_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("frame_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("excluded", JSON, nullable=False),
        sa.Column("eligible", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("by_hand", JSON, nullable=False),
        sa.Column("came_in", sa.Integer(), nullable=False),
        sa.CheckConstraint("came_in + known = eligible", name=op.f("ck_census_list_every_eligible_case")),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_census_list_draw_id_draw")),
        sa.ForeignKeyConstraint(["frame_id"], ["frame.id"], name=op.f("fk_census_list_frame_id_frame")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_census_list")),
        sa.UniqueConstraint("draw_id", "frame_id", name=op.f("uq_census_list_draw_id_frame_id")),
        sa.UniqueConstraint("draw_id", "number", name=op.f("uq_census_list_draw_id_number")),
    )
    op.create_index(op.f("ix_census_list_frame_id"), "census_list", ["frame_id"])


def downgrade() -> None:
    op.drop_table("census_list")
    _round_kinds(AFTER, BEFORE)
    op.drop_column("draw", "population")


def _round_kinds(old: str, new: str) -> None:
    """Change the CHECK of a round's kind.

    SQLite cannot, and making the table anew would break every row that refers to it; for a CHECK, which is nowhere in
    the rows, its documentation (lang_altertable) has this way.
    """
    if op.get_context().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_audit_round_kind_known"), "audit_round", type_="check")
        op.create_check_constraint(op.f("ck_audit_round_kind_known"), "audit_round", new)
        return
    connection = op.get_bind()
    version = connection.execute(sa.text("PRAGMA schema_version")).scalar_one()
    connection.execute(sa.text("PRAGMA writable_schema = ON"))
    change = sa.text("UPDATE sqlite_schema SET sql = replace(sql, :old, :new) WHERE name = 'audit_round'")
    connection.execute(change, {"old": old, "new": new})
    connection.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))
    connection.execute(sa.text("PRAGMA writable_schema = OFF"))
