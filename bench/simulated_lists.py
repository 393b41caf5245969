"""Case lists whose every case is known to be good or not, and samples of them, drawn by the product's own `draw`."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from auditflow.domain.sampling import draw

COLUMNS = ("ref", "group", "worker")
GROUPS = {"in need": 0.5, "protection": 0.25, "looked after": 0.2, "leaving care": 0.05}
"""The strata of a list, as shares of it."""
UNEVEN = {"in need": 24, "protection": 20, "looked after": 20, "leaving care": 16}
"""How many of each a sample out of proportion takes."""
WORKERS = 150
ALIKE = 0.1
"""The correlation of two cases of one worker (intraclass, on the latent scale that puts cases in order)."""

Sample = Sequence[int]
"""The places of the drawn cases in their list."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A list of `population` cases, how many are drawn from it and how; `draws` samples belong together."""

    population: int
    size: int
    how: str
    draws: int = 1

    @property
    def groups(self) -> Mapping[str, int]:
        """The strata with their sizes; one for a plain list."""
        shares = {"all": 1.0} if self.how == "plain" else GROUPS
        return {name: round(self.population * share) for name, share in shares.items()}

    @property
    def design(self) -> dict[str, object]:
        """The design that the product reads, without its seed."""
        design: dict[str, object] = {"ref": "ref", "size": self.size, "stratify": "group", "minimum": 1, "reserves": 0}
        if self.how == "at most 2 of a worker":
            design["per_worker"] = {"column": "worker", "most": 2}
        if self.how == "disproportionate":
            design["allocation"] = {"fixed": UNEVEN}
        return design


@dataclass(frozen=True)
class Listed:
    """A plan's list: its rows, and each case's place among its group when good cases come first."""

    rows: Sequence[tuple[str, str, str]]
    place: Sequence[int]
    index: Mapping[str, int]


@cache
def listed(plan: Plan) -> Listed:
    """The list of a plan, the same in every run: some workers have many cases, and a worker's cases are alike."""
    chance = random.Random(f"list {plan}")
    leaning = [chance.gauss(0, ALIKE**0.5) for _ in range(WORKERS)]
    rows, place = [], []
    for group, size in plan.groups.items():
        workers = chance.choices(range(WORKERS), weights=range(1, WORKERS + 1), k=size)
        latent = [leaning[worker] + chance.gauss(0, (1 - ALIKE) ** 0.5) for worker in workers]
        order = sorted(range(size), key=latent.__getitem__)
        place += sorted(range(size), key=order.__getitem__)
        rows += [(f"C{len(rows) + i:05}", group, f"W{worker:03}") for i, worker in enumerate(workers)]
    return Listed(rows, place, {row[0]: i for i, row in enumerate(rows)})


def samples(plan: Plan, seed: str, number: int) -> Iterator[tuple[Sample, ...]]:
    """So many times the samples that belong together, each drawn with a seed of its own."""
    known, design = listed(plan), plan.design
    for time in range(number):
        seeds = (f"{seed} {time} {which}" for which in range(plan.draws))
        drawn = (draw(known.rows, {**design, "seed": each}, COLUMNS) for each in seeds)
        yield tuple([known.index[ref] for ref in one.refs] for one in drawn)
