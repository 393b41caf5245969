"""Dates and ages in a case list."""

import math
from datetime import date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from auditflow.domain.frame_dates import (
    AGE_BANDS,
    age_band_of,
    age_on,
    parse_day,
    read_age_band,
    read_any_day,
    read_day,
)

AS_AT = date(2026, 9, 30)
DAY = date(2021, 3, 5)


@pytest.mark.parametrize(
    "cell",
    [
        "2021-03-05",
        "05/03/2021",
        "5/3/2021",
        "05-03-2021",
        "05.03.2021",
        "05/03/21",
        "5 March 2021",
        "5 Mar 2021",
        "05-Mar-2021",
        "05-Mar-21",
        "20210305",
        "2021/03/05",
        "2021-03-05 00:00:00",
        "2021-03-05T14:30:00.000Z",
        "05/03/2021 00:00",
        " 05/03/2021 ",
        "44260",
        "44260.0",
        44260.0,
        44260.75,
        44260,
        date(2021, 3, 5),
        datetime(2021, 3, 5, 23, 59),
    ],
)
def test_every_usual_way_of_writing_a_day(cell):
    assert parse_day(cell) == DAY
    assert read_any_day(cell).text == "2021-03-05"


@pytest.mark.parametrize(
    "cell", ["03/25/2021", "31/02/2021", "soon", "2021", "5", 5.0, "2021-13-01", True, "0/0/2021", math.nan, math.inf]
)
def test_what_is_no_day_is_a_fault_that_shows_it(cell):
    assert parse_day(cell) is None
    assert read_any_day(cell).fault.endswith("cannot be read as a date")


@pytest.mark.parametrize("cell", ["", None, "  ", "#N/A"])
def test_a_blank_day_stays_blank(cell):
    assert read_any_day(cell)[0::2] == ("", "")


@settings(deadline=None)
@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 1, 1)))
def test_days_survive_being_written(day):
    assert parse_day(day.isoformat()) == day
    assert parse_day(day.strftime("%d/%m/%Y")) == day


@settings(deadline=None)
@given(st.integers(10_000, 79_999))
def test_day_numbers_are_counted_from_the_end_of_1899(number):
    assert parse_day(float(number)) == date(1899, 12, 30) + timedelta(days=number)


def test_a_day_after_the_date_of_the_list_is_a_fault():
    read = read_day(AS_AT)
    assert read("30/09/2026").text == "2026-09-30"
    assert read("01/10/2026").fault == "2026-10-01 is after the date of the list, 2026-09-30"


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2014, 9, 30), AS_AT, 12),
        (date(2014, 10, 1), AS_AT, 11),
        (date(2026, 9, 30), AS_AT, 0),
        (date(2027, 1, 1), AS_AT, -1),
        (date(2030, 1, 1), AS_AT, -1),
        (date(2012, 2, 29), date(2025, 2, 28), 12),
        (date(2012, 2, 29), date(2025, 3, 1), 13),
    ],
)
def test_age_in_whole_years(born, day, age):
    assert age_on(born, day) == age


@pytest.mark.parametrize(
    ("age", "band"),
    [(-1, 0), (0, 1), (1, 2), (4, 2), (5, 3), (9, 3), (10, 4), (15, 4), (16, 5), (17, 5), (18, 6), (25, 6)],
)
def test_bands(age, band):
    assert age_band_of(age) == AGE_BANDS[band]


@pytest.mark.parametrize(
    ("cell", "band"),
    [
        (date(2014, 5, 17), "10 to 15"),
        ("17/05/2014", "10 to 15"),
        (41776.0, "10 to 15"),
        (12.37, "10 to 15"),
        (12, "10 to 15"),
        (0.0001, "Under 1"),
        ("6.138261464750171", "5 to 9"),
        ("7 years", "5 to 9"),
        ("8 months", "Under 1"),
        ("14 months", "1 to 4"),
        ("3 weeks old", "Under 1"),
        ("<1", "Under 1"),
        ("Under 1", "Under 1"),
        ("10-15", "10 to 15"),
        ("16 and 17", "16 and 17"),
        ("18+", "18 and over"),
        ("unborn", "Unborn"),
        (date(2027, 1, 3), "Unborn"),
    ],
)
def test_an_age_a_date_of_birth_or_a_band_becomes_a_band(cell, band):
    assert read_age_band(AS_AT)(cell).text == band


@pytest.mark.parametrize(
    "cell",
    ["about 7", "May 2014", "5 to 15", 999.0, "17/05/2014 ?", -3.0, math.nan, math.inf, -1e300, 10**400, "x" * 300],
)
def test_nothing_else_of_an_age_is_ever_kept(cell):
    assert read_age_band(AS_AT)(cell) == ("", "what is not an age was left blank", "")


@settings(deadline=None)
@given(st.text() | st.floats() | st.integers() | st.dates() | st.booleans())
@example(math.nan)
def test_whatever_stands_there_only_a_band_or_nothing_comes_out(cell):
    assert read_age_band(AS_AT)(cell).text in {*AGE_BANDS, ""}
