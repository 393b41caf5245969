"""The figures of an XmR chart, gathered: a plain dictionary for the command line, screens and reports."""

from collections.abc import Sequence
from dataclasses import dataclass

from auditflow.statistics.control_chart import LEAST_FOR_ICONS, Chart, Limits, chart, xmr
from auditflow.statistics.tables import Figures
from auditflow.statistics.wording import number, plural

__all__ = ["ChartInput", "chart_sentence", "chart_summary"]

_SIGNALS = {
    "above_limit": "it lies above the upper limit",
    "below_limit": "it lies below the lower limit",
    "trend_up": "it is part of a run of 7 or more rising points",
    "trend_down": "it is part of a run of 7 or more falling points",
    "two_of_three_high": "two of three points lie close to the upper limit",
    "two_of_three_low": "two of three points lie close to the lower limit",
    "shift_high": "it is part of a run of 7 or more points above the average",
    "shift_low": "it is part of a run of 7 or more points below the average",
}
_ICONS = {
    "improvement": "The latest point shows a change for the better",
    "concern": "The latest point shows a change for the worse",
    "neutral": "The latest point shows a change",
}
_ASSURANCE = {
    "consistent_pass": "The target of {} is met as things are.",
    "consistent_fail": "The target of {} will not be met unless something changes.",
    "inconsistent": "The target of {} is met in some months and missed in others.",
}


@dataclass(frozen=True)
class ChartInput:
    """A series in its order, None for a gap; the target and which way is better; shares are shown as percentages."""

    values: Sequence[float | None]
    target: float | None = None
    better: str | None = None
    shares: bool = False


def chart_summary(given: ChartInput) -> Figures:
    """Mean, moving range, limits and label of each point, icons and the sentence.

    Limits of shares are clipped to 0–1 for display. `reason` says why the variation icon or the limits are
    missing: no_points or too_few_points.
    """
    made = chart(given.values, target=given.target, better=given.better)
    limits = xmr(given.values)
    lower, upper = limits.clipped() if given.shares else (limits.lower, limits.upper)
    reason = limits.reason or ("too_few_points" if made.variation is None else None)
    return {
        "mean": limits.mean,
        "mr_bar": limits.mr_bar,
        "lower": [None if label is None else lower for label in made.labels],
        "upper": [None if label is None else upper for label in made.labels],
        "labels": made.labels,
        "variation": made.variation,
        "assurance": made.assurance,
        "reason": reason,
        "sentence": chart_sentence(made, limits, shares=given.shares),
    }


def chart_sentence(made: Chart, limits: Limits, *, shares: bool = False) -> str:
    """What the chart says: usual variation or a change, the average, the usual range, the target."""
    if limits.mean is None:
        return "There are no points to show."
    average = f"the average is {_shown(limits.mean, shares)}"
    lower, upper = limits.clipped() if shares else (limits.lower, limits.upper)
    if lower is not None and upper is not None:
        average += f", and most points are expected between {_shown(lower, shares)} and {_shown(upper, shares)}"
    if made.variation is None:
        few = f"Only {plural(limits.points, 'point')}: too few to tell a change from the usual ups and downs"
        return f"{few} (at least {LEAST_FOR_ICONS} are needed); {average}."
    last = next(label for label in reversed(made.labels) if label is not None)
    if made.variation == "common":
        start = "The latest point is within the usual ups and downs"
    else:
        start = f"{_ICONS[made.variation]}: {_SIGNALS[last]}"
    target = ""
    if made.assurance is not None and made.target is not None:
        target = " " + _ASSURANCE[made.assurance].format(_shown(made.target, shares))
    return f"{start}; {average}.{target}"


def _shown(value: float, shares: bool) -> str:
    if shares:
        return f"{number(100 * value)}%"
    return number(value, 0 if abs(value) >= 100 or value == int(value) else 1)
