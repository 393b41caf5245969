"""Where our own time goes: the functions of one run that took most, for the cause of a miss."""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def costly(run: Callable[[], object], *, most: int = 8) -> str:
    """The functions with the largest time of their own in one run, each with its share."""
    profile = cProfile.Profile()
    profile.runcall(run)
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    whole = sum(row[2] for row in stats.values()) or 1.0
    rows = sorted(stats.items(), key=lambda item: item[1][2], reverse=True)[:most]
    return ", ".join(f"{_name(where)} {row[2] / whole:.0%}" for where, row in rows)


def _name(where: tuple[str, int, str]) -> str:
    file, _, function = where
    if file == "~":
        return function.strip("<>")
    parts = Path(file).parts
    return f"{'/'.join(parts[-2:])}:{function}"
