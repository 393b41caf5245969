"""The steps of a new round as a list of tasks: seven of a sample, six of a census, three of a re-audit."""

from __future__ import annotations

from typing import Any

from flask import url_for

from auditflow.models import AuditRound
from auditflow.queries.moves import Moves

ORDER = {"planned": 0, "locked": 1, "sampled": 2}


def steps_of(row: AuditRound, moves: Moves) -> list[dict[str, Any]]:
    """The steps with their state: done, to do, or not to be started yet."""
    at = ORDER[row.state]
    allocated = at == 2 and not moves.facts.values["unallocated_cases"]
    last = [
        _step("Allocate to auditors", "allocation.allocation_show", row, done=allocated, open_=at == 2),
        _step("Moderation, check and launch", "launch.launch_check", row, done=False, open_=at == 2),
    ]
    if row.kind == "re_audit":
        return [_step("Take the same cases", "re_audit.re_audit_cases", row, done=at == 2, open_=at < 2), *last]
    listed, planned = row.frame_id is not None, at == 0
    return [
        _step("Audit tool and dates", "audit_round.audit_round_plan", row, done=True, open_=planned),
        _step("Case list", "audit_round.audit_round_choose", row, done=listed, open_=planned),
        *(_of_a_census(row, at) if row.kind == "census" else _of_a_sample(row, at)),
        *last,
    ]


def _of_a_sample(row: AuditRound, at: int) -> list[dict[str, Any]]:
    design, trial, draw = (f"audit_round_design.audit_round_{page}" for page in ("design", "trial", "draw"))
    listed, designed = row.frame_id is not None, bool(row.design)
    return [
        _step("Design of the sample", design, row, done=designed, open_=at == 0 and listed),
        _step("Look at a trial sample", trial, row, done=at > 0, open_=at == 0 and designed),
        _step("Lock the design and draw", draw, row, done=at == 2, open_=designed and at < 2),
    ]


def _of_a_census(row: AuditRound, at: int) -> list[dict[str, Any]]:
    design, take = "census.census_design", "census.census_cases"
    listed, designed = row.frame_id is not None, bool(row.design)
    return [
        _step("Which cases come in", design, row, done=designed, open_=at == 0 and listed),
        _step("Lock the rules and take every case", take, row, done=at == 2, open_=designed and at < 2),
    ]


def _step(title: str, endpoint: str, row: AuditRound, *, done: bool, open_: bool) -> dict[str, Any]:
    item: dict[str, Any] = {"title": title, "status": "Completed" if done else "To do" if open_ else ""}
    if open_:
        item["href"] = url_for(endpoint, round_id=row.id)
        if not done:
            item["colour"] = "blue"
    return item
