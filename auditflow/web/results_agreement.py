"""How far two auditors agree who graded the same records blind: for whoever leads the round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from auditflow.domain.grades import Grade
from auditflow.statistics.agreement_pooled import pooled_agreement
from auditflow.statistics.wording import number, plural
from auditflow.web.results_links import Links

WORST_FIRST = [grade.short_name for grade in Grade]
WIDE = 40
"""Below so many cases the page says that the range is wide."""
ENOUGH = 20
"""Below so many second gradings the rounds before are put with this one."""

Figures = Mapping[str, Any]


def agreement_part(agreed: Figures, links: Links, earlier: Sequence[Figures] = ()) -> dict[str, Any] | None:
    """The table of both grades, and the coefficients with their ranges; None where nothing was graded twice.

    `earlier` are the figures of agreement of the rounds before, newest first: with fewer than 20 second gradings of
    its own the coefficients are of all these rounds together, and say so.
    """
    if not agreed["n"]:
        return None
    before = [figures for figures in earlier if figures["n"]] if agreed["n"] < ENOUGH else []
    pooled = pooled_agreement(figures["table"] for figures in (agreed, *before)) if before else agreed
    return {
        "n": agreed["n"],
        "link": links.to(group="double"),
        "columns": [{"text": "First auditor"}, *({"text": grade, "numeric": True} for grade in WORST_FIRST)],
        "rows": [_row(first, agreed["table"][first - 1], links) for first in Grade],
        "together": _together(pooled, len(before) + 1) if before else "",
        "facts": _facts(pooled),
        "words": _words(pooled),
    }


def _row(first: Grade, counts: Sequence[int], links: Links) -> list[Any]:
    cells = [
        links.cell(
            counts[second - 1],
            f"{first.short_name}, then {second.short_name}",
            group="double",
            first=int(first),
            second=int(second),
        )
        for second in Grade
    ]
    return [first.short_name, *cells]


def _together(pooled: Figures, rounds: int) -> str:
    return (
        f"So few are pooled with those of the rounds before: {plural(pooled['n'], 'case')} of the last {rounds} rounds "
        "together."
    )


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
