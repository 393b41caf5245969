"""The seven steps of a new round as a list of tasks."""

from __future__ import annotations

from typing import Any

from flask import url_for

from auditflow.models import AuditRound
from auditflow.queries.moves import Moves

ORDER = {"planned": 0, "locked": 1, "sampled": 2}


def steps_of(row: AuditRound, moves: Moves) -> list[dict[str, Any]]:
    """The steps with their state: done, to do, or not to be started yet."""
    at = ORDER[row.state]
    listed, designed = row.frame_id is not None, bool(row.design)
    allocated = at == 2 and not moves.facts.values["unallocated_cases"]
    planned = at == 0
    last = [
        _step("Allocate to auditors", "allocation.allocation_show", row, done=allocated, open_=at == 2),
        _step("Moderation, check and launch", "launch.launch_check", row, done=False, open_=at == 2),
    ]
    if row.kind == "re_audit":
        return [_step("Take the same cases", "re_audit.re_audit_cases", row, done=at == 2, open_=at < 2), *last]
    return [
        _step("Audit tool and dates", "audit_round.audit_round_plan", row, done=True, open_=planned),
        _step("Case list", "audit_round.audit_round_choose", row, done=listed, open_=planned),
        _step(
            "Design of the sample",
            "audit_round_design.audit_round_design",
            row,
            done=designed,
            open_=planned and listed,
        ),
        _step(
            "Look at a trial sample",
            "audit_round_design.audit_round_trial",
            row,
            done=at > 0,
            open_=planned and designed,
        ),
        _step(
            "Lock the design and draw",
            "audit_round_design.audit_round_draw",
            row,
            done=at == 2,
            open_=designed and at < 2,
        ),
        *last,
    ]


def _step(title: str, endpoint: str, row: AuditRound, *, done: bool, open_: bool) -> dict[str, Any]:
    item: dict[str, Any] = {"title": title, "status": "Completed" if done else "To do" if open_ else ""}
    if open_:
        item["href"] = url_for(endpoint, round_id=row.id)
        if not done:
            item["colour"] = "blue"
    return item
