"""Reading small CSV files: rows with their numbers, refused with a sentence.

Row 1 is the header, as in a spreadsheet. Nothing is kept but the columns that are asked for.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from os.path import basename
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from auditflow.adapters.csv_file import csv_records, read_bytes
from auditflow.domain.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Row", "RowFile", "read_rows", "rows_of"]

Value = TypeVar("Value")


class Row(NamedTuple):
    """One row: its number in the file and its cells by header."""

    number: int
    cells: dict[str, str]


class RowFile(NamedTuple):
    """A file's name, its headers and its rows that are not blank."""

    name: str
    headers: list[str]
    rows: list[Row]

    def need(self, *columns: str) -> None:
        """Refuse unless every column is there exactly once (BadInput)."""
        for column in columns:
            if column not in self.headers:
                there = ", ".join(header for header in self.headers if header)
                raise BadInput(f"{self.name} has no column “{column}”. Its columns are: {there}.", field=column)
            if self.headers.count(column) > 1:
                raise BadInput(f"{self.name} has the column “{column}” more than once.", field=column)

    def read(self, column: str, reader: Callable[[str], Value]) -> Iterator[tuple[Row, Value]]:
        """Each row with the reading of one cell; what the reader refuses is refused with the row's number."""
        for row in self.rows:
            try:
                yield row, reader(row.cells[column])
            except BadInput as refusal:
                raise BadInput(
                    f"{self.name}, row {row.number}: {refusal.sentence}", field=column, details={"row": row.number}
                ) from refusal

    def by_reference(self, column: str) -> dict[str, Row]:
        """The rows by case reference; blank and repeated references are refused with their rows."""
        found: dict[str, Row] = {}
        for row, ref in self.read(column, _reference):
            if ref in found:
                raise BadInput(
                    f"{self.name}: reference “{ref}” is in row {found[ref].number} and in row {row.number}.",
                    field=column,
                    details={"rows": [found[ref].number, row.number]},
                )
            found[ref] = row
        return found


def _reference(text: str) -> str:
    ref = unicodedata.normalize("NFC", text.strip())
    if not ref:
        raise BadInput("the case reference is blank.")
    if any(unicodedata.category(character) == "Cc" for character in ref):
        raise BadInput("the case reference holds a control character.")
    return ref


def read_rows(path: str | Path) -> RowFile:
    """Read a CSV file (UTF-8, or Windows' own encoding). Refuses what is not one, and empty files (BadInput)."""
    return rows_of(basename(path), read_bytes(path))


def rows_of(name: str, content: bytes, delimiter: str = ",") -> RowFile:
    """The rows of CSV that somebody sent; `name` is what its refusals call it."""
    records = list(csv_records(name, content, delimiter))
    if not any(cell.strip() for record in records for cell in record):
        raise BadInput(f"{name} is empty: it needs a row of column names.")
    headers = [header.strip() for header in records[0]]
    rows = []
    for number, record in enumerate(records[1:], start=2):
        if len(record) > len(headers) and any(cell.strip() for cell in record[len(headers) :]):
            raise BadInput(f"{name}, row {number}: it has more cells than there are column names.")
        if any(cell.strip() for cell in record):
            cells = [cell.strip() for cell in record] + [""] * (len(headers) - len(record))
            rows.append(Row(number, dict(zip(headers, cells, strict=False))))
    return RowFile(name, headers, rows)
