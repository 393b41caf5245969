"""The reports of a round are kept as files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('board_word', 'board_pdf', 'workbook')", name=op.f("ck_report_kind_known")),
        sa.CheckConstraint("version > 0", name=op.f("ck_report_version_counts")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_report_job_id_job")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_report_made_by_id_person")),
        sa.ForeignKeyConstraint(["round_id"], ["audit_round.id"], name=op.f("fk_report_round_id_audit_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("job_id", "kind", name=op.f("uq_report_job_id_kind")),
    )
    op.create_index(op.f("ix_report_round_id"), "report", ["round_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_report_round_id"), table_name="report")
    op.drop_table("report")
