"""Whose work a sample reaches: workers with a case in it, and those nobody has looked at for a long time."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from auditflow.domain.errors import BadInput
from auditflow.domain.sampling_design import Design
from auditflow.domain.sampling_list import FIRST_ROW, CaseList, Row, Tally
from auditflow.domain.sampling_values import clean, read_day

__all__ = ["Coverage", "WorkerLine", "worker_coverage"]


@dataclass(frozen=True)
class WorkerLine:
    """One worker: eligible cases, and how many of them are in the sample."""

    name: str
    eligible: int
    sampled: int


@dataclass(frozen=True)
class Coverage:
    """Whose work a sample reaches. `unnamed` are eligible cases without a worker.

    `not_recent` are the workers none of whose cases, excluded ones included, was audited in the time asked.
    """

    column: str
    workers: tuple[WorkerLine, ...]
    unnamed: int
    not_recent: tuple[str, ...] = ()

    @property
    def covered(self) -> int:
        """Workers with a case in the sample."""
        return sum(line.sampled > 0 for line in self.workers)

    @property
    def by_count(self) -> dict[int, int]:
        """How many workers have no, one, two … cases in the sample."""
        return dict(sorted(Counter(line.sampled for line in self.workers).items()))

    @property
    def not_recent_covered(self) -> int:
        """Workers not recently audited who have a case in the sample."""
        overlooked = set(self.not_recent)
        return sum(line.sampled > 0 and line.name in overlooked for line in self.workers)


def worker_coverage(
    rows: Iterable[Row],
    design: Design,
    sample: Collection[str],
    *,
    column: str,
    audited: tuple[str, int] | None = None,
    columns: Sequence[str] | None = None,
) -> Coverage:
    """Whose cases are in a sample of references, by the workers (or teams, or families) of `column`.

    `audited` is a column of dates and a number of days before the design's reference date: workers without an
    audit in that time are listed. Raises BadInput for a list that cannot be read.
    """
    cases = CaseList(rows, design, columns, also=[column, *([audited[0]] if audited else [])])
    at, chosen = cases.place_of(column), set(sample)
    eligible: Counter[str] = Counter()
    sampled: Counter[str] = Counter()
    for ref, _stratum, row in cases.eligible(Tally()):
        name = clean(row[at])
        eligible[name] += 1
        sampled[name] += ref in chosen
    unnamed = eligible.pop("", 0)
    lines = tuple(WorkerLine(name, eligible[name], sampled[name]) for name in sorted(eligible))
    recent = _recent(cases, at, audited) if audited else set(eligible)
    return Coverage(column, lines, unnamed, tuple(line.name for line in lines if line.name not in recent))


def _recent(cases: CaseList, at: Any, audited: tuple[str, int]) -> set[str]:
    """Workers with a case audited within the days before the reference date."""
    dated, last = cases.place_of(audited[0]), cases.design.reference_date
    if last is None:
        raise BadInput("Counting days since an audit needs a reference_date.", field="reference_date")
    recent = set()
    for number, row in enumerate(cases.rows, FIRST_ROW):
        try:
            day = read_day(row[dated])
        except ValueError as problem:
            raise BadInput(f"Row {number} of the case list: {problem}.", details={"rows": [number]}) from None
        if day is not None and (last - day).days < audited[1]:
            recent.add(clean(row[at]))
    return recent
