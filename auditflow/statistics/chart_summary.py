"""The figures of an XmR chart, gathered: a plain dictionary for the command line, screens and reports."""

from collections.abc import Sequence
from dataclasses import dataclass

from auditflow.statistics.control_chart import LEAST_FOR_ICONS, Chart, Limits, chart, xmr
from auditflow.statistics.signals import SIGNALS
from auditflow.statistics.tables import Figures
from auditflow.statistics.unit import NUMBER, SHARE, Unit
from auditflow.statistics.wording import plural

__all__ = ["ASSURANCE", "ChartInput", "chart_sentence", "chart_summary"]

_ICONS = {
    "improvement": "The latest point shows a change for the better",
    "concern": "The latest point shows a change for the worse",
    "neutral": "The latest point shows a change",
}
ASSURANCE = {
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
    unit = SHARE if given.shares else NUMBER
    lower, upper = unit.clipped(limits)
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
        "sentence": chart_sentence(made, limits, unit),
    }


def chart_sentence(made: Chart, limits: Limits, unit: Unit = NUMBER, *, since: str = "") -> str:
    """What the chart says: usual variation or a change, the average, the usual range, the target.

    `since` names the period in which the change of the latest point began, where that is known.
    """
    if limits.mean is None:
        return "There are no points to show."
    average = f"the average is {unit.shown(limits.mean)}"
    lower, upper = unit.clipped(limits)
    if lower is not None and upper is not None:
        average += f", and most points are expected between {unit.shown(lower)} and {unit.shown(upper)}"
    if made.variation is None:
        few = f"Only {plural(limits.points, 'point')}: too few to tell a change from the usual ups and downs"
        return f"{few} (at least {LEAST_FOR_ICONS} are needed); {average}."
    last = next(label for label in reversed(made.labels) if label is not None)
    if made.variation == "common":
        start = "The latest point is within the usual ups and downs"
    else:
        start = f"{_ICONS[made.variation]}{f', since {since}' if since else ''}: {SIGNALS[last]}"
    target = ""
    if made.assurance is not None and made.target is not None:
        target = " " + ASSURANCE[made.assurance].format(unit.shown(made.target))
    return f"{start}; {average}.{target}"
