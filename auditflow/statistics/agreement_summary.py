"""The figures of blind second gradings, gathered from pairs of grades: a plain dictionary, as in `summary`."""

from collections.abc import Sequence
from dataclasses import asdict

from auditflow.domain.grades import Grade
from auditflow.statistics.agreement import Agreement, krippendorff_alpha, moderation_shift, two_graders
from auditflow.statistics.agreement_intervals import agreement_intervals
from auditflow.statistics.sentences import agreement_sentence
from auditflow.statistics.tables import Figures, grade_table

__all__ = ["agreement_summary"]


def agreement_summary(pairs: Sequence[tuple[Grade, Grade]]) -> Figures:
    """Counts, coefficients under three weightings, alpha, and how far the second grader lies from the first."""
    table = grade_table(pairs)
    weighted = {name: two_graders(table, name) for name in ("identity", "linear", "quadratic")}
    alpha = krippendorff_alpha([[float(g) for g, _ in pairs], [float(g) for _, g in pairs]])
    shift = moderation_shift([(int(first), int(second)) for first, second in pairs])
    shown = weighted["quadratic"]
    return {
        "n": shown.n,
        "table": table,
        "exact": shown.exact,
        "adjacent": shown.adjacent,
        **{name: _coefficients(agreed) for name, agreed in weighted.items()},
        "intervals": asdict(agreement_intervals(table)),
        "krippendorff_ordinal": alpha.alpha,
        "reason": alpha.reason,
        "shift": {name: getattr(shift, name) for name in ("raised", "unchanged", "lowered", "mean", "reason")},
        "sentence": agreement_sentence(shown),
    }


def _coefficients(agreed: Agreement) -> Figures:
    figures = asdict(agreed)
    return {name: figures[name] for name in ("pa", "kappa", "kappa_se", "ac", "ac_se", "alpha", "reason")}
