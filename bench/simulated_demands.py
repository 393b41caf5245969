"""What the simulation must show, and whether it did (docs/statistics.md, "Simulated")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from auditflow.statistics.estimates import clopper_pearson
from bench.exact_coverage import every_exact
from bench.simulated_agreement import Doubles
from bench.simulated_intervals import Cell, Question
from bench.simulated_rules import HELD, OTHER, WORLDS_SEEN, Tally, bridge, interval, sentences
from bench.simulated_worlds import BRIDGES, World

FALSE_IMPROVED, FALSE_CLAIM = 0.06, 0.09
FOUND = {20: 0.75, 30: 0.85}
"""How often an improvement by 14 points must be found, by how many records were graded again."""
GUARANTEED = ("clopper_pearson", "finite_population")
COVERAGE, CONFIDENCE = 0.95, 0.99
AGREEMENT, ADJUSTED = 0.90, 0.91
"""What Gwet's coefficient from 10 cases, and the adjusted change from 10 bridge cases, must reach everywhere."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that was counted, with the seed and the number of worlds and samples it comes from."""

    seed: int
    number: int
    worlds: Mapping[World, Tally]
    otherwise: Mapping[World, Tally]
    cells: Sequence[tuple[Question, Cell]]
    agreement: Mapping[Doubles, Sequence[Cell]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing demanded, the figure, and whether it is met."""

    words: str
    must: str
    figure: str
    met: bool


def bounds(count: int, number: int) -> tuple[float, float]:
    """The 99 % interval of a share that a simulation found."""
    low, high = clopper_pearson(count, number, CONFIDENCE)
    return low, high


def demands(outcome: Outcome) -> list[Demand]:
    """Every demand with its figure."""
    return [
        *_of_claims(outcome),
        *_of_sentences(outcome),
        *_of_intervals(outcome),
        *_of_agreement(outcome),
        *_of_adjusted(outcome),
    ]


def _of_claims(outcome: Outcome) -> Iterator[Demand]:
    for world, tally in outcome.worlds.items():
        if world.unchanged:
            yield _at_most(f"{world.words}: false “improved”", ("improved",), FALSE_IMPROVED, tally)
            yield _at_most(f"{world.words}: any claim", ("improved", "declined"), FALSE_CLAIM, tally)
        else:
            yield from (_found(world, tally, again) for again in FOUND)


def _at_most(words: str, claims: Sequence[str], most: float, tally: Tally) -> Demand:
    number = tally[WORLDS_SEEN]
    counts = {again: sum(tally[bridge(again), claim] for claim in claims) for again in BRIDGES}
    worst = max(counts, key=lambda again: counts[again])
    bound = bounds(counts[worst], number)[1]
    figure = f"{counts[worst] / number:.1%}, at most {bound:.1%} ({worst} bridge cases)"
    return Demand(words, f"≤ {most:.0%}, upper bound", figure, bound <= most)


def _found(world: World, tally: Tally, again: int) -> Demand:
    count, number = tally[bridge(again), "improved"], tally[WORLDS_SEEN]
    low, high = bounds(count, number)
    words, figure = f"{world.words}: found, {again} bridge cases", f"{count / number:.1%} ({low:.1%} to {high:.1%})"
    return Demand(words, f"≥ {FOUND[again]:.0%}", figure, count >= FOUND[again] * number)


def _of_sentences(outcome: Outcome) -> Iterator[Demand]:
    tallies = [*outcome.worlds.values(), *outcome.otherwise.values()]
    other = sum(tally[sentences(again), OTHER] for tally in tallies for again in (0, *BRIDGES))
    yield Demand("headline sentences that say other than the claim", "none", f"{other:,}", other == 0)
    claims = sum(tally[sentences(0), claim] for tally in tallies for claim in ("improved", "declined"))
    yield Demand("headline sentences that claim without second gradings", "none", f"{claims:,}", claims == 0)


def _of_intervals(outcome: Outcome) -> Iterator[Demand]:
    for name in GUARANTEED:
        cells = [cell for question, cell in outcome.cells if question.interval == name]
        least = min(cells, key=lambda cell: cell.held / cell.samples)
        bound = bounds(least.held, least.samples)[1]
        figure = f"{least.held / least.samples:.1%}, at most {bound:.1%}"
        yield Demand(f"{name}: smallest coverage simulated", "≥ 95%, upper bound", figure, bound >= COVERAGE)
        exact = min(each.smallest()[0] for each in every_exact() if each.interval == name)
        yield Demand(f"{name}: smallest coverage, worked out", "≥ 95%", f"{exact:.2%}", exact >= COVERAGE)


def _of_agreement(outcome: Outcome) -> Iterator[Demand]:
    """Of Gwet's coefficient, which a page shows first; kappa's interval is shown and promises nothing."""
    shares = [cells[0].held / cells[0].samples for cells in outcome.agreement.values() if cells[0].samples]
    if shares:
        figure = f"{min(shares):.1%}, {sum(shares) / len(shares):.1%} on average"
        yield Demand("Gwet’s AC2: smallest coverage", f"≥ {AGREEMENT:.0%}", figure, min(shares) >= AGREEMENT)


def _of_adjusted(outcome: Outcome) -> Iterator[Demand]:
    shares = [
        tally[interval(again), HELD] / tally[WORLDS_SEEN] for tally in outcome.worlds.values() for again in BRIDGES
    ]
    figure = f"{min(shares):.1%}, {sum(shares) / len(shares):.1%} on average"
    yield Demand("adjusted change: smallest coverage", f"≥ {ADJUSTED:.0%}", figure, min(shares) >= ADJUSTED)
