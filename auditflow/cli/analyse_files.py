"""From the files of `auditflow analyse` to what the statistics need: grades, kinds, strata, series."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from math import gcd, isfinite
from typing import NamedTuple

from auditflow.cli.csv_rows import Row, RowFile
from auditflow.domain.errors import BadInput
from auditflow.domain.grades import Grade, parse_grade

__all__ = [
    "Series",
    "domain_grades",
    "grades_by_reference",
    "random_rows",
    "read_kind",
    "read_number",
    "read_series",
    "read_sizes",
]

KINDS = ("random", "replacement", "judgemental")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(\d{4})[-/](\d{1,2})(?:[-/](\d{1,2}))?")
_DAY_FIRST = re.compile(r"(?:(\d{1,2})[/.-])?(\d{1,2})[/.-](\d{4})")
_NAMED = re.compile(r"(?:(\d{1,2})[ -])?([a-z]{3,9})[ -](\d{4}|\d{2})")
_SIZE_COLUMNS = ("population", "size", "cases", "n", "count")
_GAPS = frozenset({"", "na", "n/a", "#n/a", "-"})


def read_kind(text: str) -> str:
    """Random (also blank), replacement or judgemental; anything else is BadInput."""
    kind = text.strip().lower() or "random"
    if kind not in KINDS:
        raise BadInput(f"“{text}” is not a kind of case. Use {', '.join(KINDS[:-1])} or {KINDS[-1]}.")
    return kind


def random_rows(file: RowFile, kind: str | None) -> tuple[list[Row], set[int]]:
    """The rows that are not judgemental, and the row numbers of those that are replacements."""
    if kind is None or kind not in file.headers:
        return file.rows, set()
    kinds = {row.number: value for row, value in file.read(kind, read_kind)}
    kept = [row for row in file.rows if kinds[row.number] != "judgemental"]
    return kept, {number for number, value in kinds.items() if value == "replacement"}


def grades_by_reference(
    file: RowFile, ref: str, grade: str, kind: str | None = None
) -> tuple[dict[str, Grade | None], set[str]]:
    """Grades by case reference without judgemental cases, and the references that are replacements."""
    file.need(ref, grade)
    rows, replaced = random_rows(file, kind)
    kept = {row.number for row in rows}
    named = {row.number: name for name, row in file.by_reference(ref).items()}
    grades = {named[row.number]: value for row, value in file.read(grade, parse_grade) if row.number in kept}
    return grades, {named[number] for number in replaced}


def domain_grades(file: RowFile, ref: str, domains: Sequence[str]) -> dict[str, dict[str, Grade | None]]:
    """Grades by case reference and domain."""
    file.need(ref, *domains)
    columns = {name: {row.number: value for row, value in file.read(name, parse_grade)} for name in domains}
    return {
        name: {domain: columns[domain][row.number] for domain in domains}
        for name, row in file.by_reference(ref).items()
    }


def read_sizes(file: RowFile, stratum: str) -> dict[str, int]:
    """Eligible cases by stratum: the column called as in the sample (or the first), and population (or the second)."""
    if len(file.headers) < 2:
        raise BadInput(f"{file.name} needs two columns: the stratum and its number of eligible cases.")
    name = stratum if stratum in file.headers else file.headers[0]
    others = [header for header in file.headers if header != name]
    count = next((header for header in others if header.lower() in _SIZE_COLUMNS), others[0])
    file.need(name, count)
    sizes: dict[str, int] = {}
    for row, size in file.read(count, _read_size):
        if row.cells[name] in sizes:
            raise BadInput(f"{file.name}, row {row.number}: “{row.cells[name]}” is there twice.")
        sizes[row.cells[name]] = size
    return sizes


def _read_size(text: str) -> int:
    plain = text.replace(",", "")
    if not plain.isascii() or not plain.isdigit():
        raise BadInput(f"“{text}” is not a number of cases.")
    return int(plain)


def read_number(text: str) -> float | None:
    """A number as people write it, "1,250", "33%", "£4.50"; None for a gap (blank or NA)."""
    if text.strip().lower() in _GAPS:
        return None
    try:
        value = float(text.replace(",", "").replace("£", "").strip().removesuffix("%"))
    except ValueError:
        value = float("inf")
    if not isfinite(value):
        raise BadInput(f"“{text}” is not a number.")
    return value


class Series(NamedTuple):
    """A series with its gaps filled in: values, and the place in it of each row of the file."""

    values: list[float | None]
    places: list[int]


def read_series(file: RowFile, period: str, values: Sequence[float | None]) -> Series:
    """Order the values of a file's rows by period.

    Months (or quarters, given by a month) must be in order; missing ones become gaps. Days must be in order.
    Other periods are taken in the order of the file. Repeated periods, and months or days out of order, are
    BadInput with their row.
    """
    _check_periods(file, period)
    read = [_day(row.cells[period].lower()) for row in file.rows]
    days = [day for day in read if day is not None]
    if len(days) < len(read) or len(days) < 2:
        return Series(list(values), list(range(len(values))))
    for row, (earlier, later) in zip(file.rows[1:], pairwise(days), strict=True):
        if later <= earlier:
            raise BadInput(
                f"{file.name}, row {row.number}: “{row.cells[period]}” does not come after the row above. Put the "
                "periods in order.",
                field=period,
            )
    months = [month for month, _ in days]
    if len(set(months)) < len(months):  # several days of one month: a series of days or weeks
        return Series(list(values), list(range(len(values))))
    step = gcd(*(later - earlier for earlier, later in pairwise(months)))
    places = [(month - months[0]) // step for month in months]
    filled: list[float | None] = [None] * (places[-1] + 1)
    for place, value in zip(places, values, strict=True):
        filled[place] = value
    return Series(filled, places)


def _check_periods(file: RowFile, period: str) -> None:
    seen: dict[str, int] = {}
    for row in file.rows:
        text = row.cells[period]
        if not text:
            raise BadInput(f"{file.name}, row {row.number}: the period is blank.", field=period)
        if text.lower() in seen:
            raise BadInput(
                f"{file.name}, row {row.number}: “{text}” is also in row {seen[text.lower()]}.", field=period
            )
        seen[text.lower()] = row.number


def _day(text: str) -> tuple[int, int] | None:
    """A month counted from year 0, and the day in it (0 when not given); None when the text names neither."""
    if found := _ISO.fullmatch(text):
        year, month, day = found[1], int(found[2]), found[3]
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = found[1], int(found[2]), found[3]
    elif (found := _NAMED.fullmatch(text)) and found[2][:3] in _MONTHS:
        day, month, year = found[1], _MONTHS.index(found[2][:3]) + 1, found[3]
    else:
        return None
    if not 1 <= month <= len(_MONTHS):
        return None
    century = 2000 if len(year) == 2 else 0
    return (int(year) + century) * 12 + month - 1, int(day or 0)
