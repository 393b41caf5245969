"""Small modules, short functions, names that say what is in them, and nothing left for later."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.sources import (
    ROOT,
    TEMPLATES,
    Function,
    files_of_tests,
    functions_of,
    length_of,
    lines_of,
    name_of,
    product_files,
    tree_of,
)

MODULE, TEST_FILE = 300, 400
FUNCTION, VIEW, TASK = 40, 30, 20
BANNED = re.compile(r"^(utils?|helpers?|common|misc)$|manager$", re.IGNORECASE)
LATER = re.compile(r"\b(TO" + r"DO|FIX" + r"ME)\b")
# The people who manage a team are a noun of the domain; a person is not what the rule is about.
PEOPLE = frozenset({"team_manager", "case_team_manager"})


def over(limit: int, files: tuple[Path, ...]) -> list[str]:
    return [f"{name_of(path)}: {lines_of(path)} lines" for path in files if lines_of(path) > limit]


def decorated_by(function: Function, *names: str) -> bool:
    """Whether a decorator's last name is one of these: `@pages.page(...)`, `@app.task`."""
    calls = [d.func if isinstance(d, ast.Call) else d for d in function.decorator_list]
    return any(isinstance(call, ast.Attribute | ast.Name) and _last(call) in names for call in calls)


def _last(node: ast.Attribute | ast.Name) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id


def limit_of(function: Function, folder: str) -> int:
    if folder == "auditflow/web" and decorated_by(function, "page", "act"):
        return VIEW
    return TASK if folder == "auditflow/tasks" and decorated_by(function, "task", "shared_task") else FUNCTION


def test_a_module_is_short() -> None:
    assert over(MODULE, product_files()) == []


def test_a_test_file_is_short() -> None:
    assert over(TEST_FILE, files_of_tests()) == []


def test_a_function_is_short_and_a_view_or_task_shorter() -> None:
    long = [
        f"{name_of(path)}:{function.lineno} {function.name}: {length_of(function)} lines"
        for path in product_files()
        for function in functions_of(path)
        if length_of(function) > limit_of(function, path.parent.relative_to(ROOT).as_posix())
    ]
    assert long == []


def test_names_say_what_is_in_them() -> None:
    vague = [name_of(path) for path in (*product_files(), *files_of_tests()) if BANNED.search(path.stem)]
    vague += [
        f"{name_of(path)}: class {node.name}"
        for path in product_files()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef) and BANNED.search(node.name) and node.name not in PEOPLE
    ]
    assert vague == []


def test_nothing_is_left_for_later() -> None:
    files = [*product_files(), *files_of_tests(), *TEMPLATES.rglob("*.html"), *(ROOT / "migrations").rglob("*.py")]
    files += [ROOT / "auditflow" / "static" / "app.js", *(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]
    left = [
        f"{name_of(path)}:{number}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if LATER.search(line)
    ]
    assert left == []


def test_every_public_module_and_function_says_what_it_is() -> None:
    silent = []
    for path in product_files():
        if path.parts[-2] == "bench" and path.stem.startswith("peer_"):
            continue
        public = [tree_of(path), *_public(tree_of(path))]
        silent += [f"{name_of(path)}:{getattr(n, 'lineno', 1)}" for n in public if not ast.get_docstring(n)]
    assert [where for where in silent if not where.endswith("__init__.py:1")] == []


def _public(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    named = [n for n in tree.body if isinstance(n, Function | ast.ClassDef)]
    return [node for node in named if not node.name.startswith("_")]


@pytest.mark.parametrize(
    ("line", "found"), [("# {}{}: more".format("TO", "DO"), True), ("TODOS: tuple", False), ("a FIX" + "ME here", True)]
)
def test_what_is_left_for_later_is_found(line: str, found: bool) -> None:
    assert bool(LATER.search(line)) is found


@pytest.mark.parametrize(
    ("name", "banned"), [("utils", True), ("FileManager", True), ("helper", True), ("management", False)]
)
def test_vague_names_are_found(name: str, banned: bool) -> None:
    assert bool(BANNED.search(name)) is banned


def test_a_view_is_told_from_another_function() -> None:
    tree = ast.parse("@pages.page('/x', may='y')\ndef a(): ...\n@app.task(name='b')\ndef b(): ...\ndef c(): ...")
    view, task, other = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    assert limit_of(view, "auditflow/web") == VIEW
    assert limit_of(task, "auditflow/tasks") == TASK
    assert limit_of(other, "auditflow/web") == FUNCTION
