"""The cases behind a figure of the results: chosen as the figure chooses them, limited to what a person may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from auditflow.domain.graded import OUT, GradedAudit, RoundGrades
from auditflow.domain.grades import Grade
from auditflow.domain.re_audit import ReAudit
from auditflow.models import AuditRound, CaseAudit
from auditflow.queries.results import get_round_grades
from auditflow.queries.scope import Viewer, visible_case_audits

Moved = ReAudit | None
Chosen = Callable[[GradedAudit, RoundGrades, Moved], bool]

GROUPS: dict[str, tuple[str, Chosen]] = {
    "counted": ("In the figures", lambda a, r, m: a.counts),
    "planned": ("Planned", lambda a, r, m: a.random and a.kind == "random"),
    "late": ("Agreed after the end date", lambda a, r, m: a.counts and _late(a, r)),
    "open": ("Not agreed", lambda a, r, m: a.random and not a.counts and a.state not in OUT),
    "exempted": ("Not audited, approved", lambda a, r, m: a.random and a.state == "not_audited"),
    "removed": ("Removed from the sample", lambda a, r, m: a.random and a.state == "removed"),
    "missing": (
        "Removed, with no reserve left",
        lambda a, r, m: a.random and a.state == "removed" and not a.replaced,
    ),
    "replacements": ("Reserves that came in", lambda a, r, m: a.random and a.kind == "replacement"),
    "replaced": ("Reserves that were audited", lambda a, r, m: a.counts and a.kind == "replacement"),
    "added": ("Added (not random)", lambda a, r, m: a.added),
    "moderated": ("Moderated, chosen at random", lambda a, r, m: _moderated(a) and a.in_share),
    "for_a_reason": ("Moderated for a reason", lambda a, r, m: _moderated(a) and not a.in_share),
    "good_first": ("Good or better as first submitted", lambda a, r, m: a.counts and _good(a.first)),
    "double": ("Graded by two auditors, blind", lambda a, r, m: a.ref in r.second_grades and a.random),
    "disputed": ("Published in dispute", lambda a, r, m: a.counts and a.disputed),
    "pairs": ("Audited both times", lambda a, r, m: m is not None and a.counts and a.ref in m.pairs),
    "same_auditor": (
        "Audited by the same person twice",
        lambda a, r, m: m is not None and a.counts and a.ref in m.same_auditor,
    ),
    "lost": ("Not re-audited", lambda a, r, m: m is not None and a.ref in m.lost_reasons),
}
"""Which cases a figure counts: key -> its words, and the rule."""
OF_RE_AUDITS = ("pairs", "same_auditor", "lost")
OF_RESERVES = ("missing", "replacements", "replaced")
"""A census has none."""
NOT_APPLICABLE = 0
"""Asked for in place of a grade: the cases in which a domain does not apply."""


@dataclass(frozen=True, slots=True)
class CaseChoice:
    """What the address of a list of cases asks for; None does not matter.

    `grade` is the published one, or that of `domain`, or NOT_APPLICABLE; `good` the same as good or better or not.
    `before` and `after` are grades of a pair, `was` whether the one before was good or better. Of pairs a domain's
    grades are those first submitted, as where movement is told. `first` and `second` are the grades of two auditors
    who graded the same record blind.
    """

    group: str = "counted"
    grade: int | None = None
    good: bool | None = None
    team: str | None = None
    domain: str | None = None
    before: int | None = None
    after: int | None = None
    was: bool | None = None
    first: int | None = None
    second: int | None = None


@dataclass(frozen=True, slots=True)
class ResultCase:
    """One case with its grades. `before` is the baseline's grade and `shown` the one that the choice is about:
    published, or of its domain; `second` the blind second auditor's. `note` is why it was lost.
    """

    audit: GradedAudit
    before: Grade | None
    shown: Grade | None
    second: Grade | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class CaseList:
    """The cases that a figure counts. `domain` is the title of the domain that was asked for."""

    cases: list[ResultCase]
    domain: str


def list_result_cases(session: Session, viewer: Viewer, row: AuditRound, choice: CaseChoice) -> CaseList:
    """The cases behind a figure, by reference; eleven statements at most, whatever the round's size."""
    given = get_round_grades(session, row)
    moved = _re_audit(session, row, given)
    rule = GROUPS.get(choice.group, GROUPS["counted"])[1]
    audits = _not_re_audited(moved) if choice.group == "lost" and moved else given.audits
    # By reference, since a baseline case that was lost may have no audit of its own any more.
    then = {audit.ref: audit for audit in moved.before.counted} if moved else {}
    cases = [_case(audit, given, then.get(audit.ref), choice) for audit in audits if rule(audit, given, moved)]
    may = _visible(session, viewer, row)
    shown = [case for case in cases if case.audit.id in may and _fits(case, choice)]
    return CaseList(shown, given.domains.get(choice.domain or "", ""))


