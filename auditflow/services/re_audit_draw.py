"""Locking a re-audit and taking its baseline's cases: the moves of a draw, without a seed and without chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from auditflow.domain.chain import canonical, sha256
from auditflow.domain.errors import GuardRefused
from auditflow.models import AuditRound, Draw, Frame, SampleCase
from auditflow.models.base import core
from auditflow.queries.audit_round import count_discarded_draws
from auditflow.queries.re_audit import (
    BaselineCase,
    BaselineReserve,
    list_baseline_cases,
    list_unused_reserves,
)
from auditflow.queries.sample import ListedCase, count_draws, get_frame, get_standing_draw, list_listed_cases
from auditflow.services.act import Act
from auditflow.services.bulk_rows import insert_rows, reserve_ids
from auditflow.services.journal_batch import Batch, begin_many
from auditflow.services.permission import ask_first
from auditflow.services.sample_rows import AUDIT_COLUMNS, SAMPLE_COLUMNS
from auditflow.services.transitions import Outcome, Request, apply


def lock_re_audit(session: Session, round_id: int, act: Act, *, expected_version: int | None = None) -> Outcome:
    """Lock the case list with what is repeated, under one digest; later changes of either are noticed."""
    facts = ask_first(session, ("audit_round", round_id), "lock_design", act, expected_version=expected_version)
    row = session.get_one(AuditRound, round_id)
    digest = row.locked_digest if facts.repeats is not None else _digest(row, get_frame(session, row.frame_id))
    return apply(
        session,
        Request(
            "audit_round",
            round_id,
            "lock_design",
            act,
            expected_version=expected_version,
            details={"digest": digest, "frame_id": row.frame_id, "baseline_id": row.baseline_id},
            changes={"locked_digest": digest, "locked_at": act.at},
            facts={"design_complete": True, "public_event_ahead": False},
        ),
    )


def take_same_cases(session: Session, round_id: int, act: Act, *, expected_version: int | None = None) -> Draw:
    """The baseline's cases in the order of their draw become this round's sample; the same act takes them once.

    No seed is made: there is nothing to choose. Its unused reserves are kept for cases that are lost, except in a
    re-audit of the poor cases, where a randomly drawn reserve would not belong.
    """
    row = session.get(AuditRound, round_id)
    frame = get_frame(session, row.frame_id) if row is not None else None
    given = {"design_unchanged": row is not None and frame is not None and _digest(row, frame) == row.locked_digest}
    facts = ask_first(session, ("audit_round", round_id), "draw", act, expected_version=expected_version, given=given)
    if facts.repeats is not None:
        return get_standing_draw(session, round_id)
    assert row is not None, "ask_first found it"
    assert row.baseline_id is not None, "a re-audit has its baseline"
    assert frame is not None, "a locked round has its list"
    cases = list_baseline_cases(session, row.baseline_id, only_poor=row.selected_because_poor)
    if not cases:
        raise GuardRefused("No case can be re-audited any more. Cancel this round and draw a fresh random sample.")
    return _take(session, row, frame, cases, act, given)


def _take(
    session: Session,
    row: AuditRound,
    frame: Frame,
    cases: Sequence[BaselineCase],
    act: Act,
    given: Mapping[str, Any],
) -> Draw:
    assert row.baseline_id is not None, "a re-audit has its baseline"
    reserves = [] if row.selected_because_poor else list_unused_reserves(session, row.baseline_id)
    listed = list_listed_cases(session, frame.id, [*(c.ref for c in cases), *(r.ref for r in reserves)])
    reserves = [reserve for reserve in reserves if reserve.ref in listed]
    number = count_draws(session, row.id) + 1
    manifest = _manifest(row, frame, cases, reserves) | {"discarded_draws": count_discarded_draws(session, row.id)}
    kept = Draw(round_id=row.id, number=number, seed="", drawn_at=act.at, manifest=manifest)
    session.add(kept)
    session.flush()
    details = {"draw_id": kept.id, "number": number, "cases": len(cases), "baseline_id": row.baseline_id}
    apply(session, Request("audit_round", row.id, "draw", act, details=details, facts=given))
    ids = _write_sample(session, kept, cases, reserves, listed)
    _begin_audits(session, row.id, list(zip(ids, cases, strict=True)), listed, act)
    return kept


def _digest(row: AuditRound, frame: Frame) -> str:
    """The one digest of the list and of what is repeated (hex SHA-256 of canonical JSON)."""
    repeated = {
        "same_cases_as": row.baseline_id,
        "only_poor": row.selected_because_poor,
        "design": row.design,
    }
    return sha256(canonical(repeated | {"frame_sha256": frame.frame_sha256}))


def _manifest(
    row: AuditRound, frame: Frame, cases: Sequence[BaselineCase], reserves: Sequence[BaselineReserve]
) -> dict[str, Any]:
    """What was taken, in the words of a draw's manifest. The grades that chose poor cases are not in it."""
    sample = [case for case in cases if not case.judgemental]
    strata = sorted({case.stratum for case in sample})
    return {
        "algorithm": f"same cases as round {row.baseline_id}",
        "baseline_id": row.baseline_id,
        "selected_because_poor": row.selected_because_poor,
        "design": dict(row.design),
        "seed": None,
        "seed_source": "none",
        "source_sha256": frame.source_sha256,
        "frame_sha256": frame.frame_sha256,
        "locked_at": row.locked_at.isoformat() if row.locked_at else None,
        "eligible": len(sample),
        "allocation": {stratum: sum(case.stratum == stratum for case in sample) for stratum in strata},
        "sample": [{"ref": case.ref, "stratum": case.stratum, "key": case.key} for case in sample],
        "added": [case.ref for case in cases if case.judgemental],
        "reserves": {stratum: [r.ref for r in reserves if r.stratum == stratum] for stratum in strata},
    }


