"""Which audit tools there are, and the one that a round is run with."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.audit_tool import AuditTool
from auditflow.domain.tool_document import read_tool
from auditflow.models import AuditRound, AuditToolVersion

_tools: dict[tuple[int, str], AuditTool] = {}


def get_tool(session: Session, version_id: int, sha256: str) -> AuditTool:
    """The audit tool of a version, read once a process: what is in use never changes."""
    if (version_id, sha256) not in _tools:
        definition = session.scalars(
            sa.select(AuditToolVersion.definition).where(AuditToolVersion.id == version_id)
        ).one()
        _tools[version_id, sha256] = _read(sha256, definition)
    return _tools[version_id, sha256]


def _read(sha256: str, definition: dict[str, Any]) -> AuditTool:
    for (_, known), tool in _tools.items():
        if known == sha256:
            return tool  # the same tool object, so that its forms are built once
    return read_tool(definition)


def get_round_tool(session: Session, round_id: int) -> AuditTool:
    """The audit tool that a round is run with."""
    version_id, sha256 = session.execute(
        sa.select(AuditToolVersion.id, AuditToolVersion.sha256)
        .join(AuditRound, AuditRound.tool_version_id == AuditToolVersion.id)
        .where(AuditRound.id == round_id)
    ).one()
    return get_tool(session, version_id, sha256)


def list_tool_titles(session: Session) -> dict[int, tuple[str, str]]:
    """The key and the title of every version's audit tool, oldest version first."""
    columns = (AuditToolVersion.id, AuditToolVersion.key, AuditToolVersion.title)
    rows = session.execute(sa.select(*columns).order_by(AuditToolVersion.number))
    return {version_id: (key, title) for version_id, key, title in rows}


def list_newest_tools(session: Session) -> list[AuditToolVersion]:
    """The newest version of each audit tool, by title."""
    newest = sa.select(AuditToolVersion.key, sa.func.max(AuditToolVersion.number).label("number")).group_by(
        AuditToolVersion.key
    )
    last = newest.subquery()
    statement = sa.select(AuditToolVersion).join(
        last, sa.and_(last.c.key == AuditToolVersion.key, last.c.number == AuditToolVersion.number)
    )
    return list(session.scalars(statement.order_by(AuditToolVersion.title)))
