"""A sampling design as data: read strictly, so that a slip of the pen is a sentence and never another draw.

A design says who may be drawn, in which groups, how many, with which limits; together with the frozen case
list and the seed it decides the sample completely.
"""

import dataclasses
import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from auditflow.domain.errors import BadInput
from auditflow.domain.sampling_rules import PriorityStratum, Rule, read_priority_stratum, read_rule
from auditflow.domain.sampling_values import clean, read_day

__all__ = ["DEFAULT_DESIGN", "Cap", "Design", "Shares", "lock_digest"]

_KEYS = (
    "ref",
    "size",
    "stratify",
    "minimum",
    "per_worker",
    "more_caps",
    "allocation",
    "reserves",
    "reference_date",
    "exclude",
    "priority_strata",
    "seed",
)
_DATED = ("within_days", "older_than_days")

DEFAULT_DESIGN: Mapping[str, object] = MappingProxyType(
    {
        "ref": "case_ref",
        "size": 80,
        "stratify": "case_type",
        "minimum": 2,
        "per_worker": {"column": "worker", "most": 2},
        "allocation": "proportionate",
        "reserves": "quarter",
    }
)


@dataclass(frozen=True)
class Cap:
    """At most `most` sampled cases with the same value in `column` (a blank value is under no limit)."""

    column: str
    most: int


