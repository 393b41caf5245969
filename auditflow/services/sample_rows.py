"""The rows of a drawn sample: its cases and reserves, and a case audit for each case of the sample."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from auditflow.domain import sampling
from auditflow.models import AuditRound, Draw, SampleCase
from auditflow.models.base import core
from auditflow.queries.sample import ListedCase, list_listed_cases
from auditflow.services.act import Act
from auditflow.services.bulk_rows import insert_rows, reserve_ids
from auditflow.services.journal_batch import Batch, begin_many

SAMPLE_COLUMNS = ("id", "ref", "frame_case_id", "stratum", "key", "position", "kind")
Further = tuple[int, Sequence[sampling.DrawnCase]]
AUDIT_COLUMNS = ("sample_case_id", "ref", "kind", "case_type", "stratum", "worker_id", "team_id")


def write_sample(session: Session, row: AuditRound, kept: Draw, drawn: sampling.Draw, act: Act) -> list[int]:
    """Write the sample and its reserves as rows, and begin a case audit for each sampled case.

    Returns the ids of the case audits, in the order of the draw.
    """
    assert row.frame_id is not None, "a drawn round has its list"
    reserves = [(case, n) for cases in drawn.reserve_cases.values() for n, case in enumerate(cases, 1)]
    refs = [*drawn.refs, *(case.ref for case, _ in reserves)]
    listed = list_listed_cases(session, row.frame_id, refs)
    ids = reserve_ids(session, core(SampleCase), len(refs))
    rows = [
        *(
            _sampled(i, case, n, "random", listed)
            for i, (n, case) in zip(ids, enumerate(drawn.sample, 1), strict=False)
        ),
        *(
            _sampled(i, case, n, "reserve", listed)
            for i, (case, n) in zip(ids[len(drawn.sample) :], reserves, strict=True)
        ),
    ]
    insert_rows(session, core(SampleCase), SAMPLE_COLUMNS, rows, {"round_id": row.id, "draw_id": kept.id})
    sampled = zip(ids, drawn.sample, strict=False)
    audits = [audit_values(i, listed[case.ref], case.stratum, "random") for i, case in sampled]
    return begin_audits(session, row.id, audits, act)


def write_reserves(session: Session, row: AuditRound, draw_id: int, further: Mapping[str, Further]) -> None:
    """Write further reserves of a draw: by stratum, how many it had, and those that follow."""
    assert row.frame_id is not None, "a drawn round has its list"
    cases = [(case, n) for had, more in further.values() for n, case in enumerate(more, had + 1)]
    listed = list_listed_cases(session, row.frame_id, [case.ref for case, _ in cases])
    ids = reserve_ids(session, core(SampleCase), len(cases))
    rows = [_sampled(i, case, n, "reserve", listed) for i, (case, n) in zip(ids, cases, strict=True)]
    insert_rows(session, core(SampleCase), SAMPLE_COLUMNS, rows, {"round_id": row.id, "draw_id": draw_id})


def begin_audits(session: Session, round_id: int, rows: Sequence[tuple[Any, ...]], act: Act) -> list[int]:
    """Begin main case audits (values in the order of AUDIT_COLUMNS), not allocated yet."""
    fixed = {"round_id": round_id, "purpose": "main"}
    batch = Batch("case_audit", "select", "selected", "", "selected", "qa_lead", act, AUDIT_COLUMNS, fixed)
    return begin_many(session, batch, rows)


def _sampled(
    row_id: int, case: sampling.DrawnCase, position: int, kind: str, listed: Mapping[str, ListedCase]
) -> tuple[Any, ...]:
    return row_id, case.ref, listed[case.ref].id, case.stratum, case.key, position, kind


def audit_values(sample_id: int, case: ListedCase, stratum: str, kind: str) -> tuple[Any, ...]:
    """The values of one case audit for a case of the list, in the order of AUDIT_COLUMNS."""
    return sample_id, case.ref, kind, case.case_type, stratum, case.worker_id, case.team_id


def audit_row(sample: SampleCase, case: ListedCase | None, kind: str) -> tuple[Any, ...]:
    """The values of one case audit for a sampled case; `case` None: it is not in the list."""
    if case is None:
        return sample.id, sample.ref, kind, "", sample.stratum, None, None
    return audit_values(sample.id, case, sample.stratum, kind)


def held_values(cases: Iterable[ListedCase], caps: Sequence[sampling.Cap]) -> dict[str, tuple[str, ...]]:
    """Each case's values in the capped columns, for checking the caps again."""
    return {case.ref: tuple(case.value(cap.column) for cap in caps) for case in cases}
