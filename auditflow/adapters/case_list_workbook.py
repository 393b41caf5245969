"""Case lists in workbooks: xlsx, ods and old xls, by python-calamine, which reads values only."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from auditflow.adapters.case_list_archive import check_archive
from auditflow.adapters.case_list_source import Source, not_a_spreadsheet, protected
from auditflow.domain.errors import BadInput
from auditflow.domain.frame import Note, RawBatch

__all__ = ["WorkbookCaseList"]

_BATCH = 5_000
_HEAD = 20


class WorkbookCaseList:
    """A workbook. Hidden sheets are left out; a sheet that was read stays in memory."""

    def __init__(self, source: Source) -> None:
        self.notes: Sequence[Note] = check_archive(source) if source.starts_with(b"PK") else ()
        self._name = source.name
        self.sha256 = source.sha256()
        with _sentences(source.name), source.open() as file:
            self._workbook = CalamineWorkbook.from_object(file)
        self._loaded: dict[str, CalamineSheet] = {}
        self.sheets: Sequence[str] = [
            sheet.name
            for sheet in self._workbook.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        if not any(map(self.row_count, self.sheets)):
            raise BadInput(f"“{source.name}” has no rows in any sheet that can be seen.", field="file")

    def head(self, sheet: str) -> list[Sequence[object]]:
        """The first rows."""
        with _sentences(self._name):
            return list(islice(self._sheet(sheet).iter_rows(), _HEAD))

    def row_count(self, sheet: str) -> int:
        """The number of the last row that holds anything."""
        end = self._sheet(sheet).end
        return end[0] + 1 if end else 0

    def batches(self, sheet: str, *, first_row: int, width: int) -> Iterator[RawBatch]:
        """The rows from `first_row` on; they are at least `width` cells wide."""
        # Blank rows before the first are included, so that the count is the row number.
        rows = islice(self._sheet(sheet).iter_rows(), first_row - 1, None)
        number = first_row
        while block := self._next(rows):
            yield RawBatch(range(number, number + len(block)), block)
            number += len(block)

    def _next(self, rows: Iterator[Sequence[object]]) -> list[Sequence[object]]:
        with _sentences(self._name):
            return list(islice(rows, _BATCH))

    def _sheet(self, sheet: str) -> CalamineSheet:
        if sheet not in self._loaded:
            with _sentences(self._name):
                self._loaded[sheet] = self._workbook.get_sheet_by_name(sheet)
        return self._loaded[sheet]


@contextmanager
def _sentences(name: str) -> Iterator[None]:
    """What the reader cannot read is a sentence. A fault inside it surfaces as a "panic", no Exception at all."""
    try:
        yield
    except PasswordError:
        raise protected(name) from None
    except CalamineError as fault:
        raise not_a_spreadsheet(name, "damaged, or of a kind that is not known here") from fault
    except BaseException as fault:
        if type(fault).__name__ != "PanicException":
            raise
        raise not_a_spreadsheet(name, "damaged") from None
