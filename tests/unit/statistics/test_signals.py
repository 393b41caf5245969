"""Signals in runs, since when, and figures in the unit of their measure."""

import pytest

from auditflow.statistics.control_chart import Limits, nhs_rules
from auditflow.statistics.signals import SHORT, SIGNALS, Run, is_high, judge, signal_runs, since
from auditflow.statistics.unit import NUMBER, PERCENT, SHARE

HIGH, LOW, NO = "shift_high", "below_limit", "common"


def test_every_label_has_words_and_a_side():
    assert SHORT.keys() == SIGNALS.keys()
    assert [label for label in SHORT if is_high(label)] == [
        *("above_limit", "trend_up", "two_of_three_high", "shift_high")
    ]


@pytest.mark.parametrize(
    ("label", "better", "meaning"),
    [(HIGH, "up", "improvement"), (HIGH, "down", "concern"), (LOW, "down", "improvement"), (LOW, None, "neutral")],
)
def test_a_signal_is_judged_by_the_direction_that_is_good(label, better, meaning):
    assert judge(label, better) == meaning
    assert judge(NO, better) == "common"


def test_neighbours_on_one_side_are_one_run_and_a_gap_does_not_end_it():
    labels = [NO, HIGH, None, "above_limit", HIGH, NO, LOW, HIGH]
    assert signal_runs(labels) == [
        Run(("above_limit", HIGH), 1, 4),
        Run((LOW,), 6, 6),
        Run((HIGH,), 7, 7),
    ]
    assert signal_runs([HIGH] * 4, starts=[0, 2]) == [Run((HIGH,), 0, 1), Run((HIGH,), 2, 3)]
    assert signal_runs([None, NO]) == []


@pytest.mark.parametrize(
    ("labels", "place"),
    [
        ([NO, HIGH, HIGH], 1),
        ([HIGH, NO, HIGH, None, "above_limit", None], 2),
        ([LOW, HIGH], 1),
        ([HIGH, NO], None),
        ([HIGH, HIGH], 0),
        ([None], None),
        ([], None),
    ],
)
def test_a_change_began_with_the_first_signal_on_its_side(labels, place):
    assert since(labels) == place


def test_a_shift_is_dated_from_its_first_month():
    values = [9, 11] * 4 + [9] + [11, 10.5] * 3 + [10.9]
    assert since(nhs_rules(values)) == 9


def test_figures_in_their_unit():
    assert [NUMBER.shown(value) for value in (1250, 4.25, 4, -0.5)] == ["1,250", "4.3", "4", "−0.5"]
    assert (PERCENT.shown(84.6), SHARE.shown(0.325)) == ("85%", "33%")
    assert PERCENT.clipped(Limits(50.0, 30.0, -29.8, 129.8)) == (0.0, 100.0)
    assert NUMBER.clipped(Limits(50.0, 30.0, -29.8, 129.8)) == (-29.8, 129.8)
    assert NUMBER.clipped(Limits(4.0, None, None, None)) == (None, None)


@pytest.mark.parametrize(
    ("unit", "reach", "decimals"),
    [(PERCENT, 8, 0), (PERCENT, 2, 1), (PERCENT, 0.3, 2), (SHARE, 0.08, 0), (NUMBER, 40, 0), (NUMBER, 0.2, 2)],
)
def test_narrow_limits_are_shown_with_more_decimals(unit, reach, decimals):
    assert unit.fit(reach).decimals == decimals
    assert unit.fit(0.0).decimals == 0
    assert unit.fit(1e-9).decimals == 4
