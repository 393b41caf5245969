"""Case lists as CSV text: encoding and delimiter are found out, rows stream, row numbers are the file's."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice

from auditflow.adapters.case_list_source import Source, not_a_spreadsheet
from auditflow.domain.errors import BadInput
from auditflow.domain.frame import Note, RawBatch, Reject

__all__ = ["CSV_SHEET", "CsvCaseList"]

CSV_SHEET = "List"
"""The name of a CSV file's only sheet, in mappings too: the file's own name changes every month."""

_BATCH = 500
"""Rows at a time: few enough that they stay in the processor's cache between reading and checking."""

_HEAD = 20
_BLOCK = 1 << 20
_DELIMITERS = ",;\t|"


class CsvCaseList:
    """A CSV file: UTF-8 (with or without byte order mark), UTF-16 with one, or Windows-1252."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.sha256 = source.sha256()
        self.sheets: Sequence[str] = [CSV_SHEET]
        self.notes: Sequence[Note] = ()
        self._encoding, self._lines, self._has_quotes = _scan(source)
        self._delimiter = self._find_delimiter()

    def head(self, sheet: str) -> list[Sequence[object]]:
        """The first rows."""
        return list(next(self._blocks(_HEAD), []))

    def row_count(self, sheet: str) -> int:
        """The number of lines: an estimate, since a quoted cell may span several."""
        return self._lines

    def batches(self, sheet: str, *, first_row: int, width: int) -> Iterator[RawBatch]:
        """Rows of `width` cells. Short rows are filled with blanks; rows with too many values are refused."""
        number = 1
        for block in self._blocks(_BATCH):
            rows = block[max(first_row - number, 0) :]
            number += len(block)
            if rows:
                yield _squared(range(number - len(rows), number), rows, width)

    def _blocks(self, size: int) -> Iterator[list[list[str]]]:
        """The rows, so many at a time. A fault in the text itself is BadInput with the row's number."""
        with self._text() as text:
            rows = self._parsed(text) if self._has_quotes else self._split(text)
            try:
                while block := list(islice(rows, size)):
                    yield block
            except csv.Error as fault:
                raise _broken(self._rows_before_fault() + 1, fault) from None

    def _parsed(self, text: io.TextIOWrapper) -> Iterator[list[str]]:
        return csv.reader(text, delimiter=self._delimiter, strict=True)

    def _split(self, text: io.TextIOWrapper) -> Iterator[list[str]]:
        """The same rows in half the time, for a file without any quotation mark."""
        delimiter = self._delimiter
        return (line.rstrip("\r\n").split(delimiter) for line in text)

    def _rows_before_fault(self) -> int:
        """How many rows can be read; only called when one cannot."""
        rows = 0
        with self._text() as text, suppress(csv.Error):
            for _row in self._parsed(text):
                rows += 1
        return rows

    def _text(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(self._source.open(), encoding=self._encoding, newline="")

    def _find_delimiter(self) -> str:
        """The delimiter that makes the most columns, evenly, of the first lines."""
        with self._text() as text:
            lines = list(islice(text, _HEAD))
        return max(_DELIMITERS, key=lambda delimiter: _evenness(lines, delimiter))


def _evenness(lines: list[str], delimiter: str) -> tuple[int, int]:
    """How many rows agree on the commonest width above one, then that width."""
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if len(row) > 1]
    except csv.Error:
        return (0, 0)
    commonest = max(widths, key=lambda width: (widths.count(width), width), default=0)
    return (widths.count(commonest), commonest)


def _scan(source: Source) -> tuple[str, int, bool]:
    """The encoding of the text, its lines and whether it has quotation marks, in one pass over the bytes."""
    wide = any(map(source.starts_with, (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            return encoding, *_measure(source, encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput(
        f"The text of “{source.name}” is in an encoding that is not known here. "
        "Save it again as “CSV UTF-8” or as xlsx and upload that.",
        field="file",
        code="encoding",
    )


def _measure(source: Source, encoding: str) -> tuple[int, bool]:
    """The number of lines and whether there are quotation marks, decoding all the text.

    Raises UnicodeDecodeError, or BadInput if it is not text at all.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    lines, last, quotes = 0, "", False
    with source.open() as file:
        while block := file.read(_BLOCK):
            text = decoder.decode(block)
            if "\x00" in text:
                raise not_a_spreadsheet(source.name)
            lines += text.count("\n") or text.count("\r")
            quotes = quotes or '"' in text
            last = text[-1:] or last
    decoder.decode(b"", final=True)
    return lines + (last not in "\r\n"), quotes


def _squared(numbers: Sequence[int], rows: list[list[str]], width: int) -> RawBatch:
    """Rows of exactly this width; rows that are wider by more than blanks are refused."""
    if set(map(len, rows)) == {width}:
        return RawBatch(numbers, rows)
    kept, kept_numbers, rejects = [], [], []
    for number, row in zip(numbers, rows, strict=True):
        if len(row) > width and any(map(str.strip, row[width:])):
            reason = f"the row has {len(row)} values where the header has {width}"
            rejects.append(Reject(CSV_SHEET, number, "", reason))
            continue
        kept.append(row[:width] + [""] * (width - len(row)))
        kept_numbers.append(number)
    return RawBatch(kept_numbers, kept, rejects)


def _broken(number: int, fault: csv.Error) -> BadInput:
    """What a fault in the text of a row means."""
    words = str(fault)
    if "field larger" in words:
        problem = f"has a cell of more than {csv.field_size_limit():,} characters"
    elif "unexpected end" in words or "expected after" in words:
        problem = "has a quotation mark that is not closed, or one in the middle of a cell"
    else:
        problem = "cannot be read"
    return BadInput(f"Row {number:,} of the file {problem}. Mend it and upload the file again.", field="file")
