"""The draw: the walk in key order, caps, reserves, exclusions; against a plain second implementation."""

import hashlib
import math
from collections import Counter
from itertools import permutations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from auditflow.domain.errors import BadInput
from auditflow.domain.sampling import draw, hash_key, largest_remainder

BASE = {"ref": "ref", "size": 6, "stratify": "type", "minimum": 1, "seed": "9f0c"}
CAPPED = {**BASE, "per_worker": {"column": "worker", "most": 2}}


def case_list(count, types="ABC", workers=7):
    return [
        {"ref": f"C-{n:04d}", "type": types[n * n % len(types)], "worker": f"w{n * 5 % workers}"} for n in range(count)
    ]


def plain_draw(rows, design):
    """The five steps written as simply as possible, for designs with at most one cap."""
    sizes = Counter(row[design["stratify"]] for row in rows)
    quota = largest_remainder(dict(sizes), design["size"], design["minimum"])
    cap = design.get("per_worker", {"column": "worker", "most": math.inf})
    keyed = sorted((hashlib.sha256(f"{design['seed']}|{r['ref']}".encode()).hexdigest(), r["ref"], r) for r in rows)
    taken, reserves, passed, load = [], {name: [] for name in sizes}, [], Counter()
    for _key, ref, row in keyed:
        stratum, worker = row[design["stratify"]], row[cap["column"]]
        if sum(other[design["stratify"]] == stratum for other in taken) >= quota[stratum]:
            if len(reserves[stratum]) < max(3, math.ceil(quota[stratum] / 4)):
                reserves[stratum].append(ref)
        elif load[worker] < cap["most"]:
            taken.append(row)
            load[worker] += 1
        else:
            passed.append(ref)
    return [row["ref"] for row in taken], reserves, passed, quota


lists = st.builds(case_list, st.integers(1, 60), st.sampled_from(["A", "AB", "ABC", "AABCD"]), st.integers(1, 12))
seeds = st.text("0123456789abcdef", min_size=1, max_size=8)


def test_the_key_is_what_sha256sum_prints():
    """printf '%s' '9f0c|C-0001' | sha256sum"""
    assert hash_key("9f0c", "C-0001") == hashlib.sha256(b"9f0c|C-0001").hexdigest()
    assert hash_key("", "") == "cbe5cfdf7c2118a9c3d78ef1d684f3afa089201352886449a06a6511cfef74a7"


@given(lists, seeds, st.integers(1, 30), st.integers(0, 2), st.booleans())
def test_agrees_with_the_plain_implementation(rows, seed, size, minimum, capped):
    design = {**(CAPPED if capped else BASE), "seed": seed, "size": min(size, len(rows)), "minimum": minimum}
    assume(sum(min(minimum, n) for n in Counter(r["type"] for r in rows).values()) <= design["size"])
    sample, reserves, passed, quota = plain_draw(rows, design)
    if len(sample) < design["size"]:
        with pytest.raises(BadInput, match="The sample cannot be drawn"):
            draw(rows, design)
        return
    drawn = draw(rows, design)
    assert drawn.refs == sample
    assert drawn.reserves == reserves
    assert list(drawn.passed_over) == passed
    assert drawn.allocation == quota


@given(lists, seeds, st.randoms())
def test_the_order_of_rows_does_not_matter(rows, seed, random):
    design = {**BASE, "seed": seed, "size": min(8, len(rows)), "minimum": 0}
    shuffled = random.sample(rows, len(rows))
    assert draw(shuffled, design).manifest() == draw(rows, design).manifest()


@given(lists, seeds)
def test_sample_and_reserves_share_no_case_and_keep_the_strata(rows, seed):
    drawn = draw(rows, {**BASE, "seed": seed, "size": min(7, len(rows)), "minimum": 0})
    type_of = {row["ref"]: row["type"] for row in rows}
    everyone = drawn.refs + [ref for refs in drawn.reserves.values() for ref in refs]
    assert len(set(everyone)) == len(everyone)
    assert all(case.stratum == type_of[case.ref] for case in drawn.sample)
    assert Counter(case.stratum for case in drawn.sample) == Counter(drawn.allocation)
    assert [case.key for case in drawn.sample] == sorted(hash_key(seed, ref) for ref in drawn.refs)


