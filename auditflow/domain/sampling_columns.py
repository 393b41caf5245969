"""Reading a case list by columns: the same cases in the same groups as row by row, at a fraction of the cost.

A rule is asked once for each value of its column, by the code that asks it for a row, and each combination of answers
is decided once; what is left for a row is its hash. Whatever is not plain here (a reference that has to be cleaned, a
value that a rule cannot use) is left to the reading by rows, which says the same of it as it says of a file.
"""

from collections import Counter
from collections.abc import Generator, Hashable, Iterable, Mapping, Sequence
from contextlib import closing
from functools import partial
from itertools import chain
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
    apart = [design.ref, *(cap.column for cap in design.caps)]
    places, cleaned = _Places(cases, rows.few.difference(apart)), Remembered(clean)
    wanted = list(dict.fromkeys([*((name,) for name in apart), *places.groups]))
    with closing(rows.blocks(wanted)) as blocks:
        for columns in blocks:
            of = dict(zip(wanted, columns, strict=True))
            refs = of[design.ref,]
            _refuse_unclean(refs)
            block = Block(places.of(of, len(refs)), refs, [of[cap.column,] for cap in design.caps], cleaned)
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

    def __init__(self, cases: CaseList, few: frozenset[str]) -> None:
        design, day = cases.design, cases.design.reference_date
        self.design = design
        rules = [*design.exclude, *(entry.rule for entry in design.priority_strata)]
        self.asked: list[tuple[str, Mapping[Any, Any]]] = [(rule.column, rule.tester(day)) for rule in rules]
        self.stratum_at = len(self.asked)
        self.filled_at: dict[int, int] = {}
        if design.stratify is not None:
            self.asked.append((design.stratify, cases.ordinary_strata()[1]))
        for number, entry in enumerate(design.priority_strata, len(design.exclude)):
            if entry.filled is not None:
                self.filled_at[number] = len(self.asked)
                self.asked.append((entry.filled, Remembered(lambda value: bool(clean(value)))))
        self.groups = _groups([column for column, _ in self.asked], few)
        self.known = Remembered(self._decide)
        self.answers = [Remembered(partial(self._answer, group)) for group in self.groups]

    def of(self, columns: Mapping[tuple[str, ...], Column], count: int) -> Sequence[str | Excluded]:
        """The place of each case of a block."""
        if not self.groups:
            return [self.known[()]] * count
        said = [
            map(answer.__getitem__, columns[group]) for group, answer in zip(self.groups, self.answers, strict=True)
        ]
        try:
            return list(map(self.known.__getitem__, zip(*said, strict=True)))
        except ValueError as problem:
            raise NotByColumns from problem

    def _answer(self, group: tuple[str, ...], text: Hashable) -> tuple[tuple[int, Any], ...]:
        """What is answered about one value, or one combination of few values, with the place of each question."""
        values = str(text).split(ColumnRows.JOIN) if len(group) > 1 else [text]
        of = dict(zip(group, values, strict=True))
        return tuple([(n, answer[of[column]]) for n, (column, answer) in enumerate(self.asked) if column in of])

    def _decide(self, combination: Hashable) -> str | Excluded:
        """The first rule that applies excludes; the first priority group that applies takes; else the stratum."""
        answers = dict(chain.from_iterable(cast("tuple[tuple[tuple[int, Any], ...], ...]", combination)))
        excluding, placing = self.design.exclude, self.design.priority_strata
        for number, rule in enumerate(excluding):
            if answers[number]:
                return Excluded(rule.reason)
        for number, entry in enumerate(placing, len(excluding)):
            if answers[number] and answers[self.filled_at.get(number, number)]:
                return entry.name
        return EVERYONE if self.design.stratify is None else cast("str", answers[self.stratum_at])


def _groups(columns: Iterable[str], few: frozenset[str]) -> list[tuple[str, ...]]:
    """The columns that are asked about: those of few values together, every other by itself."""
    names = list(dict.fromkeys(columns))
    together = tuple([name for name in names if name in few])
    return [*([together] if together else []), *((name,) for name in names if name not in few)]
