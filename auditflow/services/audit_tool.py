"""Publishing audit tools: what is in use never changes, so a change is a new version beside it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.audit_tool import AuditTool
from auditflow.domain.tool_document import tool_digest, tool_document
from auditflow.models import AuditToolVersion


def publish_tool_version(session: Session, tool: AuditTool, *, at: datetime) -> AuditToolVersion:
    """The newest version of `tool`: the one there is if nothing changed, else the next number."""
    newest = session.scalars(
        sa.select(AuditToolVersion)
        .where(AuditToolVersion.key == tool.key)
        .order_by(AuditToolVersion.number.desc())
        .limit(1)
    ).one_or_none()
    digest = tool_digest(tool)
    if newest is not None and newest.sha256 == digest:
        return newest
    version = AuditToolVersion(
        key=tool.key,
        number=newest.number + 1 if newest else 1,
        title=tool.title,
        definition=tool_document(tool),
        sha256=digest,
        published_at=at,
    )
    session.add(version)
    session.flush()
    return version
