"""The score of an audit for the drift check: the mean of its domain grades, the same domains on every occasion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["OccasionScores", "occasion_scores"]

Grades = Mapping[str, Mapping[str, int | None]]


@dataclass(frozen=True)
class OccasionScores:
    """Scores by case reference, ready for `drift_adjusted`; `left_out` had too few domains in common."""

    before: dict[str, float]
    after: dict[str, float]
    regraded: dict[str, float]
    left_out: tuple[str, ...]


def occasion_scores(before: Grades, after: Grades, regraded: Grades, domains: Sequence[str]) -> OccasionScores:
    """Score every pair over the domains graded on each occasion that the case was graded.

    The grades are by case reference and domain, as first submitted, None for not applicable; `domains` are those
    of the tool that both versions have. A case with fewer than half of them in common is left out. Otherwise a
    weak domain that becomes not applicable would look like an improvement.
    Regraded cases without a pair, or left out, keep a score, so that `drift_adjusted` can count them as left out.
    """
    scores: dict[str, dict[str, float]] = {"before": {}, "after": {}, "regraded": {}}
    left_out = []
    for ref in sorted(ref for ref in before if ref in after):
        occasions = {"before": before[ref], "after": after[ref]}
        if ref in regraded:
            occasions["regraded"] = regraded[ref]
        shared = [d for d in domains if all(grades.get(d) is not None for grades in occasions.values())]
        if not shared or 2 * len(shared) < len(domains):
            left_out.append(ref)
            continue
        for occasion, grades in occasions.items():
            scores[occasion][ref] = _mean(grades, shared)
    alone = [ref for ref in regraded if ref not in scores["before"]]
    scores["regraded"].update({ref: _mean(regraded[ref], list(domains)) for ref in alone})
    return OccasionScores(scores["before"], scores["after"], scores["regraded"], tuple(left_out))


def _mean(grades: Mapping[str, int | None], domains: Sequence[str]) -> float:
    known = [grade for domain in domains if (grade := grades.get(domain)) is not None]
    return sum(known) / len(known) if known else 0.0
