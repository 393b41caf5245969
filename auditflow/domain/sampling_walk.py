"""The walk in key order: which cases a list, a design and a seed take, keep in reserve and pass over.

The order is SHA-256 of `seed|ref`. One pass takes a case when its stratum still needs one and its worker (or
family) is under the limit, and keeps the next ones as reserves. Only the first cases of each stratum are held in
memory, so that a million rows cost no more than reading and hashing them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from auditflow.domain.errors import BadInput
from auditflow.domain.sampling_allocation import largest_remainder, neyman
from auditflow.domain.sampling_design import Cap, Design
from auditflow.domain.sampling_list import CaseList, Row, Tally

__all__ = ["Entry", "Outcome", "attempt", "share_out", "under_caps"]

_GROW = 8


class Entry(NamedTuple):
    """An eligible case with its place in the order: the digest is the key, in bytes."""

    digest: bytes
    ref: str
    stratum: str
    held: tuple[str, ...]


@dataclass
class Outcome:
    """How a walk through a list ended, whether or not every stratum could be filled."""

    tally: Tally
    population: dict[str, int]
    allocation: dict[str, int]
    taken: dict[str, list[Entry]]
    reserves: dict[str, list[Entry]]
    passed_over: list[Entry]

    def short(self) -> dict[str, int]:
        """The strata that caps kept from being filled, with how many cases they are short of."""
        wanting = {name: count - len(self.taken[name]) for name, count in self.allocation.items()}
        return {name: count for name, count in sorted(wanting.items()) if count > 0}


def attempt(rows: Iterable[Row], design: Design, columns: Sequence[str] | None = None) -> Outcome:
    """Walk the list once (rarely twice) and say how it ended, caps that could not be met included.

    Raises BadInput for a list or a design that cannot be used.
    """
    if design.seed is None:
        raise BadInput("A draw needs a seed.", code="no_seed", field="seed")
    cases = CaseList(rows, design, columns)
    keep = 2 * (design.size or 0) + 100
    while True:
        pool = _Pool(cases, design.seed, keep)
        walk = _Walk(pool, design)
        share_out(design, pool.population, walk.take)
        if pool.enough_for(walk):
            return Outcome(pool.tally, pool.population, walk.quotas, walk.taken, walk.reserves, walk.passed_over)
        keep *= _GROW


class _Stratum:
    """A stratum while the list is read: how many it has, and its first cases in key order."""

    __slots__ = ("bound", "kept", "size")

    def __init__(self) -> None:
        self.size = 0
        self.bound = b"\xff" * 32
        self.kept: list[Entry] = []

    def trim(self, keep: int) -> None:
        """Let go of all but the first `keep`; later cases must come before the last of them."""
        self.kept.sort()
        del self.kept[keep:]
        self.bound = self.kept[-1].digest


class _Pool:
    """The first cases of each stratum in key order: as many as a draw can need, not the whole list."""

    def __init__(self, cases: CaseList, seed: str, keep: int) -> None:
        self.tally = Tally()
        self.strata: dict[str, _Stratum] = {}
        census = cases.design.size is None
        start = f"{seed}|".encode()
        for ref, name, row in cases.eligible(self.tally):
            stratum = self.strata.get(name)
            if stratum is None:
                stratum = self.strata[name] = _Stratum()
            stratum.size += 1
            digest = sha256(start + ref.encode()).digest()
            if digest <= stratum.bound:
                stratum.kept.append(Entry(digest, ref, name, cases.held(row)))
                if len(stratum.kept) > 2 * keep and not census:
                    stratum.trim(keep)
        self.population = {name: stratum.size for name, stratum in sorted(self.strata.items())}
        self.tally.refuse_if_nobody()

    def entries(self, names: Iterable[str]) -> list[Entry]:
        """The kept cases of these strata together, in key order."""
        return sorted(entry for name in names for entry in self.strata[name].kept)

    def enough_for(self, walk: "_Walk") -> bool:
        """Whether no stratum ran out of kept cases while the list had more."""
        return all(
            len(self.strata[name].kept) == self.population[name]
            or (len(walk.taken[name]) >= asked and len(walk.reserves[name]) >= walk.wanted[name])
            for name, asked in walk.asked.items()
        )


class _Walk:
    """One pass in key order: priority strata first, then the others together."""

    def __init__(self, pool: _Pool, design: Design) -> None:
        self.pool, self.design = pool, design
        self.counts: list[Counter[str]] = [Counter() for _cap in design.caps]
        self.quotas: dict[str, int] = {}
        self.asked: dict[str, int] = {}
        self.wanted: dict[str, int] = {}
        self.taken: dict[str, list[Entry]] = {}
        self.reserves: dict[str, list[Entry]] = {}
        self.passed_over: list[Entry] = []

    def take(self, quotas: Mapping[str, int], elastic: bool) -> Mapping[str, int]:
        """Take these strata's cases and reserves together; if elastic, what caps keep out is let go."""
        for name, quota in quotas.items():
            self.quotas[name] = self.asked[name] = quota
            self.wanted[name] = self.design.reserves_for(quota)
            self.taken[name], self.reserves[name] = [], []
        for entry in self.pool.entries(quotas):
            self._place(entry)
        if elastic:
            self.quotas |= {name: len(self.taken[name]) for name in quotas}
        return {name: self.quotas[name] for name in quotas}

    def _place(self, entry: Entry) -> None:
        name = entry.stratum
        if len(self.taken[name]) >= self.asked[name]:
            if len(self.reserves[name]) < self.wanted[name]:
                self.reserves[name].append(entry)
        elif under_caps(entry.held, self.counts, self.design.caps):
            self.taken[name].append(entry)
            for count, value in zip(self.counts, entry.held, strict=True):
                count[value] += 1
        else:
            self.passed_over.append(entry)


