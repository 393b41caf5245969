"""Whose children the audits are about: sex, ethnic group and disability, where the case list has them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.grades import Grade
from auditflow.models import AuditRound, Frame
from auditflow.queries.results_coverage import AUDIT, CASE, lists_of, of_drawn_cases

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
    for *groups, listed in session.execute(_listed(row, have)):
        _add(counts, have, groups, listed=listed)
    for *groups, n, good in session.execute(_graded(row, have)):
        _add(counts, have, groups, n=n, good=good)
    return {name: dict(sorted(groups.items())) for name, groups in counts.items() if set(groups) != {""}}


def _add(counts: Groups, have: list[str], groups: list[str], **more: int) -> None:
    for name, group in zip(have, groups, strict=True):
        for key, count in more.items():
            counts[name][group][key] += count


def _values(have: list[str]) -> list[Any]:
    return [sa.func.coalesce(CASE.c.more[name].as_string(), "").label(name) for name in have]


def _listed(row: AuditRound, have: list[str]) -> sa.Select[Any]:
    # PostgreSQL groups by a column, not by an expression that holds a bound value.
    # A case that is in several lists of a census is one case.
    case = sa.select(CASE.c.ref, *_values(have)).where(CASE.c.frame_id.in_(lists_of(row))).distinct().subquery()
    groups = [case.c[name] for name in have]
    return sa.select(*groups, sa.func.count()).group_by(*groups)


def _graded(row: AuditRound, have: list[str]) -> sa.Select[Any]:
    of_graded = of_drawn_cases(row, *_values(have), AUDIT.c.published_grade)
    graded = of_graded.where(AUDIT.c.published_grade.is_not(None)).subquery()
    groups = [graded.c[name] for name in have]
    good = sa.func.sum(sa.case((graded.c.published_grade >= int(Grade.GOOD), 1), else_=0))
    return sa.select(*groups, sa.func.count(), good).group_by(*groups)
