"""The results of a round: computed while it runs, frozen under a digest when it closes, never computed again.

What is decided about an audit after that makes a further version beside the earlier ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from auditflow.domain.chain import canonical, sha256
from auditflow.domain.errors import NotFound
from auditflow.models import AuditRound, RoundResult
from auditflow.queries.audit_round import count_discarded_draws
from auditflow.queries.results import find_frozen_results, get_frozen_results, get_round_grades
from auditflow.queries.results_actions import count_domain_actions
from auditflow.queries.results_coverage import count_workers
from auditflow.queries.results_draw import describe_draw
from auditflow.queries.results_groups import count_groups
from auditflow.queries.results_journal import list_journalled_results
from auditflow.services.act import Act
from auditflow.services.dispute_escalation import publish_undecided
from auditflow.services.journal import Note, record
from auditflow.services.permission import ask_first
from auditflow.services.report import beyond_reports, queue_reports
from auditflow.services.transitions import Outcome, Request, apply
from auditflow.statistics.board_summary import board_re_audit, board_round
from auditflow.statistics.re_audit_summary import re_audit_summary
from auditflow.statistics.round_summary import round_summary

FORMAT = 2
"""Goes up when the shape of frozen results changes; older ones stay as they are."""
DIGITS = 12
"""Significant digits of a stored figure: what both databases and every machine agree on."""


def compute_results(session: Session, round_id: int) -> dict[str, Any]:
    """The results as they would be frozen now: plain values, the same on every machine for the same grades.

    What is undefined is None with a reason. Raises NotFound.
    """
    row = session.get(AuditRound, round_id)
    if row is None:
        raise NotFound("There is no such round.")
    given = get_round_grades(session, row)
    results: dict[str, Any] = {
        "format": FORMAT,
        "round": _about(session, row),
        "draw": describe_draw(session, row),
        **round_summary(given),
        "coverage": count_workers(session, row),
        "groups": count_groups(session, row),
        "re_audit": None,
    }
    if row.baseline_id is None:
        results["board"] = board_round(results["estimate"], given.record_date)
    else:
        baseline = get_round_grades(session, session.get_one(AuditRound, row.baseline_id))
        moved = re_audit_summary(baseline, given, because_poor=row.selected_because_poor)
        moved["actions"] = count_domain_actions(session, row.baseline_id)
        results |= {"re_audit": moved, "board": board_re_audit(moved)}
    plain = _plain(results)
    assert isinstance(plain, dict)
    return plain


def results_of(session: Session, round_id: int, *, number: int | None = None) -> dict[str, Any]:
    """What a round's page shows: the frozen results of a closed round, else those of now. Raises NotFound."""
    frozen = find_frozen_results(session, round_id, number)
    if frozen is not None:
        return dict(frozen.results)
    if number is not None:
        return dict(get_frozen_results(session, round_id, number).results)
    return compute_results(session, round_id)


def results_digest(results: Mapping[str, Any]) -> str:
    """The SHA-256 of the results' canonical JSON: whoever has the results can make it again."""
    return sha256(canonical(results))


def close_round(session: Session, round_id: int, act: Act, *, expected_version: int | None = None) -> Outcome:
    """Freeze the results as version 1 under their digest and publish them; a worker then makes the reports.

    What was challenged since reporting began and nobody decided in time is settled first, as when it began. The same
    act closes once.

    Raises NotFound, Stale, WrongState, NotPermitted or GuardRefused.
    """
    expected_version = beyond_reports(session, round_id, expected_version)
    facts = ask_first(session, ("audit_round", round_id), "close", act, expected_version=expected_version)
    if facts.repeats is not None:
        frozen = get_frozen_results(session, round_id, 1)
    else:
        publish_undecided(session, round_id, act)
        frozen = _freeze(session, round_id, 1, act)
    outcome = apply(
        session,
        Request(
            "audit_round",
            round_id,
            "close",
            act,
            expected_version=expected_version,
            details={"number": 1, "results_sha256": frozen.sha256},
            changes={"closed_at": act.at},
            facts={"results_frozen": True},
        ),
    )
    if facts.repeats is None:
        queue_reports(session, round_id, act.by_system("reports"))
    return outcome


def remake_results(session: Session, round_id: int, act: Act) -> RoundResult | None:
    """A further version of a closed round's results, beside the earlier ones; None if no figure has changed.

    A re-audit that is closed keeps the results it was closed with: its baseline's later corrections are the
    baseline's own. A worker makes the reports of the new version.
    """
    latest = find_frozen_results(session, round_id)
    if latest is not None and _same_figures(latest.results, compute_results(session, round_id)):
        return None
    made = _freeze(session, round_id, latest.number + 1 if latest else 1, act)
    row = session.get_one(AuditRound, round_id)
    details = {"number": made.number, "results_sha256": made.sha256}
    record(
        session, row, act.by_system(f"results-version-{made.number}"), Note("results_remade", "system", details=details)
    )
    queue_reports(session, round_id, act.by_system(f"reports-version-{made.number}"))
    return made


def _same_figures(frozen: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether no figure has changed. What results did not hold when these were frozen is no change, nor is the form
    they are written in.
    """
    return results_digest(_as_far_as(frozen, now) | {"format": frozen.get("format")}) == results_digest(frozen)


def _as_far_as(frozen: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """What the results of now say of that which the frozen ones hold, part by part.

    Deeper the names are data (a reason, a group, a domain), where a further one is a change.
    """
    known = {name: value for name, value in now.items() if name in frozen}
    for name, part in known.items():
        if isinstance(part, Mapping) and isinstance(frozen[name], Mapping) and name != "groups":
            known[name] = {key: value for key, value in part.items() if key in frozen[name]}
    return known


def check_frozen(session: Session, round_id: int, number: int | None = None) -> bool:
    """Whether frozen results still have the digest that the journal says they were frozen under. Raises NotFound."""
    frozen = get_frozen_results(session, round_id, number)
    said = list_journalled_results(session, round_id).get((round_id, frozen.number))
    return said == frozen.sha256 == results_digest(frozen.results)


def _freeze(session: Session, round_id: int, number: int, act: Act) -> RoundResult:
    results = compute_results(session, round_id)
    frozen = RoundResult(
        round_id=round_id, number=number, results=results, sha256=results_digest(results), made_at=act.at
    )
    session.add(frozen)
    session.flush()
    return frozen


def _about(session: Session, row: AuditRound) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "kind": row.kind,
        "baseline_id": row.baseline_id,
        "baseline_kind": session.get_one(AuditRound, row.baseline_id).kind if row.baseline_id is not None else None,
        "selected_because_poor": row.selected_because_poor,
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat(),
        "first_ends_on": row.first_ends_on.isoformat(),
        "record_date": row.record_date.isoformat(),
        "tool_version_id": row.tool_version_id,
        "locked_digest": row.locked_digest,
        "discarded_draws": count_discarded_draws(session, row.id),
    }


_AS_IT_IS = {str, int, bool, type(None)}
"""What JSON holds as it is, but not what these were extended to, such as a grade."""


def _plain(value: Any) -> Any:
    """The same in values that JSON holds; figures to 12 digits, so that they read back as they were written."""
    if type(value) in _AS_IT_IS:
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if not isinstance(value, float):
        return int(value) if isinstance(value, int) else value
    if not math.isfinite(value):
        raise ValueError("an undefined statistic must be None with a reason")
    return float(f"{value:.{DIGITS}g}") + 0.0
