"""Control charts in the browser: who may, what a series of months shows, and every kind of bad input."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.factories.council import Council
from tests.pages import Browser, Page

SignIn = Callable[[Any], Browser]
LOW = [80, 82, 79, 84, 81, 80, 83, 78, 82, 81, 80, 79]
RAISED = [*LOW, None, 86, 88, 87, 90, 89, 91, 88, 90, 89, 87, 92]


def rows(values: list[Any], header: str = "month,value", comma: str = ",") -> str:
    lines = [
        f"{2025 + place // 12}-{place % 12 + 1:02}{comma}{value}"
        for place, value in enumerate(values)
        if value is not None
    ]
    return "\n".join([header.replace(",", comma), *lines])


TYPED = {
    "name": "Visits within the time set",
    "rows": rows(RAISED),
    "unit": "percent",
    "better": "higher",
    "target": "90",
}


@pytest.fixture
def lead(council: Council, sign_in: SignIn) -> Browser:
    return sign_in(council.qa_lead)


def draw(lead: Browser, status: int = 200, **more: Any) -> Page:
    return lead.get("/charts").submit({**TYPED, **more}, status=status)


def table(page: Page) -> list[str]:
    """The rows of the chart's table, as their cells together."""
    body = page.html.partition('id="measure-table"')[2].partition("</table>")[0]
    found = re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.DOTALL)
    return [re.sub(r"(<[^>]+>|\s)+", " ", row).strip() for row in found]


def test_charts_are_for_those_who_see_the_figures_of_rounds(council: Council, sign_in: SignIn) -> None:
    for person in (council.qa_lead, council.director, council.heads[0]):
        page = sign_in(person).get("/charts")
        assert "/charts" in page.browser.get("/results").links()
    for person in (council.auditors[0], council.administrator):
        browser = sign_in(person)
        assert "/charts" not in browser.get("/").links()
        browser.get("/charts", status=404)
        browser.post("/charts", TYPED, status=404)


def test_whoever_is_not_signed_in_is_asked_to(client: Any) -> None:
    assert "/sign-in" in client.get("/charts").headers["Location"]


def test_a_series_of_months_is_shown_with_its_words_and_figures(lead: Browser) -> None:
    page = draw(lead)
    for words in (
        "The latest point shows a change for the better, since February 2026: it lies above the upper limit;",
        "the average is 85%, and most points are expected between 78% and 91%.",
        "The target of 90% is met in some months and missed in others.",
        "Change for the better",
        "Target hit or miss",
        "There is no figure for January 2026.",
        "February 2026 to December 2026: above the upper limit",
        "MDC-7/7",
        "2.66",
        "unscreened",
        "Nothing of this is kept.",
    ):
        assert words in page.text
    assert table(page)[1] == "January 2025 80% 85% 78% 91% Two of three close to the lower limit"
    assert table(page)[13] == "January 2026 No figure 85% 78% 91% –"
    assert len(table(page)) == 25
    assert "trial limits, from" not in page.text


def test_the_picture_says_what_is_seen(lead: Browser) -> None:
    page = draw(lead)
    assert '<title id="measure-t">Visits within the time set, January 2025 to December 2026</title>' in page.html
    described = page.html.partition('<desc id="measure-d">')[2].partition("</desc>")[0]
    assert described.startswith("23 figures, January 2025 to December 2026; the lowest 78% in August 2025")
    assert "style=" not in page.html


def test_published_limits_are_on_the_page(lead: Browser) -> None:
    # NIST/SEMATECH e-Handbook, 6.3.2.2: mean 50.81; with 2.66 the limits are 45.81 and 55.81.
    nist = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
    page = draw(lead, rows=rows(nist), unit="number", better="neither", target="")
    assert table(page)[1] == "January 2025 49.6 50.8 45.8 55.8 –"
    assert "which is 1.88 for the latest limits" in page.text
    assert "These are trial limits, from 10 figures." in page.text
    assert "Usual ups and downs" in page.text
    assert "Target" not in page.html.partition("<figure")[0].partition("<main")[2].partition("</ul>")[0]


