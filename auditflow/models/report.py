"""The reports of a round, kept as the files that they were given out as."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from auditflow.models.base import Base, Id, one_of

REPORT_KINDS = ("board_word", "board_pdf", "workbook")
BOARD_KINDS = ("board_word", "board_pdf")
"""Those that go to a board: small numbers suppressed, no case in them."""


class Report(Base):
    """One file made from one version of a round's results; a draft, made before the round closed, has none.

    The journal of the round holds the digest, so that whoever has a copy can show that it is the one that was made.
    """

    __tablename__ = "report"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("audit_round.id"))
    version: Mapped[int | None]
    kind: Mapped[str] = mapped_column(sa.String(16))
    content: Mapped[bytes] = mapped_column(sa.LargeBinary(), deferred=True)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    size: Mapped[int]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    job_id: Mapped[int] = mapped_column(sa.ForeignKey("job.id"))

    __table_args__ = (
        # A job makes the reports of one version of one round.
        sa.UniqueConstraint("job_id", "kind"),
        one_of("kind", REPORT_KINDS, "kind_known"),
        sa.CheckConstraint("version > 0", name="version_counts"),
        sa.Index("ix_report_round_id", "round_id"),
    )
