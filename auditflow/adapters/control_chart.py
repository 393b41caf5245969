"""A series over time from the rows of a CSV file: figures as people write them, in the order of their periods.

`auditflow analyse chart` takes any columns and any periods (`read_series`); the page of charts takes a month and a
figure a row (`read_months`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from math import gcd, isfinite, nan
from typing import NamedTuple

from auditflow.adapters.csv_rows import Row, RowFile
from auditflow.domain.errors import BadInput
from auditflow.domain.month import read_day

__all__ = ["MOST_MONTHS", "Series", "read_months", "read_number", "read_series"]

MOST_MONTHS = 240
"""Twenty years: more cannot be told apart on a chart, and nobody's way of working stays the same for so long."""
_LARGEST = 1e12
_SHOWN = 40
_GAPS = frozenset({"", "na", "n/a", "#n/a", "-"})
_LIKE_MONTH = re.compile(r"(\d{4})-(\d\d)(?!\d)")
_MONTH_COLUMNS = ("month", "period", "date")
_VALUE_COLUMNS = ("value", "figure", "percent", "percentage", "number", "%")


def read_number(text: str) -> float | None:
    """A number as people write it, "1,250", "33%", "£4.50"; None for a gap (blank or NA)."""
    if text.strip().lower() in _GAPS:
        return None
    try:
        value = float(text.replace(",", "").replace("£", "").strip().removesuffix("%"))
    except ValueError:
        value = nan
    if not isfinite(value):
        raise BadInput(f"“{_short(text)}” is not a number.")
    if abs(value) > _LARGEST:
        raise BadInput(f"“{_short(text)}” is too large a number for a chart.")
    return value


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


class Series(NamedTuple):
    """A series with its gaps filled in: values, the place in it of each row of the file, and each place's month.

    `months` is empty where the periods are not months.
    """

    values: list[float | None]
    places: list[int]
    months: Sequence[int] = ()


