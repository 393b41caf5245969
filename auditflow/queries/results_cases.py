"""The cases behind a figure of the results: chosen as the figure chooses them, limited to what a person may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.graded import GradedAudit, RoundGrades
from auditflow.domain.grades import Grade
from auditflow.models import AuditRound, CaseAudit
from auditflow.queries.results import get_round_grades
from auditflow.queries.scope import Viewer, visible_case_audits

OUT = ("removed", "not_audited")
Chosen = Callable[[GradedAudit, RoundGrades, Mapping[str, GradedAudit]], bool]

GROUPS: dict[str, tuple[str, Chosen]] = {
    "counted": ("In the figures", lambda a, r, before: a.counts),
    "planned": ("Drawn at random", lambda a, r, before: a.random and a.kind == "random"),
    "late": ("Agreed after the end date", lambda a, r, before: a.counts and _late(a, r)),
    "open": ("Not agreed", lambda a, r, before: a.random and not a.counts and a.state not in OUT),
    "exempted": ("Not audited, approved", lambda a, r, before: a.random and a.state == "not_audited"),
    "removed": ("Removed from the sample", lambda a, r, before: a.random and a.state == "removed"),
    "replacements": ("Reserves that came in", lambda a, r, before: a.random and a.kind == "replacement"),
    "added": ("Added (not random)", lambda a, r, before: a.added),
    "moderated": ("Moderated, chosen at random", lambda a, r, before: a.counts and a.in_share),
    "double": ("Graded by two auditors, blind", lambda a, r, before: a.ref in r.second_grades and a.random),
    "disputed": ("Published in dispute", lambda a, r, before: a.counts and a.disputed),
    "pairs": ("Audited both times", lambda a, r, before: _pair(a, before)),
    "same_auditor": ("Audited by the same person twice", lambda a, r, before: a.counts and a.same_auditor),
}
"""Which cases a figure counts: key -> its words, and the rule."""


@dataclass(frozen=True, slots=True)
class CaseChoice:
    """What the address of a list of cases asks for; None does not matter.

    `grade` is the published one, or that of `domain`; `before` and `after` are grades of a pair.
    """

    group: str = "counted"
    grade: int | None = None
    good: bool | None = None
    team: str | None = None
    domain: str | None = None
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class ResultCase:
    """One case with its grades; `before` is the baseline's published one, `second` the blind second auditor's."""

    audit: GradedAudit
    before: Grade | None
    shown: Grade | None
    second: Grade | None = None


def list_result_cases(session: Session, viewer: Viewer, row: AuditRound, choice: CaseChoice) -> list[ResultCase]:
    """The cases behind a figure, by reference; eleven statements at most, whatever the round's size."""
    given = get_round_grades(session, row)
    baseline = session.get(AuditRound, row.baseline_id) if row.baseline_id is not None else None
    before = {a.ref: a for a in get_round_grades(session, baseline).counted} if baseline is not None else {}
    may = set(session.scalars(sa.select(CaseAudit.id).where(CaseAudit.round_id == row.id, visible_case_audits(viewer))))
    rule = GROUPS.get(choice.group, GROUPS["counted"])[1]
    chosen = [audit for audit in given.audits if audit.id in may and rule(audit, given, before)]
    cases = [_case(audit, given, before.get(audit.ref), choice) for audit in chosen]
    return [case for case in cases if _fits(case, choice)]


def _case(audit: GradedAudit, given: RoundGrades, then: GradedAudit | None, choice: CaseChoice) -> ResultCase:
    shown, second = _shown(audit, choice.domain), given.second_grades.get(audit.ref)
    return ResultCase(audit, then.published if then else None, shown, second)


def _late(audit: GradedAudit, given: RoundGrades) -> bool:
    return audit.agreed_on is not None and audit.agreed_on > given.ends_on


def _pair(audit: GradedAudit, before: Mapping[str, GradedAudit]) -> bool:
    return audit.counts and audit.kind != "replacement" and not audit.same_auditor and audit.ref in before


def _shown(audit: GradedAudit, domain: str | None) -> Grade | None:
    return audit.domains_published.get(domain) if domain else audit.published


def _fits(case: ResultCase, choice: CaseChoice) -> bool:
    wanted = (
        choice.grade is None or case.shown == choice.grade,
        choice.good is None or (case.shown is not None and case.shown.good_or_better == choice.good),
        choice.team is None or case.audit.team == choice.team,
        choice.before is None or case.before == choice.before,
        choice.after is None or case.audit.published == choice.after,
        choice.domain is None or choice.domain in case.audit.domains_published,
    )
    return all(wanted)


def list_gradings(session: Session, viewer: Viewer, row: AuditRound) -> list[GradedAudit]:
    """Every audit of the round that this person may see, with all its grades: the raw gradings."""
    may = set(session.scalars(sa.select(CaseAudit.id).where(CaseAudit.round_id == row.id, visible_case_audits(viewer))))
    return [audit for audit in get_round_grades(session, row).audits if audit.id in may]
