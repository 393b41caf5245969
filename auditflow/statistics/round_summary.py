"""The figures of one round, gathered from its grades: a plain dictionary, as in `summary`.

Cases added by hand are counted apart and are in no estimate. How moderation moves grades is told from the audits
that the checking seed chose, never from those that a grade sent to a moderator.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from auditflow.domain.graded import GradedAudit, RoundGrades
from auditflow.domain.grades import Grade
from auditflow.statistics.agreement import moderation_shift
from auditflow.statistics.agreement_summary import agreement_summary
from auditflow.statistics.estimates import wilson
from auditflow.statistics.sentences import moderation_sentence
from auditflow.statistics.summary import EstimateInput, estimate_summary
from auditflow.statistics.tables import Figures, count_grades
from auditflow.statistics.wording import FEW

__all__ = ["published_estimate", "round_summary"]


def round_summary(given: RoundGrades) -> Figures:
    """Everything that is said of a round by itself; what a re-audit says of movement is in `re_audit_summary`."""
    counted = given.counted
    return {
        "completion": _completion(given),
        "estimate": published_estimate(given),
        "as_submitted": _estimate(given, [audit.first for audit in counted]),
        "domains": [_domain(key, title, counted) for key, title in given.domains.items()],
        "teams": _teams(counted),
        "moderation": _moderation(counted),
        "agreement": agreement_summary([(a.first, b.first) for a, b in given.doubles if a.first and b.first]),
        "added": _added(given.audits),
    }


def _completion(given: RoundGrades) -> Figures:
    """Planned against done, late and exempted. Every drawn case is planned, whatever became of it.

    `eligible` is what was drawn from; None for a re-audit, which draws nothing.
    """
    sample = [audit for audit in given.audits if audit.random]
    done = given.counted
    removed = [audit for audit in sample if audit.state == "removed"]
    exempted = [audit for audit in sample if audit.state == "not_audited"]
    came_in = [audit for audit in sample if audit.kind == "replacement"]
    return {
        "eligible": given.population,
        "planned": sum(audit.kind == "random" for audit in sample),
        "done": len(done),
        "late": sum(audit.agreed_on is not None and audit.agreed_on > given.ends_on for audit in done),
        "open": len(sample) - len(done) - len(removed) - len(exempted),
        "exempted": len(exempted),
        "removed": len(removed),
        "replacements": len(came_in),
        "missing": len(removed) - len(came_in),
        "disputed": sum(audit.disputed for audit in done),
        "removed_reasons": _reasons(removed),
        "exempted_reasons": _reasons(exempted),
    }


def _reasons(audits: Iterable[GradedAudit]) -> dict[str, int]:
    return dict(sorted(Counter(audit.lost_reason or "" for audit in audits).items()))


def published_estimate(given: RoundGrades) -> Figures:
    """How many of the random cases are good or better by their published grades, with the headline's interval."""
    return _estimate(given, [audit.published for audit in given.counted])


def _estimate(given: RoundGrades, grades: Sequence[Grade | None]) -> Figures:
    strata = [audit.stratum for audit in given.counted]
    sized = given.sizes is not None and set(strata) <= set(given.sizes)
    return estimate_summary(
        EstimateInput(grades, strata if sized else None, given.sizes if sized else None, given.population)
    )


def _domain(key: str, title: str, counted: Sequence[GradedAudit]) -> Figures:
    asked = [audit.domains_published[key] for audit in counted if key in audit.domains_published]
    grades = [grade for grade in asked if grade is not None]
    return {"key": key, "title": title, "not_applicable": len(asked) - len(grades), **_share(grades)}


def _share(grades: Sequence[Grade]) -> Figures:
    """How many are good or better, the percentage only from 10 cases, and the distribution."""
    n, good = len(grades), sum(grade.good_or_better for grade in grades)
    enough = n >= FEW
    return {
        "n": n,
        "good": good,
        "p": good / n if enough else None,
        "reason": None if enough else "too_few_cases" if n else "no_cases",
        "wilson": wilson(good, n).named(),
        "distribution": count_grades(grades),
    }


def _teams(counted: Sequence[GradedAudit]) -> list[Figures]:
    names = sorted({audit.team for audit in counted})
    return [
        {"team": name, **_share([a.published for a in counted if a.team == name and a.published is not None])}
        for name in names
    ]


def _moderation(counted: Sequence[GradedAudit]) -> Figures:
    """The random share's shift; beside it, apart, how many others a grade or a concern sent to a moderator."""
    moderated = [audit for audit in counted if audit.moderated is not None and audit.first is not None]
    pairs = [(int(a.first), int(a.moderated)) for a in moderated if a.in_share and a.first and a.moderated]
    shift = moderation_shift(pairs)
    others = [audit for audit in moderated if not audit.in_share]
    return {
        **shift.named(),
        "sentence": moderation_sentence(shift),
        "moderated": len(moderated),
        "others": len(others),
        "others_changed": sum(audit.first != audit.moderated for audit in others),
    }


def _added(audits: Sequence[GradedAudit]) -> Figures:
    mine = [audit for audit in audits if audit.added]
    grades = [a.published for a in mine if a.state != "removed" and a.published is not None]
    return {
        "planned": len(mine),
        "done": len(grades),
        "good": sum(grade.good_or_better for grade in grades),
        "distribution": count_grades(grades),
    }
