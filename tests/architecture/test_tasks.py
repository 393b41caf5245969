"""Every beat entry names a task that exists, every task has a worker that listens, every job kind a function."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from auditflow.config import Settings
from auditflow.tasks.celery_app import BEAT, QUEUE, TASKS, make_celery
from auditflow.tasks.job import KINDS

ROOT = Path(__file__).parents[2]


@pytest.fixture
def celery(settings: Settings):
    app = make_celery(settings)
    app.finalize()
    return app


def test_every_beat_entry_is_a_task(celery) -> None:
    assert {entry["task"] for entry in celery.conf.beat_schedule.values()} <= set(celery.tasks)
    assert set(BEAT) == set(TASKS), "a task that no beat calls is never run"


def test_every_task_goes_to_the_one_queue_that_workers_read(celery) -> None:
    queues = {celery.amqp.router.route({}, name)["queue"].name for name in TASKS}
    assert queues == {QUEUE} == set(celery.amqp.queues)


def test_messages_carry_nothing(celery) -> None:
    assert all("args" not in entry and "kwargs" not in entry for entry in celery.conf.beat_schedule.values())


def test_every_kind_of_job_that_is_queued_has_its_function() -> None:
    queued = set()
    for path in (ROOT / "auditflow").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "queue_job":
                queued.add(_kind(node.args[1], path))
    assert queued <= set(KINDS)
    assert queued, "nothing queues a job: this test looks in the wrong place"


def _kind(node: ast.expr, path: Path) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    assert isinstance(node, ast.Name), f"{path}: the kind of a job must be a constant"
    import importlib

    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return str(getattr(module, node.id))