def _write_sample(
    session: Session,
    kept: Draw,
    cases: Sequence[BaselineCase],
    reserves: Sequence[BaselineReserve],
    listed: Mapping[str, ListedCase],
) -> list[int]:
    ids = reserve_ids(session, core(SampleCase), len(cases) + len(reserves))
    found = {ref: case.id for ref, case in listed.items()}
    rows = [
        (
            i,
            case.ref,
            found.get(case.ref),
            case.stratum,
            case.key,
            n,
            "judgemental" if case.judgemental else "random",
        )
        for n, (i, case) in enumerate(zip(ids, cases, strict=False), 1)
    ]
    rows += [
        (i, reserve.ref, found[reserve.ref], reserve.stratum, reserve.key, reserve.position, "reserve")
        for i, reserve in zip(ids[len(cases) :], reserves, strict=True)
    ]
    fixed = {"round_id": kept.round_id, "draw_id": kept.id}
    insert_rows(session, core(SampleCase), SAMPLE_COLUMNS, rows, fixed)
    return ids[: len(cases)]


def _begin_audits(
    session: Session,
    round_id: int,
    taken: Sequence[tuple[int, BaselineCase]],
    listed: Mapping[str, ListedCase],
    act: Act,
) -> list[int]:
    """A main audit for each case, tied to its baseline; its worker and team are those of the list now."""
    columns = (*AUDIT_COLUMNS, "baseline_id")
    fixed = {"round_id": round_id, "purpose": "main"}
    batch = Batch("case_audit", "select", "selected", "", "selected", "qa_lead", act, columns, fixed)
    return begin_many(session, batch, [_audit(i, case, listed.get(case.ref)) for i, case in taken])


def _audit(sample_id: int, case: BaselineCase, now: ListedCase | None) -> tuple[Any, ...]:
    kind = "judgemental" if case.judgemental else "random"
    who = (now.case_type or case.case_type, case.stratum, now.worker_id, now.team_id) if now else _as_then(case)
    return sample_id, case.ref, kind, *who, case.audit_id


def _as_then(case: BaselineCase) -> tuple[Any, ...]:
    return case.case_type, case.stratum, case.worker_id, case.team_id
