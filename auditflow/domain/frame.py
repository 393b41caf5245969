"""The case list that a sample is drawn from: its columns, and its one canonical file.

Every list, whatever it looked like, becomes rows of `Case`: text only, dates as yyyy-mm-dd, blank for
"not known" or "nobody". The canonical file is what is frozen, hashed, drawn from and given to an
inspector: UTF-8 CSV without a byte order mark, LF line ends, quotes only where needed, the mapped columns
in the order of `COLUMNS`, rows in the order of their references (by code point).
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from operator import attrgetter, itemgetter
from typing import NamedTuple

from auditflow.domain.errors import BadInput
from auditflow.domain.safe_cell import safe_cell

__all__ = [
    "CASE_TYPES",
    "COLUMNS",
    "COLUMN_LABELS",
    "Batch",
    "Case",
    "Note",
    "RawBatch",
    "Reject",
    "canonical_csv",
    "canonical_sha256",
    "case_type_label",
    "safe_cell",
]

CASE_TYPES = {
    "child_in_care": "Child looked after",
    "child_protection": "Child protection plan",
    "child_in_need": "Child in need",
    "care_leaver": "Care leaver",
}
"""Known kinds of case and their names on screen; the first that applies is the child's kind when a child
is in several lists."""


class Case(NamedTuple):
    """One case of a list: one child for a child tool. All values are text; blank means not known."""

    case_ref: str
    case_type: str = ""
    """A key of `CASE_TYPES`, or the list's own word."""
    status: str = ""
    """`Open`, `Closed`, or the list's own word."""
    team: str = ""
    """Blank: no team is allocated."""
    worker: str = ""
    """Blank: no worker is allocated."""
    family: str = ""
    opened: str = ""
    closed: str = ""
    last_audited: str = ""
    restricted: str = ""
    """`Yes`, `No` or blank."""
    age_band: str = ""
    sex: str = ""
    ethnicity: str = ""
    """An ethnic group, never the detailed code."""
    disability: str = ""
    """`Yes`, `No` or blank."""
    worker_last_audited: str = ""
    lists: str = ""
    """The lists (sheets) in which the child was found, joined by `; `."""


COLUMNS: tuple[str, ...] = Case._fields
"""Every column of the canonical file, in its fixed order."""


COLUMN_LABELS = {
    "case_ref": "Case reference",
    "case_type": "Kind of case",
    "status": "Open or closed",
    "team": "Team",
    "worker": "Worker",
    "family": "Family",
    "opened": "Date opened",
    "closed": "Date closed",
    "last_audited": "Date last audited",
    "restricted": "Restricted record",
    "age_band": "Age (kept as an age band)",
    "sex": "Sex",
    "ethnicity": "Ethnicity (kept as a group)",
    "disability": "Disability",
    "worker_last_audited": "Date the worker was last audited",
    "lists": "Lists the child is in",
}
"""What each column is called on screen."""


@dataclass(frozen=True)
class Reject:
    """A row that was not taken: the sheet, its row number as the spreadsheet shows it, and why."""

    sheet: str
    row: int
    reference: str
    reason: str


@dataclass(frozen=True)
class Note:
    """Something read differently from how it stood: in which column, what was done, to how many cells.

    A note without a column is about the whole file.
    """

    sheet: str
    column: str
    text: str
    count: int

    def sentence(self) -> str:
        """The note as a line on screen."""
        cells = "1 cell" if self.count == 1 else f"{self.count:,} cells"
        where = f"{self.sheet}, {COLUMN_LABELS[self.column]}" if self.column else self.sheet
        return f"{where}: {self.text} ({cells})."


@dataclass(frozen=True)
class RawBatch:
    """Rows as they stand in a file, each as wide as the header, with their row numbers; and rows refused."""

    numbers: Sequence[int]
    rows: Sequence[Sequence[object]]
    rejects: list[Reject] = field(default_factory=list)


@dataclass(frozen=True)
class Batch:
    """Rows of one sheet in canonical form, their row numbers, and the rows that were refused.

    `kind` is the kind of case that the sheet as a whole is about, if that is known.
    """

    sheet: str
    cases: list[Case]
    numbers: Sequence[int]
    rejects: list[Reject]
    kind: str = ""


def case_type_label(case_type: str) -> str:
    """The name on screen of a kind of case; a list's own word stands for itself."""
    return CASE_TYPES.get(case_type, case_type)


def canonical_csv(cases: Iterable[Case], columns: Sequence[str] = COLUMNS) -> bytes:
    """The canonical file of these cases with these columns (always in the order of `COLUMNS`).

    Raises BadInput when a reference occurs twice or a column is unknown.
    """
    return b"".join(_canonical_blocks(cases, columns))


def canonical_sha256(cases: Iterable[Case], columns: Sequence[str] = COLUMNS) -> str:
    """The lower-case hexadecimal SHA-256 of the canonical file, without building it whole."""
    digest = hashlib.sha256()
    for block in _canonical_blocks(cases, columns):
        digest.update(block)
    return digest.hexdigest()


def _canonical_blocks(cases: Iterable[Case], columns: Sequence[str]) -> Iterator[bytes]:
    """The canonical file in pieces of some thousand rows."""
    kept = _in_order(columns)
    rows = sorted(cases, key=attrgetter("case_ref"))
    _refuse_repeats(rows)
    picked = iter(rows) if kept == COLUMNS else map(itemgetter(*map(COLUMNS.index, kept)), rows)
    yield _lines([kept])
    while block := list(islice(picked, 10_000)):
        yield _lines(block)


def _in_order(columns: Sequence[str]) -> tuple[str, ...]:
    unknown = [column for column in columns if column not in COLUMNS]
    if unknown:
        raise BadInput(f"A case list has no column called {unknown[0]}.", field="columns")
    wanted = {*columns, "case_ref", "status"}
    return tuple(column for column in COLUMNS if column in wanted)


def _refuse_repeats(rows: list[Case]) -> None:
    refs = [row.case_ref for row in rows]
    for before, ref in pairwise(refs):
        if before == ref:
            raise BadInput(f"The case reference {ref} is in the list twice.", field="case_ref")


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
