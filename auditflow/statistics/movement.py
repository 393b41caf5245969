"""How the grades of the same cases moved, and what may be said of it (docs/statistics.md, "Movement").

The one place to import from: `crossing` holds good or not good, `marginal` and `ranks` all four grades,
`unpaired` comparisons of different cases, `drift` the claim about practice. Nothing but `drift_adjusted` may
support a sentence that says practice improved.
"""

from auditflow.statistics.crossing import (
    AttritionBounds,
    Change,
    Crossing,
    McNemar,
    Movement,
    attrition_bounds,
    crossing,
    holm,
    mcnemar,
    movement,
    newcombe_paired,
    sign_test,
)
from auditflow.statistics.drift import DriftAdjusted, drift_adjusted
from auditflow.statistics.marginal import MarginalHomogeneity, marginal_homogeneity
from auditflow.statistics.ranks import MannWhitney, SignedRank, mann_whitney, wilcoxon_signed_rank
from auditflow.statistics.unpaired import Trend, cochran_armitage, expected_regression, newcombe_independent

__all__ = [
    "AttritionBounds",
    "Change",
    "Crossing",
    "DriftAdjusted",
    "MannWhitney",
    "MarginalHomogeneity",
    "McNemar",
    "Movement",
    "SignedRank",
    "Trend",
    "attrition_bounds",
    "cochran_armitage",
    "crossing",
    "drift_adjusted",
    "expected_regression",
    "holm",
    "mann_whitney",
    "marginal_homogeneity",
    "mcnemar",
    "movement",
    "newcombe_independent",
    "newcombe_paired",
    "sign_test",
    "wilcoxon_signed_rank",
]
