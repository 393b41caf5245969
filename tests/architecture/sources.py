"""The product's own Python files, read once, for tests that look at the code itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("auditflow", "workflows", "forms", "bench", "celery_worker.py")
TEMPLATES = ROOT / "auditflow" / "templates"

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    """The path as it is written in messages."""
    return path.relative_to(ROOT).as_posix()


@cache
def product_files() -> tuple[Path, ...]:
    """Every Python file that is shipped, or measures what is shipped."""
    found = [ROOT / part for part in PRODUCT]
    return tuple(sorted(p for part in found for p in ([part] if part.is_file() else part.rglob("*.py"))))


@cache
def files_of_tests() -> tuple[Path, ...]:
    """Every Python file of the tests."""
    return tuple(sorted((ROOT / "tests").rglob("*.py")))


@cache
def tree_of(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def lines_of(path: Path) -> int:
    """How many lines the file has."""
    return len(path.read_text(encoding="utf-8").splitlines())


def functions_of(path: Path) -> Iterator[Function]:
    """Every function and method of the file, nested ones too."""
    return (node for node in ast.walk(tree_of(path)) if isinstance(node, Function))


def length_of(function: Function) -> int:
    """Lines from `def` to the end, decorators not counted."""
    return (function.end_lineno or function.lineno) - function.lineno + 1
