"""What a design gives before there is a seed: expected numbers, and caps that no draw can keep."""

import itertools
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditflow.domain.errors import BadInput
from auditflow.domain.sampling import Design, draw, expected_sample

DESIGN = {
    "ref": "ref",
    "size": 20,
    "stratify": "type",
    "minimum": 2,
    "per_worker": {"column": "worker", "most": 2},
    "exclude": [{"reason": "closed", "column": "status", "in": ["Closed"]}],
}


def listed(count):
    return [
        {
            "ref": f"C{n}",
            "type": "AAAB"[n % 4],
            "team": "NSE"[n % 3] if n % 10 else "",
            "worker": f"w{n % 30}",
            "status": "Closed" if n % 11 == 0 else "Open",
        }
        for n in range(count)
    ]


def test_numbers_are_those_of_the_draw():
    design = Design.from_dict(DESIGN)
    expected = expected_sample(listed(200), design)
    drawn = draw(listed(200), design.with_seed("1"))
    assert expected.allocation == drawn.allocation
    assert expected.population == drawn.population
    assert (expected.rows, expected.excluded, expected.eligible) == (drawn.rows, drawn.excluded, drawn.eligible)
    assert expected.reserves == {name: len(refs) for name, refs in drawn.reserves.items()}
    assert (expected.size, expected.impossible) == (20, {})


def test_list_and_sample_are_compared_by_any_column():
    expected = expected_sample(listed(200), Design.from_dict(DESIGN), by=["team", "type"])
    teams = expected.groups["team"]
    assert [line.name for line in teams] == ["", "E", "N", "S"]
    assert sum(line.listed for line in teams) == expected.eligible
    assert sum(line.expected for line in teams) == pytest.approx(20)
    assert {line.name: line.expected for line in expected.groups["type"]} == pytest.approx(expected.allocation)


def test_expected_numbers_are_the_average_of_many_draws():
    design = Design.from_dict({**DESIGN, "per_worker": None})
    expected = {line.name: line.expected for line in expected_sample(listed(120), design, by=["team"]).groups["team"]}
    team_of = {row["ref"]: row["team"] for row in listed(120)}
    seen = Counter(team_of[ref] for n in range(600) for ref in draw(listed(120), design.with_seed(str(n))).refs)
    assert {name: seen[name] / 600 for name in expected} == pytest.approx(expected, abs=0.3)


def test_a_cap_that_no_draw_can_keep_names_the_stratum():
    rows = [{**row, "worker": "one" if row["type"] == "B" else row["worker"]} for row in listed(200)]
    assert expected_sample(rows, Design.from_dict(DESIGN)).impossible == {"worker": ("B",)}
    blank = [{**row, "worker": "" if row["type"] == "B" else row["worker"]} for row in listed(200)]
    assert expected_sample(blank, Design.from_dict(DESIGN)).impossible == {}


tiny = st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from("xyz")), min_size=1, max_size=7)


@settings(max_examples=200)
@given(tiny, st.integers(1, 5), st.integers(1, 2))
def test_impossible_is_said_exactly_when_no_choice_of_cases_would_do(pairs, size, most):
    rows = [{"ref": f"C{n}", "type": kind, "worker": worker} for n, (kind, worker) in enumerate(pairs)]
    data = {"ref": "ref", "size": size, "stratify": "type", "per_worker": {"column": "worker", "most": most}}
    expected = expected_sample(rows, Design.from_dict(data))
    possible = any(
        Counter(row["type"] for row in chosen) == Counter(expected.allocation)
        and max(Counter(row["worker"] for row in chosen).values()) <= most
        for chosen in itertools.combinations(rows, expected.size)
    )
    assert (expected.impossible == {}) is possible


def test_a_priority_group_is_expected_as_it_is_drawn():
    rows = [{**row, "audited": "" if n % 9 == 0 else "2026-06-01"} for n, row in enumerate(listed(200))]
    priority = [{"name": "never", "column": "audited", "blank": True}]
    design = Design.from_dict({**DESIGN, "priority_strata": priority})
    assert expected_sample(rows, design).allocation == draw(rows, design.with_seed("1")).allocation


def test_bad_lists_are_sentences():
    design = Design.from_dict(DESIGN)
    with pytest.raises(BadInput, match="no column “age”"):
        expected_sample(listed(30), design, by=["age"])
    with pytest.raises(BadInput, match="No case can be drawn"):
        expected_sample([{**row, "status": "Closed"} for row in listed(30)], design)
    with pytest.raises(BadInput, match="once only"):
        expected_sample([*listed(30), *listed(2)], design)
