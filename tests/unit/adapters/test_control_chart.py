"""Months and figures from CSV: what is read, what becomes a gap, and what is refused with its row."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditflow.adapters.control_chart import MOST_MONTHS, read_months, read_number, read_series
from auditflow.adapters.csv_file import csv_records
from auditflow.adapters.csv_rows import rows_of
from auditflow.domain.errors import BadInput
from auditflow.domain.month import month_words, read_day, short_month


def months(text: str | bytes, **options: bool):
    return read_months(rows_of("m.csv", text.encode() if isinstance(text, str) else text), **options)


def in_words(series) -> list[str]:
    return [short_month(month) for month in series.months]


def test_a_month_without_a_row_or_without_a_figure_is_a_gap():
    series = months("month,value\n2025-11,80\nDec 2025,n/a\n\n02/2026,84.5%\n")
    assert in_words(series) == ["Nov 2025", "Dec 2025", "Jan 2026", "Feb 2026"]
    assert series.values == [80, None, None, 84.5]


@pytest.mark.parametrize(
    "header",
    ["month,value", "Month,Percentage", "period,figure", "When,How many", "date,team,value", "\ufeffmonth,value"],
)
def test_columns_are_found_by_name_or_because_there_are_two(header):
    extra = "North," if "team" in header else ""
    assert months(f"{header}\n2026-01,{extra}7\n").values == [7]


def test_quarters_are_a_point_each():
    series = months("month,value\n2025-03,1\n2025-06,2\n2025-12,4\n")
    assert in_words(series) == ["Mar 2025", "Jun 2025", "Sep 2025", "Dec 2025"]
    assert series.values == [1, 2, None, 4]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "m.csv is empty"),
        (" \n,\n", "m.csv is empty"),
        ("month,value\n", "nothing below"),
        ("month,value\n2026-01,\n2026-02,NA\n", "no figure in the column “value”"),
        ("2026-01,4\n2026-02,5\n", "row 1: “2026-01” is a month"),
        ("month\n2026-01\n", "needs two columns"),
        ("a,b,c\n1,2,3\n", "Row 1 is: a, b, c"),
        ("month,value,value\n2026-01,1,2\n", "more than once"),
        ("month,value\n2026-01,4\nWeek 7,5\n", "row 3: “Week 7” is not a month"),
        ("month,value\n2026-13,4\n", "row 2: “2026-13” is not a month"),
        ("month,value\n,4\n", "row 2: the period is blank"),
        ("month,value\n2026-01,4\n2026-01,5\n", "row 3: “2026-01” is also in row 2"),
        ("month,value\n2026-01,4\nJan 2026,5\n", "row 3: “Jan 2026” does not come after the row above"),
        ("month,value\n2026-03,4\n2026-02,5\n", "row 3: “2026-02” does not come after the row above"),
        ("month,value\n5/1/2026,4\n12/1/2026,5\n", "row 3: “12/1/2026” is in the same month"),
        ("month,value\n2026-01,4\n2026-02,lots\n", "row 3: “lots” is not a number"),
        ("month,value\n2026-01,inf\n", "row 2: “inf” is not a number"),
        ("month,value\n2026-01,1e300\n", "row 2: “1e300” is too large"),
        ("month,value\n2026-01,1,250\n", "row 2: it has more cells"),
        ("month,value\n1900-01,1\n2026-01,2\n2026-02,3\n", "1,514 months"),
        ("month,value\n" + "2026-01,1\n" * (MOST_MONTHS + 1), "241 rows"),
        ('month,value\n"2026-01,4\n', "not a CSV file"),
        ("month,value\n2026-01,4\n".encode("utf-16"), "not a CSV file"),
        (b"PK\x03\x04 a workbook", "not a CSV file"),
    ],
)
def test_what_is_no_series_of_months_is_refused_with_its_row(text, words):
    with pytest.raises(BadInput) as refused:
        months(text)
    assert words in refused.value.sentence


def test_a_percentage_lies_between_0_and_100():
    assert months("month,value\n2026-01,0\n2026-02,100%\n", percent=True).values == [0, 100]
    for wrong in ("100.1", "-1"):
        with pytest.raises(BadInput, match="is not a percentage from 0 to 100"):
            months(f"month,value\n2026-01,{wrong}\n", percent=True)


def test_a_long_cell_is_not_repeated_whole():
    with pytest.raises(BadInput) as refused:
        read_number("x" * 100_000)
    assert len(refused.value.sentence) < 80


def test_months_in_words():
    found = read_day("Sept-26")
    assert found is not None
    assert (month_words(found[0]), short_month(found[0]), found[1]) == ("September 2026", "Sep 2026", 0)
    assert read_day("31/03/2026") == (read_day("2026-03")[0], 31)  # type: ignore[index]
    assert read_day("20 smarch 2026") is None


@given(st.text(max_size=60))
def test_whatever_is_sent_is_a_series_or_a_sentence(text):
    for sent in (text, f"month,value\n{text}", f"month,value\n2026-01,{text}"):
        try:
            series = months(sent.encode("utf-8", errors="replace"))
        except BadInput:
            continue
        assert len(series.values) == len(series.months) > 0


def test_reading_leaves_the_limits_of_other_readers_alone() -> None:
    """Python's csv has one limit for the whole process: a case list that is read next must not be let through by it."""
    before = csv.field_size_limit()
    list(csv_records("months.csv", b"month,value\n2026-01,5\n"))
    assert csv.field_size_limit() == before


@pytest.mark.parametrize("slip", ["2025-13", "2025-00", "Total"])
def test_the_page_and_the_command_line_refuse_the_same_slip(slip: str) -> None:
    file = rows_of("m.csv", f"month,value\n2025-11,1\n2025-12,2\n{slip},3\n".encode())
    refusals = []
    for reading in (lambda: read_months(file), lambda: read_series(file, "month", [1.0, 2.0, 3.0])):
        with pytest.raises(BadInput) as refused:
            reading()
        refusals.append(refused.value.sentence)
    assert refusals == [f"m.csv, row 4: “{slip}” is not a month. Write it like 2026-03 or Mar 2026."] * 2