def share_out(
    design: Design,
    population: Mapping[str, int],
    take: Callable[[Mapping[str, int], bool], Mapping[str, int]],
) -> None:
    """Decide how many of each stratum, and `take` them: each priority stratum in turn, then the others together.

    A priority stratum may have all that fit beside the others' minima, or its own number; without a number it is
    elastic, and `take` answers how many it got. Raises BadInput when the numbers cannot be kept.
    """
    eligible = sum(population.values())
    left = eligible if design.size is None else min(design.size, eligible)
    priority = [entry for entry in design.priority_strata if entry.name in population]
    names = {entry.name for entry in priority}
    others = {name: size for name, size in population.items() if name not in names}
    floor = sum(min(design.minimum, size) for size in others.values())
    for entry in priority:
        most = min(population[entry.name], max(0, left - floor))
        number = most if entry.size is None else min(entry.size, most)
        left -= take({entry.name: number}, entry.size is None and bool(others))[entry.name]
    if others:
        take(_quotas(design, others, left), False)


def under_caps(held: Sequence[str], counts: Sequence[Mapping[str, int]], caps: Sequence[Cap]) -> bool:
    """Whether one more case with these values keeps every cap; a blank value is under no limit."""
    return all(
        value == "" or count.get(value, 0) < cap.most for value, count, cap in zip(held, counts, caps, strict=True)
    )


def _quotas(design: Design, sizes: Mapping[str, int], n: int) -> dict[str, int]:
    if design.shares.kind == "fixed":
        return _fixed(design, sizes)
    if n < 1:
        return dict.fromkeys(sizes, 0)
    if design.shares.kind == "neyman":
        return neyman(sizes, design.shares.numbers, n, design.minimum)
    return largest_remainder(sizes, n, design.minimum)


def _fixed(design: Design, sizes: Mapping[str, int]) -> dict[str, int]:
    numbers = design.shares.numbers
    for name, size in sorted(sizes.items()):
        if name not in numbers:
            raise BadInput(
                f"The allocation gives no number for “{name}”, which has {size} eligible cases. "
                "Write 0 if none of them is to be drawn.",
                code="no_number_for_stratum",
                details={"stratum": name},
            )
    for name, number in numbers.items():
        if number > sizes.get(name, 0):
            raise BadInput(
                f"{number} cases of “{name}” are asked for, but only {sizes.get(name, 0)} can be drawn. "
                f"The list has “{'”, “'.join(sorted(sizes))}”.",
                code="more_than_there_are",
                details={"stratum": name},
            )
    return {name: int(numbers[name]) for name in sizes}
