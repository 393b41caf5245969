"""What stands beside the estimate of a round: the cases counted themselves, and the figure weighted by groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditflow.statistics.wording import FEW, percent

Figures = Mapping[str, Any]


def estimate_notes(results: Figures) -> list[str]:
    """Sentences for the design of this round; none where the plain figure says it all, or for under 10 cases."""
    estimate = results["estimate"]
    if estimate["n"] < FEW:
        return []
    return [word for word in (_counted(estimate, _population(results)), _weighted(estimate)) if word]


def _population(results: Figures) -> int | None:
    """The eligible cases, where the results keep how many there were."""
    draw = results.get("draw") or {}
    population: int | None = None if draw.get("same_as") else draw.get("eligible")
    return population


def _counted(estimate: Figures, population: int | None) -> str:
    """The finite population, once more than a tenth of it was graded (and not all of it)."""
    finite, n = estimate["finite_population"], estimate["n"]
    if population is None or not n < population < 10 * n or finite["count_low"] is None:
        return ""
    return (
        f"Counting the cases themselves: between {finite['count_low']:,} and {finite['count_high']:,} of the "
        f"{population:,} eligible cases are good or better."
    )


def _weighted(estimate: Figures) -> str:
    """The stratified figure where it is not the headline and, as shown, differs from the plain one."""
    weighted, n = estimate["stratified"], estimate["n"]
    headline = estimate.get("interval") or {"value": estimate["p"]}
    if weighted["p"] is None or weighted["low"] is None or weighted["p"] == headline["value"]:
        return ""
    if percent(weighted["p"], n) == percent(estimate["p"], n):
        return ""
    ends = f"{percent(weighted['low'], n)} to {percent(weighted['high'], n)}"
    return f"Each group weighted by its share of all eligible cases: {percent(weighted['p'], n)} ({ends})."
