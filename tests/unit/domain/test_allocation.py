"""Allocating cases to auditors, against every possible allocation of small rounds."""

import itertools
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditflow.domain.allocation import Auditor, CaseToAllocate, allocate
from auditflow.domain.errors import BadInput, GuardRefused


def judged(cases, auditors, earlier, auditor_of):
    """The three criteria of an allocation, straight from their definition."""
    loads = {person.key: person.used for person in auditors}
    met = Counter()
    for case in cases:
        loads[auditor_of[case.ref]] += 1
        if case.team:
            met[auditor_of[case.ref], case.team] += 1
    able = [person for person in auditors if person.available]
    repeats = sum(count - 1 + (pair in earlier) for pair, count in met.items())
    return (
        max(Fraction(loads[person.key], person.capacity) for person in able),
        repeats,
        sum(Fraction(loads[person.key] ** 2, person.capacity) for person in able),
    )


def best_of_all(cases, auditors, conflicts, pins, earlier):
    able = [person.key for person in auditors if person.available]
    choices = [
        [pins[case.ref]] if case.ref in pins else [key for key in able if (key, case.ref) not in conflicts]
        for case in cases
    ]
    refs = [case.ref for case in cases]
    every = (dict(zip(refs, choice, strict=True)) for choice in itertools.product(*choices))
    return min((judged(cases, auditors, earlier, auditor_of) for auditor_of in every), default=None)


@st.composite
def rounds(draw):
    teams = st.sampled_from(["N", "S", "E", None, ""])
    cases = [CaseToAllocate(f"C{n}", draw(teams)) for n in range(draw(st.integers(1, 5)))]
    auditors = [
        Auditor(f"a{n}", draw(st.integers(0, 4)), draw(st.integers(0, 3)), draw(st.integers(0, 5)) > 0)
        for n in range(draw(st.integers(1, 4)))
    ]
    pairs = st.tuples(st.sampled_from([a.key for a in auditors]), st.sampled_from([c.ref for c in cases]))
    conflicts = draw(st.frozensets(pairs, max_size=10))
    able = [person.key for person in auditors if person.available]
    pins = {}
    for case in cases:
        free = [key for key in able if (key, case.ref) not in conflicts]
        if free and draw(st.integers(0, 4)) == 0:
            pins[case.ref] = draw(st.sampled_from(free))
    met = st.tuples(st.sampled_from([a.key for a in auditors]), st.sampled_from("NS"))
    return cases, auditors, conflicts, pins, draw(st.frozensets(met, max_size=3))


@settings(max_examples=250)
@given(rounds())
def test_no_allocation_is_better(a_round):
    cases, auditors, conflicts, pins, earlier = a_round
    best = best_of_all(*a_round)
    if best is None:
        with pytest.raises(GuardRefused, match="Nobody may audit"):
            allocate(cases, auditors, conflicts=conflicts, pins=pins, earlier=earlier)
        return
    found = allocate(cases, auditors, conflicts=conflicts, pins=pins, earlier=earlier)
    assert judged(cases, auditors, earlier, found.auditor_of) == best
    assert (found.largest_share, found.repeats) == best[:2]
    assert not {(key, ref) for ref, key in found.auditor_of.items()} & conflicts
    assert all(found.auditor_of[ref] == key for ref, key in pins.items())
    assert set(found.auditor_of) == {case.ref for case in cases}


@given(rounds(), st.randoms())
def test_the_order_of_the_lists_does_not_matter(a_round, random):
    cases, auditors, conflicts, pins, earlier = a_round
    if best_of_all(*a_round) is None:
        return
    wish = {"conflicts": conflicts, "pins": pins, "earlier": earlier}
    shuffled = random.sample(cases, len(cases)), random.sample(auditors, len(auditors))
    assert allocate(*shuffled, **wish) == allocate(cases, auditors, **wish)


def council(cases, auditors, teams):
    """A round of a council's size with uneven capacities, a few already used, and conflicts of every kind."""
    listed = [CaseToAllocate(f"C{n:04d}", f"T{n * n % teams}") for n in range(cases)]
    people = [Auditor(f"a{n:02d}", 3 + n % 5, n % 3) for n in range(auditors)]
    conflicts = {(f"a{n % auditors:02d}", case.ref) for n, case in enumerate(listed)}
    conflicts |= {(f"a{n * 7 % auditors:02d}", case.ref) for n, case in enumerate(listed) if n % 3}
    return listed, people, frozenset(conflicts)


def test_a_council_sized_round():
    """80 cases, 20 auditors: nobody over a level that a lower one could not hold, hardly a team seen twice."""
    cases, people, conflicts = council(80, 20, 14)
    found = allocate(cases, people, conflicts=conflicts)
    assert sum(found.loads.values()) == 80 + sum(person.used for person in people)
    below = found.largest_share - Fraction(1, 1000)
    assert sum(max(0, int(below * person.capacity) - person.used) for person in people) < 80
    assert found.repeats == 0
    assert found.largest_share == Fraction(1)
    assert found.over_capacity == []


