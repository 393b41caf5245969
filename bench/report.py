"""What was measured, as a page that can be read and compared: `bench/RESULTS.md`."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.measure import Conditions, Result, spread

RESULTS = Path(__file__).with_name("RESULTS.md")


def page(results: Sequence[Result], conditions: Conditions, missing: Sequence[str], repeats: int) -> str:
    """The whole page."""
    parts = [
        "# What was measured",
        "",
        "Made by `make bench`. Every figure is a ratio of medians of one interleaved run; absolute times say"
        " nothing on another machine. A run whose floor spreads over more than 2 × is void.",
        "",
        *_machine(conditions, repeats),
        "",
        "| goal | what | measured | must | aim | verdict |",
        "|---|---|---|---|---|---|",
        *(_row(result) for result in results),
        "",
        *(f"* Not measured: {sentence}" for sentence in missing),
        *(line for result in results for line in _samples(result)),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _machine(conditions: Conditions, repeats: int) -> list[str]:
    flushes, loads = conditions.flushes or [0.0], conditions.loads or [0.0]
    return [
        f"* {datetime.now(UTC):%d %B %Y, %H:%M} UTC; Python {platform.python_version()},"
        f" SQLite {sqlite3.sqlite_version}, {os.cpu_count()} processors, {repeats} repetitions",
        f"* {min(flushes):,.0f} to {max(flushes):,.0f} fdatasync/s (spread {spread(flushes):.1f} ×);"
        f" load average {min(loads):.1f} to {max(loads):.1f}",
    ]


def _row(result: Result) -> str:
    goal = result.goal
    verdict = result.verdict if result.verdict.startswith(("aim", "must")) else f"**{result.verdict}**"
    return (
        f"| {goal.code} | {goal.words} | {result.ratio:.3g} × | {goal.bound(goal.must)} |"
        f" {goal.bound(goal.aim)} | {verdict} |"
    )


def _samples(result: Result) -> list[str]:
    lines = [
        "",
        f"## {result.goal.code}: {result.goal.words}",
        "",
        "| contender | median ms each | fastest | slowest | spread |",
        "|---|---|---|---|---|",
    ]
    for name, times in result.times.items():
        each = [time / result.units * 1000 for time in times]
        figures = " | ".join(f"{value:.4g}" for value in (statistics.median(each), min(each), max(each)))
        lines.append(f"| {name} | {figures} | {spread(times):.2f} × |")
    lines += ["", *(f"* {note}" for note in result.notes)]
    if result.verdict == "VOID":
        lines.append("* VOID: the floor's times spread too far; run it again on a quieter machine.")
    if result.verdict == "MISSED":
        lines.append(f"* MISSED. Where the time goes: {result.cause or 'not profiled'}.")
    return lines
