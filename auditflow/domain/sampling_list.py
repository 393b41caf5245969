"""Reading a case list for a draw: checking every reference, leaving out the excluded, placing the rest.

One pass, whatever its size; only what a caller keeps stays in memory. Row numbers are a spreadsheet's: row 1
is the header, row 2 the first case.
"""

from abc import ABC, abstractmethod
from array import array
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from auditflow.domain.errors import BadInput
from auditflow.domain.sampling_design import Design
from auditflow.domain.sampling_rules import Remembered, Rule
from auditflow.domain.sampling_values import clean, clean_ref

__all__ = ["BLANK", "EVERYONE", "FIRST_ROW", "CaseList", "ColumnRows", "NotByColumns", "Row", "Tally"]

BLANK = "(blank)"
EVERYONE = "all"
FIRST_ROW = 2
_SHOWN = 10
_AT_ONCE = 500_000  # references looked at as a set: fast, but sorting takes less memory

Row = Mapping[str, Hashable] | Sequence[Hashable]
_Test = tuple[str, Any, Remembered[bool]]


class ColumnRows(ABC, Iterable[Sequence[Hashable]]):
    """Rows that can also be had as columns of text, some thousand cases at a time; no reference is there twice.

    Columns whose values are `few` and repeat each other's combinations may be had together, each case's values joined.
    """

    few: frozenset[str] = frozenset()
    JOIN = "\x1e"

    @abstractmethod
    def blocks(self, columns: Sequence[Sequence[str]]) -> Generator[Sequence[Sequence[str]], None, None]:
        """Columns, each one's name or several names to be joined, block by block; closed before other use.

        Raises NotByColumns if values cannot be told apart.
        """


class NotByColumns(Exception):
    """The list has to be read row by row."""


@dataclass
class Tally:
    """What one pass over a list counted: complete once the pass has ended."""

    rows: int = 0
    excluded: dict[str, int] = field(default_factory=dict)

    @property
    def eligible(self) -> int:
        """Rows that no rule excluded."""
        return self.rows - sum(self.excluded.values())

    def refuse_if_nobody(self) -> None:
        """Raise BadInput, with the counts by reason, when every row is excluded."""
        if self.eligible == 0:
            reasons = ", ".join(f"{count} {reason}" for reason, count in self.excluded.items() if count)
            raise BadInput(
                f"No case can be drawn: the rules exclude all {self.rows} ({reasons}).", code="nothing_eligible"
            )