def read_series(file: RowFile, period: str, values: Sequence[float | None]) -> Series:
    """Order the values of a file's rows by period.

    Months (or quarters, given by a month) must be in order; missing ones become gaps. Days must be in order.
    Other periods are taken in the order of the file. Repeated periods, months or days out of order, and a period that
    is no month among months, are BadInput with their row.
    """
    _check_periods(file, period)
    _check_months_among_months(file, period)
    days = [day for day in (read_day(row.cells[period]) for row in file.rows) if day is not None]
    if len(days) < len(file.rows):
        return Series(list(values), list(range(len(values))))
    _check_order(file, period, days)
    months = [month for month, _ in days]
    if len(set(months)) < len(months):  # several days of one month: a series of days or weeks
        return Series(list(values), list(range(len(values))))
    step = gcd(*(later - earlier for earlier, later in pairwise(months))) or 1
    places = [(month - months[0]) // step for month in months]
    filled: list[float | None] = [None] * (places[-1] + 1 if places else 0)
    for place, value in zip(places, values, strict=True):
        filled[place] = value
    return Series(filled, places, [months[0] + step * place for place in range(len(filled))])


def _check_months_among_months(file: RowFile, period: str) -> None:
    """One slip such as “2025-13” must not turn months into names, whose order and gaps nobody checks."""
    odd = [row for row in file.rows if read_day(row.cells[period]) is None]
    slips = odd if 2 * len(odd) < len(file.rows) else [row for row in odd if _meant_as_month(row.cells[period])]
    if slips:
        raise _no_month(file, slips[0], period)


def _meant_as_month(text: str) -> bool:
    """Whether it is written like 2025-13; a year from spring to spring (2024-25) is a name."""
    found = _LIKE_MONTH.match(text)
    return found is not None and int(found[2]) != (int(found[1]) + 1) % 100


def _no_month(file: RowFile, row: Row, period: str) -> BadInput:
    where, text = f"{file.name}, row {row.number}", _short(row.cells[period])
    return BadInput(f"{where}: “{text}” is not a month. Write it like 2026-03 or Mar 2026.", field=period)


def _check_order(file: RowFile, period: str, days: Sequence[tuple[int, int]]) -> None:
    for row, (earlier, later) in zip(file.rows[1:], pairwise(days), strict=True):
        if later <= earlier:
            raise BadInput(
                f"{file.name}, row {row.number}: “{row.cells[period]}” does not come after the row above. Put the "
                "periods in order.",
                field=period,
            )


def _check_periods(file: RowFile, period: str) -> None:
    seen: dict[str, int] = {}
    for row in file.rows:
        text = row.cells[period]
        if not text:
            raise BadInput(f"{file.name}, row {row.number}: the period is blank.", field=period)
        if text.lower() in seen:
            raise BadInput(
                f"{file.name}, row {row.number}: “{_short(text)}” is also in row {seen[text.lower()]}.", field=period
            )
        seen[text.lower()] = row.number


def read_months(file: RowFile, *, percent: bool = False) -> Series:
    """A month and a figure a row, in order; months without a row, or without a figure, are gaps.

    With `percent` every figure lies from 0 to 100. What is no such file is BadInput, with its row where it has one.
    """
    period, value = _columns(file)
    if not file.rows:
        raise BadInput(f"{file.name} has column names and nothing below them. Put one month in each row.")
    if len(file.rows) > MOST_MONTHS:
        raise BadInput(f"{file.name} has {len(file.rows):,} rows. A chart has room for {MOST_MONTHS} months.")
    for row in file.rows:
        if row.cells[period] and read_day(row.cells[period]) is None:
            raise _no_month(file, row, period)
    figures = [figure for _, figure in file.read(value, _read_percentage if percent else read_number)]
    if all(figure is None for figure in figures):
        raise BadInput(f"{file.name} has no figure in the column “{value}”.")
    series = read_series(file, period, figures)
    _check_months(file, period, series)
    return series


def _columns(file: RowFile) -> tuple[str, str]:
    """Which column is the month and which the figure: by name, or the first and the second of two."""
    if file.headers and read_day(file.headers[0]) is not None:
        raise BadInput(
            f"{file.name}, row 1: “{file.headers[0]}” is a month. Put the names of the columns into row 1: month,value."
        )
    named = {header.lower(): header for header in reversed(file.headers) if header}
    month = next((named[name] for name in _MONTH_COLUMNS if name in named), None)
    value = next((named[name] for name in _VALUE_COLUMNS if name in named), None)
    if len(file.headers) == 2 and all(file.headers) and (month is None or value is None):
        month, value = file.headers
    if month is None or value is None:
        there = _short(", ".join(header for header in file.headers if header))
        raise BadInput(
            f"{file.name} needs two columns, the month and the figure, with names like month,value in row 1. "
            f"Row 1 is: {there}"
        )
    file.need(month, value)
    return month, value


def _read_percentage(text: str) -> float | None:
    figure = read_number(text)
    if figure is not None and not 0 <= figure <= 100:
        raise BadInput(f"“{_short(text)}” is not a percentage from 0 to 100. Choose “Numbers” if it can be.")
    return figure


def _check_months(file: RowFile, period: str, series: Series) -> None:
    """One figure a month, and not so many gaps that hardly anything would be seen."""
    if not series.months:
        days = [read_day(row.cells[period]) or (0, 0) for row in file.rows]
        again = next(row for row, (a, b) in zip(file.rows[1:], pairwise(days), strict=True) if a[0] == b[0])
        raise BadInput(
            f"{file.name}, row {again.number}: “{again.cells[period]}” is in the same month as the row above. "
            "Give one figure a month."
        )
    if len(series.months) > MOST_MONTHS:
        raise BadInput(
            f"{file.name} goes from “{file.rows[0].cells[period]}” to “{file.rows[-1].cells[period]}”: "
            f"{len(series.months):,} months. A chart has room for {MOST_MONTHS}."
        )
