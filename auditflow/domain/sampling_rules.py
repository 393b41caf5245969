"""Rules over one column of a case list: which cases cannot be drawn, which form a priority group.

A rule depends only on facts known before the draw. Rules are tried in order and the first that applies is
the recorded reason, so that the counts by reason add up to what was left out.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from auditflow.domain.errors import BadInput
from auditflow.domain.sampling_values import clean, read_day

__all__ = ["PriorityStratum", "Remembered", "Rule", "read_priority_stratum", "read_rule"]

_LISTS = ("in", "not_in")
_DAYS = ("within_days", "older_than_days")
_TESTS = (*_LISTS, "blank", *_DAYS)
T = TypeVar("T")
_REMEMBERED = 10_000


class Remembered(dict[Hashable, T]):
    """A function of a cell as a mapping that remembers its answers: columns repeat themselves.

    `Remembered(ask)[value]` is `ask(value)`, at a dictionary's speed from the second time on.
    """

    def __init__(self, ask: Callable[[Hashable], T]) -> None:
        super().__init__()
        self._ask = ask

    def __missing__(self, value: Hashable) -> T:
        found = self._ask(value)
        if len(self) < _REMEMBERED:
            self[value] = found
        return found


@dataclass(frozen=True)
class Rule:
    """One test of one column.

    `test` is `in` or `not_in` (words: a frozenset), `blank` (words: yes or no), or `within_days` or
    `older_than_days` (days before the reference date). `never` says whether a blank date counts as older
    than any number of days.
    """

    reason: str
    column: str
    test: str
    words: frozenset[str] = frozenset()
    yes: bool = True
    days: int = 0
    never: bool = False

    def tester(self, reference: date | None) -> Remembered[bool]:
        """The rule as a mapping from a cell to yes or no. It raises ValueError for a date it cannot use."""
        if self.test in _LISTS:
            listed = self.test == "in"
            return Remembered(lambda value: (clean(value) in self.words) is listed)
        if self.test == "blank":
            return Remembered(lambda value: (clean(value) == "") is self.yes)
        if reference is None:
            raise BadInput(f"The rule “{self.reason}” needs a reference_date.", field="reference_date")
        return Remembered(lambda value: self._by_age(value, reference))

    def _by_age(self, value: object, reference: date) -> bool:
        day = read_day(value)
        if day is None:
            return self.never
        if day > reference:
            raise ValueError(f"{day.isoformat()} is after the reference date, {reference.isoformat()}")
        age = (reference - day).days
        return age < self.days if self.test == "within_days" else age > self.days


@dataclass(frozen=True)
class PriorityStratum:
    """Cases that form a group of their own, drawn before the others: all that fit, or `size` of them.

    With `filled`, only cases that have something in that column belong to it.
    """

    rule: Rule
    size: int | None = None
    filled: str | None = None

    @property
    def name(self) -> str:
        """The stratum's name in allocations, weights and results."""
        return self.rule.reason


def read_rule(data: object, where: str = "exclude", *, named: str = "reason") -> Rule:
    """A rule from a design's data, such as `{reason: closed, column: status, not_in: [Open]}`.

    Raises BadInput, saying what is wrong, unless it has a reason, a column and exactly one test.
    """
    if not isinstance(data, Mapping):
        raise BadInput(f"Each entry of “{where}” must have a {named}, a column and a test.", field=where)
    unknown = [str(key) for key in data if key not in (named, "column", *_TESTS)]
    tests = [key for key in _TESTS if key in data]
    if unknown or len(tests) != 1:
        what = f"has “{unknown[0]}”" if unknown else f"has {len(tests)} tests"
        raise BadInput(
            f"An entry of “{where}” {what}: it needs {named}, column and exactly one of {', '.join(_TESTS)}.",
            field=where,
        )
    reason, column = (_word(data.get(key), f"{where}: {key}") for key in (named, "column"))
    return _with_test(Rule(reason, column, tests[0]), data[tests[0]], where)


def _with_test(rule: Rule, value: object, where: str) -> Rule:
    at = f"{where}: {rule.test} of “{rule.reason}”"
    plain = (rule.reason, rule.column, rule.test)
    if rule.test == "blank":
        if not isinstance(value, bool):
            raise BadInput(f"“{at}” must be true or false.", field=where)
        return Rule(*plain, yes=value)
    if rule.test in _DAYS:
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise BadInput(f"“{at}” must be a whole number of days, 0 or more, not {value!r}.", field=where)
        return Rule(*plain, days=value)
    if not isinstance(value, list | tuple) or not value:
        raise BadInput(f"“{at}” must be a list of values, such as [Open].", field=where)
    return Rule(*plain, words=frozenset(_listed(word, at) for word in value))


def _listed(value: object, where: str) -> str:
    if isinstance(value, bool | float) or not isinstance(value, str | int | date):
        raise BadInput(
            f"“{where}” lists {value!r}, which is not text: put it in quotes as the case list has it.",
            field=where,
        )
    return clean(value)


def _word(value: object, where: str) -> str:
    if not isinstance(value, str) or not clean(value):
        raise BadInput(f"“{where}” must be some text, not {value!r}.", field=where)
    return clean(value)


def read_priority_stratum(data: object) -> PriorityStratum:
    """A priority stratum from a design's data: a name, a column and a test; a size if fewer than all; `filled`.

    With `older_than_days`, a blank date counts: never is longer ago than any number of days. Raises BadInput.
    """
    where = "priority_strata"
    own = {key: data[key] for key in ("size", "filled") if key in data} if isinstance(data, Mapping) else {}
    rest = {key: value for key, value in data.items() if key not in own} if isinstance(data, Mapping) else data
    rule = read_rule(rest, where, named="name")
    size = own.get("size")
    filled = None if own.get("filled") is None else _word(own["filled"], f"{where}: filled")
    if size is not None and (isinstance(size, bool) or not isinstance(size, int) or size < 1):
        raise BadInput(f"The size of “{rule.reason}” must be a whole number, 1 or more.", field=where)
    if rule.test == "older_than_days":
        rule = Rule(rule.reason, rule.column, rule.test, days=rule.days, never=True)
    return PriorityStratum(rule, size, filled)
