"""The picture of a control chart: marks by shape, gaps, segments, lines; nothing leaves the picture."""

from __future__ import annotations

import re
from datetime import date

import pytest
from jinja2 import Environment, PackageLoader

from auditflow.reporting.control_chart import ControlChart, Measure, Recalculation, make_control_chart

TEMPLATES = Environment(loader=PackageLoader("auditflow"), autoescape=True)
JANUARY = 2025 * 12
LOW = [80, 82, 79, 84, 81, 80, 83, 78, 82, 81, 80, 79]
RAISED = [*LOW, None, 86, 88, 87, 90, 89, 91, 88, 90, 89, 87, 92]
DIAMOND, SQUARE, TRIANGLE, CROSS = ('fill="#12436d" stroke="#fff"', "h12v12h-12Z", 'fill="#fff"', "M-4-4L4 4")


def draw(macro: str, values: list[float | None], better: str | None = "up", again: int = 0, **more) -> str:
    asked = [Recalculation(JANUARY + again, "Two <teams>", "Morgan Leith", date(2027, 1, 4))] if again else []
    months = [JANUARY + n for n in range(len(values))]
    measure = Measure("Visits", more.pop("percent", True), better, more.pop("target", None))
    chart: ControlChart = make_control_chart(measure, values, months, asked)
    return str(getattr(TEMPLATES.get_template("macros/control_chart.html").module, macro)(chart, **more))


def picture(*args, **more) -> str:
    """The picture alone, without its key."""
    return draw("control_chart", *args, id="c", **more).partition("<figure")[2].partition("</figure>")[0]


def points(svg: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r'<svg x="([0-9.]+)%" y="([0-9.]+)" overflow', svg)]


def test_a_point_each_in_order_and_the_line_breaks_at_a_gap():
    svg = picture(RAISED)
    assert len(points(svg)) == 24
    assert points(svg) == sorted(points(svg))
    assert svg.count('stroke="#505a5f" stroke-width="1.5"/>') == 21
    assert svg.count(CROSS) == 1


@pytest.mark.parametrize(
    ("better", "last", "shape"), [("up", 99, DIAMOND), ("down", 99, SQUARE), ("up", 60, SQUARE), (None, 99, TRIANGLE)]
)
def test_what_stands_out_is_told_by_shape(better, last, shape):
    svg = picture([*LOW, last], better)
    assert svg.count(shape) == 1
    assert svg.count("<circle") == 12


def test_every_segment_keeps_its_lines():
    once, twice = picture(RAISED), picture(RAISED, again=12)
    assert (once.count('stroke-dasharray="6 5"'), twice.count('stroke-dasharray="6 5"')) == (2, 4)
    assert (once.count('stroke="#0b0c0c" stroke-width="2"'), twice.count('stroke="#0b0c0c" stroke-width="2"')) == (1, 2)
    assert (once.count('stroke-dasharray="1 4"'), twice.count('stroke-dasharray="1 4"')) == (0, 1)
    assert "14 4 3 4" in picture(RAISED, target=90)
    assert "14 4 3 4" not in once


def test_the_lines_of_two_segments_meet_half_way_between_their_points():
    svg = picture(RAISED, again=12)
    (_, first), (second, _) = re.findall(
        r'<line x1="([0-9.]+)%" x2="([0-9.]+)%"[^>]*stroke="#0b0c0c" stroke-width="2"', svg
    )
    before, after = points(svg)[11][0], points(svg)[12][0]
    assert float(first) == pytest.approx((before + after) / 2, abs=0.01)
    assert second == first


@pytest.mark.parametrize("values", [[80], [80, 81], [0.0] * 3, [100, 0] * 120, [None, 50], [50, None, None]])
def test_nothing_leaves_the_picture(values):
    svg = picture(values)
    places = [float(x) for x in re.findall(r'x[12]?="([0-9.]+)%"', svg)]
    heights = [float(y) for y in re.findall(r'y[12]?="([0-9.-]+)"', svg)]
    assert all(0 <= x <= 100 for x in places)
    assert all(0 <= y <= 344 for y in heights)
    assert len(points(svg)) == len(values)


def test_a_month_in_the_middle_is_named_where_there_is_room():
    assert ">Jun 2025</text>" in picture(LOW)
    assert ">Jun 2025</text>" not in picture([value * 100_000 for value in LOW], percent=False)


def test_the_key_names_only_what_is_there():
    whole = draw("control_chart", RAISED, id="c", target=90).partition("<figure")[0]
    for words in ("Average: 85%", "Limits: 78% to 91%", "Target: 90%", "Change for the better", "No figure"):
        assert words in whole
    plain = draw("control_chart", LOW, id="c").partition("<figure")[0]
    assert "Usual ups and downs" in plain
    for words in ("Target", "Change for", "No figure", "anew"):
        assert words not in plain
    assert "Limits" not in draw("control_chart", [80], id="c").partition("<figure")[0]


def test_icons_say_it_in_words_and_their_pictures_are_hidden():
    html = draw("chart_icons", [*LOW, 99], target=99.5)
    assert "Change for the better" in html
    assert ">H</text>" in html
    assert html.count("<svg") == html.count('aria-hidden="true"') == 2
    assert ">L</text>" in draw("chart_icons", [*LOW, 60])
    assert draw("chart_icons", LOW[:9], target=90).strip() == ""
    for target, letter, words in (
        (99, "F", "Target missed"),
        (81, "?", "Target hit or miss"),
        (60, "P", "Target met"),
    ):
        html = draw("chart_icons", LOW, target=target)
        assert f">{letter}</text>" in html
        assert words in html


def test_a_recalculation_is_shown_with_person_day_and_reason():
    html = draw("recalculations", RAISED, again=12, id="limits")
    assert "<strong>From January 2026</strong>: Two &lt;teams&gt;" in html
    assert "(asked for by Morgan Leith, 4 January 2027)" in html
    assert html.count('<th scope="row"') == 2
    assert draw("recalculations", RAISED, id="limits").strip() == ""


def test_months_that_stand_out_are_listed_or_it_is_said_that_none_do():
    assert "<strong>January 2026</strong>: above the upper limit (change for the better)" in draw(
        "signal_list", [*LOW, 99]
    )
    assert "Nothing: every figure is within" in draw("signal_list", LOW)
    assert "Nothing so far: there are too few months to tell." in draw("signal_list", LOW[:9])
    assert "(" not in draw("signal_list", [*LOW, 99], None)
