"""What the macros draw: the figures, in the picture and in its table."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from jinja2 import Environment, PackageLoader

TEMPLATES = Environment(loader=PackageLoader("auditflow"), autoescape=True)
GRADES = ["Outstanding", "Good", "Requires improvement", "Inadequate"]


def draw(file: str, macro: str, *args: Any, **kwargs: Any) -> str:
    return str(getattr(TEMPLATES.get_template(f"macros/{file}.html").module, macro)(*args, **kwargs))


def cells(html: str) -> list[list[str]]:
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", html, re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", "", c) for c in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)] for row in rows
    ]


def widths(html: str, fill: str) -> list[float]:
    return [float(w) for w in re.findall(rf'width="([0-9.]+)%"[^>]*fill="{fill}"', html)]


def grade_bars(*counts: list[int]) -> str:
    bars = [{"label": f"Bar {i}", "heading": "Heading", "counts": c} for i, c in enumerate(counts)]
    return draw("charts", "grade_bars", "g", "Grades", "What is seen.", GRADES, bars)


def test_a_chart_has_a_title_a_description_and_a_table() -> None:
    html = grade_bars([2, 21, 36, 12])
    assert 'aria-labelledby="g-t g-d"' in html
    assert '<title id="g-t">Grades</title><desc id="g-d">What is seen.</desc>' in html
    assert "viewBox" not in html
    assert cells(html) == [
        ["Grade", "Bar 0"],
        ["Outstanding", "2"],
        ["Good", "21"],
        ["Requires improvement", "36"],
        ["Inadequate", "12"],
        ["All", "71"],
    ]


def test_bars_of_grades_fill_their_width_and_underline_good_or_better() -> None:
    html = grade_bars([2, 21, 36, 12])
    shares = [widths(html, fill)[0] for fill in ("#0b0c0c", "#505a5f", "#d5d8da", "#ffffff")]
    assert sum(shares) == pytest.approx(100, abs=0.03)
    assert '<line x1="0" x2="32.39%"' in html


@pytest.mark.parametrize("counts", [[1, 1, 1, 77], [77, 1, 1, 1], [40, 0, 0, 40], [100, 100, 100, 100], [0, 1, 0, 0]])
def test_labels_of_grades_never_touch_on_the_smallest_phone(counts: list[int]) -> None:
    labels = re.findall(r'<text x="([0-9.]+)%"[^>]*>([0-9]+)</text>', grade_bars(counts))
    edges = [(float(x) - 1.4 * len(n), float(x) + 1.4 * len(n)) for x, n in labels]
    assert all(right < left for (_, right), (left, _) in pairwise(edges))
    assert all(left >= -1.4 and right <= 100.1 for left, right in edges)


def test_no_grades_are_an_empty_bar() -> None:
    html = grade_bars([0, 0, 0, 0])
    assert 'stroke="#cecece"' in html
    assert ["All", "0"] in cells(html)


def test_the_boards_bars() -> None:
    bars = [{"label": "March", "heading": "March: about half", "good": 37, "of": 71}]
    html = draw("charts", "board_bars", "b", "Cases", "Seen.", bars)
    assert widths(html, "#12436d") == [52.1]
    assert cells(html)[1:] == [["March", "37", "34", "71"]]
    empty = draw("charts", "board_bars", "b", "Cases", "Seen.", [{"label": "x", "heading": "x", "good": 0, "of": 0}])
    assert cells(empty)[1:] == [["x", "0", "0", "0"]]


def test_shares_of_list_and_sample_have_one_scale_and_round_halves_up() -> None:
    rows = [{"label": "Child in need", "list": 1290, "sample": 34}, {"label": "Other", "list": 1650, "sample": 46}]
    html = draw("charts", "share_bars", "s", "Shares", "Seen.", rows, 2940, 80)
    assert widths(html, "#12436d") == [61.3, 83.0]
    assert cells(html)[1] == ["Child in need", "1,290", "34", "44%", "43%"]


def test_a_bar_in_a_row_is_hidden_and_its_count_is_a_link() -> None:
    html = draw(
        "charts",
        "bar_table",
        "t",
        "Where",
        "State",
        [{"label": "Late", "count": 3, "href": "/late"}, {"label": "Done", "count": 0, "href": "/done"}],
    )
    assert 'href="/late">3<span class="govuk-visually-hidden"> cases: Late</span>' in html
    assert "/done" not in html
    assert html.count('<svg aria-hidden="true"') == 2
    assert draw("charts", "bar_table", "t", "Where", "State", [])


def test_intervals_stand_on_one_scale_and_keep_inside_it() -> None:
    row = {"label": "Change", "text": "+0.2", "value": 0.2, "low": -9, "high": 0.4, "of": 71}
    html = draw(
        "plots", "interval_plot", "i", "Change", "Seen.", [row], -0.1, 0.5, [{"value": 0, "text": "0", "heavy": True}]
    )
    assert '<line x1="2.0%" x2="82.0%" y1="62" y2="62"' in html
    assert '<circle cx="50.0%"' in html
    assert cells(html)[1] == ["Change", "+0.20", "-9.00", "+0.40", "71"]


def test_an_estimate_that_cannot_be_made_has_no_mark() -> None:
    row = {"label": "Change", "text": "too few", "value": None, "low": None, "high": None, "of": 1}
    html = draw("plots", "interval_plot", "i", "Change", "Seen.", [row], 0, 1, [])
    assert "<circle" not in html
    assert cells(html)[1] == ["Change", "–", "–", "–", "1"]


def test_before_and_after_dots() -> None:
    row = {"label": "Planning", "text": "20 to 33 of 71", "before": 28.2, "after": 46.5}
    html = draw("plots", "dot_pairs", "d", "Domains", "Seen.", [row])
    assert '<circle cx="28.2%"' in html
    assert '<circle cx="46.5%"' in html
    assert 'text-anchor="end">20 to 33 of 71</text>' in html


def test_a_long_name_has_its_figures_on_a_line_of_their_own() -> None:
    row = {"label": "Management oversight and supervision", "text": "20 to 33 of 71", "before": 1, "after": 2}
    html = draw("plots", "dot_pairs", "d", "Domains", "Seen.", [row])
    assert 'text-anchor="end">20 to 33' not in html


def test_pace_against_the_end_date() -> None:
    done = [{"day": "30 Nov", "n": 5}, {"day": "1 Dec", "n": 20}]
    html = draw("plots", "pace_line", "p", "Pace", "Seen.", 80, 4, done, "30 Nov", "1 Dec", "3 Dec", forecast=90)
    assert "Agreed: 20" in html
    assert "Even pace: 40 by now" in html
    assert 'x2="50.00%" y2="183.0"' in html
    assert 'x2="100%" y2="24.0" stroke="#0b0c0c" stroke-width="3" stroke-dasharray' in html
    assert re.findall(r'<text class="q" x="0" y="[0-9]+">([0-9]+)</text>', html) == ["20", "40", "60"]
    assert cells(html)[1:] == [["30 Nov", "5", "20"], ["1 Dec", "20", "40"]]


@pytest.mark.parametrize("total", [1, 3, 7, 80, 999, 10_000])
def test_the_scale_of_the_pace_has_few_lines(total: int) -> None:
    html = draw("plots", "pace_line", "p", "Pace", "Seen.", total, 5, [], "a", "b", "c")
    assert len(re.findall(r'stroke="#cecece"', html)) <= 5


def test_a_round_without_cases_or_days_has_no_line() -> None:
    assert draw("plots", "pace_line", "p", "Pace", "Seen.", 0, 0, [], "a", "b", "c").strip() == ""


def test_movement_says_its_direction_in_words_and_adds_up() -> None:
    grades = GRADES[::-1]
    counts = [[4, 6, 2, 0], [4, 16, 15, 1], [0, 4, 14, 3], [0, 0, 1, 1]]
    links = [[f"/{i}{j}" for j in range(4)] for i in range(4)]
    html = draw("matrix", "movement_matrix", "m", "Moved", grades, counts, "Before", "After", links)
    assert (
        'href="/01">6<span class="govuk-visually-hidden"> improved, Inadequate to Requires improvement</span>' in html
    )
    assert "/03" not in html
    assert cells(html)[-1] == ["All", "8", "26", "32", "5", "71"]
    plain = draw("matrix", "movement_matrix", "m", "Moved", grades, counts, "Before", "After")
    assert "href" not in plain
    assert html.count(" declined") == 3


def test_a_table_cell_is_text_unless_it_is_said_to_be_html() -> None:
    html = draw(
        "table",
        "data_table",
        "t",
        "Cases",
        [{"text": "Case"}, {"text": "n", "numeric": True}],
        [["<b>", 1200], [None, {"text": 0, "href": "/x"}]],
    )
    assert "&lt;b&gt;" in html
    assert "1,200" in html
    assert "/x" not in html
    assert 'role="region" tabindex="0" aria-labelledby="t"' in html


def test_a_sorted_column_says_so() -> None:
    columns = [{"text": "Due", "sort_href": "?sort=-due", "sorted": "ascending"}, {"text": "", "numeric": True}]
    html = draw("table", "data_table", "t", "Cases", columns, [["x", 1]])
    assert 'aria-sort="ascending"><a' in html
    assert '<td class="govuk-table__cell"></td></tr></thead>' in html


def test_an_empty_table_is_a_sentence() -> None:
    html = draw("table", "data_table", "t", "Cases", [{"text": "Case"}], [], empty="No case is late.")
    assert "<table" not in html
    assert "No case is late." in html


def test_one_page_needs_no_page_numbers() -> None:
    page = {"first": 1, "last": 3, "of": 3, "previous": None, "next": None, "items": [{"number": 1, "href": "?"}]}
    html = draw("table", "pagination", page)
    assert "<nav" not in html
    assert "Showing <strong>1</strong> to <strong>3</strong> of <strong>3</strong>" in html


def test_a_task_that_cannot_start_is_no_link() -> None:
    html = draw("work", "task_list", [{"title": "Check your answers"}], "finish")
    assert "<a" not in html
    assert "Cannot start yet" in html


def test_a_reference_is_kept_unbroken_and_escaped() -> None:
    assert draw("text", "with_ref", "Audit <CF-1>", "CF-1") == 'Audit &lt;<span class="app-ref">CF-1</span>&gt;'
    assert draw("text", "with_ref", "Audit", "") == "Audit"


def test_a_filter_keeps_what_was_chosen() -> None:
    fields = [
        {
            "name": "state",
            "label": "State",
            "value": 2,
            "options": [{"value": 1, "text": "a"}, {"value": 2, "text": "b"}],
        }
    ]
    html = draw("table", "filter_form", fields, keep={"sort": "due"}, clear="/all")
    assert '<option value="2" selected>b</option>' in html
    assert '<input type="hidden" name="sort" value="due">' in html
    assert 'method="get"' in html