@dataclass(frozen=True)
class Shares:
    """How the sample is shared over strata: `proportionate`, `neyman` (spreads) or `fixed` (numbers)."""

    kind: str = "proportionate"
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Design:
    """A checked sampling design. `size` None is a census; `reserves` None is a quarter of each stratum."""

    ref: str
    size: int | None
    stratify: str | None = None
    minimum: int = 0
    caps: tuple[Cap, ...] = ()
    shares: Shares = field(default_factory=Shares)
    reserves: int | None = None
    reference_date: date | None = None
    exclude: tuple[Rule, ...] = ()
    priority_strata: tuple[PriorityStratum, ...] = ()
    seed: str | None = None
    given: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def from_dict(cls, data: object) -> "Design":
        """Read a design. Raises BadInput, naming the key at fault and what it may hold."""
        if not isinstance(data, Mapping):
            raise BadInput("A sampling design must be keys and values, such as “size: 80”.", code="bad_design")
        for key in data:
            if key not in _KEYS:
                raise _bad(str(key), f"is not part of a sampling design. It may have {', '.join(_KEYS)}")
        shares = _shares(data.get("allocation"))
        priority = tuple(read_priority_stratum(entry) for entry in _list(data, "priority_strata"))
        design = cls(
            ref=_text(data, "ref"),
            size=_size(data, shares, priority),
            stratify=_text(data, "stratify") if data.get("stratify") is not None else None,
            minimum=_count(data.get("minimum", 0), "minimum", least=0),
            caps=(*_caps(data.get("per_worker"), "per_worker"), *_caps(data.get("more_caps"), "more_caps")),
            shares=shares,
            reserves=_reserves(data.get("reserves", "quarter")),
            reference_date=_day(data.get("reference_date")),
            exclude=tuple(read_rule(rule) for rule in _list(data, "exclude")),
            priority_strata=priority,
            seed=_seed(data.get("seed")),
            given=_plain_mapping(data),
        )
        _check_whole(design)
        return design

    def with_seed(self, seed: str) -> "Design":
        """The same design with the seed that decides the draw. Raises BadInput for an unusable seed."""
        return dataclasses.replace(self, seed=_seed(seed))

    def as_dict(self) -> dict[str, object]:
        """The design exactly as it was given, in values that JSON holds."""
        return _plain_mapping(self.given)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the case list that the design needs, each once, the reference first."""
        names = [self.ref, *([self.stratify] if self.stratify else []), *(cap.column for cap in self.caps)]
        names += [rule.column for rule in self.exclude]
        for stratum in self.priority_strata:
            names += [stratum.rule.column, *([stratum.filled] if stratum.filled else [])]
        return tuple(dict.fromkeys(names))

    def reserves_for(self, allocated: int) -> int:
        """Reserves wanted for a stratum with so many cases: the number given, or max(3, a quarter)."""
        return max(3, -(-allocated // 4)) if self.reserves is None else self.reserves


def lock_digest(frame_sha256: str, design: Design) -> str:
    """The one digest that locks a frozen case list and a design together, before there is a seed (hex SHA-256)."""
    unseeded = {key: value for key, value in design.as_dict().items() if key != "seed"}
    both = {"design": unseeded, "frame_sha256": frame_sha256}
    text = json.dumps(both, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _bad(key: str, what: str) -> BadInput:
    return BadInput(f"The sampling design: “{key}” {what}.", code="bad_design", field=key)


def _text(data: Mapping[str, object], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not clean(value):
        raise _bad(key, f"must name a column of the case list{'' if value is None else f', not {value!r}'}")
    return clean(value)


def _count(value: object, key: str, *, least: int = 1) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise _bad(key, f"must be a whole number, {least} or more, not {value!r}")
    return value


def _size(data: Mapping[str, object], shares: Shares, priority: Sequence[PriorityStratum]) -> int | None:
    value = data.get("size")
    if value == "all":
        return None
    if value is None and shares.kind == "fixed":
        return int(sum(shares.numbers.values())) + sum(stratum.size or 0 for stratum in priority)
    return _count(value, "size")


def _list(data: Mapping[str, object], key: str) -> list[object]:
    value = data.get(key)
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise _bad(key, "must be a list")
    return list(value)


def _caps(value: object, key: str) -> list[Cap]:
    if value is None:
        return []
    return [_cap(entry, key) for entry in value] if isinstance(value, list | tuple) else [_cap(value, key)]


def _cap(value: object, key: str) -> Cap:
    if not isinstance(value, Mapping) or set(value) != {"column", "most"}:
        raise _bad(key, "must be a column and the most cases for each, such as {column: worker, most: 2}")
    return Cap(_text(value, "column"), _count(value["most"], f"{key}: most"))


def _shares(value: object) -> Shares:
    if value is None or value == "proportionate":
        return Shares()
    kinds = "must be proportionate, or neyman or fixed with a number for each group"
    if not isinstance(value, Mapping) or len(value) != 1:
        raise _bad("allocation", kinds)
    ((kind, numbers),) = value.items()
    if kind not in ("neyman", "fixed") or not isinstance(numbers, Mapping) or not numbers:
        raise _bad("allocation", kinds)
    read = {clean(name): _number(kind, clean(name), number) for name, number in numbers.items()}
    if len(read) != len(numbers):
        raise _bad("allocation", "names the same group twice")
    return Shares(kind, read)


def _number(kind: str, name: str, value: object) -> float:
    if kind == "fixed":
        return _count(value, f"allocation: {name}", least=0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise _bad(f"allocation: {name}", f"must be a standard deviation, 0 or more, not {value!r}")
    return value


def _reserves(value: object) -> int | None:
    return None if value in ("quarter", None) else _count(value, "reserves", least=0)


def _day(value: object) -> date | None:
    try:
        return read_day(value)
    except ValueError as problem:
        raise _bad("reference_date", str(problem).replace("“", "", 1).replace("”", "", 1)) from None


def _seed(value: object) -> str | None:
    if value is None:
        return None
    seed = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(seed, str) or not seed or not seed.isprintable() or seed != seed.strip():
        raise _bad("seed", "must be text on one line, in quotes, without spaces at its ends")
    if unicodedata.normalize("NFC", seed) != seed:
        raise _bad("seed", "must be in Unicode's composed form (NFC), so that others can type it")
    return seed


def _check_whole(design: Design) -> None:
    capped = [cap.column for cap in design.caps]
    if len(set(capped)) != len(capped):
        raise _bad("per_worker", "limits one column twice")
    names = [stratum.name for stratum in design.priority_strata]
    if len(set(names)) != len(names):
        raise _bad("priority_strata", "gives two groups one name")
    rules = (*design.exclude, *(stratum.rule for stratum in design.priority_strata))
    dated = [rule.reason for rule in rules if rule.test in _DATED]
    if dated and design.reference_date is None:
        raise _bad("reference_date", f"is needed: the rule “{dated[0]}” counts days")
    _check_shares(design)


def _check_shares(design: Design) -> None:
    if design.shares.kind == "proportionate":
        return
    if design.stratify is None:
        raise _bad("stratify", "must name a column: the allocation is by group")
    if design.shares.kind != "fixed":
        return
    sizes = [stratum.size for stratum in design.priority_strata]
    if None in sizes:
        raise _bad("priority_strata", "needs a size for each group when the other numbers are fixed")
    total = int(sum(design.shares.numbers.values())) + sum(size for size in sizes if size)
    if total < 1 or design.size not in (None, total):
        raise _bad("size", f"is {design.size}, but the fixed numbers add up to {total}")


def _plain_mapping(data: Mapping[str, object]) -> dict[str, object]:
    return {str(key): _plain(value) for key, value in data.items()}


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return _plain_mapping(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
