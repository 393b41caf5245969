"""Giving cases to auditors: nobody's share of their capacity larger than need be, then few repeats of a team.

First the largest share of anyone's capacity used is made as small as can be; then, among all ways that do, the
number of repeats (an auditor's second and further cases of one team); then loads are evened out. All three are
exact, and the result does not depend on the order in which cases and auditors are listed.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from fractions import Fraction

from auditflow.domain.allocation_search import Desk, Group, assign, level_needed
from auditflow.domain.errors import BadInput, GuardRefused

__all__ = ["Allocation", "Auditor", "CaseToAllocate", "allocate"]

_SHOWN = 10


@dataclass(frozen=True)
class CaseToAllocate:
    """A sampled case and the team that holds it (blank when it has none: it never counts as a repeat)."""

    ref: str
    team: str | None = None


@dataclass(frozen=True)
class Auditor:
    """Someone who audits: how many cases the person can take in the round, and how many they already have."""

    key: Hashable
    capacity: int
    used: int = 0
    trained: bool = True

    @property
    def available(self) -> bool:
        """Whether the person may be given cases at all."""
        return self.trained and self.capacity > 0


@dataclass(frozen=True)
class Allocation:
    """Who audits what. `loads` include what each auditor already had; `repeats` only what is allocated here."""

    auditor_of: Mapping[str, Hashable]
    loads: Mapping[Hashable, int]
    shares: Mapping[Hashable, Fraction]
    repeats: int

    @property
    def largest_share(self) -> Fraction:
        """The largest share of anyone's capacity used; more than 1 is more than somebody can take."""
        return max(self.shares.values(), default=Fraction(0))

    @property
    def over_capacity(self) -> list[Hashable]:
        """Auditors with more cases than they can take."""
        return [key for key, share in self.shares.items() if share > 1]


@dataclass(frozen=True)
class _Wish:
    """What must hold: pairs that may not be, pairs that must be, and pairs of auditor and team already used."""

    conflicts: Collection[tuple[Hashable, str]] = field(default_factory=frozenset)
    pins: Mapping[str, Hashable] = field(default_factory=dict)
    earlier: Collection[tuple[Hashable, str]] = field(default_factory=frozenset)


def allocate(
    cases: Iterable[CaseToAllocate],
    auditors: Iterable[Auditor],
    *,
    conflicts: Collection[tuple[Hashable, str]] = frozenset(),
    pins: Mapping[str, Hashable] | None = None,
    earlier: Collection[tuple[Hashable, str]] = frozenset(),
) -> Allocation:
    """Allocate every case to one trained auditor without a conflict.

    `conflicts` are (auditor, case reference) that may not be; `pins` fix the auditor of a case; `earlier` are
    (auditor, team) that already met, so that one more case is a repeat. Capacity is a measure, not a wall: see
    `Allocation.over_capacity`. Raises GuardRefused, naming the cases, when nobody may audit them, and BadInput
    for numbers or pins that contradict themselves.
    """
    listed = sorted(cases, key=lambda case: case.ref)
    people = sorted(auditors, key=lambda person: str(person.key))
    wish = _Wish(frozenset(conflicts), dict(pins or {}), frozenset(earlier))
    _check(listed, people, wish)
    people = [person for person in people if person.available]
    pinned = Counter(wish.pins.values())
    desks = [Desk(person.capacity, person.used + pinned[person.key]) for person in people]
    groups = _groups([case for case in listed if case.ref not in wish.pins], people, wish)
    chosen = assign(groups, desks, level_needed(groups, desks), _met(listed, people, wish))
    auditor_of = dict(wish.pins)
    for group, places in zip(groups, chosen, strict=True):
        auditor_of |= {ref: people[place].key for ref, place in zip(group.refs, places, strict=True)}
    return _described(listed, people, wish, auditor_of)


