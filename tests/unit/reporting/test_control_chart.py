"""The chart of a measure as pages and reports get it: points, segments, words, scale; and what is refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditflow.domain.errors import BadInput
from auditflow.reporting.chart_scale import make_scale, own_decimals
from auditflow.reporting.chart_words import how_worked_out, what_to_know
from auditflow.reporting.control_chart import ControlChart, Measure, Recalculation, make_control_chart
from auditflow.statistics.unit import NUMBER, PERCENT

JANUARY = 2025 * 12
# NIST/SEMATECH e-Handbook, 6.3.2.2: mean 50.81, moving range 1.8778; with 2.66 the limits are 45.81 and 55.81.
NIST = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
LOW = [80, 82, 79, 84, 81, 80, 83, 78, 82, 81, 80, 79]
RAISED = [*LOW, None, 86, 88, 87, 90, 89, 91, 88, 90, 89, 87, 92]


def draw(values, measure: Measure | None = None, again: list[tuple[int, str]] | None = None) -> ControlChart:
    given_again = [Recalculation(JANUARY + n, why, "Morgan Leith", date(2027, 1, 4)) for n, why in again or []]
    months = [JANUARY + n for n in range(len(values))]
    return make_control_chart(measure or Measure("Visits", True, "up", 90), values, months, given_again)


def test_published_limits_reach_the_chart():
    chart = draw(NIST, Measure("Flow rate"))
    limits = chart.now.limits
    assert (limits.mean, limits.mr_bar) == pytest.approx((50.81, 1.8778), abs=5e-5)
    assert (chart.now.lower, chart.now.upper) == pytest.approx((45.815, 55.805), abs=1e-3)
    assert [row[1:] for row in chart.rows][:2] == [
        ["49.6", "50.8", "45.8", "55.8", "–"],
        ["47.6", "50.8", "45.8", "55.8", "–"],
    ]
    assert (chart.variation, chart.assurance) == ("common", None)


def test_what_changed_and_since_when():
    chart = draw([*LOW, 79, 81, 95, 92])
    assert chart.sentence.startswith("The latest point shows a change for the better, since March 2026: it lies above")
    assert (chart.variation, chart.high) == ("improvement", True)
    assert chart.signals[-1].when == "March 2026 to April 2026"
    assert chart.signals[-1].kind == "improvement"
    assert [point.kind for point in chart.points][-3:] == ["concern", "improvement", "improvement"]
    falling = draw([100 - value for value in (*LOW, 79, 81, 95, 92)], Measure("Late", True, "up"))
    assert (falling.variation, falling.high) == ("concern", False)


def test_a_missing_month_is_a_gap_everywhere():
    chart = draw(RAISED)
    assert chart.gaps == ["January 2026"]
    gap = chart.points[12]
    assert (gap.value, gap.shown, gap.kind, gap.signal) == (None, "No figure", "gap", "")
    assert chart.rows[12][1] == "No figure"
    assert "no figure for January 2026." in " ".join(what_to_know(chart))
    assert "23 figures, January 2025 to December 2026; the lowest 78% in August 2025" in chart.described


def test_a_recalculated_chart_keeps_the_earlier_limits_and_says_what_it_hides():
    chart = draw(RAISED, again=[(12, "A second team began")])
    before, after = chart.segments
    assert (before.first, before.last, before.begun) == (0, 11, None)
    assert (after.first, after.last) == (12, 23)
    assert before.limits.mean == 80.75
    assert after.begun is not None
    assert (after.begun.reason, after.begun.asked) == ("A second team began", "Morgan Leith, 4 January 2027")
    assert {row[2] for row in chart.rows} == {"81%", "89%"}
    assert (chart.variation, chart.unlike) == ("common", "improvement")
    assert "With one set of limits for all months the latest figure would show a change for the better." in (
        what_to_know(chart)
    )
    assert draw(RAISED).unlike is None


def test_a_change_after_a_recalculation_is_dated_by_its_own_months():
    chart = draw([*RAISED, 99, 98], again=[(12, "A second team began")])
    assert "since January 2027" in chart.sentence
    assert [signal.when for signal in chart.signals] == ["January 2027 to February 2027"]


@pytest.mark.parametrize(
    ("again", "sentence"),
    [
        ([(0, "x")], "The chart begins in January 2025"),
        ([(40, "x")], "May 2028 is not one of the months from January 2025 to December 2026"),
        ([(12, "x"), (12, "y")], "January 2026 is given twice"),
        ([(17, "x")], "From June 2026 there are 7 figures. Limits are calculated anew with at least 8"),
        ([(23, "x")], "From December 2026 there is 1 figure."),
        ([(8, "x"), (12, "y")], "From September 2025 there are 4 figures"),
    ],
)
def test_a_recalculation_that_cannot_be_is_refused_with_its_month(again, sentence):
    with pytest.raises(BadInput) as refused:
        draw(RAISED, again=again)
    assert sentence in refused.value.sentence
    assert refused.value.field == "recalculation"
    assert refused.value.details["month"] in [JANUARY + n for n, _ in again]


def test_recalculations_may_be_given_in_any_order():
    values = [*LOW, *LOW, *LOW]
    assert [part.first for part in draw(values, again=[(24, "b"), (12, "a")]).segments] == [0, 12, 24]


def test_a_target_needs_a_direction():
    with pytest.raises(BadInput) as refused:
        draw(NIST, Measure("Flow", target=5))
    assert refused.value.field == "better"


def test_a_target_is_never_shown_as_equal_to_a_limit_that_it_passes():
    chart = draw([*LOW, None, 86, 88, 87, 90, 89, 91, 88])
    assert chart.now.upper == pytest.approx(89.994, abs=0.001)
    assert chart.assurance == "consistent_fail"
    assert "between 77.16% and 89.99%. The target of 90.00% will not be met" in chart.sentence


@pytest.mark.parametrize(
    ("count", "words", "icons"),
    [
        (1, "There are no limits", False),
        (9, "These are trial limits, from 9 figures.", False),
        (11, "These are trial limits, from 11 figures.", True),
        (12, "", True),
    ],
)
def test_few_months_have_trial_limits_and_fewer_no_icons(count, words, icons):
    chart = draw(LOW[:count])
    known = what_to_know(chart)
    assert [words in sentence for sentence in known] == [True] * bool(words)
    assert (chart.variation is not None, chart.assurance is not None) == (icons, icons)
    assert ("too few to tell a change" in chart.sentence) is not icons


def test_limits_of_percentages_are_shown_within_their_ends_and_rules_use_them_as_they_are():
    values = [100, 60, 100, 70, 100, 65, 100, 100, 60, 100, 100, 70]
    chart = draw(values)
    assert chart.now.upper == 100
    assert chart.now.limits.upper is not None and chart.now.limits.upper > 100
    assert "Limits of percentages are shown within 0% to 100%" in " ".join(how_worked_out(chart))


def test_how_it_was_worked_out_names_rules_constant_and_screening():
    words = " ".join(how_worked_out(draw(NIST, Measure("Flow"))))
    for part in ("MDC-7/7", "± 2.66 ×", "which is 1.88", "unscreened", "fewer than 12 are trial"):
        assert part in words
    assert "within 0%" not in words


@pytest.mark.parametrize(
    ("figures", "unit", "ticks"),
    [
        ([78, 92, 90], PERCENT, ["75%", "80%", "85%", "90%", "95%"]),
        ([0, 100], PERCENT, ["0%", "20%", "40%", "60%", "80%", "100%"]),
        ([100, 100], PERCENT, ["90%", "92%", "94%", "96%", "98%", "100%"]),
        ([0.61, 0.64], NUMBER, ["0.61", "0.62", "0.63", "0.64"]),
        ([1027, 1575], NUMBER, ["1,000", "1,200", "1,400", "1,600"]),
    ],
)
def test_a_scale_has_round_figures(figures, unit, ticks):
    assert [words for _, words in make_scale(figures, unit).ticks] == ticks


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=30))
def test_every_figure_has_its_place_on_the_scale(figures):
    scale = make_scale(figures, NUMBER)
    assert all(-1e-6 <= scale.share(figure) <= 1 + 1e-6 for figure in figures)
    assert 2 <= len(scale.ticks) <= 9


@given(
    st.lists(st.one_of(st.none(), st.floats(0, 100)), min_size=1, max_size=40).filter(lambda v: v != [None] * len(v)),
    st.one_of(st.none(), st.floats(0, 100)),
    st.sampled_from(["up", "down"]),
)
def test_every_series_makes_a_chart(values, target, better):
    chart = draw(values, Measure("Any", True, better, target))
    assert len(chart.rows) == len(chart.points) == len(values)
    assert what_to_know(chart) is not None
    assert "nan" not in (chart.described + str(chart.rows) + str(how_worked_out(chart))).lower().split()


def test_decimals_as_they_were_written():
    assert [own_decimals(figures) for figures in ([1, 2.0], [1, None, 2.5], [0.25], [1 / 3], [])] == [0, 1, 2, 3, 0]