def test_loads_follow_capacity():
    people = [Auditor("part time", 2), Auditor("full time", 6)]
    found = allocate([CaseToAllocate(f"C{n}") for n in range(8)], people)
    assert found.loads == {"part time": 2, "full time": 6}
    assert found.shares == {"part time": 1, "full time": 1}


def test_what_is_already_used_counts():
    people = [Auditor("busy", 4, used=3), Auditor("free", 4)]
    found = allocate([CaseToAllocate(f"C{n}") for n in range(3)], people)
    assert found.loads == {"busy": 3, "free": 3}


def test_a_full_auditor_does_not_make_the_others_uneven():
    """One is at the largest share already, so the level says nothing about the other two: they share evenly."""
    people = [Auditor("full", 1, used=2), Auditor("b", 4), Auditor("c", 4)]
    found = allocate([CaseToAllocate(f"C{n}") for n in range(4)], people)
    assert found.loads == {"full": 2, "b": 2, "c": 2}


def test_teams_are_spread_over_auditors():
    cases = [CaseToAllocate(f"C{n}", "NS"[n // 2]) for n in range(4)]
    found = allocate(cases, [Auditor("a", 2), Auditor("b", 2)])
    assert found.repeats == 0
    assert found.auditor_of["C0"] != found.auditor_of["C1"]


def test_more_than_everybody_can_take_is_allocated_and_said():
    found = allocate([CaseToAllocate(f"C{n}") for n in range(7)], [Auditor("a", 2), Auditor("b", 2)])
    assert found.largest_share == 2
    assert found.over_capacity == ["a", "b"]


def test_conflicts_can_force_a_heavier_load():
    cases = [CaseToAllocate(f"C{n}") for n in range(4)]
    conflicts = frozenset(("a", case.ref) for case in cases[:3])
    found = allocate(cases, [Auditor("a", 4), Auditor("b", 4)], conflicts=conflicts)
    assert found.loads == {"a": 1, "b": 3}


def test_nothing_to_allocate():
    found = allocate([], [Auditor("a", 2, used=1)])
    assert (found.auditor_of, found.repeats, found.largest_share) == ({}, 0, Fraction(1, 2))
    assert allocate([], []).largest_share == 0


def test_cases_that_nobody_may_audit_are_named():
    cases = [CaseToAllocate("C1"), CaseToAllocate("C2"), CaseToAllocate("C3")]
    people = [Auditor("a", 4), Auditor("untrained", 4, trained=False), Auditor("away", 0)]
    with pytest.raises(GuardRefused, match=r"Nobody may audit C2, C3: every trained auditor") as refusal:
        allocate(cases, people, conflicts={("a", "C2"), ("a", "C3")})
    assert refusal.value.details == {"cases": ["C2", "C3"]}


def test_without_auditors_every_case_is_named_up_to_ten():
    cases = [CaseToAllocate(f"C{n:02d}") for n in range(12)]
    with pytest.raises(GuardRefused, match=r"C00, .*, C09 and 2 more") as refusal:
        allocate(cases, [Auditor("a", 4, trained=False)])
    assert len(refusal.value.details["cases"]) == 12


A, C = Auditor("a", 2), CaseToAllocate("C1")
BAD = [
    ([C, C], [A], {}, "case “C1” is listed twice"),
    ([C], [A, A], {}, "auditor “a” is listed twice"),
    ([C], [Auditor("a", -1)], {}, "must be whole numbers"),
    ([C], [Auditor("a", 2.5)], {}, "must be whole numbers"),
    ([C], [Auditor("a", 2, used=-1)], {}, "must be whole numbers"),
    ([C], [Auditor("a", True)], {}, "must be whole numbers"),
    ([C], [A], {"pins": {"C9": "a"}}, "“C9” is fixed to an auditor but is not to be allocated"),
    ([C], [A], {"pins": {"C1": "z"}}, "“C1” is fixed to “z”, who cannot be given cases"),
    ([C], [A, Auditor("b", 2, trained=False)], {"pins": {"C1": "b"}}, "who cannot be given cases"),
    ([C], [A, Auditor("b", 0)], {"pins": {"C1": "b"}}, "who cannot be given cases"),
    ([C], [A], {"pins": {"C1": "a"}, "conflicts": {("a", "C1")}}, "“a”, who has a conflict of interest"),
]


@pytest.mark.parametrize(("cases", "auditors", "wish", "sentence"), BAD, ids=range(len(BAD)))
def test_contradictions_are_sentences(cases, auditors, wish, sentence):
    with pytest.raises(BadInput, match=sentence):
        allocate(cases, auditors, **wish)