def test_every_subset_of_a_toy_list_is_equally_likely():
    """Simple random sampling: over many seeds each of the ten pairs of five cases comes up about as often."""
    rows = [{"ref": name} for name in "abcde"]
    pairs = Counter(frozenset(draw(rows, {"ref": "ref", "size": 2, "seed": str(n)}).refs) for n in range(4000))
    assert len(pairs) == 10
    assert sum((seen - 400) ** 2 / 400 for seen in pairs.values()) < 27.9  # chi-square, 9 df, p = 0.001


def test_the_cap_makes_inclusion_unequal_exactly_so():
    """Six cases of workers with three, two and one; two drawn, at most one each: 0.283, 0.367 and 0.417.

    All 720 key orders are equally likely, so the walk over each of them gives the exact inclusion.
    """
    workers = {"a": "x", "b": "x", "c": "x", "d": "y", "e": "y", "f": "z"}
    times = Counter()
    for order in permutations(workers):
        first = order[0]
        times.update([first, next(ref for ref in order if workers[ref] != workers[first])])
    assert [round(times[ref] / 720, 3) for ref in "adf"] == [0.283, 0.367, 0.417]
    rows = [{"ref": ref, "worker": worker} for ref, worker in workers.items()]
    design = {"ref": "ref", "size": 2, "per_worker": {"column": "worker", "most": 1}}
    drawn = Counter(ref for n in range(3000) for ref in draw(rows, {**design, "seed": str(n)}).refs)
    assert [drawn[ref] / 3000 for ref in "adf"] == pytest.approx([0.283, 0.367, 0.417], abs=0.03)


def test_cap_passes_over_and_lists():
    rows = case_list(60)
    drawn = draw(rows, {**CAPPED, "size": 12})
    worker_of = {row["ref"]: row["worker"] for row in rows}
    assert max(Counter(worker_of[ref] for ref in drawn.refs).values()) <= 2
    assert drawn.passed_over
    assert not set(drawn.passed_over) & {ref for refs in drawn.reserves.values() for ref in refs}


def test_two_caps_hold_together():
    rows = [{**row, "family": f"f{n // 2}"} for n, row in enumerate(case_list(60))]
    caps = [{"column": "worker", "most": 2}, {"column": "family", "most": 1}]
    drawn = draw(rows, {**BASE, "size": 12, "per_worker": caps})
    for column, most in (("worker", 2), ("family", 1)):
        value_of = {row["ref"]: row[column] for row in rows}
        assert max(Counter(value_of[ref] for ref in drawn.refs).values()) <= most


def test_blank_workers_are_not_one_worker():
    rows = [{"ref": f"C{n}", "type": "A", "worker": ""} for n in range(9)]
    assert len(draw(rows, CAPPED).refs) == 6


def test_a_cap_that_cannot_be_met_names_the_stratum_and_what_would_do():
    rows = [{"ref": f"C{n}", "type": "AB"[n % 2], "worker": "one" if n % 2 else f"w{n}"} for n in range(20)]
    with pytest.raises(BadInput, match=r"“B” should have 3 cases.*at most 2 for each “worker”.*only 2") as refusal:
        draw(rows, CAPPED)
    assert "It can be drawn with at most 3 for each “worker”." in str(refusal.value)
    assert refusal.value.code == "cap_cannot_be_met"
    assert refusal.value.details == {"stratum": "B", "asked": 3, "found": 2, "short": {"B": 1}}
    with pytest.raises(BadInput, match="One more for each is not enough"):
        draw(rows, {**CAPPED, "per_worker": {"column": "worker", "most": 1}})


def test_a_greedy_walk_may_fail_where_a_solution_exists_and_says_where():
    """Worker x has the only case of B, and a case of A that comes first in key order uses up x's one place."""
    rows = [{"ref": "x1", "type": "A", "worker": "x"}, {"ref": "x2", "type": "B", "worker": "x"}]
    rows.append({"ref": "y1", "type": "A", "worker": "y"})
    design = {**BASE, "size": 2, "per_worker": {"column": "worker", "most": 1}}
    outcomes = set()
    for n in range(40):
        try:
            outcomes.add(tuple(sorted(draw(rows, {**design, "seed": str(n)}).refs)))
        except BadInput as refusal:
            outcomes.add(refusal.details["stratum"])
    assert outcomes == {("x2", "y1"), "B"}


