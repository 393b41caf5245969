"""What stands beside a control chart: what to know before believing it, and how it was worked out."""

from __future__ import annotations

from auditflow.reporting.control_chart import ControlChart
from auditflow.statistics.control_chart import CONSTANT, FULL_LIMITS, LEAST_FOR_ICONS
from auditflow.statistics.wording import number, plural

__all__ = ["how_worked_out", "what_to_know"]

_UNLIKE = {
    "improvement": "would show a change for the better",
    "concern": "would show a change for the worse",
    "neutral": "would show a change",
    "common": "would be within the usual ups and downs",
}


def what_to_know(chart: ControlChart) -> list[str]:
    """Trial limits, missing months, and what a recalculation hides."""
    known, limits = [], chart.now.limits
    if limits.reason is not None:
        known.append("There are no limits: they need two figures in neighbouring months.")
    elif limits.trial:
        known.append(
            f"These are trial limits, from {plural(limits.points, 'figure')}. They may still move until there "
            f"are {FULL_LIMITS}."
        )
    if chart.gaps:
        known.append(f"There is no figure for {_listed(chart.gaps)}. A run goes on across a missing month.")
    if chart.unlike is not None:
        known.append(f"With one set of limits for all months the latest figure {_UNLIKE[chart.unlike]}.")
    return known


def _listed(months: list[str]) -> str:
    return " and ".join([*([", ".join(months[:-1])] if months[1:] else []), months[-1]])


def how_worked_out(chart: ControlChart) -> list[str]:
    """The method and its settings, as somebody who repeats it needs them."""
    limits = chart.now.limits
    ranges = "" if limits.mr_bar is None else f", which is {number(limits.mr_bar, 2)} for the latest limits"
    method = [
        f"This is an XmR chart. The limits are the average ± {CONSTANT} × the average change from one month to the next"
        f"{ranges}. No change is taken across a missing month.",
        "The limits are unscreened: no change between two months was left out for being large.",
        f"The rules are {chart.rules} (NHS England, Making Data Count): a figure outside a limit; 7 or more in a row "
        "rising or falling; two of three beyond two thirds of the way to the same limit, all three on that side; 7 or "
        "more in a row on one side of the average. Where several apply the first of these is named.",
        f"The words for change and target are those of the latest figure and the latest limits. They need "
        f"{LEAST_FOR_ICONS} figures; limits from fewer than {FULL_LIMITS} are trial limits.",
    ]
    if chart.measure.percent:
        method.append("Limits of percentages are shown within 0% to 100%; the rules use them as they are.")
    return method
