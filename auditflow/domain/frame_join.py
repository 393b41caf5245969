"""One case for each child: rows of the same reference, in one list or in several, become one case.

* In different lists: an open row comes before a closed one; then child looked after, child protection,
  child in need, care leaver, anything else; then the list that is about this kind of case before one that only
  mentions it; then the order of the lists. The case keeps the names of all its
  lists. Its team, worker, status and dates are those of the row that came first; what that row does not say
  about the child, the others may; a record is restricted if any list says so, and was last audited when the
  latest says.
* Twice in the same list: an open row takes the place of a closed one (lists keep six months of closed
  rows). Otherwise the later row is refused, with the number of the row that was there before.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count, repeat
from operator import itemgetter

from auditflow.domain.frame import CASE_TYPES, Batch, Case, Reject
from auditflow.domain.frame_codes import CLOSED

__all__ = ["JoinedCases", "join_batches"]

_SEPARATOR = "; "
_ABOUT_THE_CHILD = ("family", "age_band", "sex", "ethnicity", "disability")
_RANK = {kind: rank for rank, kind in enumerate(CASE_TYPES)}


@dataclass(frozen=True)
class JoinedCases:
    """The cases in the order of the file, where each stands (`origins`: sheet, row), the rows refused,
    and how many rows were joined to another of the same child.
    """

    cases: list[Case]
    origins: list[tuple[str, int]]
    rejects: list[Reject]
    joined: int


def join_batches(batches: Iterable[Batch]) -> JoinedCases:
    """All batches of a file as one case per reference, by the rules above."""
    join = _Join()
    for batch in batches:
        join.add(batch)
    return JoinedCases(join.cases, join.origins, join.rejects_in_order(), join.joined)


class _Join:
    """Cases so far. Where each reference stands is only looked up once one has come back."""

    def __init__(self) -> None:
        self.cases: list[Case] = []
        self.origins: list[tuple[str, int]] = []
        self.rejects: list[Reject] = []
        self.joined = 0
        self._kinds: dict[str, str] = {}
        self._seen: set[str] = set()
        self._places: dict[str, int] = {}

    def add(self, batch: Batch) -> None:
        """Take in a batch; at once if none of its references was seen before."""
        self.rejects += batch.rejects
        self._kinds[batch.sheet] = batch.kind
        refs = list(map(itemgetter(0), batch.cases))
        if len(set(refs)) == len(refs) and self._seen.isdisjoint(refs):
            self._seen.update(refs)
            self.cases += batch.cases
            self.origins += zip(repeat(batch.sheet), batch.numbers, strict=False)
            return
        for case, number in zip(batch.cases, batch.numbers, strict=True):
            self._add_one(case, (batch.sheet, number))

    def rejects_in_order(self) -> list[Reject]:
        """The rows refused, sheet by sheet, by row."""
        sheets = {sheet: place for place, sheet in enumerate(self._kinds)}
        return sorted(self.rejects, key=lambda reject: (sheets[reject.sheet], reject.row))

    def _add_one(self, case: Case, origin: tuple[str, int]) -> None:
        if case.case_ref not in self._seen:
            self._seen.add(case.case_ref)
            self.cases.append(case)
            self.origins.append(origin)
            return
        place = self._place_of(case.case_ref)
        if self._is_repeat(self.cases[place], case, origin[0]):
            self.rejects.append(Reject(*origin, case.case_ref, self._repeat_of(place, origin[0])))
        else:
            self._meet(place, case, origin)

    def _place_of(self, ref: str) -> int:
        """Where a reference that was seen stands among the cases; new ones are indexed as needed."""
        new = self.cases[len(self._places) :]
        self._places.update(zip(map(itemgetter(0), new), count(len(self._places)), strict=False))
        return self._places[ref]

    @staticmethod
    def _is_repeat(known: Case, case: Case, sheet: str) -> bool:
        """Whether a row says again what its own list has said: not if just one of the two is open."""
        same_list = sheet in known.lists.split(_SEPARATOR)
        return same_list and (known.status == CLOSED) == (case.status == CLOSED)

    def _repeat_of(self, place: int, sheet: str) -> str:
        first_sheet, row = self.origins[place]
        where = f"on row {row:,}" if first_sheet == sheet else "in this list"
        return f"the case reference {self.cases[place].case_ref} is already {where}"

    def _meet(self, place: int, case: Case, origin: tuple[str, int]) -> None:
        self.joined += 1
        known = self.cases[place]
        comes_first = self._rank(case, origin) < self._rank(known, self.origins[place])
        first, other = (case, known) if comes_first else (known, case)
        if comes_first:
            self.origins[place] = origin
        self.cases[place] = _merge(first, other, lists=_lists(known, case))

    def _rank(self, case: Case, origin: tuple[str, int]) -> tuple[bool, int, bool]:
        """Where a row comes among the rows of its child; the lowest is first."""
        mentioned_only = self._kinds[origin[0]] != case.case_type
        return (case.status == CLOSED, _RANK.get(case.case_type, len(_RANK)), mentioned_only)


def _lists(known: Case, case: Case) -> str:
    names = known.lists.split(_SEPARATOR)
    return _SEPARATOR.join(names if case.lists in names else [*names, case.lists])


def _merge(first: Case, other: Case, *, lists: str) -> Case:
    """The first row's case, with what only the other knows about the child."""
    about = {column: getattr(first, column) or getattr(other, column) for column in _ABOUT_THE_CHILD}
    restricted = "Yes" if "Yes" in (first.restricted, other.restricted) else first.restricted or other.restricted
    last_audited = max(first.last_audited, other.last_audited)
    return first._replace(**about, restricted=restricted, last_audited=last_audited, lists=lists)