def _groups(free: Sequence[CaseToAllocate], people: Sequence[Auditor], wish: _Wish) -> list[Group]:
    """Cases alike. Raises GuardRefused, naming them, for cases that nobody may audit."""
    barred: dict[str, set[Hashable]] = {}
    for key, ref in wish.conflicts:
        barred.setdefault(ref, set()).add(key)
    everyone = tuple(range(len(people)))
    alike: dict[tuple[str, tuple[int, ...]], list[str]] = {}
    for case in free:
        no = barred.get(case.ref)
        fit = tuple(place for place in everyone if people[place].key not in no) if no else everyone
        alike.setdefault((case.team or "", fit), []).append(case.ref)
    stuck = sorted(ref for (_team, fit), refs in alike.items() if not fit for ref in refs)
    if stuck:
        raise _nobody(stuck)
    return [Group(tuple(refs), team, fit) for (team, fit), refs in alike.items()]


def _nobody(refs: list[str]) -> GuardRefused:
    more = f" and {len(refs) - _SHOWN} more" if len(refs) > _SHOWN else ""
    return GuardRefused(
        f"Nobody may audit {', '.join(refs[:_SHOWN])}{more}: every trained auditor with room has a conflict of "
        "interest, or there is none. Add an auditor from outside the case's line, or an external one.",
        code="nobody_can_audit",
        details={"cases": refs},
    )


def _met(cases: Sequence[CaseToAllocate], people: Sequence[Auditor], wish: _Wish) -> set[tuple[str, int]]:
    """Team and auditor (by place) for whom one more case is already a repeat."""
    place_of = {person.key: place for place, person in enumerate(people)}
    met = {(team, place_of[key]) for key, team in wish.earlier if key in place_of}
    pinned = {(case.team, place_of[wish.pins[case.ref]]) for case in cases if case.ref in wish.pins}
    return met | {(team, place) for team, place in pinned if team}


def _described(
    cases: Sequence[CaseToAllocate], people: Sequence[Auditor], wish: _Wish, auditor_of: Mapping[str, Hashable]
) -> Allocation:
    given = Counter(auditor_of.values())
    loads = {person.key: person.used + given[person.key] for person in people}
    met = Counter((auditor_of[case.ref], case.team) for case in cases if case.team)
    return Allocation(
        auditor_of={case.ref: auditor_of[case.ref] for case in cases},
        loads=loads,
        shares={person.key: Fraction(loads[person.key], person.capacity) for person in people},
        repeats=sum(count - (pair not in wish.earlier) for pair, count in met.items()),
    )


def _check(cases: Sequence[CaseToAllocate], people: Sequence[Auditor], wish: _Wish) -> None:
    for what, names in (("case", [case.ref for case in cases]), ("auditor", [one.key for one in people])):
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            raise BadInput(f"The {what} “{twice[0]}” is listed twice.", code=f"duplicate_{what}")
    for person in people:
        for number in (person.capacity, person.used):
            if isinstance(number, bool) or not isinstance(number, int) or number < 0:
                raise BadInput(
                    f"What “{person.key}” can take and already has must be whole numbers, 0 or more.",
                    code="bad_capacity",
                )
    _check_pins({case.ref for case in cases}, {person.key: person for person in people}, wish)


def _check_pins(refs: Set[str], person_of: Mapping[Hashable, Auditor], wish: _Wish) -> None:
    for ref, key in wish.pins.items():
        if ref not in refs:
            raise BadInput(f"“{ref}” is fixed to an auditor but is not to be allocated.", code="unknown_pin")
        person = person_of.get(key)
        if person is None or not person.available:
            raise BadInput(
                f"“{ref}” is fixed to “{key}”, who cannot be given cases: not an auditor of this round, "
                "not trained, or without room.",
                code="pin_not_available",
            )
        if (key, ref) in wish.conflicts:
            raise BadInput(f"“{ref}” is fixed to “{key}”, who has a conflict of interest.", code="pin_in_conflict")
