"""Strict or lenient: what is said of each auditor, a plain dictionary as in `summary`.

For the lead of the audit and for the auditor alone, in the order of names, never ranked (docs/statistics.md,
"Strict or lenient").
"""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from statistics import fmean

from auditflow.domain.graded import FirstGrade
from auditflow.statistics.severity import Severity, severity
from auditflow.statistics.tables import Figures
from auditflow.statistics.wording import FEW, grade_change, plural

__all__ = ["FEWEST_AUDITORS", "severity_summary"]

FEWEST_AUDITORS = 3
"""With two, one auditor's difference is the other's turned round: nobody's own figure would be private."""
HALF = 0.5
"""Of a round's cases, the share given by hand above which the round tells nothing of its auditors."""


def severity_summary(grades: Sequence[FirstGrade]) -> Figures:
    """Each auditor's difference from what was expected, by auditor; how many cases are left out and why.

    Expected is the mean first grade of the same kind of case in the same round. Cases whose auditor was chosen by
    hand are left out, and whole rounds in which that is most of them: a difference would be that of the cases.
    """
    used, expected = _used(grades), _expected(grades)
    groups: dict[Hashable, list[float]] = defaultdict(list)
    for one in used:
        groups[one.auditor].append(one.grade - expected[one.round, one.case_type])
    found = severity(groups)
    reason = found.reason or ("too_few_auditors" if len(groups) < FEWEST_AUDITORS else None)
    auditors = {name: _auditor(found, name, len(groups[name]), reason) for name in groups}
    return {"auditors": auditors, "cases": len(used), "by_hand": len(grades) - len(used), "reason": reason}


def _used(grades: Sequence[FirstGrade]) -> list[FirstGrade]:
    of_round: dict[Hashable, list[bool]] = defaultdict(list)
    for one in grades:
        of_round[one.round].append(one.by_hand)
    return [one for one in grades if not one.by_hand and fmean(of_round[one.round]) <= HALF]


def _expected(grades: Sequence[FirstGrade]) -> dict[tuple[Hashable, str], float]:
    """The mean grade of each kind of case in each round, whoever graded it."""
    alike: dict[tuple[Hashable, str], list[int]] = defaultdict(list)
    for one in grades:
        alike[one.round, one.case_type].append(one.grade)
    return {key: fmean(values) for key, values in alike.items()}


def _auditor(found: Severity, name: Hashable, cases: int, reason: str | None) -> Figures:
    few = cases < FEW
    why = reason or ("too_few_cases" if few else None)
    effect, (low, high) = (found.effects[name], found.intervals[name]) if why is None else (None, (None, None))
    return {
        "cases": cases,
        "effect": effect,
        "low": low,
        "high": high,
        "flagged": why is None and name in found.flagged,
        "reason": why,
        "sentence": _sentence(cases, effect, low, high),
    }


def _sentence(cases: int, effect: float | None, low: float | None, high: float | None) -> str:
    if effect is None or low is None or high is None:
        return f"{plural(cases, 'case')}: too few to tell."
    if low <= 0 <= high:
        return f"{plural(cases, 'case')}: no difference from what was expected that chance could not explain."
    if effect > 0:
        return f"{plural(cases, 'case')}: more lenient than expected by {grade_change(effect, low, high)}."
    return f"{plural(cases, 'case')}: stricter than expected by {grade_change(-effect, -high, -low)}."
