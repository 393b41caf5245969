"""Words for the figures of results: shares, ranges, reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditflow.domain.grades import Grade
from auditflow.statistics.wording import FEW, number, percent, plural, share

__all__ = [
    "GRADES",
    "GRADE_KEYS",
    "KIND_WORDS",
    "PURPOSES",
    "REASONS",
    "percent",
    "plural",
    "points_words",
    "range_words",
    "reasons_words",
    "share",
    "share_words",
]

GRADES = [grade.short_name for grade in sorted(Grade, reverse=True)]
"""The grades' names, best first."""
KIND_WORDS = {"random": "At random", "replacement": "Reserve", "judgemental": "Added (not random)"}
"""How a case came into the sample."""
PURPOSES = {
    "main": "Audit",
    "second": "Blind second grading",
    "calibration": "Calibration",
    "bridge": "First audit's record graded again",
}
GRADE_KEYS = {grade.short_name: int(grade) for grade in Grade}

REASONS = {
    "closed_early": "closed too early",
    "transferred": "moved to another council",
    "restricted": "restricted record",
    "no_work": "without work since",
    "closed_in_error": "listed in error",
    "duplicate": "in the sample twice",
    "wrong_kind": "not of this kind",
    "proceedings": "kept for a review or an investigation",
    "family_asked": "left out because the family asked",
    "no_auditor": "without an auditor free of conflict",
    "too_late": "not possible before the end",
    "open": "not agreed",
}


def reasons_words(reasons: Mapping[str, int]) -> str:
    """Such as “6 closed too early, 3 moved to another council”, most first."""
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count:,} {REASONS.get(key, 'for another reason')}" for key, count in ordered)


def range_words(interval: Mapping[str, Any], n: int) -> str:
    """Such as “23% to 43%” of n cases; empty below 10 cases or where there is none."""
    low, high = interval.get("low"), interval.get("high")
    if n < FEW or low is None or high is None:
        return ""
    return f"{percent(low, n)} to {percent(high, n)}"


def share_words(good: int, n: int) -> str:
    """Such as “15 (21%)”, or the count alone below 10 cases."""
    return f"{good:,}" if n < FEW else f"{good:,} ({percent(good / n, n)})"


def points_words(value: float) -> str:
    """A change of a share in points, "+20" or "−3"."""
    text = number(100 * value)
    return f"+{text}" if value > 0 and text != "0" else text
