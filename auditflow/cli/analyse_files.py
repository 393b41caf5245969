"""From the files of `auditflow analyse` to what the statistics need: grades, kinds, strata."""

from __future__ import annotations

from collections.abc import Sequence

from auditflow.adapters.csv_rows import Row, RowFile
from auditflow.domain.errors import BadInput
from auditflow.domain.grades import Grade, parse_grade
from auditflow.domain.whole_number import read_whole_number

__all__ = [
    "domain_grades",
    "grades_by_reference",
    "random_rows",
    "read_kind",
    "read_sizes",
]

KINDS = ("random", "replacement", "judgemental")
_SIZE_COLUMNS = ("population", "size", "cases", "n", "count")


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
    size = read_whole_number(text.replace(",", ""))
    if size is None:
        raise BadInput(f"“{text}” is not a number of cases.")
    return size
