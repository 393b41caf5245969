"""A census: the lists that came in, which cases are in it, and what another list would bring."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.graded import DISCARDED
from auditflow.models import AuditRound, CaseAudit, CensusList, Draw, Frame, FrameCase, NameMatch, SampleCase
from auditflow.models.base import core
from auditflow.queries.sample import ListedCase

AUDIT = core(CaseAudit)
MATCH = core(NameMatch)


@dataclass(frozen=True, slots=True)
class ListLine:
    """One list that came into a census, with its record of what came in."""

    record: CensusList
    frame: Frame


def list_census_lists(session: Session, round_id: int) -> list[ListLine]:
    """The lists that came in, first to last: one statement."""
    statement = (
        sa.select(CensusList, Frame)
        .join(Draw, Draw.id == CensusList.draw_id)
        .join(Frame, Frame.id == CensusList.frame_id)
        .where(Draw.round_id == round_id, Draw.discarded_at.is_(None))
        .order_by(CensusList.number)
    )
    return [ListLine(record, frame) for record, frame in session.execute(statement)]


def list_later_lists(session: Session, round_id: int) -> list[Frame]:
    """The frozen lists that are as at a later day than the last that came in, the earliest first."""
    last = max((line.frame.as_at for line in list_census_lists(session, round_id)), default=date.min)
    statement = sa.select(Frame).where(Frame.stage == "frozen", Frame.as_at > last)
    return list(session.scalars(statement.order_by(Frame.as_at, Frame.id)))


def list_known_refs(session: Session, round_id: int) -> dict[str, bool]:
    """Every reference that was ever in the round -> whether it was added by hand; not those of a discarded draw.

    A case that was removed, with its approval, comes in no second time.
    """
    statement = sa.select(AUDIT.c.ref, AUDIT.c.kind == "judgemental").where(
        AUDIT.c.round_id == round_id,
        AUDIT.c.purpose == "main",
        AUDIT.c.lost_reason.is_distinct_from(DISCARDED),
    )
    return {ref: bool(by_hand) for ref, by_hand in session.execute(statement)}


def list_came_in(session: Session, draw_id: int) -> dict[int, list[str]]:
    """By case list: the references that came in with it, in order."""
    statement = (
        sa.select(FrameCase.frame_id, SampleCase.ref)
        .join(FrameCase, FrameCase.id == SampleCase.frame_case_id)
        .where(SampleCase.draw_id == draw_id)
        .order_by(SampleCase.ref)
    )
    found: dict[int, list[str]] = {}
    for frame_id, ref in session.execute(statement):
        found.setdefault(frame_id, []).append(ref)
    return found


def list_unmatched_names(session: Session, cases: Iterable[ListedCase]) -> list[tuple[str, str]]:
    """(kind, name) of these cases' workers and teams that nobody has said anything about; blank names are none."""
    listed = list(cases)
    names = {("worker", case.worker) for case in listed} | {("team", case.team) for case in listed}
    names -= {("worker", ""), ("team", "")}
    said = sa.select(MATCH.c.kind, MATCH.c.name).where(MATCH.c.match != "unmatched")
    return sorted(names - {(kind, name) for kind, name in session.execute(said)})


def find_newest_list(session: Session, row: AuditRound) -> int | None:
    """The id of the last list that came into a round: its own one, but for a census."""
    lines = list_census_lists(session, row.id) if row.kind == "census" else []
    return lines[-1].frame.id if lines else row.frame_id


def census_facts(line: ListLine, came_in: list[str]) -> dict[str, Any]:
    """What a census's manifest says of one list."""
    record, frame = line.record, line.frame
    return {
        "as_at": frame.as_at.isoformat(),
        "source_sha256": frame.source_sha256,
        "frame_sha256": frame.frame_sha256,
        "added_at": record.added_at.isoformat(),
        "rows": record.rows,
        "excluded": record.excluded,
        "eligible": record.eligible,
        "by_hand": record.by_hand,
        "came_in": came_in,
    }