def test_without_strata_everyone_is_together():
    drawn = draw(case_list(30), {"ref": "ref", "size": 6, "seed": "1"})
    assert drawn.allocation == {"all": 6}
    assert drawn.weights == {"all": 5.0}


def test_a_blank_stratum_is_a_stratum_of_its_own():
    rows = [*case_list(30), {"ref": "Z1", "type": " ", "worker": "w"}, {"ref": "Z2", "type": None, "worker": "w"}]
    assert draw(rows, BASE).population["(blank)"] == 2


def test_more_than_there_are_is_a_census():
    drawn = draw(case_list(9), {**BASE, "size": 80})
    assert drawn.census
    assert len(drawn.refs) == 9
    assert set(drawn.weights.values()) == {1.0}
    assert draw(case_list(9), {**BASE, "size": "all"}).refs == drawn.refs
    assert not draw(case_list(9), BASE).census


def test_fixed_numbers_and_neyman():
    rows = case_list(60)
    fixed = {**BASE, "size": 9, "allocation": {"fixed": {"A": 6, "B": 3, "C": 0}}, "minimum": 0}
    sizes = Counter(row["type"] for row in rows)
    assert sizes.keys() == {"A", "B"}
    assert draw(rows, fixed).allocation == {"A": 6, "B": 3}
    spread = {**BASE, "size": 9, "allocation": {"neyman": {"A": 0.1, "B": 0.4}}}
    assert draw(rows, spread).allocation == {"A": 1, "B": 8}


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ({"A": 6}, "no number for “B”, which has 40 eligible cases"),
        ({"A": 21, "B": 1}, "21 cases of “A” are asked for, but only 20 can be drawn"),
        ({"A": 2, "B": 2, "Q": 1}, "1 cases of “Q” are asked for, but only 0 can be drawn. The list has “A”, “B”"),
    ],
)
def test_fixed_numbers_that_do_not_fit(numbers, sentence):
    with pytest.raises(BadInput, match=sentence):
        draw(case_list(60), {**BASE, "size": sum(numbers.values()), "allocation": {"fixed": numbers}})


def test_reserves_are_a_number_or_a_quarter():
    rows = case_list(60, types="A")
    assert len(draw(rows, {**BASE, "size": 20}).reserves["A"]) == 5
    assert len(draw(rows, {**BASE, "size": 20, "reserves": 2}).reserves["A"]) == 2
    assert draw(rows, {**BASE, "size": 20, "reserves": 0}).reserves == {"A": []}


def test_more_reserves_continue_the_same_order():
    few, many = (draw(case_list(60), {**BASE, "reserves": n}) for n in (2, 7))
    assert few.refs == many.refs
    assert all(many.reserves[name][:2] == refs for name, refs in few.reserves.items())


def test_a_long_list_keeps_only_what_it_needs_and_draws_the_same():
    """More cases than are held at once, and caps that pass over more than are held."""
    rows = [{"ref": f"C{n}", "type": "AB"[n % 5 == 0], "worker": "w" if n % 37 else f"v{n}"} for n in range(6000)]
    sample, reserves, passed, _quota = plain_draw(rows, {**CAPPED, "size": 20})
    drawn = draw(rows, {**CAPPED, "size": 20})
    assert (drawn.refs, drawn.reserves, list(drawn.passed_over)) == (sample, reserves, passed)
    assert len(passed) > 300


def test_rows_may_be_sequences_or_come_from_an_iterator():
    rows = case_list(40)
    expected = draw(rows, CAPPED).manifest()
    columns = ["worker", "ref", "type"]
    assert draw([tuple(row[name] for name in columns) for row in rows], CAPPED, columns).manifest() == expected
    assert draw(iter(rows), CAPPED).manifest() == expected
