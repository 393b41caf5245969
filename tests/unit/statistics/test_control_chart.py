"""Limits, rules and icons against published charts and NHSRplotthedots, rule by rule and at their edges."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycontrolcharts import calc_p, calc_xmr

from auditflow.domain.errors import BadInput
from auditflow.statistics.control_chart import (
    Limits,
    assurance,
    chart,
    nhs_rules,
    p_chart,
    variation,
    xmr,
)
from auditflow.statistics.runs import Sides, label_runs

# The series of NHSRplotthedots' own tests (set.seed(123); rnorm(20) in R); its snapshot prints mean 0.142, limits
# -3.01 and 3.29.
NHSR = [
    *(-0.56047565, -0.23017749, 1.55870831, 0.07050839, 0.12928774, 1.71506499, 0.46091621, -1.26506123),
    *(-0.68685285, -0.44566197, 1.22408180, 0.35981383, 0.40077145, 0.11068272, -0.55584113, 1.78691314),
    *(0.49785048, -1.96661716, 0.70135590, -0.47279141),
]
VALUES = st.lists(st.one_of(st.none(), st.integers(0, 20), st.floats(0, 100)), max_size=30)
LABELS = {
    *("common", "above_limit", "below_limit", "shift_high", "shift_low", "trend_up", "trend_down"),
    *("two_of_three_high", "two_of_three_low"),
}


def rules(values, shift=7, trend=7):
    """The labels round a mean of 0 with limits at 3 on either side."""
    return label_runs(values, Sides(0.0, 3.0), shift, trend)


def flagged(values, **options):
    return [place for place, label in enumerate(nhs_rules(values, **options)) if label not in ("common", None)]


# Limits


def test_the_series_of_nhsrplotthedots():
    limits = xmr(NHSR)
    assert (limits.mean, limits.lower, limits.upper) == pytest.approx((0.142, -3.01, 3.29), abs=5e-3)
    assert set(nhs_rules(NHSR)) == {"common"}


@given(st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=30))
def test_limits_against_pycontrolcharts(values):
    """It takes 3/1.128 where 2.66 is pinned here, a difference in the fourth figure."""
    other, limits = calc_xmr(values, run_tests=False).iloc[0], xmr(values)
    reach = limits.upper - limits.mean
    assert (limits.mean, limits.mr_bar) == pytest.approx((other.center_line, other.variation_cl), rel=1e-9, abs=1e-9)
    assert reach == pytest.approx(other.ucl - other.center_line, rel=1e-3, abs=1e-9)
    assert limits.mean - limits.lower == pytest.approx(other.center_line - other.lcl, rel=1e-3, abs=1e-9)


@given(
    st.lists(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2, max_size=20)
)
def test_a_p_chart_against_pycontrolcharts(counts):
    x, n = map(list, zip(*counts, strict=True))
    other, made = calc_p(x, sample_size=n, run_tests=False), p_chart(x, n)
    assert made.mean == pytest.approx(other.center_line[0], abs=1e-12)
    assert made.lower == pytest.approx(list(other.lcl.clip(0, 1)), abs=1e-9)
    assert made.upper == pytest.approx(list(other.ucl.clip(0, 1)), abs=1e-9)


def test_nist_flow_rates():
    # NIST/SEMATECH e-Handbook, 6.3.2.2: mean 50.81, moving range 1.8778, limits 45.8159 and 55.8041 with 3/1.128.
    limits = xmr([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
    assert (limits.mean, limits.mr_bar) == pytest.approx((50.81, 1.8778), abs=5e-5)
    assert (limits.lower, limits.upper) == pytest.approx((45.8159, 55.8041), abs=1e-3)


def test_montgomerys_viscosity():
    # Montgomery, Introduction to Statistical Quality Control, individuals chart of primer paint: 33.52, 0.48, 34.80
    # and 32.24.
    values = [33.75, 33.05, 34.0, 33.81, 33.46, 34.02, 33.68, 33.27, 33.49, 33.20, 33.62, 33.0, 33.54, 33.12, 33.84]
    limits = xmr(values)
    assert tuple(limits) == pytest.approx((33.52, 0.48, 32.24, 34.80), abs=1e-2)


def test_montgomerys_orange_juice():
    # The same, p-chart of 30 samples of 50 cans: centre 0.2313, limits 0.0524 and 0.4102; samples 15 and 23 outside.
    cans = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
    result = p_chart(cans, [50] * 30)
    assert (result.mean, result.lower[0], result.upper[0]) == pytest.approx((0.2313, 0.0524, 0.4102), abs=5e-5)
    outside = [place + 1 for place, value in enumerate(result.values) if value > result.upper[place]]
    assert outside == [15, 23]


def test_a_gap_breaks_the_moving_range_and_not_the_mean():
    limits = xmr([1, 2, None, 10, 12])
    assert (limits.mean, limits.mr_bar, limits.points) == (6.25, 1.5, 4)
    assert (limits.lower, limits.upper) == pytest.approx((6.25 - 2.66 * 1.5, 6.25 + 2.66 * 1.5))


def test_screening_leaves_out_great_ranges_once():
    values = [*([1, 2] * 10), 40, *([1, 2] * 10)]
    plain, screened = xmr(values), xmr(values, screen=True)
    assert screened.mr_bar == 1.0
    assert plain.mr_bar == pytest.approx((38 + 38 + 39) / 40)
    assert plain.mean == screened.mean


def test_too_few_points():
    assert xmr([]).reason == xmr([None]).reason == "no_points"
    single = xmr([4, None, 6])
    assert (single.mean, single.mr_bar, single.lower, single.reason) == (5, None, None, "too_few_points")
    assert (xmr([4, 6]).trial, xmr([4] * 11).trial, xmr([4] * 12).trial) == (True, True, False)


def test_limits_are_clipped_for_display_only():
    limits = xmr([0.0, 0.5, 0.1, 0.9])
    assert limits.clipped() == (0.0, 1.0)
    assert (limits.lower < 0, limits.upper > 1) == (True, True)
    assert xmr([]).clipped() == (None, None)


# Rules


def test_rule_one_outside_a_limit():
    assert rules([0, 3.01, -3.01, 3.0, 0]) == ["common", "above_limit", "below_limit", "common", "common"]
    steady = [10, 11, 10, 9, 10, 11, 9, 10, 11, 10]
    assert nhs_rules([*steady, 30])[-1] == "above_limit"
    assert nhs_rules([*steady, -10])[-1] == "below_limit"


def test_rule_two_seven_on_one_side_and_not_six():
    assert flagged([9, 11] * 4 + [9] + [11, 10.5] * 3 + [10.9]) == list(range(9, 16))
    assert nhs_rules([9, 11] * 4 + [9] + [11, 10.5] * 3 + [10.9])[9] == "shift_high"
    assert flagged([9, 11] * 4 + [9] + [11, 10.5] * 3 + [9]) == []


def test_a_point_on_the_mean_breaks_the_run():
    broken = [1, 1.5, 1, 0, 1, 1.5, 1, 1.5, 1, 1.5]
    assert set(rules(broken)) == {"common"}
    assert rules(broken, shift=6) == ["common"] * 4 + ["shift_high"] * 6
    assert set(rules([-0.1, *broken[4:], 0.1])[1:]) == {"shift_high"}


def test_rule_three_seven_points_rising_and_not_six():
    rising = [10, 8, 12, 9, 4, 5, 6, 7, 8, 9, 10, 5, 12, 9]
    labels = nhs_rules(rising)
    assert [place for place, label in enumerate(labels) if label == "trend_up"] == list(range(4, 11))
    assert "trend_up" not in nhs_rules([10, 8, 12, 9, 4, 5, 6, 7, 8, 9, 5, 12, 9])
    assert "trend_up" in nhs_rules([10, 8, 12, 9, 4, 5, 6, 7, 8, 9, 5, 12, 9], trend=6)
    level = [10, 8, 12, 9, 4, 5, 6, 6, 7, 8, 9, 5, 12, 9]
    assert "trend_up" not in nhs_rules(level)


def test_where_a_rise_and_a_fall_meet_the_earlier_has_the_peak():
    peak = [-1.5, -1, -0.5, 0, 0.5, 1, 1.5, 1, 0.5, 0, -0.5, -1, -1.5]
    assert rules(peak) == ["trend_up"] * 7 + ["trend_down"] * 6
    assert rules(peak[1:]) == ["common"] * 5 + ["trend_down"] * 7


def test_rule_four_two_of_three_near_the_same_limit():
    # Symmetrical noise, then two points near limits: on opposite sides nothing (NHSRplotthedots' own test), on the
    # same side with the third on that side too both points, with the third on the other side nothing.
    noise = [1, -1] * 7
    assert flagged([*noise, 5.5, -5.5]) == []
    labels = nhs_rules([*noise, 6, 0.9, 6])
    assert labels[-3:] == ["two_of_three_high", "common", "two_of_three_high"]
    assert flagged([*noise, 6, -1, 6]) == []


def test_the_order_of_precedence():
    # Rule 1 stands before 3, which keeps the rest of its run; 3 before 4; 4 before 2.
    assert rules([-1, -0.5, 0, 0.5, 1, 2.5, 3.5]) == ["trend_up"] * 6 + ["above_limit"]
    assert rules([-1, -0.5, 0, 0.5, 1, 2.5, 2.6]) == ["trend_up"] * 7
    shifted = rules([1, 1.5, 1, 1.5, 1, 2.2, 2.1])
    assert shifted == ["shift_high"] * 5 + ["two_of_three_high"] * 2
    # A point outside the limit counts as one of the two that are beyond two thirds of the way.
    assert rules([3.5, 2.5, 1, -1]) == ["above_limit", "two_of_three_high", "common", "common"]


def test_runs_go_on_across_a_gap():
    values = [9, 11] * 4 + [9] + [11, 10.5, None, 11, 10.5, 11, 10.5, 10.9]
    labels = nhs_rules(values)
    assert labels[11] is None
    assert {labels[place] for place in (*range(9, 11), *range(12, 17))} == {"shift_high"}


def test_no_variation_signals_nothing():
    for values in ([0.3] * 20, [0.1] * 15, [7], [], [1, 1, None, 1]):
        assert set(nhs_rules(values)) <= {"common", None}
    assert set(nhs_rules([1, 1, None, 5, 5])) == {"common", None}
    assert tuple(xmr([4.0] * 9)) == (4.0, 0.0, 4.0, 4.0)


def test_settings_of_less_than_two_are_refused():
    for options in ({"shift": 1}, {"trend": 0}):
        with pytest.raises(BadInput):
            nhs_rules([1, 2, 3], **options)


@given(VALUES)
def test_every_series_gives_one_label_a_point_and_a_mirror_the_opposite(values):
    labels = nhs_rules(values)
    assert [label is None for label in labels] == [value is None for value in values]
    assert set(labels) - {None} <= LABELS
    limits = xmr(values)
    assert all(figure is None or math.isfinite(figure) for figure in limits)
    if limits.lower is not None:
        assert limits.lower <= limits.mean <= limits.upper


@given(st.lists(st.integers(-20, 20), max_size=25))
def test_turned_upside_down_every_signal_turns(values):
    opposite = {"high": "low", "low": "high", "up": "down", "down": "up", "above": "below", "below": "above"}
    turned = ["_".join(opposite.get(word, word) for word in label.split("_")) for label in nhs_rules(values)]
    assert nhs_rules([-value for value in values]) == turned


# Icons


@pytest.mark.parametrize(
    ("last", "better", "icon"),
    [
        ("common", "up", "common"),
        ("shift_high", "up", "improvement"),
        ("trend_down", "up", "concern"),
        ("below_limit", "down", "improvement"),
        ("two_of_three_high", "down", "concern"),
        ("above_limit", None, "neutral"),
        ("common", None, "common"),
    ],
)
def test_variation_comes_from_the_last_point(last, better, icon):
    assert variation([*["trend_up"] * 9, last], better) == icon
    assert variation([*["trend_up"] * 9, last, None], better) == icon
    assert variation([*["trend_up"] * 8, last], better) is None


def test_assurance():
    limits = Limits(50.0, 2.0, 45.0, 55.0)
    assert [assurance(target, limits, "up") for target in (56, 55, 50, 45, 44)] == [
        "consistent_fail",
        "inconsistent",
        "inconsistent",
        "inconsistent",
        "consistent_pass",
    ]
    assert assurance(56, limits, "down") == "consistent_pass"
    assert assurance(44, limits, "down") == "consistent_fail"
    assert assurance(None, limits, "up") is None
    assert assurance(50, limits, None) is None
    assert assurance(50, xmr([4]), "up") is None
    with pytest.raises(BadInput):
        assurance(50, limits, "left")


# A whole chart


def test_a_recalculated_chart_keeps_the_old_limits_beside_the_new():
    values = [10, 12] * 6 + [20, 22] * 5
    whole = chart(values, starts=[0, 12], target=15, better="up")
    assert [whole.limits[place].mean for place in (0, 11, 12, 21)] == [11, 11, 21, 21]
    assert set(whole.labels) == {"common"}
    assert (whole.variation, whole.assurance) == ("common", "consistent_pass")
    once = chart(values, target=15, better="up")
    assert once.labels[-1] != "common"
    assert len(once.limits) == len(values)


def test_a_chart_of_few_points_has_no_icons():
    few = chart([10, 12] * 4, target=15, better="up")
    assert (few.variation, few.assurance) == (None, None)
    assert few.limits[0].trial
    empty = chart([])
    assert (empty.values, empty.labels, empty.variation) == ([], [], None)


@pytest.mark.parametrize(
    "options",
    [
        {"target": 4},
        {"target": 4, "better": "sideways"},
        {"starts": [1]},
        {"starts": []},
        {"starts": [0, 9, 4]},
        {"starts": [0, 13]},
        {"starts": [0, 20]},
    ],
)
def test_charts_that_cannot_be_are_refused(options):
    with pytest.raises(BadInput):
        chart(list(range(20)), **options)


def test_p_charts_with_gaps_wide_limits_and_nothing():
    result = p_chart([1, 0, 3], [10, 0, 12])
    assert result.lower == [0.0, None, 0.0]
    assert result.values[1] is None
    assert p_chart([0, 0], [0, 0]).reason == "no_cases"
    assert p_chart([5, 5], [5, 5]).upper == [1.0, 1.0]
    assert p_chart([], []).mean is None
    for x, n in (([1], [1, 2]), ([3], [2])):
        with pytest.raises(BadInput):
            p_chart(x, n)


def test_laneys_limits_widen_with_the_variation_between_periods():
    x, n = [400, 620, 410, 640, 400, 610], [1000] * 6
    plain, laney = p_chart(x, n), p_chart(x, n, laney=True)
    scores = [(count / 1000 - plain.mean) / math.sqrt(plain.mean * (1 - plain.mean) / 1000) for count in x]
    average = sum(abs(b - a) for a, b in pairwise(scores)) / 5
    reach = (plain.upper[0] - plain.mean) * average / 1.128
    assert laney.upper[0] == pytest.approx(min(plain.mean + reach, 1.0))
    assert laney.upper[0] > plain.upper[0]
