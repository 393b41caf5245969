"""From the files of `auditflow analyse` to what the statistics need: grades, kinds, strata."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from auditflow.adapters.csv_rows import Row, RowFile
from auditflow.domain.errors import BadInput
from auditflow.domain.grades import Grade, parse_grade
from auditflow.domain.whole_number import read_whole_number

__all__ = ["CaseFile", "need_kind", "random_rows", "read_cases", "read_kind", "read_sizes"]

KINDS = ("random", "replacement", "judgemental")
_KIND_COLUMN = "kind"
_SIZE_COLUMNS = ("population", "size", "cases", "n", "count")


def read_kind(text: str) -> str:
    """Random (also blank), replacement or judgemental; anything else is BadInput."""
    kind = text.strip().lower() or "random"
    if kind not in KINDS:
        raise BadInput(
            f"“{text}” is not a kind of case. Use {', '.join(KINDS[:-1])} or {KINDS[-1]}; if this column says "
            "something else, rename it, or name the right one with --kind."
        )
    return kind


class Kinds(NamedTuple):
    """The kind of each row by its number; rows of a file without the column are random."""

    of: dict[int, str]

    def numbers(self, kind: str) -> set[int]:
        """The rows of that kind."""
        return {number for number, value in self.of.items() if value == kind}


def read_kinds(file: RowFile, column: str | None) -> Kinds:
    """The kinds of a file's rows, from the column that was named or else from the one called `kind`."""
    name = column or _KIND_COLUMN
    if name not in file.headers:
        return Kinds({})
    file.need(name)
    return Kinds({row.number: value for row, value in file.read(name, read_kind)})


def need_kind(column: str | None, *files: RowFile) -> None:
    """Refuse a column of kinds that was named and is in none of the files (BadInput)."""
    if column is not None and not any(column in file.headers for file in files):
        files[0].need(column)


def random_rows(file: RowFile, kind: str | None) -> list[Row]:
    """The rows that are not judgemental."""
    added = read_kinds(file, kind).numbers("judgemental")
    return [row for row in file.rows if row.number not in added]


class CaseFile(NamedTuple):
    """One file of graded cases: its rows by reference, those added by hand left out, and who are replacements.

    Every figure, the domains' too, is made from these rows. `added` are the references that were left out.
    """

    file: RowFile
    rows: dict[str, Row]
    replaced: frozenset[str]
    added: frozenset[str]

    def grades(self, column: str) -> dict[str, Grade | None]:
        """Grades of one column by reference; those of rows left out are read too, so that mistakes are told."""
        self.file.need(column)
        read = {row.number: grade for row, grade in self.file.read(column, parse_grade)}
        return {ref: read[row.number] for ref, row in self.rows.items()}

    def domain_grades(self, domains: Sequence[str]) -> dict[str, dict[str, Grade | None]]:
        """Grades by reference and domain."""
        self.file.need(*domains)
        columns = {name: self.grades(name) for name in domains}
        return {ref: {name: columns[name][ref] for name in domains} for ref in self.rows}

    def without(self, refs: frozenset[str]) -> CaseFile:
        """The same without cases that another file says were added by hand."""
        return self._replace(rows={ref: row for ref, row in self.rows.items() if ref not in refs})


def read_cases(file: RowFile, ref: str, kind: str | None) -> CaseFile:
    """The cases of a file by reference; blank and repeated references are BadInput."""
    file.need(ref)
    kinds, rows = read_kinds(file, kind), file.by_reference(ref)
    named = {row.number: name for name, row in rows.items()}
    added = frozenset(named[number] for number in kinds.numbers("judgemental"))
    replaced = frozenset(named[number] for number in kinds.numbers("replacement"))
    return CaseFile(file, {name: row for name, row in rows.items() if name not in added}, replaced, added)


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
