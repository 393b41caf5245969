"""The grades of a round as its results read them: plain values, no names of people."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from auditflow.domain.grades import Grade

__all__ = ["DISCARDED", "FirstGrade", "GradedAudit", "RoundGrades"]

DISCARDED = "draw_discarded"
"""The reason on an audit that left with its discarded draw: it was never part of the sample that counts."""

OUT = ("removed", "not_audited")


@dataclass(frozen=True, slots=True)
class GradedAudit:
    """One audit with the grades that are kept apart for ever, and how it came into the round.

    `first` is the first grade submitted, `moderated` the moderator's, `published` the one that figures use.
    `in_share`: moderated because the checking seed chose it, whatever its grade. `domains_first` and
    `domains_published` are by domain; None is not applicable. `baseline_auditor` is who audited the same case in
    the round that this one repeats. `replaced`: it left the sample, and a reserve came in for it.
    """

    id: int
    ref: str
    purpose: str
    kind: str
    state: str
    stratum: str
    team: str
    auditor: int | None = None
    baseline_auditor: int | None = None
    first: Grade | None = None
    moderated: Grade | None = None
    published: Grade | None = None
    disputed: bool = False
    agreed_on: date | None = None
    lost_reason: str | None = None
    replaced: bool = False
    in_share: bool = False
    domains_first: Mapping[str, Grade | None] = field(default_factory=dict)
    domains_published: Mapping[str, Grade | None] = field(default_factory=dict)

    @property
    def random(self) -> bool:
        """Whether it belongs to the random sample: drawn, or a reserve that came in."""
        return self.purpose == "main" and self.kind != "judgemental" and self.lost_reason != DISCARDED

    @property
    def added(self) -> bool:
        """Whether it was added by hand: audited and acted on, in no estimate."""
        return self.purpose == "main" and self.kind == "judgemental" and self.lost_reason != DISCARDED

    @property
    def counts(self) -> bool:
        """Whether its published grade is in the round's figures."""
        return self.random and self.state not in OUT and self.published is not None

    @property
    def same_auditor(self) -> bool:
        """Whether one person audited the case both times: then the pair stays out of what is said of movement."""
        return self.auditor is not None and self.auditor == self.baseline_auditor


@dataclass(frozen=True)
class RoundGrades:
    """Every audit of a round, with its design. `domains` are the tool's, key to title, in its order.

    `sizes` are the eligible cases of each stratum and `population` all of them; None where nothing was drawn from
    a list by chance. `ends_on` is the first end date, from which completion counts.
    """

    audits: tuple[GradedAudit, ...]
    domains: Mapping[str, str]
    ends_on: date
    record_date: date
    sizes: Mapping[str, int] | None = None
    population: int | None = None

    @cached_property
    def doubles(self) -> list[tuple[GradedAudit, GradedAudit]]:
        """Audits of the random sample, each with the blind second grading of the same record, by reference.

        Both are submitted, and by different people: who came to have both audits of a case agrees with themselves.
        """
        first = {audit.ref: audit for audit in self.audits if audit.random and audit.first is not None}
        blind = sorted((a for a in self.audits if a.purpose == "second" and a.first), key=lambda a: (a.ref, a.id))
        pairs = [(first[second.ref], second) for second in blind if second.ref in first]
        return [(one, two) for one, two in pairs if one.auditor is None or one.auditor != two.auditor]

    @cached_property
    def second_grades(self) -> Mapping[str, Grade | None]:
        """The grade of the blind second auditor, by reference."""
        return {one.ref: two.first for one, two in self.doubles}

    @property
    def counted(self) -> list[GradedAudit]:
        """The audits whose published grades are in the figures, by reference."""
        return sorted((audit for audit in self.audits if audit.counts), key=lambda audit: audit.ref)


@dataclass(frozen=True, slots=True)
class FirstGrade:
    """The grade first submitted for a case drawn at random. `by_hand`: somebody chose its auditor."""

    auditor: Hashable
    round: Hashable
    case_type: str
    grade: int
    by_hand: bool = False
