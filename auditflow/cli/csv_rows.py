"""Reading the small CSV files of `auditflow analyse`: rows with their numbers, refused with a sentence.

Row 1 is the header, as in a spreadsheet. Nothing is kept but the columns that a command asks for.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from auditflow.domain.errors import BadInput

__all__ = ["Row", "RowFile", "read_rows"]

Value = TypeVar("Value")
_ENCODINGS = ("utf-8-sig", "cp1252")
_LARGEST_FIELD = 1_000_000


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
    path = Path(path)
    records = _records(path)
    if not records:
        raise BadInput(f"{path.name} is empty: it needs a row of column names.")
    headers = [header.strip() for header in records[0]]
    rows = []
    for number, record in enumerate(records[1:], start=2):
        if len(record) > len(headers) and any(cell.strip() for cell in record[len(headers) :]):
            raise BadInput(f"{path.name}, row {number}: it has more cells than there are column names.")
        if any(cell.strip() for cell in record):
            cells = [cell.strip() for cell in record] + [""] * (len(headers) - len(record))
            rows.append(Row(number, dict(zip(headers, cells, strict=False))))
    return RowFile(path.name, headers, rows)


def _records(path: Path) -> list[list[str]]:
    """All records of the file, blank ones too, so that numbers are a spreadsheet's."""
    csv.field_size_limit(_LARGEST_FIELD)
    try:
        content = path.read_bytes()
    except OSError as failure:
        raise BadInput(f"{path.name} cannot be read: {failure.strerror}.") from failure
    if b"\0" in content or content.startswith(b"PK\x03\x04"):
        raise BadInput(f"{path.name} is not a CSV file. Save the sheet as “CSV UTF-8” and use that.")
    try:
        # Lines end as CSV ends them: `splitlines` would also cut a cell at a separator pasted from a letter.
        reader: Any = csv.reader(io.StringIO(_decoded(content), newline=""), strict=True)
        return list(reader)
    except csv.Error as failure:
        raise BadInput(f"{path.name}, line {reader.line_num}: not a CSV file ({failure}).") from failure


def _decoded(content: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")
