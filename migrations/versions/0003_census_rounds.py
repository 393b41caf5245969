"""A draw keeps how many cases each stratum had, also those of which none was to be drawn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.add_column("draw", sa.Column("population", JSON, nullable=True))


def downgrade() -> None:
    op.drop_column("draw", "population")
