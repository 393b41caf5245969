"""The tables and their pages: nothing stale, nothing heavy, one place that knows the state machine library."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from workflows.diagram import find_stale
from workflows.registry import WORKFLOWS

ROOT = Path(__file__).resolve().parents[2]
NOUNS = (*("audit_round", "case_audit", "moderation", "action"), *("alert", "correction", "approval"))


def test_the_pages_say_what_the_tables_say():
    assert find_stale(ROOT / "docs" / "workflows") == []


def test_the_check_can_be_run_as_a_command():
    done = subprocess.run(
        [sys.executable, "-m", "workflows.diagram", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_noun_that_moves_has_its_table_and_its_test():
    assert tuple(WORKFLOWS) == NOUNS
    for noun in NOUNS:
        assert (ROOT / "workflows" / f"{noun}.py").is_file()
        assert (ROOT / "tests" / "unit" / "workflows" / f"test_{noun}.py").is_file()


@pytest.mark.parametrize("path", sorted((ROOT / "workflows").glob("*.py")), ids=lambda path: path.name)
def test_workflows_import_the_domain_and_only_the_machine_imports_transitions(path):
    imported = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
    outside = {name for name in imported if name.split(".")[0] not in sys.stdlib_module_names | {"workflows"}}
    allowed = {"transitions"} if path.name == "machine.py" else set()
    assert outside <= {"auditflow.domain.errors", *allowed}


def test_importing_the_tables_loads_neither_the_web_nor_the_database():
    code = (
        "import sys, workflows.registry; print(sorted({'flask', 'sqlalchemy', 'celery', 'wtforms'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