def test_fewer_than_ten_months_have_no_icons(lead: Browser) -> None:
    page = draw(lead, rows=rows(LOW[:9]))
    assert "Only 9 points: too few to tell a change" in page.text
    assert "Target hit or miss" not in page.text
    assert "Target missed" not in page.text


def test_limits_calculated_anew_name_person_day_and_reason_and_keep_the_old_ones(lead: Browser) -> None:
    page = draw(lead, since_1="Jan 2026", reason_1="A second team began <and stays>")
    who = page.browser.get("/").html
    assert "From January 2026: A second team began <and stays> (asked for by " in page.text
    name = page.text.partition("asked for by ")[2].partition(",")[0]
    assert name in who
    assert "2 November 2026)" in page.text
    assert "Jan 2025 to Dec 2025 12 81% 74% 88%" in re.sub(r"(<[^>]+>|\s)+", " ", page.html)
    assert {row.split()[4 if "No figure" in row else 3] for row in table(page)[1:]} == {"81%", "89%"}
    assert "With one set of limits for all months the latest figure would show a change for the better." in page.text
    assert page.form()["since_1"] == ["Jan 2026"]


def test_the_result_carries_everything_to_be_changed_and_drawn_again(lead: Browser) -> None:
    page = draw(lead)
    again = page.submit({"target": "70"})
    assert "The target of 70% is met as things are." in again.text
    assert page.form()["rows"][0].strip() == TYPED["rows"]


@pytest.mark.parametrize(
    "content",
    [
        rows(LOW).encode(),
        b"\xef\xbb\xbf" + rows(LOW).replace("\n", "\r\n").encode(),
        rows(LOW, header="m\u00e4rz,value").encode("cp1252"),
        rows(LOW, comma="\t").encode(),
    ],
    ids=["plain", "Excel's UTF-8", "Windows", "tabs"],
)
def test_a_file_is_read_and_its_rows_stand_in_the_box(lead: Browser, content: bytes) -> None:
    page = draw(lead, rows="", file=(io.BytesIO(content), "visits.csv"))
    assert 'enctype="multipart/form-data"' in page.html
    assert "the average is 81%" in page.text
    assert "2025-12" in page.form()["rows"][0]
    # Another file takes the place of rows that nobody typed.
    other = page.submit({"file": (io.BytesIO(rows([50] * 12).encode()), "other.csv")})
    assert "the average is 50%" in other.text


def test_a_bad_file_is_kept_in_the_box_to_be_mended(lead: Browser) -> None:
    bad = rows([*LOW, "lots"])
    page = draw(lead, 400, rows="", file=(io.BytesIO(bad.encode()), "visits.csv"), since_2="2026-01")
    assert "visits.csv, row 14: “lots” is not a number." in page.text
    assert "Enter the reason" in page.text
    assert page.form()["rows"][0].strip() == bad
    mended = page.submit({"rows": bad.replace("lots", "81"), "since_2": ""})
    assert "the average is 81%" in mended.text


def test_a_file_and_other_rows_are_not_mixed_up(lead: Browser) -> None:
    page = draw(lead, 400, file=(io.BytesIO(b"month,value\n2025-01,1\n"), "visits.csv"))
    assert "There are rows here as well as a file." in page.text
    assert page.form()["rows"][0].strip() == TYPED["rows"]


