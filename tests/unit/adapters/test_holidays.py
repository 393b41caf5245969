"""England's bank holidays: as published, and by rule where nothing is published yet."""

from datetime import date

import pytest

from auditflow.adapters.holidays import bank_holidays, easter_sunday, usual_bank_holidays


def of(year):
    return bank_holidays(date(year, 1, 1), date(year, 12, 31))


def test_the_days_of_2026_as_published():
    # https://www.gov.uk/bank-holidays, England and Wales
    assert sorted(of(2026)) == [
        date(2026, 1, 1),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 4),
        date(2026, 5, 25),
        date(2026, 8, 31),
        date(2026, 12, 25),
        date(2026, 12, 28),
    ]


def test_single_occasions_are_as_published():
    assert date(2022, 9, 19) in of(2022)
    assert date(2023, 5, 8) in of(2023)
    assert date(2020, 5, 8) in of(2020)
    assert date(2020, 5, 4) not in of(2020)


@pytest.mark.parametrize("year", [year for year in range(2013, 2029) if year not in (2020, 2022, 2023)])
def test_the_rules_give_what_was_published(year):
    assert usual_bank_holidays(year) == of(year)


def test_the_list_goes_on_by_rule_past_its_last_year():
    assert sorted(of(2033)) == [
        date(2033, 1, 3),
        date(2033, 4, 15),
        date(2033, 4, 18),
        date(2033, 5, 2),
        date(2033, 5, 30),
        date(2033, 8, 29),
        date(2033, 12, 26),
        date(2033, 12, 27),
    ]
    assert all(len(of(year)) == 8 for year in range(2029, 2100))


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2027, [(12, 27), (12, 28)]),
        (2032, [(12, 27), (12, 28)]),
        (2033, [(12, 26), (12, 27)]),
        (2037, [(12, 25), (12, 28)]),
        (2034, [(12, 25), (12, 26)]),
    ],
)
def test_days_in_lieu_of_christmas(year, days):
    assert sorted(day for day in usual_bank_holidays(year) if day.month == 12) == [date(year, *day) for day in days]


def test_new_year_at_a_weekend_moves_to_monday():
    assert date(2028, 1, 3) in of(2028)
    assert date(2034, 1, 2) in of(2034)
    assert date(2033, 1, 3) in of(2033)


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [
        (1818, 3, 22),
        (2008, 3, 23),
        (2024, 3, 31),
        (2025, 4, 20),
        (2026, 4, 5),
        (2030, 4, 21),
        (2038, 4, 25),
        (2049, 4, 18),
    ],
)
def test_easter(year, month, day):
    assert easter_sunday(year) == date(year, month, day)


def test_only_the_days_from_first_to_last_both_included():
    assert bank_holidays(date(2026, 12, 25), date(2027, 1, 1)) == {
        date(2026, 12, 25),
        date(2026, 12, 28),
        date(2027, 1, 1),
    }
    assert bank_holidays(date(2026, 12, 29), date(2026, 12, 31)) == frozenset()
    assert bank_holidays(date(2026, 12, 31), date(2026, 1, 1)) == frozenset()


def test_no_bank_holiday_falls_on_a_weekend():
    assert all(day.weekday() < 5 for day in bank_holidays(date(2012, 1, 1), date(2100, 12, 31)))
