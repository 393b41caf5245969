"""Rows of a sheet into cases, a batch at a time and column by column.

Columns of a case list repeat their values (teams, dates, codes), so each value is read once and remembered;
the work for each row is then a look-up in a dictionary.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import repeat
from typing import cast

from auditflow.domain.frame import COLUMN_LABELS, COLUMNS, Batch, Case, Note, RawBatch, Reject
from auditflow.domain.frame_codes import (
    CLOSED,
    OPEN,
    read_case_type,
    read_disability,
    read_ethnicity,
    read_restricted,
    read_sex,
    read_status,
)
from auditflow.domain.frame_dates import OLDEST, read_age_band, read_any_day, read_day
from auditflow.domain.frame_headers import list_kind
from auditflow.domain.frame_values import (
    EXACT_UP_TO,
    MAX_REFERENCE,
    Reader,
    allocated_name,
    family_reference,
    plain_text,
    read_reference,
)

__all__ = ["RowReader"]

_REMEMBERED = 100_000
"""Distinct values remembered of one column; a column of unique values must not fill the memory."""

_PLAIN = re.compile(rf"(?:[A-Za-z0-9][A-Za-z0-9/_.:\-]{{0,{MAX_REFERENCE - 1}}}+(?:\n(?=.)|\Z))++")
"""References on lines of their own that need no reading: nothing in them could be at fault."""

_PLAIN_FAMILY = re.compile(r"(?:(?:[A-Za-z0-9/_.:\-]{0,99}(?<=[0-9]))?(?:\n|\Z))++")
"""The same for families, which may be blank; what ends in a digit does not say "none"."""

_NUMBERS = "stored as numbers; if your references begin with zeros, the spreadsheet has dropped them"


_new_case = partial(tuple.__new__, Case)
"""`Case._make` without its check of the length, which `COLUMNS` gives: a third of its time."""


class _Memo(dict[object, str]):
    """What each value of a column reads as; `faults` and `notes` say which values were not plain."""

    def __init__(self, read: Reader) -> None:
        super().__init__()
        self.faults: dict[object, str] = {}
        self.notes: dict[object, str] = {}
        self._read = read

    def __missing__(self, value: object) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        reading = self._read(value)
        if reading.fault:
            self.faults[value] = reading.fault
        if reading.note:
            self.notes[value] = reading.note
        self[value] = reading.text
        return reading.text


class _StatusMemo(dict[tuple[str, str], str]):
    """Open or closed, from the status as read and the closing date: a closing date that has come decides."""

    def __init__(self, as_at: date) -> None:
        super().__init__()
        self._today = as_at.isoformat()

    def __missing__(self, pair: tuple[str, str]) -> str:
        status, closed = pair
        found = CLOSED if closed and closed <= self._today else status or OPEN
        self[pair] = found
        return found


class RowReader:
    """Reads the rows of one sheet with its part of the mapping.

    `headers` are the sheet's header names, unique; the rows of a batch handed to `read` are all
    equally wide, and at least as wide as the headers. `as_at`
    is the date of the list: ages are taken on it, and no date but a closing date may lie after it.
    """

    def __init__(self, sheet: str, headers: Sequence[str], columns: Mapping[str, str], *, as_at: date) -> None:
        self.sheet = sheet
        self._ref = headers.index(columns["case_ref"])
        self._constants = {c: h[1:] for c, h in columns.items() if h.startswith("=") and h not in headers}
        self._places = {
            column: headers.index(header)
            for column, header in columns.items()
            if column != "case_ref" and column not in self._constants
        }
        readers = _readers(as_at)
        shared = {read: _Memo(read) for read in readers.values()}
        self._memos = {column: shared[readers[column]] for column in self._places}
        self._status = _StatusMemo(as_at)
        self._kind = self._constants.pop("case_type", "") or list_kind(headers)
        self._notes: Counter[tuple[str, str]] = Counter()

    def read(self, raw: RawBatch) -> Batch:
        """The batch in canonical form. A row without any content is passed over in silence."""
        if not raw.rows:
            return Batch(self.sheet, [], [], raw.rejects, self._kind)
        file_columns = list(zip(*raw.rows, strict=True))
        refs, faults = self._references(file_columns[self._ref])
        columns: dict[str, Iterable[str]] = {"case_ref": refs, "lists": repeat(self.sheet)}
        for column, place in self._places.items():
            columns[column] = self._read_column(column, file_columns[place], faults)
        columns |= {column: repeat(text) for column, text in self._constants.items()}
        self._settle_status(columns)
        self._settle_kind(columns)
        cells = zip(*(columns.get(column, repeat("")) for column in COLUMNS), strict=False)
        cases = list(map(_new_case, cells))
        return self._sort_out(raw, cases, faults)

    def notes(self) -> list[Note]:
        """What was read as something else so far, by column."""
        in_order = sorted(self._notes.items(), key=lambda item: (COLUMNS.index(item[0][0]), item[0][1]))
        return [Note(self.sheet, column, text, count) for (column, text), count in in_order]

    def _references(self, values: Sequence[object]) -> tuple[Sequence[str], dict[int, str]]:
        """The references, and the faults by position. References as they should be are checked all at once."""
        if _all_plain(values, _PLAIN):
            return cast(Sequence[str], values), {}
        if _all_whole_numbers(values):
            self._notes["case_ref", _NUMBERS] += len(values)
            return list(map(str, map(int, cast(Sequence[float], values)))), {}
        refs: list[str] = []
        faults: dict[int, str] = {}
        for index, value in enumerate(values):
            reading = read_reference(value)
            refs.append(reading.text)
            if reading.fault:
                faults[index] = f"the case reference {reading.fault}"
        if numbers := sum(isinstance(value, float) for value in values):
            self._notes["case_ref", _NUMBERS] += numbers
        return refs, faults

    def _read_column(self, column: str, values: Sequence[object], faults: dict[int, str]) -> Sequence[str]:
        if column == "family" and _all_plain(values, _PLAIN_FAMILY):
            return cast(Sequence[str], values)
        if column == "age_band":
            values = [int(value) if type(value) is float and 0 <= value <= OLDEST else value for value in values]
        memo = self._memos[column]
        texts = list(map(memo.__getitem__, values))
        if memo.faults and not memo.faults.keys().isdisjoint(values):
            label = COLUMN_LABELS[column]
            for index, value in enumerate(values):
                if value in memo.faults:
                    faults.setdefault(index, f"{label}: {memo.faults[value]}")
        if memo.notes:
            self._notes.update((column, memo.notes[value]) for value in values if value in memo.notes)
        return texts

    def _settle_status(self, columns: dict[str, Iterable[str]]) -> None:
        if "status" in columns or "closed" in columns:
            pairs = zip(columns.get("status", repeat("")), columns.get("closed", repeat("")), strict=False)
            columns["status"] = list(map(self._status.__getitem__, pairs))
        else:
            columns["status"] = repeat(OPEN)

    def _settle_kind(self, columns: dict[str, Iterable[str]]) -> None:
        """A kind that is blank is the kind that the whole sheet holds, where that is known."""
        if "case_type" not in columns:
            columns["case_type"] = repeat(self._kind)
        elif self._kind:
            columns["case_type"] = [kind or self._kind for kind in columns["case_type"]]

    def _sort_out(self, raw: RawBatch, cases: list[Case], faults: dict[int, str]) -> Batch:
        if not faults:
            return Batch(self.sheet, cases, raw.numbers, raw.rejects, self._kind)
        rejects = list(raw.rejects)
        for index, fault in faults.items():
            if cases[index].case_ref or any(plain_text(cell).strip() for cell in raw.rows[index]):
                reference = "".join(filter(str.isprintable, cases[index].case_ref[:60]))
                rejects.append(Reject(self.sheet, raw.numbers[index], reference, fault))
        kept = [index for index in range(len(cases)) if index not in faults]
        rejects.sort(key=lambda reject: reject.row)
        numbers = [raw.numbers[index] for index in kept]
        return Batch(self.sheet, [cases[index] for index in kept], numbers, rejects, self._kind)


def _all_plain(values: Sequence[object], plain: re.Pattern[str]) -> bool:
    """Whether these are all text of this pattern, one a line, so that none needs to be read by itself."""
    try:
        joined = "\n".join(values)  # type: ignore[arg-type]
    except TypeError:
        return False
    return joined.count("\n") == len(values) - 1 and plain.fullmatch(joined) is not None


def _all_whole_numbers(values: Sequence[object]) -> bool:
    """Whether these are all numbers that name a case exactly."""
    if set(map(type, values)) != {float}:
        return False
    numbers = cast(Sequence[float], values)
    return min(numbers) > 0 and max(numbers) < EXACT_UP_TO and all(map(float.is_integer, numbers))


def _readers(as_at: date) -> dict[str, Reader]:
    """How each column but the reference is read in a list of this date."""
    past_day = read_day(as_at)
    return {
        "case_type": read_case_type,
        "status": read_status,
        "team": allocated_name,
        "worker": allocated_name,
        "family": family_reference,
        "opened": past_day,
        "closed": read_any_day,
        "last_audited": past_day,
        "restricted": read_restricted,
        "age_band": read_age_band(as_at),
        "sex": read_sex,
        "ethnicity": read_ethnicity,
        "disability": read_disability,
        "worker_last_audited": past_day,
    }
