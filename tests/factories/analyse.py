"""Files for `auditflow analyse`, and what a command says of them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from auditflow.cli import main

MATRIX = [[4, 6, 2, 0], [4, 16, 15, 1], [0, 4, 14, 3], [0, 0, 1, 1]]
NAMES = ["Inadequate", "ri", "GOOD", "4"]


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A CSV file; its path."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return str(path)


def run(capsys: Any, *arguments: object) -> tuple[Any, str, str]:
    """Exit code, standard output and standard error of one command."""
    with pytest.raises(SystemExit) as ended:
        main(["analyse", *map(str, arguments)])
    out, err = capsys.readouterr()
    return ended.value.code or 0, out, err


def figures(capsys: Any, *arguments: object) -> Any:
    """What a command says with `--json`."""
    code, out, err = run(capsys, *arguments, "--json")
    assert (code, err) == (0, "")
    return json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} in the output"))
