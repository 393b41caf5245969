"""The signals of a control chart in their runs: which points belong together, since when, and in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

__all__ = ["SHORT", "SIGNALS", "Run", "is_high", "judge", "signal_runs", "since"]

SIGNALS = {
    "above_limit": "it lies above the upper limit",
    "below_limit": "it lies below the lower limit",
    "trend_up": "it is part of a run of 7 or more rising points",
    "trend_down": "it is part of a run of 7 or more falling points",
    "two_of_three_high": "two of three points lie close to the upper limit",
    "two_of_three_low": "two of three points lie close to the lower limit",
    "shift_high": "it is part of a run of 7 or more points above the average",
    "shift_low": "it is part of a run of 7 or more points below the average",
}
"""Why a point is not common cause, said of that point."""
SHORT = {
    "above_limit": "above the upper limit",
    "below_limit": "below the lower limit",
    "trend_up": "7 or more rising in a row",
    "trend_down": "7 or more falling in a row",
    "two_of_three_high": "two of three close to the upper limit",
    "two_of_three_low": "two of three close to the lower limit",
    "shift_high": "7 or more in a row above the average",
    "shift_low": "7 or more in a row below the average",
}
"""The same in a table or a list; strongest first."""
_HIGH = frozenset({"above_limit", "trend_up", "two_of_three_high", "shift_high"})


class Run(NamedTuple):
    """Neighbouring signals on one side, from the first place to the last; `labels` are theirs, strongest first."""

    labels: tuple[str, ...]
    first: int
    last: int


def is_high(label: str) -> bool:
    """Whether a signal is on the upper side."""
    return label in _HIGH


def judge(label: str, better: str | None) -> str:
    """What a signal means: improvement, concern, common, or neutral where no direction is good."""
    if label == "common":
        return "common"
    if better is None:
        return "neutral"
    return "improvement" if is_high(label) is (better == "up") else "concern"


def signal_runs(labels: Sequence[str | None], starts: Collection[int] = ()) -> list[Run]:
    """The signals in order, without common cause; a gap does not end a run, a new calculation (`starts`) does."""
    runs: list[Run] = []
    going_on = False
    for place, label in enumerate(labels):
        going_on = going_on and place not in starts
        if label is None:
            continue
        if label == "common":
            going_on = False
        elif going_on and is_high(label) is is_high(runs[-1].labels[0]):
            together = {*runs[-1].labels, label}
            runs[-1] = Run(tuple(name for name in SHORT if name in together), runs[-1].first, place)
        else:
            runs.append(Run((label,), place, place))
            going_on = True
    return runs


def since(labels: Sequence[str | None]) -> int | None:
    """Where the signals that end with the last point began: the first of those on its side without a break.

    None when the last point is common cause. Give the labels of the last segment only.
    """
    first: int | None = None
    side: bool | None = None
    for place in range(len(labels) - 1, -1, -1):
        label = labels[place]
        if label is None:
            continue
        if label == "common" or (side is not None and is_high(label) is not side):
            break
        first, side = place, is_high(label)
    return first
