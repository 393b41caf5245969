"""Strict or lenient: the random-intercept model against published fits and its own laws."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditflow.statistics.agreement import severity

# Davies (1960): yield of dyestuff, six batches of five; the fit is lme4's in Bates et al. (2015), J Stat Softw 67.
DYESTUFF = {
    "A": [1545, 1440, 1440, 1520, 1580],
    "B": [1540, 1555, 1490, 1560, 1495],
    "C": [1595, 1550, 1605, 1510, 1560],
    "D": [1445, 1440, 1595, 1465, 1545],
    "E": [1595, 1630, 1515, 1635, 1625],
    "F": [1520, 1455, 1450, 1480, 1445],
}
EFFECTS = {"A": -17.607, "B": 0.391, "C": 28.562, "D": -23.085, "E": 56.733, "F": -44.995}
GROUPS = st.lists(st.lists(st.floats(-3, 3), min_size=0, max_size=6), max_size=5)


def test_dyestuff_of_davies_as_lme4_fits_it():
    result = severity(DYESTUFF)
    assert (result.centre, result.sd_between, result.sd_within) == pytest.approx((1527.5, 42.00, 49.51), abs=5e-3)
    assert result.effects == pytest.approx(EFFECTS, abs=2e-3)
    shrinkage = 42.0006**2 / (42.0006**2 + 49.5101**2 / 5)
    assert result.shrinkage == pytest.approx(dict.fromkeys(DYESTUFF, shrinkage), abs=1e-5)
    effects, factors = result
    assert effects["A"] == result.effects["A"]
    assert factors == result.shrinkage


def test_no_more_variation_than_chance_gives_no_effects():
    result = severity({"A": [1.0, 2.0, 3.0], "B": [3.0, 1.0, 2.0], "C": [2.0, 2.0, 2.0]})
    assert set(result.effects.values()) == {0.0}
    assert result.sd_between == 0.0
    assert result.flagged == ()


def test_unequal_groups_by_the_likelihood_itself():
    groups = {"A": [0.4, 0.6, 0.5, 0.7], "B": [-0.5, -0.2], "C": [0.0, 0.1, -0.1, 0.2, 0.0, 0.1]}
    best = severity(groups)

    def criterion(between, within):
        variances = {name: between + within / len(v) for name, v in groups.items()}
        means = {name: sum(v) / len(v) for name, v in groups.items()}
        weight = sum(1 / v for v in variances.values())
        centre = sum(means[name] / v for name, v in variances.items()) / weight
        residual = sum((x - means[name]) ** 2 for name, v in groups.items() for x in v)
        free = sum(len(v) - 1 for v in groups.values())
        spread = sum(math.log(v) + (means[name] - centre) ** 2 / v for name, v in variances.items())
        return free * math.log(within) + residual / within + spread + math.log(weight)

    least = criterion(best.sd_between**2, best.sd_within**2)
    for one in (0.9, 1.0, 1.1):
        for two in (0.9, 1.0, 1.1):
            assert criterion(best.sd_between**2 * one, best.sd_within**2 * two) >= least - 1e-9
    assert best.shrinkage["B"] < best.shrinkage["A"] < best.shrinkage["C"]


def test_only_clear_large_and_well_founded_effects_are_flagged():
    rng = random.Random(7)
    usual = {f"usual {i}": [rng.gauss(0, 0.4) for _ in range(12)] for i in range(6)}
    kind = [1.2 + rng.gauss(0, 0.4) for _ in range(12)]
    assert severity({**usual, "kind": kind}).flagged == ("kind",)
    assert severity({**usual, "kind": kind[:9]}).flagged == ()


def test_too_little_to_go_by():
    for groups, reason in (
        ({}, "too_few_auditors"),
        ({"A": [0.1, 0.2], "B": []}, "too_few_auditors"),
        ({"A": [0.1], "B": [0.4]}, "too_few_cases"),
    ):
        result = severity(groups)
        assert (result.effects, result.reason) == ({}, reason)


def test_a_list_of_lists_is_keyed_by_place():
    assert severity(list(DYESTUFF.values())).effects[4] == pytest.approx(EFFECTS["E"], abs=2e-3)


@settings(max_examples=60)
@given(GROUPS)
def test_every_input_gives_finite_effects_pulled_towards_the_centre(groups):
    result = severity(groups)
    for name, effect in result.effects.items():
        mean = sum(groups[name]) / len(groups[name])
        assert math.isfinite(effect)
        assert 0 <= result.shrinkage[name] <= 1
        assert abs(effect) <= abs(mean - result.centre) + 1e-9
        low, high = result.intervals[name]
        assert low <= effect <= high
