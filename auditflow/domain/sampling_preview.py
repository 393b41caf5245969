"""Before a draw: what a design will give on average, and whether its caps can be kept.

Nothing here needs a seed, so nobody learns which cases would be drawn.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from auditflow.domain.flow import Network
from auditflow.domain.sampling_design import Cap, Design
from auditflow.domain.sampling_list import CaseList, Row, Tally
from auditflow.domain.sampling_values import clean
from auditflow.domain.sampling_walk import share_out

__all__ = ["Expected", "GroupLine", "expected_sample"]


@dataclass(frozen=True)
class GroupLine:
    """One value of a column: eligible cases with it, and how many of them a draw has on average."""

    name: str
    listed: int
    expected: float


@dataclass(frozen=True)
class Expected:
    """What a design gives before there is a seed.

    `groups` compare list and sample by column (limits per worker not counted in); `impossible` names, by capped
    column, the strata that no draw can fill.
    """

    rows: int
    excluded: dict[str, int]
    population: dict[str, int]
    allocation: dict[str, int]
    reserves: dict[str, int]
    groups: dict[str, tuple[GroupLine, ...]]
    impossible: dict[str, tuple[str, ...]]

    @property
    def eligible(self) -> int:
        """Cases that no rule excluded."""
        return sum(self.population.values())

    @property
    def size(self) -> int:
        """Cases that will be drawn."""
        return sum(self.allocation.values())


def expected_sample(
    rows: Iterable[Row], design: Design, by: Sequence[str] = (), columns: Sequence[str] | None = None
) -> Expected:
    """The numbers of a design on a list, with list and expected sample compared by the columns of `by`.

    Raises BadInput for a list or a design that cannot be used; caps that cannot be kept are told, not raised.
    """
    cases = CaseList(rows, design, columns, also=by)
    tally, counted = _counted(cases, [*by, *(cap.column for cap in design.caps)])
    population = _population(tally, counted)
    held = [_cells(counted, len(by) + place) for place in range(len(design.caps))]
    allocation: dict[str, int] = {}

    def take(quotas: Mapping[str, int], elastic: bool) -> Mapping[str, int]:
        got = {name: min([n, *_reach(name, held, design.caps)]) if elastic else n for name, n in quotas.items()}
        allocation.update(got)
        return got

    share_out(design, population, take)
    return Expected(
        rows=tally.rows,
        excluded=tally.excluded,
        population=population,
        allocation=allocation,
        reserves={
            name: min(population[name] - number, design.reserves_for(number)) for name, number in allocation.items()
        },
        groups={name: _groups(_cells(counted, place), population, allocation) for place, name in enumerate(by)},
        impossible=_impossible(held, design.caps, allocation),
    )


_Cells = Counter[tuple[str, str]]
_Counted = Counter[tuple[str, tuple[str, ...]]]


def _counted(cases: CaseList, names: Sequence[str]) -> tuple[Tally, _Counted]:
    """Eligible cases by stratum and the values of some columns."""
    tally = Tally()
    places = [cases.place_of(name) for name in names]
    counted: _Counted = Counter(
        (stratum, tuple([clean(row[place]) for place in places])) for _ref, stratum, row in cases.eligible(tally)
    )
    return tally, counted


def _population(tally: Tally, counted: _Counted) -> dict[str, int]:
    population: Counter[str] = Counter()
    for (stratum, _values), count in counted.items():
        population[stratum] += count
    tally.refuse_if_nobody()
    return dict(sorted(population.items()))


def _cells(counted: _Counted, place: int) -> _Cells:
    """Eligible cases by stratum and the value of one column."""
    cells: _Cells = Counter()
    for (stratum, values), count in counted.items():
        cells[stratum, values[place]] += count
    return cells


def _groups(cells: _Cells, population: Mapping[str, int], allocation: Mapping[str, int]) -> tuple[GroupLine, ...]:
    listed: Counter[str] = Counter()
    expected: defaultdict[str, float] = defaultdict(float)
    for (stratum, value), count in cells.items():
        listed[value] += count
        expected[value] += count * allocation[stratum] / population[stratum]
    return tuple(GroupLine(name, listed[name], expected[name]) for name in sorted(listed))


def _reach(stratum: str, held: Sequence[_Cells], caps: Sequence[Cap]) -> list[int]:
    """For each cap, the most cases of a stratum that keep it."""
    return [
        sum(count if value == "" else min(count, cap.most) for (name, value), count in cells.items() if name == stratum)
        for cells, cap in zip(held, caps, strict=True)
    ]


def _impossible(held: Sequence[_Cells], caps: Sequence[Cap], quotas: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    blocked = {cap.column: _blocked(cells, cap.most, quotas) for cells, cap in zip(held, caps, strict=True)}
    return {column: names for column, names in blocked.items() if names}


def _blocked(cells: _Cells, most: int, quotas: Mapping[str, int]) -> tuple[str, ...]:
    """Strata that no choice of cases can fill under one cap: the short side of a largest flow."""
    network = Network()
    source, sink = network.node(), network.node()
    starts = {name: network.node() for name in quotas}
    for name, node in starts.items():
        network.arc(source, node, quotas[name])
    ends: dict[str, int] = {}
    for (name, value), count in sorted(cells.items()):
        if value == "":
            network.arc(starts[name], sink, count)
            continue
        if value not in ends:
            ends[value] = network.node()
            network.arc(ends[value], sink, most)
        network.arc(starts[name], ends[value], count)
    if network.fill(source, sink) == sum(quotas.values()):
        return ()
    reached = network.reached(source)
    return tuple(name for name, node in starts.items() if node in reached)
