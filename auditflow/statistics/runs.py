"""Which points of a series belong to a signal: outside a limit, a trend, two of three, or a shift."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["Sides", "label_runs"]

_ROUNDING = 1e-12


@dataclass(frozen=True)
class Sides:
    """The mean of a segment and the distance of its limits from it (None when there is no spread to judge by)."""

    mean: float
    reach: float | None


def label_runs(values: Sequence[float], sides: Sides, shift: int, trend: int) -> list[str]:
    """One label per point, the strongest signal that it belongs to; `common` where there is none."""
    scale = _ROUNDING * max((abs(value) for value in values), default=0.0)
    away = [value - sides.mean for value in values]
    away = [0.0 if abs(distance) <= scale else distance for distance in away]
    labels = ["common"] * len(values)
    # Weakest first, so that a stronger signal overwrites it.
    _mark(labels, _shifts(away, shift), ("shift_high", "shift_low"))
    if sides.reach:
        _mark(labels, _two_of_three(away, sides.reach), ("two_of_three_high", "two_of_three_low"))
    _mark(labels, _trends(values, trend), ("trend_up", "trend_down"))
    if sides.reach:
        outside = [_sign(distance) * (abs(distance) > sides.reach) for distance in away]
        _mark(labels, outside, ("above_limit", "below_limit"))
    return labels


def _mark(labels: list[str], signals: Sequence[int], names: tuple[str, str]) -> None:
    for place, signal in enumerate(signals):
        if signal:
            labels[place] = names[0] if signal > 0 else names[1]


def _sign(distance: float) -> int:
    return (distance > 0) - (distance < 0)


def _shifts(away: Sequence[float], shift: int) -> list[int]:
    """+1 or −1 for every point of a run of at least `shift` on one side of the mean."""
    return _long_runs([_sign(distance) for distance in away], shift)


def _long_runs(signs: Sequence[int], length: int) -> list[int]:
    marked, start = [0] * len(signs), 0
    for end in range(1, len(signs) + 1):
        if end == len(signs) or signs[end] != signs[start]:
            if signs[start] and end - start >= length:
                marked[start:end] = signs[start:end]
            start = end
    return marked


def _trends(values: Sequence[float], trend: int) -> list[int]:
    """+1 or −1 for every point of a strictly rising or falling run; where two meet, the earlier one has it."""
    steps = _long_runs([_sign(b - a) for a, b in pairwise(values)], trend - 1)
    marked = [0] * len(values)
    for place, step in enumerate(steps):
        if step:
            marked[place] = marked[place] or step
            marked[place + 1] = step
    return marked


def _two_of_three(away: Sequence[float], reach: float) -> list[int]:
    """±1 for points beyond two thirds of the way, where two of three neighbours are and all are on that side."""
    beyond = [_sign(distance) * (abs(distance) > 2 * reach / 3) for distance in away]
    marked = [0] * len(away)
    for start in range(len(away) - 2):
        window = range(start, start + 3)
        side = _sign(away[start])
        together = side and all(_sign(away[place]) == side for place in window)
        if together and sum(beyond[place] == side for place in window) > 1:
            for place in window:
                marked[place] = marked[place] or beyond[place]
    return marked