def _visible(session: Session, viewer: Viewer, row: AuditRound) -> set[int]:
    rounds = [number for number in (row.id, row.baseline_id) if number is not None]
    where = (CaseAudit.round_id.in_(rounds), visible_case_audits(viewer))
    return set(session.scalars(sa.select(CaseAudit.id).where(*where)))


def _re_audit(session: Session, row: AuditRound, given: RoundGrades) -> Moved:
    baseline = session.get(AuditRound, row.baseline_id) if row.baseline_id is not None else None
    if baseline is None:
        return None
    return ReAudit(get_round_grades(session, baseline), given, row.selected_because_poor)


def _not_re_audited(moved: ReAudit) -> Iterable[GradedAudit]:
    """The re-audit's own audit of each lost case; the baseline's, without its grades, where there is none."""
    again = {a.ref: a for a in moved.after.audits if a.random}
    blank = {"first": None, "moderated": None, "published": None, "disputed": False}
    return [
        replace(again.get(ref) or replace(moved.then[ref], **blank), lost_reason=why)  # type: ignore[arg-type]
        for ref, why in moved.lost_reasons.items()
    ]


def _case(audit: GradedAudit, given: RoundGrades, then: GradedAudit | None, choice: CaseChoice) -> ResultCase:
    first = choice.group == "pairs"
    return ResultCase(
        audit,
        _graded(then, choice.domain if first else None, first=first) if then else None,
        _graded(audit, choice.domain, first=first),
        given.second_grades.get(audit.ref),
        audit.lost_reason or "",
    )


def _graded(audit: GradedAudit, domain: str | None, *, first: bool) -> Grade | None:
    """The published grade, or that of the domain: as first submitted where it is told what moved."""
    if not domain:
        return audit.published
    return (audit.domains_first if first else audit.domains_published).get(domain)


def _late(audit: GradedAudit, given: RoundGrades) -> bool:
    return audit.agreed_on is not None and audit.agreed_on > given.ends_on


def _moderated(audit: GradedAudit) -> bool:
    return audit.counts and audit.moderated is not None and audit.first is not None


def _good(grade: Grade | None) -> bool:
    return grade is not None and grade.good_or_better


def _fits(case: ResultCase, choice: CaseChoice) -> bool:
    wanted: Mapping[str, bool] = {
        "domain": choice.domain is None or _in_domain(case, choice),
        "grade": choice.grade in (None, NOT_APPLICABLE) or case.shown == choice.grade,
        "good": choice.good is None or (case.shown is not None and _good(case.shown) == choice.good),
        "was": choice.was is None or (case.before is not None and _good(case.before) == choice.was),
        "team": choice.team is None or case.audit.team == choice.team,
        "before": choice.before is None or case.before == choice.before,
        "after": choice.after is None or case.shown == choice.after,
        "first": choice.first is None or case.audit.first == choice.first,
        "second": choice.second is None or case.second == choice.second,
    }
    return all(wanted.values())


def _in_domain(case: ResultCase, choice: CaseChoice) -> bool:
    """Graded in the domain, both times if it is of a pair; or asked for it, and not applicable."""
    if choice.grade == NOT_APPLICABLE:
        return choice.domain in case.audit.domains_published and case.shown is None
    return case.shown is not None and (choice.group != "pairs" or case.before is not None)


def list_gradings(session: Session, viewer: Viewer, row: AuditRound) -> list[GradedAudit]:
    """Every audit of the round that this person may see, with all its grades: the raw gradings."""
    may = set(session.scalars(sa.select(CaseAudit.id).where(CaseAudit.round_id == row.id, visible_case_audits(viewer))))
    return [audit for audit in get_round_grades(session, row).audits if audit.id in may]
