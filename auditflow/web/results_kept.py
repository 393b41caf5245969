"""The results of a round, kept in this process until something that they are made from has changed."""

from __future__ import annotations

from typing import Any

from flask import current_app

from auditflow.queries.results_stamp import Stamp, read_stamp
from auditflow.services.results import results_of
from auditflow.web.request import db

RESULTS = "auditflow_results"
MOST = 64
"""Of how many rounds results are kept."""


def kept_results(round_id: int) -> dict[str, Any]:
    """What a round's page shows now; not to be changed by whoever gets it. Raises NotFound."""
    kept: dict[int, tuple[Stamp | None, dict[str, Any]]] = current_app.extensions.setdefault(RESULTS, {})
    # Read first: what changes while the figures are made is then found by the next reader.
    stamp = read_stamp(db(), round_id)
    found = kept.get(round_id)
    if found is None or found[0] != stamp:
        if len(kept) >= MOST:
            kept.clear()
        found = kept[round_id] = (stamp, results_of(db(), round_id))
    return found[1]