class CaseList:
    """A case list seen through a design. Rows are mappings, or sequences in the order of `columns`."""

    def __init__(
        self,
        rows: Iterable[Row],
        design: Design,
        columns: Sequence[str] | None = None,
        *,
        also: Iterable[str] = (),
    ) -> None:
        self.rows: Iterable[Any] = list(rows) if iter(rows) is rows else rows
        self.design = design
        self._columns = columns
        self._check_columns([*design.columns, *also])

    def _check_columns(self, needed: Iterable[str]) -> None:
        # Rows that are read by columns are not begun for this; whether there are any is seen then.
        first = () if isinstance(self.rows, ColumnRows) else next(iter(self.rows), None)
        if first is None:
            raise BadInput("The case list is empty.", code="empty_list")
        have = list(first) if self._columns is None else list(self._columns)
        missing = [name for name in dict.fromkeys(needed) if name not in have]
        if missing:
            raise BadInput(
                f"The case list has no column “{'”, “'.join(missing)}”. "
                f"It has “{'”, “'.join(str(name) for name in have)}”.",
                code="no_such_column",
                details={"columns": missing},
            )

    def place_of(self, column: str) -> Any:
        """What to index a row with for a column: its name, or its position."""
        return column if self._columns is None else self._columns.index(column)

    def eligible(self, tally: Tally) -> Iterator[tuple[str, str, Any]]:
        """The cases that may be drawn, in the list's order: reference, stratum, row.

        `tally` counts on the way. Raises BadInput when the pass ends if any row could not be read (with the row
        numbers), or if a reference stands twice. This loop is the cost of a draw from a long list.
        """
        tally.excluded.update(dict.fromkeys((rule.reason for rule in self.design.exclude), 0))
        excluding = self._tests(self.design.exclude)
        stratum_at, stratum_of = self.ordinary_strata()
        placed, ref_at = self._placing(), self.place_of(self.design.ref)
        marks, faults = array("q"), _Faults()
        number = 0
        for number, row in enumerate(self.rows, FIRST_ROW):
            try:
                ref = row[ref_at]
                if not (ref.__class__ is str and ref.isalnum() and ref.isascii()):
                    ref = clean_ref(ref)
                marks.append(hash(ref))
                for reason, at, applies in excluding:
                    if applies[row[at]]:
                        tally.excluded[reason] += 1
                        break
                else:
                    yield ref, stratum_of[row[stratum_at]] if placed is None else placed(row), row
            except (ValueError, LookupError) as problem:
                faults.add(number, problem)
        tally.rows = number - FIRST_ROW + 1
        faults.refuse()
        self._refuse_duplicates(marks)

    def _tests(self, rules: Iterable[Rule]) -> list[_Test]:
        day = self.design.reference_date
        return [(rule.reason, self.place_of(rule.column), rule.tester(day)) for rule in rules]

    def ordinary_strata(self) -> tuple[Any, Remembered[str]]:
        """Which column says the stratum, and how; without one, any column says that all are together."""
        if self.design.stratify is None:
            return self.place_of(self.design.ref), Remembered(lambda _value: EVERYONE)
        return self.place_of(self.design.stratify), Remembered(self._stratum_name)

    def _placing(self) -> Callable[[Any], str] | None:
        strata = self.design.priority_strata
        filled = [None if entry.filled is None else self.place_of(entry.filled) for entry in strata]
        placing = list(zip(self._tests(entry.rule for entry in strata), filled, strict=True))
        stratum_at, stratum_of = self.ordinary_strata()

        def placed(row: Any) -> str:
            ahead = next(
                (
                    name
                    for (name, at, applies), needed in placing
                    if applies[row[at]] and (needed is None or clean(row[needed]))
                ),
                None,
            )
            return stratum_of[row[stratum_at]] if ahead is None else ahead

        return placed if placing else None

    def _stratum_name(self, value: object) -> str:
        name = clean(value) or BLANK
        if any(name == entry.name for entry in self.design.priority_strata):
            raise ValueError(f"“{name}” is also the name of a priority group")
        return name

    def held(self, row: Any) -> tuple[str, ...]:
        """The row's values in the capped columns, in the caps' order."""
        return tuple([clean(row[self.place_of(cap.column)]) for cap in self.design.caps])

    def _refuse_duplicates(self, marks: "array[int]") -> None:
        if len(marks) <= _AT_ONCE and len(set(marks)) == len(marks):
            return
        twice = {one for one, other in pairwise(sorted(marks)) if one == other}
        if not twice:
            return
        at = self.place_of(self.design.ref)
        found: dict[str, list[int]] = {}
        for number, row in enumerate(self.rows, FIRST_ROW):
            ref = clean_ref(row[at])
            if hash(ref) in twice:
                found.setdefault(ref, []).append(number)
        repeated = {ref: numbers for ref, numbers in found.items() if len(numbers) > 1}
        if repeated:
            raise _duplicates(repeated)


def _duplicates(repeated: dict[str, list[int]]) -> BadInput:
    shown = [f"“{ref}” in rows {_and(numbers)}" for ref, numbers in list(repeated.items())[:_SHOWN]]
    more = f", and {len(repeated) - _SHOWN} more" if len(repeated) > _SHOWN else ""
    return BadInput(
        f"Every case reference must be there once only: {'; '.join(shown)}{more}.",
        code="duplicate_reference",
        details={"rows": sorted(number for numbers in repeated.values() for number in numbers)},
    )


def _and(numbers: list[int]) -> str:
    return f"{', '.join(str(number) for number in numbers[:-1])} and {numbers[-1]}"


class _Faults:
    """The rows that cannot be used, with why."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.shown: list[str] = []

    def add(self, number: int, problem: Exception) -> None:
        self.rows.append(number)
        what = "it has fewer cells than the header" if isinstance(problem, LookupError) else str(problem)
        if len(self.shown) < _SHOWN:
            self.shown.append(f"Row {number}: {what}.")

    def refuse(self) -> None:
        if not self.rows:
            return
        count = len(self.rows)
        rows = "1 row" if count == 1 else f"{count} rows"
        more = f" And {count - _SHOWN} more." if count > _SHOWN else ""
        raise BadInput(
            f"{rows} of the case list cannot be used. {' '.join(self.shown)}{more}",
            code="bad_rows",
            details={"rows": self.rows},
        )
