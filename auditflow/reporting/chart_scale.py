"""The upright scale of a chart: its ends, and three to six lines at round figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from auditflow.statistics.unit import Unit

__all__ = ["Scale", "make_scale", "own_decimals"]

_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)
_LINES = 5
_MOST_DECIMALS = 3
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Scale:
    """From `low` to `high`; `ticks` are (figure, words)."""

    low: float
    high: float
    ticks: list[tuple[float, str]]

    @property
    def longest(self) -> int:
        """Characters of the longest words, so that a picture can leave room for them."""
        return max(len(words) for _, words in self.ticks)

    def share(self, value: float) -> float:
        """How far up a figure stands, from 0 to 1."""
        return (value - self.low) / (self.high - self.low)


def make_scale(figures: Sequence[float], unit: Unit) -> Scale:
    """A scale on which all figures have their place."""
    low, high = min(figures), max(figures)
    if high - low <= _SAME * max(abs(low), abs(high)):
        # All the same: room on either side, so that the line is in the middle.
        room = max(abs(low) / 10, 1.0)
        low, high = low - room, high + room
        low = max(low, unit.least) if unit.least is not None else low
        high = min(high, unit.most) if unit.most is not None else high
    step = _step(high - low)
    first, last = math.floor(low / step + _SAME), math.ceil(high / step - _SAME)
    shown = unit._replace(decimals=own_decimals([step]))
    ticks = [(step * n, shown.shown(step * n)) for n in range(first, last + 1)]
    return Scale(step * first, step * last, ticks)


def _step(width: float) -> float:
    """The round figure that makes at most about five steps of the width."""
    size = 10.0 ** math.floor(math.log10(width / _LINES))
    return next(size * times for times in _ROUND if size * times * _LINES >= width * (1 - _SAME))


def own_decimals(figures: Sequence[float | None]) -> int:
    """Decimals, up to three, that the figures were written with."""
    known = [figure for figure in figures if figure is not None]
    for decimals in range(_MOST_DECIMALS):
        if all(abs(figure - round(figure, decimals)) <= _SAME * max(abs(figure), 1.0) for figure in known):
            return decimals
    return _MOST_DECIMALS
