"""Every row of My work asks for a move that one of its people can make from that state."""

from __future__ import annotations

import pytest

from auditflow.queries.work_table import TODOS, Todo
from workflows.registry import WORKFLOWS


@pytest.mark.parametrize("todo", TODOS, ids=lambda todo: f"{todo.subject_type} {todo.state}")
def test_the_move_is_open_to_whoever_is_asked(todo: Todo) -> None:
    moves = WORKFLOWS[todo.subject_type].by_action[todo.action]
    assert any(todo.state in move.sources and todo.movers & set(move.roles) for move in moves)
