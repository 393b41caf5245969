"""Results of rounds and re-audits as they are frozen, from plain lists of grades: for reports, no database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from auditflow.domain.graded import GradedAudit, RoundGrades
from auditflow.domain.grades import Grade
from auditflow.reporting.about import About
from auditflow.statistics.board_summary import board_re_audit, board_round
from auditflow.statistics.re_audit_summary import re_audit_summary
from auditflow.statistics.round_summary import published_estimate, round_summary

Grades = Sequence[int | None]
DECEMBER, MARCH = date(2026, 12, 1), date(2027, 3, 1)
DIGEST = "0f3a" * 16
MANY = [4] * 6 + [3] * 20 + [2] * 39 + [1] * 15
"""80 cases, 26 good or better."""
ABOUT = About(
    council_name="Exampleshire Council",
    round_name="Re-audit, spring",
    tool_title="Core case audit",
    marking="OFFICIAL-SENSITIVE",
    version=1,
    made_on=date(2027, 4, 23),
    closed_on=date(2027, 4, 22),
    results_sha256=DIGEST,
    seal=(41, "ab12" * 16),
)


def _grade(value: int | None) -> Grade | None:
    return Grade(value) if value else None


def grades_of(
    grades: Grades, domains: Mapping[str, Grades] | None = None, *, day: date = DECEMBER, more: Sequence[Any] = ()
) -> RoundGrades:
    """A round in which the n-th case has the n-th grade; None is a case that was removed."""
    audits = []
    for n, grade in enumerate(grades):
        each = {f"d{k}": _grade(column[n]) for k, column in enumerate((domains or {}).values())}
        lost: Any = {} if grade else {"state": "removed", "lost_reason": "closed_early"}
        given: Any = {"state": "agreed", "agreed_on": day, "domains_first": each, "domains_published": each, **lost}
        given |= {"first": _grade(grade), "published": _grade(grade), "stratum": "cin", "team": "East"}
        audits.append(GradedAudit(id=n, ref=f"CF-{n:04d}", purpose="main", kind="random", auditor=day.month, **given))
    titles = {f"d{k}": title for k, title in enumerate(domains or {})}
    drawn = {"sizes": {"cin": 3_700}, "population": 3_700} if day == DECEMBER else {}
    return RoundGrades((*audits, *more), titles, day, day, **drawn)


def checked_unevenly(given: RoundGrades) -> RoundGrades:
    """The same, the first half of the cases drawn from 40 and the others from 3,660."""
    half = len(given.audits) // 2
    audits = [replace(audit, stratum="cp" if n < half else "cin") for n, audit in enumerate(given.audits)]
    return replace(given, audits=tuple(audits), sizes={"cp": 40, "cin": 3_660}, population=3_700)


def results_of_round(given: RoundGrades, **about: Any) -> dict[str, Any]:
    """The results of a round by itself."""
    return _frozen(
        {**round_summary(given), "re_audit": None, "board": board_round(published_estimate(given), given.record_date)},
        given,
        about,
    )


def results_of_re_audit(
    before: RoundGrades, after: RoundGrades, *, poor: bool = False, actions: Any = None, **about: Any
) -> dict[str, Any]:
    """The results of a re-audit; `actions` by domain as `count_domain_actions` gives them."""
    moved = re_audit_summary(before, after, because_poor=poor) | {"actions": actions or {}}
    figures = {**round_summary(after), "re_audit": moved, "board": board_re_audit(moved)}
    return _frozen(figures, after, {"kind": "re_audit", "selected_because_poor": poor, **about})


def _frozen(figures: dict[str, Any], given: RoundGrades, about: Mapping[str, Any]) -> dict[str, Any]:
    day = given.record_date.isoformat()
    around = {"name": "Round", "kind": "sample", "starts_on": day, "ends_on": day, "first_ends_on": day}
    around |= {"record_date": day, "discarded_draws": 0, "selected_because_poor": False, **about}
    found: dict[str, Any] = json.loads(json.dumps({**figures, "format": 1, "round": around}))
    return found
