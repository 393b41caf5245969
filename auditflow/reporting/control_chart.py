"""The control chart of one monthly measure, ready to be shown: what the SVG macro, its table and its words need.

One shape for every place that shows a measure: a page that takes a file of months, a measure's own page, a report.
Figures stay as they were given (percentages from 0 to 100); the limits of a percentage are shown within 0 to 100 while
the rules use them as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from auditflow.domain.errors import BadInput
from auditflow.domain.month import month_words, short_month
from auditflow.reporting.chart_scale import Scale, make_scale, own_decimals
from auditflow.statistics.chart_summary import chart_sentence
from auditflow.statistics.control_chart import LEAST_AFTER_RECALCULATION, Chart, Limits, chart
from auditflow.statistics.signals import SHORT, is_high, judge, signal_runs, since
from auditflow.statistics.unit import NUMBER, PERCENT, Unit
from auditflow.statistics.wording import plural

__all__ = ["ControlChart", "Measure", "Point", "Recalculation", "Segment", "Signal", "make_control_chart"]

_MOST_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured: its name, whether in per cent, which way is better (up, down or None), the target."""

    name: str
    percent: bool = False
    better: str | None = None
    target: float | None = None


@dataclass(frozen=True, slots=True)
class Recalculation:
    """Limits calculated anew from a month on: why, who asked for it and when. Months as `domain.month` counts them."""

    month: int
    reason: str
    by: str
    on: date

    @property
    def asked(self) -> str:
        """Who asked for it, and when."""
        return f"{self.by}, {self.on.day} {self.on:%B %Y}"


@dataclass(frozen=True, slots=True)
class Point:
    """One month. `kind` is common, improvement, concern, neutral, or gap; `signal` says why it stands out."""

    month: str
    short: str
    value: float | None
    shown: str
    kind: str
    signal: str


@dataclass(frozen=True, slots=True)
class Segment:
    """Points with one set of limits, from place `first` to `last`; None where there are too few for limits.

    `lower` and `upper` are those to show. `begun` is the recalculation that it began with, None for the first.
    """

    first: int
    last: int
    limits: Limits
    lower: float | None
    upper: float | None
    begun: Recalculation | None


@dataclass(frozen=True, slots=True)
class Signal:
    """Months that stand out together: when, why, and what that means (improvement, concern or neutral)."""

    when: str
    why: str
    kind: str


@dataclass(frozen=True, slots=True)
class ControlChart:
    """The whole chart. `variation` and `assurance` are the icons' keys, None where there is none to show."""

    measure: Measure
    unit: Unit
    points: list[Point]
    segments: list[Segment]
    scale: Scale
    variation: str | None
    assurance: str | None
    high: bool
    sentence: str
    signals: list[Signal]
    rules: str
    unlike: str | None
    """What the variation icon would be without recalculation, where that is something else."""

    @property
    def gaps(self) -> list[str]:
        """The months without a figure."""
        return [point.month for point in self.points if point.kind == "gap"]

    @property
    def now(self) -> Segment:
        """The segment whose limits count for the latest point."""
        return self.segments[-1]

    @property
    def rows(self) -> list[list[str]]:
        """The same figures for a table: month, figure, average, lower and upper limit, what it shows."""
        rows = []
        for segment in self.segments:
            ends = (segment.limits.mean, segment.lower, segment.upper)
            shown = ["–" if end is None else self.unit.shown(end) for end in ends]
            for point in self.points[segment.first : segment.last + 1]:
                rows.append([point.month, point.shown, *shown, point.signal.capitalize() or "–"])
        return rows

    @property
    def span(self) -> str:
        """From when to when."""
        first, last = self.points[0].month, self.points[-1].month
        return first if first == last else f"{first} to {last}"

    @property
    def described(self) -> str:
        """What is seen, for those who do not see it."""
        known = [point for point in self.points if point.value is not None]
        low = min(known, key=lambda point: point.value or 0)
        high = max(known, key=lambda point: point.value or 0)
        ends = f"the lowest {low.shown} in {low.month}, the highest {high.shown} in {high.month}"
        return f"{plural(len(known), 'figure')}, {self.span}; {ends}. {self.sentence}"


