"""The figures of a re-audit, gathered from grades by case reference: plain dictionaries, as in `summary`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from auditflow.domain.grades import Grade
from auditflow.statistics.claims import claim_sentence, unclaimed_sentence
from auditflow.statistics.crossing import (
    attrition_bounds,
    crossing,
    holm,
    mcnemar,
    movement,
    newcombe_paired,
    sign_test,
)
from auditflow.statistics.drift import drift_adjusted
from auditflow.statistics.marginal import marginal_homogeneity
from auditflow.statistics.ranks import wilcoxon_signed_rank
from auditflow.statistics.scores import occasion_scores
from auditflow.statistics.sentences import bounds_matter, bounds_sentence, movement_sentence
from auditflow.statistics.tables import Figures, grade_table

__all__ = ["MovementInput", "movement_summary"]

Grades = Mapping[str, Grade | None]
DomainGrades = Mapping[str, Mapping[str, Grade | None]]


@dataclass(frozen=True)
class MovementInput:
    """Published overall grades before and after by case reference, randomly drawn cases only.

    `unpaired` holds references that never form a pair (replacements). `domains_before`, `domains_after` and
    `domains_regraded` are grades by reference and domain, as first submitted; without `domains` the overall grade
    stands in. `domains_regraded` is None when no baseline record was graded again.
    """

    before: Grades
    after: Grades
    unpaired: frozenset[str] = frozenset()
    domains: Sequence[str] = ()
    domains_before: DomainGrades = field(default_factory=dict)
    domains_after: DomainGrades = field(default_factory=dict)
    domains_regraded: DomainGrades | None = None


def movement_summary(given: MovementInput, before: str = "baseline", after: str = "re-audit") -> Figures:
    """Everything of a re-audit: the overall grade, each domain with Holm's adjustment, the drift, the sentence."""
    figures, said = _one_grade(given.before, given.after, given.unpaired, (before, after))
    domains: dict[str, Figures] = {}
    for name in given.domains:
        columns = (_column(given.domains_before, name), _column(given.domains_after, name))
        domains[name], sentence = _one_grade(*columns, given.unpaired, (before, after))
        domains[name]["sentence"] = sentence
    adjusted = holm([_mid_p(domain) for domain in domains.values()])
    for domain, p in zip(domains.values(), adjusted, strict=True):
        domain["holm"] = p
    drift, claim = _drift(given, before, after)
    reason = None if drift is not None else "no_regraded_file"
    return {**figures, "domains": domains, "drift": drift, "reason": reason, "sentence": f"{said} {claim}"}


def _column(grades: DomainGrades, name: str) -> dict[str, Grade | None]:
    return {ref: row.get(name) for ref, row in grades.items()}


def _mid_p(figures: Figures) -> float | None:
    """The p-value of a domain; None when it has no pairs, so that Holm does not count it."""
    test = figures["mcnemar"]
    return test["mid_p"] if isinstance(test, dict) and figures["pairs"] else None


def _pairs(before: Grades, after: Grades, unpaired: frozenset[str]) -> dict[str, tuple[Grade, Grade]]:
    both = {}
    for ref, first in before.items():
        second = after.get(ref)
        if first is not None and second is not None and ref not in unpaired:
            both[ref] = (first, second)
    return both


def _one_grade(before: Grades, after: Grades, unpaired: frozenset[str], names: tuple[str, str]) -> tuple[Figures, str]:
    """The figures of one grade of the same cases, and what moved in words."""
    pairs = _pairs(before, after, unpaired)
    table = grade_table(list(pairs.values()))
    moved, crossed = movement(table), crossing(table)
    change = newcombe_paired(*crossed)
    baseline = [grade for ref, grade in before.items() if grade is not None and ref not in unpaired]
    good_before_all = sum(grade.good_or_better for grade in baseline)
    only_after = sum(grade is not None and ref not in pairs for ref, grade in after.items())
    lost = len(baseline) - len(pairs)
    said = movement_sentence(moved, crossed, change, *names)
    if len(pairs) and bounds_matter(len(pairs), len(baseline)):
        said += " " + bounds_sentence(good_before_all, len(baseline), crossed.good_after, len(pairs), names[0])
    return {
        "pairs": moved.n,
        "lost": lost,
        "unpaired": only_after,
        "matrix": table,
        "improved": moved.improved,
        "same": moved.same,
        "declined": moved.declined,
        "good_before": crossed.good_before,
        "good_after": crossed.good_after,
        "became_good": crossed.c,
        "stopped_being_good": crossed.b,
        "change": asdict(change),
        "mcnemar": asdict(mcnemar(crossed.b, crossed.c)),
        "marginal_homogeneity": asdict(marginal_homogeneity(table)),
        "wilcoxon": asdict(wilcoxon_signed_rank([second - first for first, second in pairs.values()])),
        "sign_test": sign_test(moved.improved, moved.declined),
        "bounds": asdict(attrition_bounds(good_before_all, len(baseline), crossed.good_after, moved.n)),
    }, said


def _drift(given: MovementInput, before: str, after: str) -> tuple[Figures | None, str]:
    """The drift check on the pairs' scores, and the claim; None without second gradings of the baseline."""
    paired = _pairs(given.before, given.after, given.unpaired)
    if given.domains_regraded is None:
        moves = [second - first for first, second in paired.values()]
        return None, unclaimed_sentence(sum(moves) / len(moves) if moves else None, before)
    names = given.domains or ("",)
    first = {ref: grades for ref, grades in _rows(given.domains_before, given.before, given).items() if ref in paired}
    second = {ref: grades for ref, grades in _rows(given.domains_after, given.after, given).items() if ref in paired}
    scores = occasion_scores(first, second, given.domains_regraded, names)
    result = drift_adjusted(scores.before, scores.after, scores.regraded)
    return {**asdict(result), "left_out": len(scores.left_out)}, claim_sentence(result, before, after)


def _rows(domains: DomainGrades, overall: Grades, given: MovementInput) -> DomainGrades:
    """Domain grades by reference; the overall grade under the name "" when no domains are named."""
    return domains if given.domains else {ref: {"": grade} for ref, grade in overall.items()}
