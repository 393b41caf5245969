"""Whose children the audits are about: sex, ethnic group and disability, where the case list has them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.grades import Grade
from auditflow.domain.sampling import Design
from auditflow.domain.sampling_list import CaseList, Tally
from auditflow.models import AuditRound, CaseAudit, Frame
from auditflow.models.base import core
from auditflow.models.plain import Plain, kept
from auditflow.queries.re_audit import find_draw_design
from auditflow.queries.results_coverage import AUDIT, CASE, of_drawn_cases
from auditflow.queries.sample_list import available_columns, read_case_rows
from auditflow.queries.scope import Viewer, visible_case_audits

ATTRIBUTES = ("sex", "ethnicity", "disability")

Groups = dict[str, dict[str, dict[str, int]]]

MOST = 64
"""Of how many locked designs the eligible cases are kept."""
_LOCKED: dict[tuple[str, ...], Counter[tuple[str, ...]]] = {}


def count_groups(session: Session, row: AuditRound) -> Groups:
    """By attribute and group: eligible cases `listed`, random cases graded (`n`), and of these the `good` or better.

    Eligible is what could be drawn: what the design excludes is not compared with the sample. A blank group is not
    recorded. Attributes that the list lacks are left out; so is everything for a re-audit, whose cases are those of
    its baseline. Three statements.
    """
    have = _attributes(session, row) if row.frame_id is not None and row.baseline_id is None else []
    counts: Groups = {name: defaultdict(lambda: {"listed": 0, "n": 0, "good": 0}) for name in have}
    if not have:
        return {}
    for eligible, listed in _count_eligible(session, row, have).items():
        _add(counts, have, eligible, listed=listed)
    for line in _of_graded(tuple(have))(session).rows(session, {"round": row.id}):
        _add(counts, have, [line[name] for name in have], n=line["n"], good=line["good"])
    return {name: dict(sorted(groups.items())) for name, groups in counts.items() if set(groups) != {""}}


def _attributes(session: Session, row: AuditRound) -> list[str]:
    """Those of ATTRIBUTES that the round's list has; a list whose columns nobody noted may have each."""
    listed = _columns_of_list(session).rows(session, {"frame": row.frame_id})
    return [name for name in ATTRIBUTES if listed and name in (listed[0]["columns"] or ATTRIBUTES)]


def _of_columns() -> sa.Select[Any]:
    return sa.select(core(Frame).c.columns).where(core(Frame).c.id == sa.bindparam("frame", type_=sa.Integer()))


_columns_of_list = kept(_of_columns, {"frame": 0})


def _add(counts: Groups, have: Sequence[str], groups: Sequence[str], **more: int) -> None:
    for name, group in zip(have, groups, strict=True):
        for key, count in more.items():
            counts[name][group][key] += count


def _values(have: Sequence[str]) -> list[Any]:
    return [sa.func.coalesce(CASE.c.more[name].as_string(), "").label(name) for name in have]


def _count_eligible(session: Session, row: AuditRound, have: list[str]) -> Counter[tuple[str, ...]]:
    """How many could be drawn of each group. A frozen list and a locked design, known by the digest of both, give the
    same for ever, so the list is read once.
    """
    if row.kind == "census" or row.locked_digest is None:
        return Counter(map(tuple, _eligible(session, row, have)))
    key = (row.locked_digest, *have)
    found = _LOCKED.get(key)
    if found is None:
        found = Counter(map(tuple, _eligible(session, row, have)))
        # Another thread may do the same at this moment; each has its own.
        if len(_LOCKED) >= MOST:
            _LOCKED.clear()
        _LOCKED[key] = found
    return found


def _eligible(session: Session, row: AuditRound, have: list[str]) -> Iterator[list[str]]:
    """The groups of every case that could be drawn; of every case where the round has no design.

    In a census every eligible case of each of its lists came in.
    """
    if row.kind == "census":
        yield from ([*groups] for groups in session.execute(of_drawn_cases(*_values(have)), {"round": row.id}))
        return
    frame = session.get_one(Frame, row.frame_id)
    given = find_draw_design(session, row)
    design = Design.from_dict(given) if given else None
    cases = read_case_rows(session, frame, [*(design.columns if design else ()), *have])
    at = [cases.columns.index(name) if name in cases.columns else None for name in have]
    rows = cases.rows
    if design is not None and set(design.columns) <= set(available_columns(frame)):
        rows = [line for _, _, line in CaseList(rows, design, cases.columns).eligible(Tally())]
    for line in rows:
        yield [str(line[place] or "") if place is not None else "" for place in at]


@cache
def _of_graded(have: tuple[str, ...]) -> Callable[[Session], Plain]:
    """The statement for a list that has these columns, compiled once."""
    return kept(lambda: _graded(have), {"round": 0})


def _graded(have: Sequence[str]) -> sa.Select[Any]:
    of_graded = of_drawn_cases(*_values(have), AUDIT.c.published_grade)
    graded = of_graded.where(AUDIT.c.published_grade.is_not(None)).subquery()
    groups = [graded.c[name] for name in have]
    good = sa.func.sum(sa.case((graded.c.published_grade >= int(Grade.GOOD), 1), else_=0))
    return sa.select(*groups, sa.func.count().label("n"), good.label("good")).group_by(*groups)


@dataclass(frozen=True, slots=True)
class GroupCase:
    """A graded case of a group of children, and the round that graded it."""

    audit_id: int
    ref: str
    round_name: str
    grade: Grade


def list_group_cases(
    session: Session, viewer: Viewer, rounds: Sequence[AuditRound], name: str, group: str
) -> list[GroupCase]:
    """The graded random cases of one group over these rounds that this person may see, by round and reference."""
    found = []
    for row in rounds:
        value = sa.func.coalesce(CASE.c.more[name].as_string(), "")
        seen = sa.select(CaseAudit.id).where(CaseAudit.round_id == row.id, visible_case_audits(viewer))
        statement = of_drawn_cases(AUDIT.c.id, AUDIT.c.ref, AUDIT.c.published_grade).where(
            AUDIT.c.published_grade.is_not(None), value == group, AUDIT.c.id.in_(seen)
        )
        lines = session.execute(statement.order_by(AUDIT.c.ref), {"round": row.id})
        found += [GroupCase(line.id, line.ref, row.name, Grade(line.published_grade)) for line in lines]
    return found
