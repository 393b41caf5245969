"""The figures of one page, gathered: plain dictionaries for the command line, screens and reports.

Keys are always present; what is undefined is None, with a `reason` in the same dictionary. Each ends with the
`sentence` that people read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auditflow.domain.grades import Grade
from auditflow.statistics.estimates import (
    Interval,
    StratifiedEstimate,
    Stratum,
    clopper_pearson,
    finite_population,
    stratified_proportion,
    wilson,
)
from auditflow.statistics.sentences import estimate_sentence
from auditflow.statistics.tables import Figures, count_grades

__all__ = ["EstimateInput", "estimate_summary", "headline_interval", "is_weighted", "weighted_share"]

_SAME = 1e-9


@dataclass(frozen=True)
class EstimateInput:
    """What an estimate is made from: grades of randomly drawn cases (None: not applicable), and the design.

    `strata` names each case's stratum and `sizes` the eligible cases of each; `population` counts all of them.
    """

    grades: Sequence[Grade | None]
    strata: Sequence[str] | None = None
    sizes: Mapping[str, int] | None = None
    population: int | None = None


def estimate_summary(given: EstimateInput) -> Figures:
    """Good or better with every interval, the distribution, and the sentence with the interval to be shown."""
    graded = [grade for grade in given.grades if grade is not None]
    n, good = len(graded), sum(grade.good_or_better for grade in graded)
    missing = len(given.grades) - n
    population = given.population
    if population is None and given.sizes is not None:
        population = sum(given.sizes.values())
    strata = _strata(given)
    stratified = None if strata is None else stratified_proportion(strata)
    shown = headline_interval(good, n, population, strata)
    covered = None if stratified is None or stratified.covered == stratified.population else stratified.covered
    return {
        "n": n,
        "good": good,
        "not_applicable": missing,
        "p": good / n if n else None,
        "reason": None if n else "no_cases",
        "interval": _headline(good, n, shown),
        "weighted": isinstance(shown, StratifiedEstimate),
        "wilson": wilson(good, n).named(),
        "clopper_pearson": clopper_pearson(good, n).named(),
        "finite_population": _finite(good, n, population, whole=covered is None),
        "stratified": _stratified(stratified),
        "distribution": count_grades(graded),
        "sentence": estimate_sentence(good, n, shown, not_applicable=missing, population=population, covered=covered),
    }


def headline_interval(
    good: int, n: int, population: int | None, strata: Sequence[Stratum] | None
) -> Interval | StratifiedEstimate:
    """The interval that the design asks for.

    Stratified when the strata were not sampled in proportion; else of the finite population when more than a
    tenth of it was sampled; else Wilson. Strata without a graded case are in none of them.
    """
    if strata and not _in_proportion(strata):
        return stratified_proportion(strata)
    if strata and any(s.population and not s.n for s in strata):
        population = sum(s.population for s in strata if s.n)
    if population and 10 * n > population:
        finite = finite_population(good, n, population)
        return Interval(finite.low, finite.high, reason=finite.reason)
    return wilson(good, n)


def weighted_share(good: int, n: int, value: float | None) -> bool:
    """Whether a headline's share is other than the plain one, because its groups are weighted."""
    return bool(n) and value is not None and abs(value - good / n) > _SAME


def is_weighted(estimate: Mapping[str, Any]) -> bool:
    """Whether the strata were not sampled in proportion, so that no share of the cases themselves is one of all.

    Estimates frozen before they said so tell it by their headline's share.
    """
    said = estimate.get("weighted")
    if said is not None:
        return bool(said)
    return weighted_share(estimate["good"], estimate["n"], (estimate.get("interval") or {}).get("value"))


def _headline(good: int, n: int, shown: Interval | StratifiedEstimate) -> Figures:
    """The share and the interval that the sentence says."""
    value = shown.p if isinstance(shown, StratifiedEstimate) else good / n if n else None
    return {"value": value, "low": shown.low, "high": shown.high, "reason": shown.reason}


def _in_proportion(strata: Sequence[Stratum]) -> bool:
    """Whether each stratum's number of cases is its share of all, rounded up or down."""
    n, population = sum(s.n for s in strata), sum(s.population for s in strata)
    return all(abs(s.n * population - n * s.population) < population for s in strata)


def _strata(given: EstimateInput) -> list[Stratum] | None:
    if given.strata is None or given.sizes is None:
        return None
    cases = [(s, grade) for s, grade in zip(given.strata, given.grades, strict=True) if grade is not None]
    return [
        Stratum(
            size,
            sum(stratum == name for stratum, _ in cases),
            sum(stratum == name and grade.good_or_better for stratum, grade in cases),
        )
        for name, size in given.sizes.items()
    ]


def _finite(good: int, n: int, population: int | None, *, whole: bool) -> Figures:
    """Of the whole population, which says nothing of strata that no case was graded from."""
    names = ("count_low", "count_high", "low", "high")
    if population is None or not whole:
        return {**dict.fromkeys(names), "reason": "groups_not_graded" if population else "no_population"}
    return finite_population(good, n, population).named()


def _stratified(result: StratifiedEstimate | None) -> Figures:
    names = ("p", "se", "df", "low", "high")
    if result is None:
        return {**dict.fromkeys(names), "reason": "no_strata"}
    return result.named()
