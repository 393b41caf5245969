"""The case list as a draw reads it, and what was drawn from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.errors import BadInput, NotFound
from auditflow.domain.frame import COLUMNS
from auditflow.domain.graded import DISCARDED
from auditflow.models import CaseAudit, Draw, Frame, FrameCase, NameMatch, SampleCase
from auditflow.models.base import core

OWN = ("case_type", "status", "team", "worker", "opened", "closed")
CHUNK = 5000


@dataclass(frozen=True, slots=True)
class CaseRows:
    """A case list as rows of plain values in the order of `columns`."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class ListedCase:
    """One case of the list with whom its names stand for."""

    id: int
    ref: str
    case_type: str
    team: str
    worker: str
    more: dict[str, Any]
    worker_id: int | None
    team_id: int | None

    def value(self, column: str) -> str:
        """The list's own value in a column, blank if there is none."""
        return str(
            getattr(self, column) if column in ("ref", "case_type", "team", "worker") else self.more.get(column, "")
        )


def available_columns(frame: Frame) -> tuple[str, ...]:
    """The columns that this list has, in the canonical order; all of them when it does not say."""
    have = {"case_ref", "status", *(frame.columns or COLUMNS)}
    return tuple(name for name in COLUMNS if name in have)


def read_case_rows(session: Session, frame: Frame, columns: Iterable[str]) -> CaseRows:
    """The list's cases, by reference, with those of `columns` that it has. One statement."""
    table = core(FrameCase)
    have = available_columns(frame)
    wanted = tuple(name for name in dict.fromkeys(["case_ref", *columns]) if name in have)
    further = [name for name in wanted if name not in OWN and name != "case_ref"]
    own = [table.c["ref" if name == "case_ref" else name] for name in wanted if name not in further]
    chosen = [*own, table.c.more] if further else own
    where = table.c.frame_id == frame.id
    found = session.execute(sa.select(*chosen).where(where).order_by(table.c.ref)).all()
    if not further:
        return CaseRows(wanted, found)
    order = (*(name for name in wanted if name not in further), *further)
    return CaseRows(order, [(*row[:-1], *(row[-1].get(name, "") for name in further)) for row in found])


def list_listed_cases(session: Session, frame_id: int, refs: Sequence[str]) -> dict[str, ListedCase]:
    """The cases of a list with these references, and the people and teams matched to their names."""
    case = core(FrameCase)
    worker, team = core(NameMatch).alias("worker_match"), core(NameMatch).alias("team_match")
    joined = case.outerjoin(worker, sa.and_(worker.c.kind == "worker", worker.c.name == case.c.worker)).outerjoin(
        team, sa.and_(team.c.kind == "team", team.c.name == case.c.team)
    )
    columns = [case.c[n] for n in ("id", "ref", "case_type", "team", "worker", "more")]
    statement = sa.select(*columns, worker.c.person_id, team.c.team_id).select_from(joined)
    found: dict[str, ListedCase] = {}
    for some in _batched(refs):
        where = (case.c.frame_id == frame_id, case.c.ref.in_(some))
        found |= {row.ref: ListedCase(*row) for row in session.execute(statement.where(*where))}  # type: ignore[call-arg]
    return found


def _batched(refs: Sequence[str]) -> Iterable[Sequence[str]]:
    return [refs[i : i + CHUNK] for i in range(0, len(refs), CHUNK)]


def find_standing_draw(session: Session, round_id: int) -> Draw | None:
    """The draw that holds; None before there is one, or after it was discarded."""
    return session.scalars(sa.select(Draw).where(Draw.round_id == round_id, Draw.discarded_at.is_(None))).one_or_none()


def get_standing_draw(session: Session, round_id: int) -> Draw:
    """The draw that holds. Raises NotFound if there is none."""
    draw = find_standing_draw(session, round_id)
    if draw is None:
        raise NotFound("No sample has been drawn for this round.")
    return draw


def count_draws(session: Session, round_id: int) -> int:
    """How many draws this round has had, discarded ones included."""
    return session.scalar(sa.select(sa.func.count()).select_from(Draw).where(Draw.round_id == round_id)) or 0


def list_reserves(session: Session, draw_id: int, stratum: str | None = None) -> list[SampleCase]:
    """The unused reserves, of one stratum or of all, in the order in which they must be used."""
    where = [SampleCase.draw_id == draw_id, SampleCase.kind == "reserve"]
    if stratum is not None:
        where.append(SampleCase.stratum == stratum)
    return list(session.scalars(sa.select(SampleCase).where(*where).order_by(SampleCase.stratum, SampleCase.position)))


@dataclass(frozen=True, slots=True)
class ReserveCount:
    """The reserves of one stratum: those that wait, and those that came in."""

    stratum: str
    waiting: int
    used: int

    @property
    def kept(self) -> int:
        """All that the draw has put in reserve so far."""
        return self.waiting + self.used


def count_reserves(session: Session, draw: Draw) -> list[ReserveCount]:
    """The reserves of every stratum of a draw, by its name: one statement."""
    table = core(SampleCase)
    counts = [sa.func.count().filter(table.c.kind == kind) for kind in ("reserve", "replacement")]
    statement = sa.select(table.c.stratum, *counts).where(table.c.draw_id == draw.id).group_by(table.c.stratum)
    found = {stratum: (waiting, used) for stratum, waiting, used in session.execute(statement)}
    return [ReserveCount(name, *found.get(name, (0, 0))) for name in sorted(draw.manifest["allocation"])]


def list_standing_refs(session: Session, round_id: int) -> list[tuple[str, str, str]]:
    """(reference, stratum, key) of the random cases now in the sample, replacements included."""
    statement = (
        sa.select(CaseAudit.ref, CaseAudit.stratum, SampleCase.key)
        .join(SampleCase, SampleCase.id == CaseAudit.sample_case_id)
        .where(
            CaseAudit.round_id == round_id,
            CaseAudit.purpose == "main",
            CaseAudit.kind.in_(["random", "replacement"]),
            CaseAudit.state != "removed",
        )
        .order_by(SampleCase.key, CaseAudit.ref)
    )
    return [(ref, stratum, key) for ref, stratum, key in session.execute(statement)]


def count_losses(session: Session, round_id: int) -> tuple[int, int]:
    """(lost, drawn): the cases that left the random sample, and those drawn into it; none of a discarded draw."""
    audit = core(CaseAudit)
    lost = sa.func.count().filter(audit.c.state == "removed")
    drawn = sa.func.count().filter(audit.c.kind == "random")
    where = (audit.c.round_id == round_id, audit.c.purpose == "main", audit.c.kind.in_(["random", "replacement"]))
    kept = audit.c.lost_reason.is_distinct_from(DISCARDED)
    found = session.execute(sa.select(lost, drawn).select_from(audit).where(*where, kept)).one()
    return found[0], found[1]


def list_added_refs(session: Session, round_id: int) -> set[str]:
    """The references of the cases that were added by hand and are still in the round."""
    added = (CaseAudit.round_id == round_id, CaseAudit.purpose == "main", CaseAudit.kind == "judgemental")
    return set(session.scalars(sa.select(CaseAudit.ref).where(*added, CaseAudit.state != "removed")))


def get_frame(session: Session, frame_id: int | None) -> Frame:
    """The case list of a round. Raises BadInput if none is chosen."""
    frame = session.get(Frame, frame_id) if frame_id is not None else None
    if frame is None:
        raise BadInput("Choose a case list first.", field="frame_id")
    return frame
