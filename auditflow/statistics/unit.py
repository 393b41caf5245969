"""What a measure is counted in: how its figures are written, and where they end."""

from __future__ import annotations

from typing import NamedTuple

from auditflow.statistics.control_chart import Limits
from auditflow.statistics.wording import number

__all__ = ["NUMBER", "PERCENT", "SHARE", "Unit"]

_MOST_DECIMALS = 4


class Unit(NamedTuple):
    """`times` turns a figure into what is shown; `least` and `most` are the ends of what it can be.

    Without `decimals` a number is whole from 100, or where it is whole, and has one decimal elsewhere.
    """

    suffix: str = ""
    times: float = 1.0
    least: float | None = None
    most: float | None = None
    decimals: int | None = None

    def shown(self, value: float) -> str:
        """The figure as a sentence has it: “85%”, “1,250”, “4.2”."""
        value = self.times * value
        decimals = self.decimals
        if decimals is None:
            decimals = 0 if abs(value) >= 100 or value == int(value) else 1
        return f"{number(value, decimals)}{self.suffix}"

    def clipped(self, limits: Limits) -> tuple[float | None, float | None]:
        """The limits for display, kept between the ends."""
        low = float("-inf") if self.least is None else self.least
        high = float("inf") if self.most is None else self.most
        return limits.clipped(low, high)

    def fit(self, reach: float) -> Unit:
        """The same unit with as many decimals as limits `reach` away from their mean need to be told apart."""
        shown = abs(self.times * reach)
        least = 5.0 if self.suffix == "%" else 10.0
        decimals = 0
        while shown and shown < least / 10**decimals and decimals < _MOST_DECIMALS:
            decimals += 1
        return self._replace(decimals=decimals)


NUMBER = Unit()
SHARE = Unit("%", 100.0, 0.0, 1.0, 0)
"""A share from 0 to 1."""
PERCENT = Unit("%", 1.0, 0.0, 100.0, 0)
"""A percentage from 0 to 100."""
