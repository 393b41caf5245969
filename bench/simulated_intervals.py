"""How often each interval holds the truth: samples that the product draws from populations that are known.

Which cases are good does not hang on the draw, so one sample of a list answers for several populations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

from auditflow.statistics.crossing import Change, newcombe_paired
from auditflow.statistics.estimates import (
    FiniteInterval,
    Interval,
    StratifiedEstimate,
    Stratum,
    clopper_pearson,
    finite_population,
    stratified_proportion,
    wilson,
)
from auditflow.statistics.unpaired import newcombe_independent
from bench.simulated_lists import Plan, Sample, listed, samples

PLAIN = tuple(Plan(*numbers, "plain") for numbers in ((100, 20), (300, 80), (1000, 40), (2900, 80)))
STRATA = tuple(Plan(2900, 80, how) for how in ("proportionate", "at most 2 of a worker", "disproportionate"))
CHANGES = Plan(2900, 80, "plain", draws=2)
PLANS = (*PLAIN, *STRATA, CHANGES)

SHARES = (0.05, 0.1, 0.25, 0.39, 0.5, 0.9)
BY_GROUP = ((0.25, 0.25, 0.25, 0.25), (0.15, 0.3, 0.4, 0.6), (0.6, 0.4, 0.3, 0.15), (0.02, 0.05, 0.08, 0.12))
CROSSED = ((0.15, 0.1, 0.1), (0.2, 0.05, 0.19), (0.4, 0.1, 0.1), (0.88, 0.02, 0.07))
"""Shares of the cases that are good both times, stop being good, become good."""

Ends = tuple[float, float]
_wilson, _clopper_pearson, _finite = cache(wilson), cache(clopper_pearson), cache(finite_population)
_paired, _independent, _stratified = cache(newcombe_paired), cache(newcombe_independent), cache(stratified_proportion)

OF_SHARE: Mapping[str, Callable[[int, Plan], Interval | FiniteInterval]] = {
    "wilson": lambda found, plan: _wilson(found, plan.size),
    "clopper_pearson": lambda found, plan: _clopper_pearson(found, plan.size),
    "finite_population": lambda found, plan: _finite(found, plan.size, plan.population),
}


@dataclass(frozen=True)
class Question:
    """One interval on one population: what is true there, and the interval that samples give."""

    plan: Plan
    population: str
    interval: str
    truth: float
    ends: Callable[..., Ends]


@dataclass(slots=True)
class Cell:
    """How many samples there were, how many intervals held the truth, and how wide they were together."""

    samples: int = 0
    held: int = 0
    width: float = 0.0

    def add(self, other: Cell) -> None:
        """Count another's samples too."""
        self.samples, self.held = self.samples + other.samples, self.held + other.held
        self.width += other.width


def coverage(plan: Plan, number: int, seed: str) -> list[Cell]:
    """The cell of each of the plan's questions, in their order, over `number` samples."""
    asked = questions(plan)
    cells = [Cell() for _ in asked]
    for drawn in samples(plan, seed, number):
        for question, cell in zip(asked, cells, strict=True):
            low, high = question.ends(*drawn)
            cell.add(Cell(1, low <= question.truth <= high, high - low))
    return cells


@cache
def questions(plan: Plan) -> tuple[Question, ...]:
    """What is asked of the samples of a plan."""
    if plan == CHANGES:
        return tuple(question for shares in CROSSED for question in _of_change(plan, shares))
    if plan in PLAIN:
        return tuple(question for share in SHARES for question in _of_share(plan, share))
    return tuple(question for shares in BY_GROUP for question in _of_groups(plan, shares))


def _good(plan: Plan, shares: Sequence[float]) -> list[bool]:
    """For every case of the list whether it is good, when these shares of the groups are."""
    sizes = plan.groups
    reach = {name: round(size * share) for (name, size), share in zip(sizes.items(), shares, strict=True)}
    known = listed(plan)
    return [place < reach[row[1]] for row, place in zip(known.rows, known.place, strict=True)]


def _of_share(plan: Plan, share: float) -> Iterator[Question]:
    good = _good(plan, [share])

    def ends(sample: Sample, interval: str) -> Ends:
        return share_ends(interval, sum(map(good.__getitem__, sample)), plan)

    for interval in OF_SHARE:
        yield Question(plan, f"{share:.0%}", interval, sum(good) / plan.population, partial(ends, interval=interval))


def share_ends(interval: str, found: int, plan: Plan) -> Ends:
    """The interval of that name when so many of the sample are good."""
    return _both(OF_SHARE[interval](found, plan))


def _of_groups(plan: Plan, shares: Sequence[float]) -> Iterator[Question]:
    good, groups = _good(plan, shares), [row[1] for row in listed(plan).rows]

    def stratified(sample: Sample) -> Ends:
        drawn = Counter(groups[i] for i in sample)
        found = Counter(groups[i] for i in sample if good[i])
        return _both(_stratified(tuple(Stratum(size, drawn[n], found[n]) for n, size in plan.groups.items())))

    def plain(sample: Sample) -> Ends:
        return _both(_wilson(sum(map(good.__getitem__, sample)), plan.size))

    truth, words = sum(good) / plan.population, ", ".join(f"{share:.0%}" for share in shares)
    if plan.how != "disproportionate":
        yield Question(plan, words, "wilson", truth, plain)
    yield Question(plan, words, "stratified_proportion", truth, stratified)


def _of_change(plan: Plan, shares: tuple[float, float, float]) -> Iterator[Question]:
    """The same cases twice, and two samples of different cases, where the shares cross the line."""
    both, stopped, became = (round(plan.population * share) for share in shares)
    kind = ["a"] * both + ["b"] * stopped + ["c"] * became + ["d"] * (plan.population - both - stopped - became)

    def paired(sample: Sample, _other: Sample) -> Ends:
        counts = Counter(kind[i] for i in sample)
        return _both(_paired(*(counts[k] for k in "abcd")))

    def independent(sample: Sample, other: Sample) -> Ends:
        now, then = sum(kind[i] in "ac" for i in other), sum(kind[i] in "ab" for i in sample)
        return _both(_independent(now, plan.size, then, plan.size))

    truth = (became - stopped) / plan.population
    words = f"{shares[0] + shares[1]:.0%} → {shares[0] + shares[2]:.0%}"
    yield Question(plan, words, "newcombe_paired", truth, paired)
    yield Question(plan, words, "newcombe_independent", truth, independent)


def _both(given: Interval | FiniteInterval | StratifiedEstimate | Change) -> Ends:
    """Both ends; the plans leave no sample without an interval."""
    assert given.low is not None
    assert given.high is not None
    return given.low, given.high
