"""Worlds whose truth is known: cases, auditors and their grades in two rounds (docs/statistics.md, "Simulated").

Every grade is a cut of a latent value: how good the case is, how lenient its auditor is, and their judgement that
day, of which one part is common to the whole audit and the rest is of that one grade. Practice that improves moves
the case; kinder auditors move everything that the second round's auditors grade, the baseline's records too.
"""

from __future__ import annotations

import math
import random
from bisect import bisect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from statistics import NormalDist

from auditflow.domain.grades import Grade
from auditflow.domain.sampling import choose

CASES, AUDITORS = 80, 8
DOMAINS = tuple(f"D{number}" for number in range(1, 13))
REFS = tuple(f"C{number:03}" for number in range(1, CASES + 1))
BRIDGES = (10, 20, 30)
"""How many baseline records are graded again: the first 10, 20 or 30 of one order."""

BETWEEN, SEVERITY, JUDGEMENT = 0.75, 0.25, 0.45
"""Standard deviations of the latent value: between cases, between auditors, of one judgement."""
COMMON = 0.45
"""The part of judgement's variance that all grades of one audit share."""
SHARES = (0.25, 0.50, 0.20, 0.05)
"""How often each grade is given at the baseline, Inadequate first: a quarter are good or better."""
BETTER = 0.39
"""Good or better after practice improved by 14 points."""

SPREAD = math.sqrt(BETWEEN**2 + SEVERITY**2 + JUDGEMENT**2)
CUTS = tuple(NormalDist(0, SPREAD).inv_cdf(share) for share in accumulate(SHARES[:-1]))
IMPROVED = NormalDist(0, SPREAD).inv_cdf(BETTER) - NormalDist(0, SPREAD).inv_cdf(sum(SHARES[2:]))
GRADES = tuple(Grade)


@dataclass(frozen=True, slots=True)
class World:
    """What happened between two rounds: how far practice and the auditors' standard moved, and how many were lost."""

    key: str
    words: str
    practice: float = 0.0
    kinder: float = 0.0
    lost: int = 0
    common: float = COMMON

    @property
    def unchanged(self) -> bool:
        """Whether practice stayed as it was, so that any claim is false."""
        return self.practice == 0

    @property
    def true_change(self) -> float:
        """By how many grades practice moved, as the second round's auditors grade."""
        normal = NormalDist(0, SPREAD)
        return sum(normal.cdf(cut - self.kinder) - normal.cdf(cut - self.kinder - self.practice) for cut in CUTS)


WORLDS = (
    World("same", "nothing changed"),
    World("kinder_03", "nothing changed, second auditors kinder by 0.3", kinder=0.3),
    World("kinder_05", "nothing changed, kinder by 0.5", kinder=0.5),
    World("lost_8", "nothing changed, worst 8 cases lost", lost=8),
    World("better", "improved by 14 points (25 → 39 %)", practice=IMPROVED),
    World("better_harsher", "improved by 14 points, auditors harsher by 0.3", practice=IMPROVED, kinder=-0.3),
)

OTHERWISE = tuple(
    replace(world, key=f"{world.key}_{common}", common=common)
    for common in (0.0, 0.25, 0.75, 1.0)
    for world in (WORLDS[0], WORLDS[1], WORLDS[4])
)
"""The same with another `common`, which nobody knows of real auditors: shown, not demanded."""


@dataclass(frozen=True, slots=True)
class Grading:
    """One auditor's grades of one record: the overall grade and the domains'."""

    overall: Grade
    domains: Mapping[str, Grade]


Gradings = dict[str, Grading]


@dataclass(frozen=True, slots=True)
class TwoRounds:
    """A baseline, its re-audit, and baseline records graded again, in the order in which they were chosen."""

    before: Gradings
    after: Gradings
    regraded: Gradings


def two_rounds(world: World, chance: random.Random) -> TwoRounds:
    """One baseline and re-audit of that world."""
    quality = {ref: chance.gauss(0, BETWEEN) for ref in REFS}
    first, second = _severities(chance, 0.0), _severities(chance, world.kinder)
    graded = _grader(world.common, chance)
    before = {ref: graded(quality[ref] + first[auditor]) for ref, auditor in _dealt(chance).items()}
    auditors = _without(world.lost, before, _dealt(chance))
    after = {ref: graded(quality[ref] + world.practice + second[auditor]) for ref, auditor in auditors.items()}
    chosen = choose(f"{chance.getrandbits(128):032x}", "bridge", auditors, max(BRIDGES))
    regraded = {ref: graded(quality[ref] + second[auditor]) for ref, auditor in balanced(chosen, auditors).items()}
    return TwoRounds(before, after, regraded)


def _severities(chance: random.Random, kinder: float) -> list[float]:
    return [chance.gauss(kinder, SEVERITY) for _ in range(AUDITORS)]


def _dealt(chance: random.Random) -> dict[str, int]:
    """Which auditor has which case, equally many each."""
    auditors = list(range(AUDITORS)) * (CASES // AUDITORS)
    chance.shuffle(auditors)
    return dict(zip(REFS, auditors, strict=True))


def _without(lost: int, before: Gradings, auditors: dict[str, int]) -> dict[str, int]:
    """The re-audit's cases: without those that had the lowest scores at the baseline."""
    worst = sorted(REFS, key=lambda ref: (sum(before[ref].domains.values()), ref))[:lost]
    return {ref: auditor for ref, auditor in auditors.items() if ref not in worst}


def balanced(chosen: Sequence[str], auditors: Mapping[str, int]) -> dict[str, int]:
    """Who grades each chosen record again: the least busy of the re-audit's auditors, never the case's own."""
    load = [0] * AUDITORS
    dealt = {}
    for ref in chosen:
        dealt[ref] = min((a for a in range(AUDITORS) if a != auditors[ref]), key=lambda a: (load[a], a))
        load[dealt[ref]] += 1
    return dealt


def _grader(common: float, chance: random.Random) -> Callable[[float], Grading]:
    """Grades a record at a latent value: the audit's own judgement first, then each grade's."""
    audit, single = JUDGEMENT * math.sqrt(common), JUDGEMENT * math.sqrt(1 - common)
    gauss = chance.gauss

    def graded(latent: float) -> Grading:
        seen = gauss(latent, audit)
        overall, *domains = [GRADES[bisect(CUTS, gauss(seen, single))] for _ in range(1 + len(DOMAINS))]
        return Grading(overall, dict(zip(DOMAINS, domains, strict=True)))

    return graded
