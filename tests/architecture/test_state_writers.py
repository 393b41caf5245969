"""Only one door changes a state: `services/transitions.py` and the two modules that write for it.

Whoever makes a row gives it its workflow's first state; everything after that is a move.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from auditflow.models import Base
from auditflow.models.base import Moved
from auditflow.services.subjects import SUBJECTS, workflow_of
from tests.architecture.sources import name_of, product_files, tree_of

DOOR = {f"auditflow/services/{name}.py" for name in ("transitions", "journal_entry", "journal_batch")}
# A job of the worker is not moved by a workflow: it has no journal, and nobody decides about it.
OTHERS = {"auditflow/services/job.py"}
SETS_STATE = re.compile(r"\bSET\b[^;]*?(?<![\w.:])state\s*=", re.IGNORECASE | re.DOTALL)
FIRST = {model.__name__: workflow.initial for key, model in SUBJECTS.items() if (workflow := workflow_of(key))}


def writes(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every place that may write a state: its line, and how."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            flat = [t for target in targets for t in ast.walk(target)]
            if any(isinstance(t, ast.Attribute) and t.attr == "state" and isinstance(t.ctx, ast.Store) for t in flat):
                yield node.lineno, "assigns .state"
            if any(isinstance(t, ast.Subscript) and _is_state(t.slice) and isinstance(t.ctx, ast.Store) for t in flat):
                yield node.lineno, 'assigns ["state"]'
        elif isinstance(node, ast.Call):
            yield from _calls(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and SETS_STATE.search(node.value):
            yield node.lineno, "sets it by SQL"


def _calls(call: ast.Call) -> Iterator[tuple[int, str]]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    state = next((k.value for k in call.keywords if k.arg == "state"), None)
    if name == "setattr" and len(call.args) > 1 and _is_state(call.args[1]):
        yield call.lineno, "setattr"
    if name in FIRST and (state is None or not isinstance(state, ast.Constant) or state.value != FIRST[name]):
        yield call.lineno, f"makes a {name} in another state than {FIRST[name]!r}"
    given = [*call.args] if name in {"values", "insert", "update"} else []
    given += [k.value for k in call.keywords if k.arg in {"changes", "fixed"}]
    if (name == "values" and state is not None) or any(_holds_state(value) for value in given):
        yield call.lineno, f"a state among the columns given to {name}()"


def _is_state(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value == "state"


def _holds_state(node: ast.AST) -> bool:
    dicts = [n for n in ast.walk(node) if isinstance(n, ast.Dict)]
    return any(key is not None and _is_state(key) for d in dicts for key in d.keys)


def test_only_the_door_writes_a_state() -> None:
    found = [
        f"{name_of(path)}:{line} {how}"
        for path in product_files()
        if name_of(path).startswith("auditflow/") and name_of(path) not in DOOR | OTHERS
        for line, how in writes(tree_of(path))
    ]
    assert found == []


def test_every_row_with_a_state_and_a_journal_has_a_workflow() -> None:
    moved = {mapper.class_.__name__ for mapper in Base.registry.mappers if issubclass(mapper.class_, Moved)}
    assert moved == set(FIRST)


@pytest.mark.parametrize(
    "code",
    [
        "audit.state = 'agreed'",
        "audit.state, x = 'agreed', 1",
        "row['state'] = 'agreed'",
        "setattr(audit, 'state', 'agreed')",
        "sa.update(CaseAudit).values(state='agreed')",
        "sa.update(table).values({'state': 'agreed'})",
        "session.execute(sa.text('UPDATE case_audit SET version = 2, state = :s WHERE id = 1'))",
        "Request('case_audit', 1, 'submit', act, changes={'state': 'agreed'})",
        "CaseAudit(state='agreed', ref='CF-1')",
        "CaseAudit(ref='CF-1')",
        "Moderation(state=chosen)",
    ],
)
def test_a_writer_elsewhere_is_found(code: str) -> None:
    assert list(writes(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "state = row.state",
        "Moderation(state='waiting')",
        "sa.select(table.c.state).where(table.c.state == 'agreed')",
        "machine.decide(workflow, state=state, action='submit')",
        "words = {'state': audit.state}",
        "sa.text('UPDATE case_audit SET ref = 1 WHERE state.x')",
    ],
)
def test_reading_a_state_is_not_writing_it(code: str) -> None:
    assert not list(writes(ast.parse(code)))