def make_control_chart(
    measure: Measure,
    values: Sequence[float | None],
    months: Sequence[int],
    recalculations: Sequence[Recalculation] = (),
) -> ControlChart:
    """The chart of a figure a month (None for a gap); there must be at least one figure.

    BadInput with field `better` for a target without a direction, with field `recalculation` and `details["month"]`
    for a recalculation that cannot be.
    """
    asked = sorted(recalculations, key=lambda one: one.month)
    starts = [0, *_places(asked, values, months)]
    made = chart(values, starts=starts, target=measure.target, better=measure.better)
    ends = [*(start - 1 for start in starts[1:]), len(values) - 1]
    limits = made.limits[-1]
    unit = _unit(measure, made)
    segments = [
        Segment(first, last, made.limits[first], *unit.clipped(made.limits[first]), begun)
        for first, last, begun in zip(starts, ends, [None, *asked], strict=True)
    ]
    begun_at = since(made.labels[starts[-1] :])
    since_when = "" if begun_at is None else month_words(months[starts[-1] + begun_at])
    return ControlChart(
        measure=measure,
        unit=unit,
        points=_points(made, months, unit),
        segments=segments,
        scale=make_scale(_seen(made, segments), unit),
        variation=made.variation,
        assurance=made.assurance,
        high=_ended_high(made),
        sentence=chart_sentence(made, limits, unit, since=since_when),
        signals=_signals(made, months),
        rules=made.rules,
        unlike=_unlike(made),
    )


def _places(asked: Sequence[Recalculation], values: Sequence[float | None], months: Sequence[int]) -> list[int]:
    """Where each recalculation begins; refused where that is not a month of the chart or too near to the next."""
    places: list[int] = []
    for one in asked:
        if one.month not in months:
            raise _refused(one, f"{month_words(one.month)} is not one of the months from {_span(months)}.")
        place = list(months).index(one.month)
        if place == 0:
            raise _refused(
                one, f"The chart begins in {month_words(one.month)}: limits are calculated from there anyway."
            )
        if place in places:
            raise _refused(one, f"{month_words(one.month)} is given twice.")
        places.append(place)
    for one, (first, last) in zip(asked, pairwise([*places, len(values)]), strict=True):
        after = sum(value is not None for value in values[first:last])
        if after < LEAST_AFTER_RECALCULATION:
            raise _refused(
                one,
                f"From {month_words(one.month)} there {'is' if after == 1 else 'are'} {plural(after, 'figure')}. "
                f"Limits are calculated anew with at least {LEAST_AFTER_RECALCULATION}: wait until there are as many.",
            )
    return places


def _refused(one: Recalculation, sentence: str) -> BadInput:
    return BadInput(sentence, field="recalculation", details={"month": one.month})


def _span(months: Sequence[int]) -> str:
    return f"{month_words(months[0])} to {month_words(months[-1])}"


def _unit(measure: Measure, made: Chart) -> Unit:
    """The unit with the decimals that the narrowest limits ask for, and that tell the target from the last limits."""
    reaches = [limit.upper - limit.mean for limit in made.limits if limit.upper is not None and limit.mean is not None]
    unit = (PERCENT if measure.percent else NUMBER).fit(min((reach for reach in reaches if reach), default=0.0))
    if not any(reaches):
        unit = unit._replace(decimals=own_decimals(made.values))
    ends = [end for end in unit.clipped(made.limits[-1]) if end is not None and end != made.target]
    while made.target is not None and (unit.decimals or 0) < _MOST_DECIMALS:
        if unit.shown(made.target) not in [unit.shown(end) for end in ends]:
            break
        unit = unit._replace(decimals=(unit.decimals or 0) + 1)
    return unit


def _points(made: Chart, months: Sequence[int], unit: Unit) -> list[Point]:
    typed = unit._replace(decimals=own_decimals(made.values))
    points = []
    for value, label, month in zip(made.values, made.labels, months, strict=True):
        kind = "gap" if label is None else judge(label, made.better)
        shown = "No figure" if value is None else typed.shown(value)
        signal = "" if label in (None, "common") else SHORT[str(label)]
        points.append(Point(month_words(month), short_month(month), value, shown, kind, signal))
    return points


def _seen(made: Chart, segments: Sequence[Segment]) -> list[float]:
    """Every figure that the picture must have room for."""
    shown = [made.target, *made.values]
    for segment in segments:
        shown += [segment.limits.mean, segment.lower, segment.upper]
    return [figure for figure in shown if figure is not None]


def _ended_high(made: Chart) -> bool:
    """Whether the latest signal is on the upper side: the H or the L of the variation icon."""
    last = next((label for label in reversed(made.labels) if label is not None), "common")
    return is_high(last)


def _signals(made: Chart, months: Sequence[int]) -> list[Signal]:
    found = []
    for run in signal_runs(made.labels, made.starts):
        when = _span([months[run.first], months[run.last]]) if run.first < run.last else month_words(months[run.first])
        found.append(Signal(when, ", ".join(SHORT[label] for label in run.labels), judge(run.labels[0], made.better)))
    return found


def _unlike(made: Chart) -> str | None:
    if len(made.starts) == 1:
        return None
    once = chart(made.values, target=made.target, better=made.better)
    return once.variation if once.variation != made.variation else None
