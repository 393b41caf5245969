"""The plain-English sentences that stand beside the figures (docs/statistics.md, "Wording").

`before` and `after` name the two audits as people call them: a month ("December") or the words "baseline" and
"re-audit". Sentences about movement describe; only `claim_sentence` and its kin may say that practice improved,
and only from a `DriftAdjusted`. No sentence says "proved" or "no change", and none shows a p-value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditflow.statistics.wording import FEW, number, percent, plural, points, share

if TYPE_CHECKING:  # the words need no figures of their own, and the command line starts sooner without them
    from auditflow.statistics.agreement import Agreement, ModerationShift
    from auditflow.statistics.crossing import Change, Crossing, Movement
    from auditflow.statistics.estimates import Interval, StratifiedEstimate

__all__ = [
    "agreement_sentence",
    "bounds_matter",
    "bounds_sentence",
    "chance_words",
    "domains_sentence",
    "estimate_sentence",
    "moderation_sentence",
    "movement_sentence",
    "when",
]

_CHANCE = 0.05


def when(name: str) -> str:
    """When an audit was: "in December", but "at the baseline" (a name that starts with a small letter)."""
    return f"at the {name}" if name[:1].islower() else f"in {name}"


def chance_words(p: float | None) -> str:
    """What a p-value of a single domain or an unpaired figure may be called (never of a re-audit's claim)."""
    if p is None:
        return "cannot be told"
    return "more than chance alone would explain" if p < _CHANCE else "could be chance"


def estimate_sentence(
    good: int,
    n: int,
    interval: Interval | StratifiedEstimate,
    *,
    not_applicable: int = 0,
    population: int | None = None,
    covered: int | None = None,
) -> str:
    """How many of n randomly drawn cases are good or better, and the range for all eligible cases.

    A `StratifiedEstimate` adds the weighted percentage. Below 10 cases there are counts only; when all of the
    `population` were graded there is no range. `covered` are the eligible cases in groups with a graded case, where
    that is not every group: then only they are spoken of.
    """
    those = "all eligible cases"
    if covered is not None and population is not None:
        those = f"the {covered:,} of {population:,} eligible cases in groups that were graded"
    beside = f" {plural(not_applicable, 'case')} not applicable, left out." if not_applicable else ""
    if n == 0:
        return f"No cases were graded, so there is no figure.{beside}"
    start = f"{share(good, n)} good or better"
    if n == population:
        return f"{start}: every eligible case was audited.{beside}"
    if n == covered:
        return f"{start}: these are {those}, and nothing is known of the other groups.{beside}"
    if n < FEW:
        return f"{start}. That is too few cases for a percentage.{beside}"
    return f"{start}; {_range(interval, n, those)}.{beside}"


def _range(interval: Interval | StratifiedEstimate, n: int, those: str) -> str:
    if interval.low is None or interval.high is None:
        return f"a range for {those} cannot be given, because one kind of case was drawn only once"
    ends = f"between {percent(interval.low, n)} and {percent(interval.high, n)}"
    estimate = getattr(interval, "p", None)
    if estimate is not None:
        weighted = percent(estimate, n)
        return f"weighted to {those} that is {weighted}, and we can be fairly confident it is {ends}"
    return f"across {those} we can be fairly confident it is {ends}"


def movement_sentence(
    moved: Movement, crossed: Crossing, change: Change, before: str = "baseline", after: str = "re-audit"
) -> str:
    """What moved among the pairs: good or better before and after, the change, and up, same, down.

    This describes; it makes no claim about practice.
    """
    if moved.n == 0:
        return "No case was audited both times, so nothing can be said about movement."
    beside = ""
    if moved.n >= FEW and change.difference is not None and change.low is not None and change.high is not None:
        ends = f"{points(change.low, moved.n).lstrip('+')} to {points(change.high, moved.n).lstrip('+')}"
        beside = f" ({points(change.difference, moved.n)} points, {ends})"
    cases = "The one case audited both times" if moved.n == 1 else f"Of the same {moved.n:,} cases"
    counts = f"{crossed.good_before:,} were good or better {when(before)} and {crossed.good_after:,}"
    if moved.n == 1:
        counts = f"good or better {_yes(crossed.good_before)} {when(before)} and {_yes(crossed.good_after)}"
    return (
        f"{cases}, {counts} {when(after)}{beside}; "
        f"{moved.improved:,} moved up, {moved.same:,} stayed, {moved.declined:,} moved down."
    )


def _yes(count: int) -> str:
    return "yes" if count else "no"


def bounds_sentence(good_before_all: int, n_all: int, good_after: int, pairs: int, before: str = "baseline") -> str:
    """What the lost cases could make of the figure; empty when none was lost."""
    lost = n_all - pairs
    if lost <= 0:
        return ""
    those = "the one missing case were not" if lost == 1 else f"none of the {lost:,} missing cases were"
    were = "it were" if lost == 1 else "all of them were"
    return (
        f"Even if {those} good or better, {share(good_after, n_all)}, against "
        f"{share(good_before_all, n_all)} {when(before)}; if {were}, {share(good_after + lost, n_all)}."
    )


def bounds_matter(pairs: int, n_all: int) -> bool:
    """Whether more than one baseline case in ten was lost, so that the bounds stand beside the headline."""
    return 10 * (n_all - pairs) > n_all


def domains_sentence(adjusted: list[float | None], rose: list[bool]) -> str:
    """How many domains improved beyond chance, by Holm-adjusted p-values and their directions."""
    improved = sum(1 for p, up in zip(adjusted, rose, strict=True) if up and p is not None and p < _CHANCE)
    return f"{improved} of {plural(len(adjusted), 'domain')} improved more than chance would explain."


def agreement_sentence(agreed: Agreement) -> str:
    """How often two auditors who graded blind gave the same grade, or grades one step apart at most."""
    if agreed.n == 0:
        return "No case was graded by two auditors, so agreement cannot be told."
    if agreed.n == 1:
        close = "the same grade" if agreed.exact else "grades one apart" if agreed.adjacent else "other grades"
        return f"Two auditors gave {close} in the one case that both graded."
    return (
        f"Two auditors gave the same grade in {agreed.exact:,} of {agreed.n:,}, "
        f"within one grade in {agreed.adjacent:,}."
    )


def moderation_sentence(shift: ModerationShift) -> str:
    """How moderation changed the grades of the cases it looked at."""
    if shift.n == 0:
        return "No case was moderated."
    mean = "" if shift.mean is None or shift.n < FEW else f" (on average {_by(shift.mean)})"
    return (
        f"Moderation of {plural(shift.n, 'case')} raised {shift.raised:,}, confirmed {shift.unchanged:,} "
        f"and lowered {shift.lowered:,}{mean}."
    )


def _by(mean: float) -> str:
    size = f"{number(abs(mean), 1)} of a grade"
    return f"{size} up" if mean > 0 else f"{size} down" if mean < 0 else "neither up nor down"
