"""Several rounds of different cases, side by side: a plain dictionary, as in `summary`.

Four rounds a year are far too few for a control chart; what can be said is how far the ranges overlap and, from
four rounds, whether the shares follow a line by more than chance (docs/statistics.md).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from auditflow.statistics.sentences import chance_words
from auditflow.statistics.summary import weighted_share
from auditflow.statistics.tables import Figures
from auditflow.statistics.unpaired import Trend, cochran_armitage
from auditflow.statistics.wording import plural

__all__ = ["FEWEST_ROUNDS", "TrendPoint", "trend_summary"]

FEWEST_ROUNDS = 4
_GRADING = "Each round has other cases and may have other auditors, so a change can also be kinder or stricter grading."


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One round of randomly drawn cases: how many are good or better, and the interval that its design asks for."""

    name: str
    good: int
    n: int
    value: float | None
    low: float | None
    high: float | None

    @property
    def weighted(self) -> bool:
        """Whether its share allows for groups that were checked more often than others."""
        return weighted_share(self.good, self.n, self.value)


def trend_summary(points: Sequence[TrendPoint]) -> Figures:
    """The rounds, oldest first, with the test for a trend (Cochran–Armitage) from four rounds on.

    Rounds without a case are left out. `z` and `p` are None with a reason: too_few_rounds, weighted_round (the test
    counts cases, and would speak of other shares than the picture), or the test's own.
    """
    told = [point for point in points if point.n]
    trend = _trend(told)
    return {
        "points": [asdict(point) for point in told],
        "z": trend.z,
        "p": trend.p,
        "reason": trend.reason,
        "sentence": f"{_sentence(told, trend)} {_GRADING}",
    }


def _trend(told: Sequence[TrendPoint]) -> Trend:
    if len(told) < FEWEST_ROUNDS:
        return Trend(None, None, None, reason="too_few_rounds")
    if any(point.weighted for point in told):
        return Trend(None, None, None, reason="weighted_round")
    return cochran_armitage([p.good for p in told], [p.n for p in told])


def _sentence(told: Sequence[TrendPoint], trend: Trend) -> str:
    rounds, z = plural(len(told), "round"), trend.z
    if trend.reason == "too_few_rounds":
        return f"{rounds} {'is' if len(told) == 1 else 'are'} too few to tell a trend: look at how the ranges overlap."
    if trend.reason == "weighted_round":
        number = sum(point.weighted for point in told)
        return (
            f"In {number:,} of the {rounds} some kinds of case were checked more often than others. The shares allow "
            "for that, and no test for a trend does: look at how the ranges overlap."
        )
    if z is None or z == 0:
        return f"Over {rounds} the share of cases good or better neither rose nor fell."
    way, words = ("rose" if z > 0 else "fell"), chance_words(trend.p)
    if words.startswith("more"):
        return f"Over {rounds} the share of cases good or better {way}, by {words}."
    return f"Over {rounds} the share of cases good or better {way} a little; that {words}."
