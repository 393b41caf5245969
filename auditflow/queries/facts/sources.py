"""Which noun's facts come from where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from auditflow.queries.facts import action, alert, approval, audit_round, case_audit, correction, moderation

Column = sa.ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class Source:
    """A noun's table, its columns for one actor at one time, and who is told as which role."""

    table: sa.Table
    columns: Callable[[sa.Table, Column, Column], Mapping[str, Column]]
    tell: Mapping[str, Callable[[sa.Table], Column]]


SOURCES: dict[str, Source] = {
    name: Source(module.TABLE, module.columns, module.TELL)
    for name, module in {
        "audit_round": audit_round,
        "case_audit": case_audit,
        "moderation": moderation,
        "action": action,
        "alert": alert,
        "correction": correction,
        "approval": approval,
    }.items()
}
