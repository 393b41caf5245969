"""How far two auditors agree who graded the same records blind: for whoever leads the round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditflow.domain.grades import Grade
from auditflow.statistics.wording import number

WORST_FIRST = [grade.short_name for grade in Grade]
WIDE = 40
"""Below so many cases the page says that the range is wide."""

Figures = Mapping[str, Any]


def agreement_part(agreed: Figures, link: str) -> dict[str, Any] | None:
    """The table of both grades, and the coefficients with their ranges; None where nothing was graded twice."""
    if not agreed["n"]:
        return None
    grades = WORST_FIRST
    return {
        "n": agreed["n"],
        "link": link,
        "columns": [{"text": "First auditor"}, *({"text": grade, "numeric": True} for grade in grades)],
        "rows": [[grade, *counts] for grade, counts in zip(grades, agreed["table"], strict=True)],
        "facts": _facts(agreed),
        "words": _words(agreed),
    }


def _facts(agreed: Figures) -> list[dict[str, str]]:
    n, weighted = agreed["n"], agreed["quadratic"]
    ranges = agreed.get("intervals") or {}
    rows = [
        {"key": "The same grade", "value": f"{agreed['exact']:,} of {n:,}"},
        {"key": "Within one grade", "value": f"{agreed['adjacent']:,} of {n:,}"},
    ]
    for name, key in (("ac", "Agreement beyond chance (Gwet’s AC2)"), ("kappa", "Weighted kappa")):
        words = _coefficient(weighted[name], ranges.get(name))
        if words:
            rows.append({"key": key, "value": words})
    return rows


def _coefficient(value: float | None, interval: Figures | None) -> str:
    """Such as “0.83, fairly confident 0.68 to 0.97”; empty where there are too few cases for it."""
    if interval is None or interval["reason"] == "too_few_cases":
        return ""
    if value is None:
        return "Not defined: everyone used one grade."
    if interval["reason"] == "no_disagreement_seen":
        return f"{number(value, 2)}; there is no range, because no disagreement was seen"
    if interval["low"] is None:
        return number(value, 2)
    return f"{number(value, 2)}, fairly confident {number(interval['low'], 2)} to {number(interval['high'], 2)}"


def _words(agreed: Figures) -> str:
    """What the coefficients mean, and how little so few cases can tell."""
    interval = (agreed.get("intervals") or {}).get("ac")
    if interval is None or interval["reason"] == "too_few_cases":
        return "Fewer than 10 cases were graded twice, so there are only counts."
    if interval["reason"] == "no_disagreement_seen":
        return (
            f"The two auditors gave the same grade in all {agreed['n']:,} cases. More cases might have shown "
            "disagreements, and how many cannot be told from none."
        )
    meaning = (
        "1 is full agreement and 0 is what chance would give; grades one step apart count as nearly the same. "
        "Kappa falls when nearly all cases have one grade, so it is never read alone."
    )
    return f"{meaning} With so few cases the range is wide." if agreed["n"] < WIDE else meaning
