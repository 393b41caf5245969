"""The figures of a re-audit against its baseline: pairs, movement, those lost, replacements, and the claim.

What may be said of practice comes from the drift check alone (docs/statistics.md, "The claim").
Cases chosen because they were poor get no before and after percentage: some would have come out better the second
time whatever was done (regression to the mean).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from auditflow.domain.graded import GradedAudit, RoundGrades
from auditflow.domain.grades import Grade
from auditflow.domain.re_audit import ReAudit
from auditflow.statistics.claims import unclaimed_sentence
from auditflow.statistics.movement_summary import MovementInput, movement_summary
from auditflow.statistics.sentences import domains_sentence, when
from auditflow.statistics.tables import Figures
from auditflow.statistics.wording import plural

__all__ = ["month_name", "month_names", "re_audit_summary"]

KEPT_OF_POOR = ("pairs", "lost", "unpaired", "matrix", "improved", "same", "declined")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def month_name(day: date) -> str:
    """The month in English, whatever the machine's language."""
    return _MONTHS[day.month - 1]


def month_names(before: date, after: date) -> tuple[str, str]:
    """What two audits are called: the months of their records, with the year when the months are the same."""
    first, second = month_name(before), month_name(after)
    if first != second:
        return first, second
    if before.year != after.year:
        return f"{first} {before.year}", f"{second} {after.year}"
    return "first audit", "re-audit"


def re_audit_summary(before: RoundGrades, after: RoundGrades, *, because_poor: bool = False) -> Figures:
    """Movement of the same cases, with the lost, the replacements and pairs of one auditor shown apart."""
    names = month_names(before.record_date, after.record_date)
    both = ReAudit(before, after, because_poor)
    now, then, same = both.now, both.then, both.same_auditor
    figures = movement_summary(
        MovementInput(
            before={ref: audit.published for ref, audit in then.items()},
            after={ref: audit.published for ref, audit in now.items()},
            unpaired=both.replacements | same,
            domains=tuple(after.domains),
            domains_before={ref: audit.domains_first for ref, audit in then.items()},
            domains_after={ref: audit.domains_first for ref, audit in now.items()},
            domains_regraded=_regraded(after.audits),
        ),
        *names,
    )
    beside: Figures = {
        "before": names[0],
        "after": names[1],
        "because_poor": because_poor,
        "cases": len(then) + len(same),
        "replacements": len(both.replacements),
        "same_auditor": len(same),
        "lost_reasons": dict(sorted(Counter(both.lost_reasons.values()).items())),
        "lost_good_before": sum(a.published is not None and a.published.good_or_better for a in both.lost),
        "distribution_before": _distribution(figures, rows=True),
        "distribution_after": _distribution(figures, rows=False),
    }
    if because_poor:
        return _without_percentages(figures, names) | beside
    found = {"finding": _finding(figures, names[0]), "domains": _titled(figures, after.domains)}
    return {**figures, **beside, **found, "domains_sentence": _domains_words(figures)}


def _regraded(audits: Sequence[GradedAudit]) -> Mapping[str, Mapping[str, Grade | None]] | None:
    """Domain grades of baseline records graded again by the re-audit's auditors; None when there are none.

    The one place where the drift check gets its third grading.
    """
    again = {a.ref: a.domains_first for a in audits if a.purpose == "bridge" and a.first is not None}
    return again or None


def _distribution(figures: Figures, *, rows: bool) -> dict[str, int]:
    """How many of the pairs had each grade before (rows) or after (columns), best first."""
    matrix = figures["matrix"]
    assert isinstance(matrix, list)
    sums = [sum(row) for row in matrix] if rows else [sum(column) for column in zip(*matrix, strict=True)]
    return {grade.short_name: sums[grade - 1] for grade in sorted(Grade, reverse=True)}


def _finding(figures: Figures, before: str) -> str:
    """The head of the page, in everyday words; with no second gradings it says what cannot be told."""
    if figures["drift"] is not None:
        return str(figures["sentence"])
    return unclaimed_sentence(_mean_move(figures), before)


def _mean_move(figures: Figures) -> float | None:
    """The mean change of the pairs' overall grades, in grades."""
    matrix, pairs = figures["matrix"], figures["pairs"]
    assert isinstance(matrix, list)
    assert isinstance(pairs, int)
    moves = sum((j - i) * n for i, row in enumerate(matrix) for j, n in enumerate(row))
    return moves / pairs if pairs else None


def _titled(figures: Figures, titles: Mapping[str, str]) -> list[Figures]:
    domains = figures["domains"]
    assert isinstance(domains, dict)
    return [{"key": key, "title": title, **domains[key]} for key, title in titles.items()]


def _domains_words(figures: Figures) -> str:
    domains = figures["domains"]
    assert isinstance(domains, dict)
    compared = [domain for domain in domains.values() if domain["pairs"]]
    rose = [domain["became_good"] > domain["stopped_being_good"] for domain in compared]
    return domains_sentence([domain["holm"] for domain in compared], rose)


def _without_percentages(figures: Figures, names: tuple[str, str]) -> Figures:
    """What is left of a re-audit of poor cases: counts of what moved, and why there is no percentage."""
    before, after = names
    sentence = (
        f"These cases were chosen because they were not yet good {when(before)}. Some would have come out better "
        f"{when(after)} whatever was done, so no percentage is given for before and after. Compare with a fresh "
        "random sample instead."
    )
    counts = (
        f"Of the {plural(int(str(figures['pairs'])), 'case')} audited both times, {figures['improved']} moved up, "
        f"{figures['same']} stayed and {figures['declined']} moved down."
    )
    kept = {name: figures[name] for name in KEPT_OF_POOR}
    return {**kept, "reason": "selected_because_poor", "drift": None, "finding": sentence, "sentence": counts}
