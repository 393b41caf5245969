"""The claim about practice: the arithmetic, the three reasons for silence, and what a false claim costs."""

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditflow.statistics.movement import drift_adjusted

SCORES = st.floats(1, 4)


def scores(start, shift=0.0, noise=0.45, seed=1, only=None):
    rng = random.Random(seed)
    drawn = {ref: value + shift + rng.gauss(0, noise) for ref, value in start.items()}
    return {ref: drawn[ref] for ref in list(drawn)[:only]}


def baseline(n=80, seed=0):
    rng = random.Random(seed)
    return {f"C{i:03}": 2.2 + rng.gauss(0, 0.6) for i in range(n)}


def test_the_formula_against_numpy():
    before = baseline(40)
    after, regraded = scores(before, 0.4, seed=2), scores(before, 0.2, 0.3, seed=3, only=15)
    result = drift_adjusted(before, after, regraded)
    d = np.array([after[ref] - before[ref] for ref in before])
    r = np.array([regraded[ref] - before[ref] for ref in regraded])
    variance = d.var(ddof=1) / 40 + r.var(ddof=1) / 15 - 2 * np.cov(d[:15], r)[0, 1] / 40
    half, half_r, half_d = 1.96 * np.sqrt([variance, r.var(ddof=1) / 15, d.var(ddof=1) / 40])
    middle = d.mean() - r.mean()
    assert (result.pairs, result.bridge) == (40, 15)
    assert (result.change, result.drift, result.adjusted) == pytest.approx((d.mean(), r.mean(), middle))
    assert (result.low, result.high) == pytest.approx((middle - half, middle + half))
    assert (result.drift_low, result.drift_high) == pytest.approx((r.mean() - half_r, r.mean() + half_r))
    assert (result.change_low, result.change_high) == pytest.approx((d.mean() - half_d, d.mean() + half_d))


def test_only_pairs_count_and_regraded_cases_without_one_are_left_out():
    before = baseline(30)
    after = scores(before, 0.3, only=20)
    after["new case"] = 4.0
    regraded = {**scores(before, 0.0, 0.2, seed=4, only=12), "C025": 1.0, "new case": 1.0}
    result = drift_adjusted(before, after, regraded)
    assert (result.pairs, result.bridge, result.bridge_left_out) == (20, 12, 2)
    clean = drift_adjusted(
        {ref: before[ref] for ref in list(before)[:20]},
        {ref: after[ref] for ref in list(before)[:20]},
        {ref: regraded[ref] for ref in list(before)[:12]},
    )
    assert tuple(result) == tuple(clean)


@pytest.mark.parametrize(
    ("shift", "drift", "claim"),
    [(0.5, 0.0, "improved"), (-0.5, 0.0, "declined"), (0.5, 0.5, "could_be_chance"), (0.0, 0.5, "declined")],
)
def test_the_claim_follows_the_adjusted_interval(shift, drift, claim):
    before = baseline()
    result = drift_adjusted(before, scores(before, shift, 0.3), scores(before, drift, 0.3, 5, only=30))
    assert result.claim == claim
    assert result.reason is None


def test_cannot_tell_and_why():
    before = baseline(30)
    after = scores(before, 0.8)
    few_bridge = drift_adjusted(before, after, scores(before, only=9))
    assert (few_bridge.claim, few_bridge.reason) == ("cannot_tell", "too_few_bridge_cases")
    assert few_bridge.adjusted == pytest.approx(few_bridge.change - few_bridge.drift)
    assert (few_bridge.low, few_bridge.high, few_bridge.drift_low) == (None, None, None)
    few_pairs = drift_adjusted(before, scores(before, only=9), scores(before))
    assert (few_pairs.claim, few_pairs.reason, few_pairs.bridge) == ("cannot_tell", "too_few_pairs", 9)
    enough = drift_adjusted(before, scores(before, only=10), scores(before, only=10, seed=6))
    assert (enough.pairs, enough.bridge, enough.reason) == (10, 10, None)


def test_no_variation_is_not_certainty():
    before = {f"C{i}": 2.0 for i in range(20)}
    result = drift_adjusted(before, dict.fromkeys(before, 3.0), dict.fromkeys(before, 2.0))
    assert (result.claim, result.reason) == ("cannot_tell", "no_variation")
    assert (result.adjusted, result.low, result.high) == (1.0, None, None)


def test_nothing_at_all():
    nothing = drift_adjusted({}, {}, {})
    assert tuple(nothing) == (0, 0, None, None, None, None, None, None, None, "cannot_tell")
    no_bridge = drift_adjusted({"a": 2.0}, {"a": 3.0}, {})
    assert (no_bridge.change, no_bridge.drift, no_bridge.adjusted) == (1.0, None, None)
    assert drift_adjusted({"a": 2.0}, {"b": 3.0}, {"a": 1.0}).pairs == 0


@given(
    st.dictionaries(st.text(max_size=3), SCORES, max_size=25),
    st.dictionaries(st.text(max_size=3), SCORES, max_size=25),
    st.dictionaries(st.text(max_size=3), SCORES, max_size=25),
)
def test_every_input_gives_figures_or_none(before, after, regraded):
    result = drift_adjusted(before, after, regraded)
    assert all(figure is None or isinstance(figure, str) or math.isfinite(figure) for figure in result)
    assert (result.low is None) == (result.claim == "cannot_tell") == (result.reason is not None)
    if result.low is not None:
        assert result.low <= result.adjusted <= result.high


@settings(max_examples=25)
@given(st.integers(0, 1000), st.floats(-1, 1))
def test_kinder_auditors_cancel_out(seed, kindness):
    before = baseline(seed=seed)
    after, regraded = scores(before, 0.1, seed=seed + 1), scores(before, 0, seed=seed + 2, only=20)
    plain = drift_adjusted(before, after, regraded)
    kind = drift_adjusted(
        before,
        {ref: value + kindness for ref, value in after.items()},
        {ref: value + kindness for ref, value in regraded.items()},
    )
    assert (kind.adjusted, kind.low, kind.high) == pytest.approx((plain.adjusted, plain.low, plain.high))
    assert kind.claim == plain.claim or min(abs(plain.low), abs(plain.high)) < 1e-9


def test_false_claims_are_rare_when_only_the_auditors_changed():
    claims = []
    for seed in range(400):
        before = baseline(seed=seed)
        after, regraded = (scores(before, 0.3, seed=f"{seed}{kind}", only=n) for kind, n in (("a", 80), ("r", 20)))
        claims.append(drift_adjusted(before, after, regraded).claim)
    assert claims.count("improved") <= 400 * 0.025 + 3 * math.sqrt(400 * 0.025 * 0.975)
    assert claims.count("improved") + claims.count("declined") <= 400 * 0.05 + 3 * math.sqrt(400 * 0.05 * 0.95)
