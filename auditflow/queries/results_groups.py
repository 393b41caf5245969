"""Whose children the audits are about: sex, ethnic group and disability, where the case list has them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.grades import Grade
from auditflow.models import AuditRound, Frame
from auditflow.models.plain import Plain, Row, kept
from auditflow.queries.results_coverage import AUDIT, CASE, LIST, of_drawn_cases

ATTRIBUTES = ("sex", "ethnicity", "disability")

Groups = dict[str, dict[str, dict[str, int]]]


def count_groups(session: Session, row: AuditRound) -> Groups:
    """By attribute and group: cases `listed`, random cases graded (`n`), and of these the `good` or better.

    A blank group is not recorded. Attributes that the list lacks are left out; so is everything for a re-audit,
    whose cases are those of its baseline. Two statements.
    """
    frame = session.get(Frame, row.frame_id) if row.frame_id is not None and row.baseline_id is None else None
    have = [name for name in ATTRIBUTES if frame is not None and name in (frame.columns or ATTRIBUTES)]
    counts: Groups = {name: defaultdict(lambda: {"listed": 0, "n": 0, "good": 0}) for name in have}
    if not have:
        return {}
    statements = _statements(tuple(have))
    given = {"round": row.id, "frame": row.frame_id}
    for statement in statements:
        for line in statement(session).rows(session, given):
            _add(counts, have, line)
    return {name: dict(sorted(groups.items())) for name, groups in counts.items() if set(groups) != {""}}


def _add(counts: Groups, have: list[str], line: Row) -> None:
    for name in have:
        group = counts[name][line[name]]
        for key in group:
            group[key] += line.get(key, 0)


@cache
def _statements(have: tuple[str, ...]) -> tuple[Callable[[Session], Plain], ...]:
    """Both statements for a list that has these columns, each compiled once."""
    return (
        kept(lambda: _listed(have), {"frame": 0}),
        kept(lambda: _graded(have), {"round": 0}),
    )


def _values(have: Sequence[str]) -> list[Any]:
    return [sa.func.coalesce(CASE.c.more[name].as_string(), "").label(name) for name in have]


def _listed(have: Sequence[str]) -> sa.Select[Any]:
    # PostgreSQL groups by a column, not by an expression that holds a bound value.
    case = sa.select(*_values(have)).where(CASE.c.frame_id == LIST).subquery()
    groups = [case.c[name] for name in have]
    return sa.select(*groups, sa.func.count().label("listed")).group_by(*groups)


def _graded(have: Sequence[str]) -> sa.Select[Any]:
    of_graded = of_drawn_cases(*_values(have), AUDIT.c.published_grade)
    graded = of_graded.where(AUDIT.c.published_grade.is_not(None)).subquery()
    groups = [graded.c[name] for name in have]
    good = sa.func.sum(sa.case((graded.c.published_grade >= int(Grade.GOOD), 1), else_=0))
    return sa.select(*groups, sa.func.count().label("n"), good.label("good")).group_by(*groups)
