"""What everything that reads small CSV files asks of one first: its bytes, and that they are text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from os.path import basename
from typing import TYPE_CHECKING

from auditflow.domain.errors import BadInput

if TYPE_CHECKING:  # loading it takes a third of what Python takes to start
    from pathlib import Path

__all__ = ["csv_records", "decoded", "is_text", "likely_delimiter", "read_bytes"]

_ENCODINGS = ("utf-8-sig", "cp1252")


def read_bytes(path: str | Path) -> bytes:
    """The file's bytes. Raises BadInput when it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as failure:
        raise BadInput(f"{basename(path)} cannot be read: {failure.strerror}.") from failure


def csv_records(name: str, content: bytes, delimiter: str = ",") -> Iterator[list[str]]:
    """The records of CSV in UTF-8 or Windows' own encoding, blank ones too. Raises BadInput for what is not CSV."""
    if not is_text(content):
        raise BadInput(f"{name} is not a CSV file. Save the sheet as “CSV UTF-8” and use that.")
    # Lines end as CSV ends them: `splitlines` would also cut a cell at a separator pasted from a letter.
    reader = csv.reader(io.StringIO(decoded(content), newline=""), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as failure:
        raise BadInput(f"{name}, line {reader.line_num}: not a CSV file ({failure}).") from failure


def is_text(content: bytes) -> bool:
    """Whether the bytes may be text: a workbook, a picture or two-byte characters are not."""
    return b"\0" not in content and not content.startswith(b"PK\x03\x04")


def likely_delimiter(content: bytes) -> str:
    """What parts the cells: a tab where the first line has one and no comma, as cells pasted from a sheet do."""
    first = content.strip().partition(b"\n")[0]
    return "\t" if b"\t" in first and b"," not in first else ","


def decoded(content: bytes) -> str:
    """The text of the bytes, which are in UTF-8 or else in Windows' own encoding."""
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")
