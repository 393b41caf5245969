"""Reading a case list from a file that a council has: CSV, xlsx, ods or xls, whatever its shape.

    case_list = open_case_list(path_or_bytes, name="annex a.xlsx")
    shown = describe_sheets(case_list)                      # for the page that maps columns
    reading = read_cases(case_list, mapping, as_at=day)     # cases, rejects, notes

A workbook is opened as data only: formulas give the values that were last saved with them, and macros and
links are never followed. Whatever is wrong with a file is a `BadInput` with a sentence; nothing of the file is
kept by this module.
"""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from auditflow.adapters.case_list_csv import CsvCaseList
from auditflow.adapters.case_list_source import FileKind, Source, kind_of
from auditflow.adapters.case_list_workbook import WorkbookCaseList
from auditflow.domain.errors import BadInput
from auditflow.domain.frame import Batch, Case, Note, RawBatch, Reject
from auditflow.domain.frame_headers import MAX_COLUMNS, find_header_row, forbidden_reason, list_kind, unique_headers
from auditflow.domain.frame_join import join_batches
from auditflow.domain.frame_mapping import FrameMapping, check_mapping, mapped_columns
from auditflow.domain.frame_rows import RowReader
from auditflow.domain.frame_values import plain_text

__all__ = [
    "CaseList",
    "CaseListReading",
    "SheetDescription",
    "describe_sheets",
    "open_case_list",
    "read_cases",
    "read_rows",
]

Progress = Callable[[int, int], object]
"""Called with rows done and rows in all (an estimate for CSV). What it raises ends the reading."""

_EXAMPLES = 3


class CaseList(Protocol):
    """An opened file: sheets of rows. Row numbers count from 1, as a spreadsheet shows them."""

    sha256: str
    """Of the bytes as they came."""

    sheets: Sequence[str]
    """The names of the sheets that hold rows, in their order; a CSV file has one."""

    notes: Sequence[Note]
    """What the file as a whole holds that is read as blank."""

    def head(self, sheet: str) -> list[Sequence[object]]:
        """The first rows, enough to find the header among them."""
        ...  # pragma: no cover

    def row_count(self, sheet: str) -> int:
        """How many rows the sheet has, header and blank rows included; for a CSV file an estimate."""
        ...  # pragma: no cover

    def batches(self, sheet: str, *, first_row: int, width: int) -> Iterator[RawBatch]:
        """The rows from row number `first_row` on, each `width` cells wide."""
        ...  # pragma: no cover


@dataclass(frozen=True)
class SheetDescription:
    """What the mapping page shows of a sheet."""

    name: str
    rows: int
    """Rows under the header, blank ones included; an estimate for CSV."""
    header_row: int
    """The row number of the header; 0 if the sheet is blank."""
    headers: list[str]
    kind: str
    """A key of `frame.CASE_TYPES` if the headers are those of a known list, or blank."""
    forbidden: dict[str, str]
    """Headers that may not be mapped, and what they hold."""
    examples: dict[str, list[str]]
    """A few values of each column that may be mapped."""


@dataclass(frozen=True)
class CaseListReading:
    """Everything that an import needs: `origins` tells the sheet and row of each case."""

    cases: list[Case]
    origins: list[tuple[str, int]]
    rejects: list[Reject]
    notes: list[Note]
    rows_read: int
    joined: int
    columns: tuple[str, ...]


def open_case_list(source: Path | bytes, *, name: str) -> CaseList:
    """Open a file by what it contains; its name is used in sentences only.

    Raises BadInput if it is empty, too large, protected by a password, no spreadsheet, or unsafe to open.
    """
    file = Source(source, name)
    return CsvCaseList(file) if kind_of(file) is FileKind.TEXT else WorkbookCaseList(file)


def describe_sheets(case_list: CaseList) -> list[SheetDescription]:
    """Every sheet with its headers, a few example values, and what may not be mapped."""
    return [_describe(case_list, sheet) for sheet in case_list.sheets]


def _describe(case_list: CaseList, sheet: str) -> SheetDescription:
    head = case_list.head(sheet)
    at = find_header_row(head)
    if at is None:
        return SheetDescription(sheet, 0, 0, [], "", {}, {})
    headers = _headers(sheet, head[at])
    forbidden = {header: reason for header in headers if (reason := forbidden_reason(header))}
    examples = {
        header: _examples(head[at + 1 :], column) for column, header in enumerate(headers) if header not in forbidden
    }
    rows = case_list.row_count(sheet) - at - 1
    return SheetDescription(sheet, max(rows, 0), at + 1, headers, list_kind(headers), forbidden, examples)


def _headers(sheet: str, cells: Sequence[object]) -> list[str]:
    """The distinct header names, without blank cells at the end of the row."""
    texts = [plain_text(cell).strip() for cell in cells]
    width = max((number for number, text in enumerate(texts, 1) if text), default=0)
    if width > MAX_COLUMNS:
        raise BadInput(
            f"“{sheet}” has {width:,} columns; a case list may have {MAX_COLUMNS}. "
            "Remove the columns that are not needed and upload it again.",
            field="file",
        )
    return unique_headers(cells[:width])


def _examples(rows: Sequence[Sequence[object]], column: int) -> list[str]:
    """A few of the values, without the characters that no page can show."""
    cells = (" ".join(plain_text(row[column]).split()) for row in rows if len(row) > column)
    filled = ("".join(filter(str.isprintable, text)) for text in cells)
    return [text[:60] for text in filled if text][:_EXAMPLES]


def read_rows(
    case_list: CaseList,
    mapping: FrameMapping,
    *,
    as_at: date,
    progress: Progress | None = None,
    notes: list[Note] | None = None,
) -> Iterator[Batch]:
    """The rows of the mapped sheets as cases, in batches, with the rows refused; not yet joined by child.

    `as_at` is the date of the list. What was read as something else is added to `notes`. Raises BadInput if
    the mapping does not fit the file, or if the file breaks off.
    """
    described = {sheet: _describe(case_list, sheet) for sheet in case_list.sheets if sheet in mapping}
    check_mapping(mapping, {name: sheet.headers for name, sheet in described.items()})
    total, done = sum(sheet.rows for sheet in described.values()), 0
    for name, sheet in described.items():
        reader = RowReader(name, sheet.headers, mapping[name], as_at=as_at)
        first_row, width = sheet.header_row + 1, len(sheet.headers)
        for raw in case_list.batches(name, first_row=first_row, width=width):
            yield reader.read(raw)
            done += len(raw.numbers) + len(raw.rejects)
            if progress is not None:
                progress(min(done, total), total)
        if notes is not None:
            notes += reader.notes()


def read_cases(
    case_list: CaseList, mapping: FrameMapping, *, as_at: date, progress: Progress | None = None
) -> CaseListReading:
    """The whole list: one case for each child over all mapped sheets, and every row that was refused.

    Raises BadInput as `read_rows` does, and when the list has no rows at all.
    """
    notes: list[Note] = []
    with _collector_at_rest():
        joined = join_batches(read_rows(case_list, mapping, as_at=as_at, progress=progress, notes=notes))
    rows_read = len(joined.cases) + len(joined.rejects) + joined.joined
    if not rows_read:
        raise BadInput("The list has a header row but no cases under it.", field="file")
    columns = mapped_columns(mapping)
    said = [*case_list.notes, *notes]
    return CaseListReading(joined.cases, joined.origins, joined.rejects, said, rows_read, joined.joined, columns)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Without the search for reference cycles: rows make none, and it takes a third of the reading time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
