"""Reading a case list by columns: the same cases in the same groups as row by row, at a fraction of the cost.

A rule is asked once for each value of its column, by the code that asks it for a row, and each combination of answers
is decided once; what is left for a row is its hash. Whatever is not plain here (a reference that has to be cleaned, a
value that a rule cannot use) is left to the reading by rows, which says the same of it as it says of a file.
"""

from collections import Counter
from collections.abc import Generator, Hashable, Iterable, Mapping, Sequence
from contextlib import closing
from itertools import repeat
from typing import Any, NamedTuple, cast

from auditflow.domain.sampling_list import EVERYONE, CaseList, ColumnRows, NotByColumns, Tally
from auditflow.domain.sampling_rules import Remembered
from auditflow.domain.sampling_values import clean, clean_ref

__all__ = ["Block", "Excluded", "placed_blocks"]

Column = Sequence[str]


class Excluded(NamedTuple):
    """The place of a case that cannot be drawn."""

    reason: str


class Block(NamedTuple):
    """Some cases: each one's place (its stratum, or why it cannot be drawn) and reference, and the capped columns."""

    places: Sequence[str | Excluded]
    refs: Column
    capped: Sequence[Column]
    cleaned: Mapping[Hashable, str]

    def held(self, number: int) -> tuple[str, ...]:
        """The values of one case in the capped columns."""
        return tuple([self.cleaned[column[number]] for column in self.capped])


def placed_blocks(cases: CaseList, rows: ColumnRows, tally: Tally, sizes: Counter[str]) -> Generator[Block, None, None]:
    """Every case of the list in its place; `tally` and the `sizes` of the strata are complete at the end.

    Raises NotByColumns.
    """
    design = cases.design
    tally.excluded.update(dict.fromkeys((rule.reason for rule in design.exclude), 0))
    names, places, cleaned = design.columns, _Places(cases), Remembered(clean)
    with closing(rows.blocks(names)) as blocks:
        for columns in blocks:
            of = dict(zip(names, columns, strict=True))
            refs = of[design.ref]
            _refuse_unclean(refs)
            block = Block(places.of(of, len(refs)), refs, [of[cap.column] for cap in design.caps], cleaned)
            _count(block.places, tally, sizes)
            yield block
    if not tally.rows:
        raise NotByColumns


def _count(places: Iterable[str | Excluded], tally: Tally, sizes: Counter[str]) -> None:
    for place, count in Counter(places).items():
        tally.rows += count
        if isinstance(place, Excluded):
            tally.excluded[place.reason] += count
        else:
            sizes[place] += count


def _refuse_unclean(refs: Column) -> None:
    """References that are not in the form in which they are hashed."""
    # A blank one, or a space at an edge, makes two spaces; so does what is merely odd, which is then looked at.
    text = " ".join(("", *refs, ""))
    if text.isascii() and text.isprintable() and "  " not in text:
        return
    try:
        unclean = any(clean_ref(ref) != ref for ref in refs)
    except ValueError as problem:
        raise NotByColumns from problem
    if unclean:
        raise NotByColumns


class _Places:
    """Where cases go: each combination of the rules' answers is decided once, as it is for a row."""

    def __init__(self, cases: CaseList) -> None:
        design, day = cases.design, cases.design.reference_date
        self.design = design
        rules = [*design.exclude, *(entry.rule for entry in design.priority_strata)]
        self.asked: list[tuple[str, Mapping[Any, Any]]] = [(rule.column, rule.tester(day)) for rule in rules]
        if design.stratify is not None:
            self.asked.append((design.stratify, cases.ordinary_strata()[1]))
        self.known = Remembered(self._decide)

    def of(self, columns: Mapping[str, Column], count: int) -> list[str | Excluded]:
        """The place of each case of a block."""
        everyone = [] if self.design.stratify is not None else [repeat(EVERYONE, count)]
        answers = [map(answer.__getitem__, columns[name]) for name, answer in self.asked]
        try:
            return list(map(self.known.__getitem__, zip(*answers, *everyone, strict=True)))
        except ValueError as problem:
            raise NotByColumns from problem

    def _decide(self, combination: Hashable) -> str | Excluded:
        """The first rule that applies excludes; the first priority group that applies takes; else the stratum."""
        *yes, stratum = cast("tuple[Any, ...]", combination)
        for rule, applies in zip(self.design.exclude, yes, strict=False):
            if applies:
                return Excluded(rule.reason)
        placing = yes[len(self.design.exclude) :]
        names = (entry.name for entry, applies in zip(self.design.priority_strata, placing, strict=True) if applies)
        return next(names, cast("str", stratum))
