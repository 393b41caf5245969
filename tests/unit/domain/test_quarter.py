"""The programme year and its quarters."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditflow.domain.errors import BadInput
from auditflow.domain.quarter import ProgrammeYear, Quarter

days = st.dates(date(1990, 1, 1), date(2200, 12, 31))


@pytest.mark.parametrize(
    ("day", "label"),
    [
        (date(2026, 4, 1), "Q1 2026/27"),
        (date(2026, 3, 31), "Q4 2025/26"),
        (date(2026, 10, 1), "Q3 2026/27"),
        (date(2026, 12, 31), "Q3 2026/27"),
        (date(2027, 1, 1), "Q4 2026/27"),
        (date(2028, 2, 29), "Q4 2027/28"),
        (date(2099, 7, 1), "Q2 2099/00"),
    ],
)
def test_quarter_of_a_day(day, label):
    quarter = Quarter.containing(day)
    assert quarter.label == str(quarter) == label
    assert Quarter.parse(label) == quarter


def test_third_quarter_is_october_to_december():
    quarter = Quarter.parse(" q3 2026/27 ")
    assert (quarter.start, quarter.end) == (date(2026, 10, 1), date(2026, 12, 31))
    assert quarter.next().label == "Q4 2026/27"
    assert quarter.next().next().label == "Q1 2027/28"
    assert Quarter.parse("Q1 2026/27").previous().label == "Q4 2025/26"


def test_programme_year_runs_from_april_to_march():
    year = ProgrammeYear.parse("2026/27")
    assert (year.start, year.end) == (date(2026, 4, 1), date(2027, 3, 31))
    assert str(year) == "2026/27"
    assert [quarter.number for quarter in year.quarters] == [1, 2, 3, 4]
    assert year.quarters[0].start == year.start
    assert year.quarters[3].end == year.end
    assert year.next().start == year.end + timedelta(days=1)


@given(days)
def test_every_day_is_in_exactly_its_quarter(day):
    quarter = Quarter.containing(day)
    assert day in quarter
    assert day not in quarter.next()
    assert day not in quarter.previous()
    assert quarter.year == ProgrammeYear.containing(day)
    assert quarter.next().previous() == quarter
    assert quarter.end + timedelta(days=1) == quarter.next().start
    assert quarter.previous() < quarter < quarter.next()


@pytest.mark.parametrize("text", ["", "2026", "2026/28", "26/27", "2026-27", "next"])
def test_bad_year_is_a_sentence(text):
    with pytest.raises(BadInput, match="is not a programme year"):
        ProgrammeYear.parse(text)


@pytest.mark.parametrize("text", ["Q5 2026/27", "Q0 2026/27", "Q3", "Q3 26/27", "2026/27"])
def test_bad_quarter_is_a_sentence(text):
    with pytest.raises(BadInput, match="is not a quarter"):
        Quarter.parse(text)


def test_impossible_numbers_are_refused():
    with pytest.raises(BadInput, match="no quarter 5"):
        Quarter(ProgrammeYear(2026), 5)
    with pytest.raises(BadInput, match="no programme year 0"):
        ProgrammeYear(0)


def test_an_instant_is_not_a_day():
    with pytest.raises(TypeError, match="local_date"):
        Quarter.containing(datetime(2026, 4, 1, tzinfo=UTC))
