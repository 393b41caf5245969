"""What was done about the findings of the first audit, beside how their domains moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditflow.reporting.result_words import share_words

Figures = Mapping[str, Any]


def action_rows(moved: Figures) -> list[list[Any]]:
    """A row for each domain with actions, in the order of the audit tool; none where nothing was asked for."""
    actions = moved.get("actions") or {}
    return [_row(domain, actions[domain["key"]]) for domain in moved.get("domains") or () if domain["key"] in actions]


def _row(domain: Figures, count: Figures) -> list[Any]:
    n = domain["pairs"]
    moved = f"{share_words(domain['good_before'], n)} to {share_words(domain['good_after'], n)}" if n else ""
    return [domain["title"], count["made"], count["done"], count["yes"], count["partly"], count["no"], moved]
