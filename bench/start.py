"""Goal start: the whole run of a small command on small files, against a Python that does nothing.

Both processes find their bytecode as an installed program does, wherever the tree was checked out and whatever the
environment says of writing it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from bench.measure import Goal, Result, Run, interleave, seconds
from bench.places import FOLDER
from bench.profile import ROOT

START = Goal("START", "a small command from start to end, the slowest, against python -c pass", 6, 5, faster=False)
PASS = "python -c pass"
SCRIPT = "import re, sys; from auditflow.cli import main; sys.exit(main())"
"""What the installed program's own file does."""
SLICES = 3

ROUND = "case_ref,overall,kind\n" + "".join(f"C{n:02},{1 + n % 4},random\n" for n in range(80))
AGAIN = "case_ref,overall,kind\n" + "".join(f"C{n:02},{1 + n // 2 % 4},random\n" for n in range(80))
SERIES = "month,visits\n" + "".join(f"{2024 + n // 12}-{1 + n % 12:02},{80 + n % 7}\n" for n in range(24))
LIST = "case_ref,case_type,status,worker\n" + "".join(f"C{n:03},{'ab'[n % 2]},Open,W{n % 60}\n" for n in range(300))
DESIGN = """\
ref: case_ref
size: 80
stratify: case_type
minimum: 2
per_worker: {column: worker, most: 2}
reserves: quarter
reference_date: 2026-12-01
exclude:
  - {reason: closed, column: status, not_in: [Open]}
seed: "river-10"
"""
FILES = {"round.csv": ROUND, "again.csv": AGAIN, "months.csv": SERIES, "list.csv": LIST, "design.yaml": DESIGN}

_PAIR = ("round.csv", "again.csv", "--ref", "case_ref", "--grade", "overall")
COMMANDS: Mapping[str, Sequence[str]] = {
    "analyse --help": ("analyse", "--help"),
    "analyse estimate": ("analyse", "estimate", "round.csv", "--grade", "overall", "--population", "2900"),
    "analyse movement": ("analyse", "movement", *_PAIR),
    "analyse agreement": ("analyse", "agreement", *_PAIR),
    "analyse chart": ("analyse", "chart", "months.csv", "--period", "month", "--value", "visits"),
    "sample --help": ("sample", "--help"),
    "sample size": ("sample", "size", "--population", "2900"),
    "sample draw": ("sample", "draw", "list.csv", "--design", "design.yaml", "--manifest", "manifest.json"),
    "sample verify": ("sample", "verify", "manifest.json", "list.csv"),
}


def make_files(folder: Path) -> None:
    """The files of the commands; `sample draw` makes the manifest that `sample verify` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")


def surroundings(folder: Path) -> dict[str, str]:
    """The environment of both: this tree, and bytecode kept in a folder of the bench's own."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


def finish(folder: Path, arguments: Sequence[str]) -> None:
    """One process from its start to its end; a command that fails is no measurement."""
    subprocess.run(
        [sys.executable, "-c", *arguments], cwd=folder, env=surroundings(folder), check=True, capture_output=True
    )


def measure(repeats: int, scale: float) -> list[Result]:
    """Every command, each time round in another order."""
    folder = FOLDER / "start"
    make_files(folder)
    floor: dict[str, Run] = {PASS: lambda: seconds(partial(finish, folder, ["pass"]))}
    ours = {name: partial(_run, folder, arguments) for name, arguments in COMMANDS.items()}
    times = interleave(floor | ours, max(repeats, int(repeats * SLICES * scale)))
    slowest = max(COMMANDS, key=lambda name: sorted(times[name])[len(times[name]) // 2])
    return [Result(START, slowest, PASS, times, 1, notes=(f"The slowest is {slowest}.",))]


def _run(folder: Path, arguments: Sequence[str]) -> float:
    return seconds(partial(finish, folder, [SCRIPT, *arguments]))
