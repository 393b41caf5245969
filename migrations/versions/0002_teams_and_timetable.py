"""Teams, services and the council's timetable get a journal.

Closure days had a table of their own that nothing filled; they move into the timetable's one row.
A team or service made before has version 0, and its first entry with its next change.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
GENESIS = "0" * 64


def _chained() -> tuple[sa.Column[int], sa.Column[str]]:
    return (
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("chain_head", sa.String(length=64), server_default=GENESIS, nullable=False),
    )


def upgrade() -> None:
    for table in ("team", "council_service"):
        for column in _chained():
            op.add_column(table, column)
    op.create_table(
        "council_timetable",
        sa.Column("closure_days", JSON, nullable=False),
        sa.Column("time_limits", JSON, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        *_chained(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_council_timetable")),
    )
    op.drop_table("closure_day")


def downgrade() -> None:
    op.create_table(
        "closure_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_closure_day")),
    )
    op.drop_table("council_timetable")
    for table in ("council_service", "team"):
        for column in ("chain_head", "version"):
            op.drop_column(table, column)
