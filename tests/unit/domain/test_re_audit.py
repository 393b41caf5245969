"""Which cases of a re-audit make pairs, which were lost and why, which stand apart."""

from __future__ import annotations

from datetime import date
from typing import Any

from auditflow.domain.graded import GradedAudit, RoundGrades
from auditflow.domain.grades import Grade
from auditflow.domain.re_audit import ReAudit


def audit(ref: str, grade: int | None, **more: Any) -> GradedAudit:
    given = {"purpose": "main", "kind": "random", "state": "agreed" if grade else "in_progress"} | more
    return GradedAudit(id=len(ref), ref=ref, stratum="", team="", published=Grade(grade) if grade else None, **given)


def grades(*audits: GradedAudit) -> RoundGrades:
    return RoundGrades(audits, {}, date(2026, 11, 20), date(2026, 10, 23))


BEFORE = grades(audit("A", 1), audit("B", 3), audit("C", 2), audit("D", 2), audit("E", 4), audit("F", 2))
AFTER = grades(
    audit("A", 2),
    audit("B", 3, auditor=7, baseline_auditor=7),
    audit("C", None, state="removed", lost_reason="closed_early"),
    audit("D", None),
    audit("E", None, state="not_audited", lost_reason="too_late"),
    audit("R", 3, kind="replacement"),
)


def test_every_case_of_the_baseline_is_a_pair_apart_or_lost_with_its_reason() -> None:
    both = ReAudit(BEFORE, AFTER)
    assert both.pairs == {"A"}
    assert both.same_auditor == {"B"}
    assert both.replacements == {"R"}
    assert both.lost_reasons == {"C": "closed_early", "D": "open", "E": "too_late", "F": "open"}


def test_a_case_of_a_discarded_draw_is_not_lost_for_that() -> None:
    discarded = audit("D", None, state="removed", lost_reason="draw_discarded")
    assert ReAudit(BEFORE, grades(*AFTER.audits, discarded)).lost_reasons["D"] == "open"


def test_of_the_poor_only_the_poor_are_missed() -> None:
    assert set(ReAudit(BEFORE, AFTER, because_poor=True).lost_reasons) == {"C", "D", "F"}
