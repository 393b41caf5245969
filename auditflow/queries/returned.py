"""What a moderator wrote when they returned an audit, and what the auditor types in answer."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.models import Moderation, ModerationComment

COMMENTS = "_comments"
"""The draft section in which the auditor's answers are typed: comment id (as text) -> answer."""


def list_returned_comments(session: Session, case_audit_id: int) -> list[ModerationComment]:
    """The comments of the latest return, in the order in which they were made."""
    latest = (
        sa.select(Moderation.id)
        .where(Moderation.case_audit_id == case_audit_id, Moderation.decision == "return")
        .order_by(Moderation.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return list(
        session.scalars(
            sa.select(ModerationComment).where(ModerationComment.moderation_id == latest).order_by(ModerationComment.id)
        )
    )


def find_return(session: Session, case_audit_id: int) -> Moderation | None:
    """The latest decision that returned this audit, or None."""
    return session.scalars(
        sa.select(Moderation)
        .where(Moderation.case_audit_id == case_audit_id, Moderation.decision == "return")
        .order_by(Moderation.id.desc())
        .limit(1)
    ).one_or_none()
