"""A re-audit beside its baseline: which cases make pairs, which were lost, and which stand apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from auditflow.domain.graded import DISCARDED, OUT, GradedAudit, RoundGrades

__all__ = ["ReAudit"]


@dataclass(frozen=True)
class ReAudit:
    """The grades of both rounds. `because_poor`: only baseline cases below Good were to be audited again."""

    before: RoundGrades
    after: RoundGrades
    because_poor: bool = False

    @cached_property
    def now(self) -> Mapping[str, GradedAudit]:
        """The re-audit's audits that are in the figures, by reference."""
        return {audit.ref: audit for audit in self.after.counted}

    @cached_property
    def same_auditor(self) -> frozenset[str]:
        """References of cases that one person audited both times: in no figure of movement."""
        return frozenset(ref for ref, a in self.now.items() if a.same_auditor and a.kind != "replacement")

    @cached_property
    def replacements(self) -> frozenset[str]:
        """References of reserves that came in: they have no grade before."""
        return frozenset(ref for ref, a in self.now.items() if a.kind == "replacement")

    @cached_property
    def then(self) -> Mapping[str, GradedAudit]:
        """The baseline's audits that movement is about, by reference."""
        wanted = (a for a in self.before.counted if a.ref not in self.same_auditor)
        return {a.ref: a for a in wanted if not self.because_poor or not _good(a)}

    @cached_property
    def pairs(self) -> frozenset[str]:
        """References of the cases audited both times, by different people."""
        return frozenset(ref for ref in self.then if ref in self.now and ref not in self.replacements)

    @cached_property
    def lost(self) -> list[GradedAudit]:
        """The baseline's audits without a second grade, by reference."""
        return [audit for ref, audit in self.then.items() if ref not in self.pairs]

    @cached_property
    def lost_reasons(self) -> Mapping[str, str]:
        """Why each of them has none, by reference; `open` while its audit is not agreed."""
        out = (a for a in self.after.audits if a.purpose == "main" and a.state in OUT)
        # Those of a discarded draw were never audits of this round; the same case has another one.
        why = {a.ref: a.lost_reason for a in out if a.lost_reason != DISCARDED}
        return {audit.ref: why.get(audit.ref) or "open" for audit in self.lost}


def _good(audit: GradedAudit) -> bool:
    return audit.published is not None and audit.published.good_or_better