BAD = [
    ({"rows": ""}, "Choose a file with the months, or paste its rows."),
    ({"name": ""}, "Enter the name of the measure."),
    ({"unit": ""}, "Choose whether the figures are percentages or numbers."),
    ({"better": ""}, "Choose which way is better."),
    ({"better": "neither"}, "Choose higher or lower: a target needs a direction."),
    ({"better": "sideways"}, "choose one of the answers shown"),
    ({"target": "soon"}, "“soon” is not a number."),
    ({"target": "120"}, "The target of a percentage lies between 0 and 100."),
    ({"rows": "month,value"}, "What you pasted has column names and nothing below them."),
    ({"rows": "2025-01,80\n2025-02,81"}, "row 1: “2025-01” is a month."),
    ({"rows": "month,value\n2025-02,80\n2025-01,81"}, "row 3: “2025-01” does not come after the row above."),
    ({"rows": "month,value\n2025-01,80\n2025-01,81"}, "row 3: “2025-01” is also in row 2."),
    ({"rows": "month,value\nWeek 1,80"}, "row 2: “Week 1” is not a month."),
    ({"rows": "month,value\n2025-01,lots"}, "row 2: “lots” is not a number."),
    ({"rows": "month,value\n2025-01,180"}, "row 2: “180” is not a percentage from 0 to 100. Choose “Numbers”"),
    ({"rows": "month,value\n2025-01,"}, "has no figure in the column “value”."),
    ({"rows": "just some words"}, "needs two columns"),
    ({"rows": 'month,value\n"2025-01,80'}, "not a CSV file"),
    ({"rows": "month,value" + "\n2025-01,80" * 241}, "241 rows. A chart has room for 240 months."),
    ({"rows": "month,value\n1025-01,1\n2025-01,2\n2025-02,3"}, "12,002 months. A chart has room for 240."),
    ({"rows": "x" * 100_001}, "must be 100,000 characters or fewer"),
    ({"since_1": "2026-01"}, "Enter the reason: what changed"),
    ({"reason_3": "Why not"}, "Enter the month from which the limits are calculated anew."),
    ({"since_1": "soon", "reason_1": "x"}, "Enter the month like 2026-03 or Mar 2026."),
    ({"since_1": "2025-01", "reason_1": "x"}, "The chart begins in January 2025"),
    ({"since_1": "2029-01", "reason_1": "x"}, "January 2029 is not one of the months"),
    ({"since_1": "2026-11", "reason_1": "x"}, "From November 2026 there are 2 figures."),
]


@pytest.mark.parametrize(("more", "sentence"), BAD, ids=[sentence[:30] for _, sentence in BAD])
def test_bad_input_gets_its_sentence_and_everything_typed_stays(
    lead: Browser, more: dict[str, str], sentence: str
) -> None:
    page = draw(lead, 400, **more)
    assert "There is a problem" in page.text
    assert sentence in page.text
    kept = page.form()
    for name, value in {**TYPED, **more}.items():
        if name not in {"unit", "better"}:
            assert [text.strip() for text in kept[name]] == [value]


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "empty.csv", "empty.csv is empty"),
        (b"PK\x03\x04 a workbook", "visits.xlsx", "Choose a file whose name ends in .csv, .txt or .tsv"),
        (b"PK\x03\x04 a workbook", "visits.csv", "visits.csv is not a CSV file. Save the sheet as “CSV UTF-8”"),
        (rows(LOW).encode("utf-16"), "visits.csv", "visits.csv is not a CSV file."),
        (b"month,value\n" + b"2025-01,80\n" * 10_000, "visits.csv", "larger than a file of months can be"),
        (bytes(range(1, 256)), "visits.csv", "visits.csv"),
    ],
)
def test_a_file_that_is_none_gets_its_sentence(lead: Browser, content: bytes, name: str, sentence: str) -> None:
    page = draw(lead, 400, rows="", file=(io.BytesIO(content), name))
    assert sentence in page.text
    assert page.form()["name"] == [TYPED["name"]]


def test_two_recalculations_in_one_month_are_refused_at_the_second(lead: Browser) -> None:
    again = {"since_1": "2026-01", "reason_1": "x", "since_2": "Jan 2026", "reason_2": "y"}
    page = draw(lead, 400, **again)
    assert "January 2026 is given twice." in page.text
    assert 'href="#since_2"' in page.html
    assert re.search(r"<details[^>]* open", page.html)


def test_the_text_of_a_form_outlives_the_session(lead: Browser) -> None:
    fields = {**lead.get("/charts").form(), **TYPED}
    with lead.client.session_transaction() as cookie:
        token = cookie["csrf_token"]
        cookie.clear()
        cookie["csrf_token"] = token
    answer = lead.client.post("/charts", data=fields, follow_redirects=True)
    assert 'name="sealed"' in answer.get_data(as_text=True)
