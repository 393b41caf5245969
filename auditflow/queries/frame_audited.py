"""What the audits made here say of the cases and workers of a list that is not frozen yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.clock import local_date
from auditflow.domain.frame_audited import CASE, WORKER, KnownAudits
from auditflow.models import CaseAudit, Frame, FrameCase, NameMatch, SampleCase
from auditflow.models.base import core
from auditflow.queries.audit_round import AGREED

AUDIT = core(CaseAudit)
LISTED = core(FrameCase)
MATCH = core(NameMatch)
SAMPLE = core(SampleCase)
# A grade that was agreed once, or is being decided; audits of a cancelled round are filed, and are not.
DONE = (AUDIT.c.purpose == "main", AUDIT.c.state.in_(AGREED), AUDIT.c.first_submitted_at.is_not(None))
LAST = sa.type_coerce(sa.func.max(AUDIT.c.first_submitted_at), AUDIT.c.first_submitted_at.type)


def find_known_audits(session: Session, frame: Frame) -> KnownAudits:
    """The last audit made here of each case and worker of a list, by the day it was first submitted: four statements.

    A worker is who the name is matched to, and whoever stood under the same name on an earlier list.
    """
    joined = AUDIT.join(LISTED, sa.and_(LISTED.c.ref == AUDIT.c.ref, LISTED.c.frame_id == frame.id))
    cases = _days(session, sa.select(AUDIT.c.ref, LAST).select_from(joined).group_by(AUDIT.c.ref))
    people = _days(session, sa.select(AUDIT.c.worker_id, LAST).group_by(AUDIT.c.worker_id))
    before = AUDIT.join(SAMPLE, SAMPLE.c.id == AUDIT.c.sample_case_id).join(
        LISTED, LISTED.c.id == SAMPLE.c.frame_case_id
    )
    names = _days(session, sa.select(LISTED.c.worker, LAST).select_from(before).group_by(LISTED.c.worker))
    workers: dict[str, date] = {}
    for name, person in session.execute(_names(frame)):
        days = [day for day in (people.get(person), names.get(name)) if day is not None]
        if days:
            workers[name] = max(days)
    return KnownAudits(cases, workers)


def _days(session: Session, statement: sa.Select[Any]) -> dict[Any, date]:
    return {key: local_date(at) for key, at in session.execute(statement.where(*DONE)) if key not in (None, "")}


def _names(frame: Frame) -> sa.Select[Any]:
    match = sa.and_(MATCH.c.kind == "worker", MATCH.c.name == LISTED.c.worker)
    named = (LISTED.c.frame_id == frame.id, LISTED.c.worker != "")
    joined = LISTED.outerjoin(MATCH, match)
    return sa.select(LISTED.c.worker, MATCH.c.person_id).select_from(joined).where(*named).distinct()


@dataclass(frozen=True, slots=True)
class Filled:
    """One case of a list whose columns change: its id, its worker, all further columns anew, and which changed."""

    id: int
    worker: str
    more: dict[str, Any]
    changed: frozenset[str]


def list_filled(session: Session, frame: Frame, known: KnownAudits) -> Iterator[Filled]:
    """The cases of a list in which the audits made here are later than what the file says."""
    columns = (LISTED.c.id, LISTED.c.ref, LISTED.c.worker, LISTED.c.more)
    statement = sa.select(*columns).where(LISTED.c.frame_id == frame.id).order_by(LISTED.c.ref)
    for row_id, ref, worker, more in session.execute(statement).all() if known else ():
        new = known.filled(ref, worker, more, frame.as_at)
        if new:
            yield Filled(row_id, worker, {**more, **new}, frozenset(new))


@dataclass(frozen=True, slots=True)
class FilledCount:
    """For how many cases the date last audited is filled in, and for how many workers theirs."""

    cases: int
    workers: int

    def sentences(self) -> list[str]:
        """What was done, in a sentence for each column; none where nothing was."""
        said = []
        if self.cases:
            cases = "1 case" if self.cases == 1 else f"{self.cases:,} cases"
            said.append(f"Date last audited: taken from audits made here for {cases}.")
        if self.workers:
            workers = "1 worker" if self.workers == 1 else f"{self.workers:,} workers"
            said.append(f"Date the worker was last audited: taken from audits made here for {workers}.")
        return said


def count_filled(filled: list[Filled]) -> FilledCount:
    """How many cases and workers are filled in."""
    workers = {one.worker for one in filled if WORKER in one.changed}
    return FilledCount(sum(CASE in one.changed for one in filled), len(workers))
