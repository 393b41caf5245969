"""Measuring side by side: contenders in random order every time round, medians, and how far they spread.

Absolute times say nothing on a shared machine; every goal is a ratio of two medians of one interleaved run.
"""

from __future__ import annotations

import math
import os
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Run = Callable[[], float]
"""Does its work once and returns the seconds that it took; what it needs beforehand is not counted."""

NOTHING = math.inf
"""The bound of a cost that nobody has to keep."""

TOO_FAR = 2.0
"""A run is void when the slowest of the floor's times is more than this many times the fastest."""


@dataclass(frozen=True, slots=True)
class Goal:
    """One row of the table of goals. `faster`: the ratio is a speed (higher is better), else a cost.

    `must` NOTHING: it is where we are going, and missing it is no failure.
    """

    code: str
    words: str
    must: float
    aim: float
    faster: bool = True

    def bound(self, value: float) -> str:
        """The bound as it is written."""
        return f"{'≥' if self.faster else '≤'} {value:g} ×" if math.isfinite(value) else "–"

    def met(self, ratio: float, value: float) -> bool:
        """Whether `ratio` is as good as `value`."""
        return ratio >= value if self.faster else ratio <= value


@dataclass(frozen=True, slots=True)
class Result:
    """What one goal's run gave: the times of each contender, and where ours spends them."""

    goal: Goal
    ours: str
    floor: str
    times: Mapping[str, Sequence[float]]
    units: int
    notes: tuple[str, ...] = ()
    cause: str = ""

    @property
    def ratio(self) -> float:
        """Our speed as a share of the floor's, or our cost as a multiple of it."""
        ours, floor = statistics.median(self.times[self.ours]), statistics.median(self.times[self.floor])
        return floor / ours if self.goal.faster else ours / floor

    @property
    def void(self) -> bool:
        """Whether the machine was too unsteady for the ratio to say anything."""
        return spread(self.times[self.floor]) > TOO_FAR

    @property
    def verdict(self) -> str:
        """In one word."""
        if self.void:
            return "VOID"
        if not self.goal.met(self.ratio, self.goal.must):
            return "MISSED"
        if self.goal.met(self.ratio, self.goal.aim):
            return "aim met"
        return "must met" if math.isfinite(self.goal.must) else "aim not met"


@dataclass(slots=True)
class Conditions:
    """What the machine was like: flushes to disk a second and load, before and after."""

    flushes: list[float] = field(default_factory=list)
    loads: list[float] = field(default_factory=list)

    def look(self, folder: Path) -> None:
        """Take one reading."""
        self.flushes.append(flushes_a_second(folder))
        self.loads.append(os.getloadavg()[0])


def interleave(contenders: Mapping[str, Run], repeats: int, *, seed: int = 0) -> dict[str, list[float]]:
    """The times of each contender; each goes first once unmeasured, then `repeats` times in random order."""
    chance = random.Random(seed)
    for run in contenders.values():
        run()
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(repeats):
        for name in chance.sample(list(contenders), len(contenders)):
            times[name].append(contenders[name]())
    return times


def spread(times: Sequence[float]) -> float:
    """The slowest as a multiple of the fastest."""
    return max(times) / min(times)


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def flushes_a_second(folder: Path, times: int = 50) -> float:
    """How often a second the disk under `folder` confirms 4 KiB: what every durable commit waits for."""
    path = folder / "flush"
    handle = os.open(path, os.O_RDWR | os.O_CREAT)
    try:
        start = time.perf_counter()
        for _ in range(times):
            os.pwrite(handle, b"x" * 4096, 0)
            os.fdatasync(handle)
        return times / (time.perf_counter() - start)
    finally:
        os.close(handle)
        path.unlink()
