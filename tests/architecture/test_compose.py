"""compose.yaml, the Dockerfile and .env.example name what is there: settings, commands, entry points, files."""

from __future__ import annotations

import ast
import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from auditflow.cli import COMMANDS
from auditflow.cli.init import init
from auditflow.config import KNOWN, PREFIX, load_settings
from auditflow.tasks.celery_app import QUEUE
from tests.architecture.sources import ROOT, tree_of

TEXT = (ROOT / "compose.yaml").read_text(encoding="utf-8")
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
PROGRAM = {name: service for name, service in SERVICES.items() if service["image"] == "auditflow"}
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def commands() -> list[list[str]]:
    """What each container of the program runs, and what the image runs by itself."""
    start = re.search(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    assert start
    return [ast.literal_eval(start[1]), *(service["command"].split() for service in PROGRAM.values())]


def names_at_the_top(path: Path) -> set[str]:
    assigned = (node for node in tree_of(path).body if isinstance(node, ast.Assign))
    return {target.id for node in assigned for target in node.targets if isinstance(target, ast.Name)}


def entry_point(command: list[str]) -> tuple[str, str]:
    """The module and the name in it that gunicorn or celery looks for."""
    if command[0] == "gunicorn":
        module, _, name = command[1].partition(":")
        return module, name
    assert command[:2] == ["celery", "-A"] and command[3] in ("worker", "beat"), command
    return command[2], "app"


@pytest.mark.parametrize("command", commands(), ids=lambda command: " ".join(command[:4]))
def test_a_command_starts_something_that_is_there(command: list[str]) -> None:
    if command[0] == "auditflow":
        assert command[1] in COMMANDS
        assert {word for word in command if word.startswith("--")} <= {o for p in init.params for o in p.opts}
    else:
        module, name = entry_point(command)
        assert name in names_at_the_top(ROOT / f"{module.replace('.', '/')}.py")


@pytest.mark.parametrize("name", PROGRAM)
def test_the_settings_are_those_of_several_processes(name: str, tmp_path: Path) -> None:
    given = PROGRAM[name]["environment"]
    assert {key.removeprefix(PREFIX) for key in given} <= KNOWN
    filled = {key: re.sub(r"\$\{\w+[^}]*\}", "word", value) for key, value in given.items()}
    settings = load_settings({**filled, "AUDITFLOW_DATA": str(tmp_path)})
    assert not settings.embedded and settings.database_url.startswith("postgresql+psycopg://")
    assert given["AUDITFLOW_DATA"] in DOCKERFILE and f"data:{given['AUDITFLOW_DATA']}" in PROGRAM[name]["volumes"]


def test_what_must_be_set_is_in_the_example_and_no_secret_is_in_the_file() -> None:
    asked = set(re.findall(r"\$\{(\w+)", TEXT))
    assert asked == set(re.findall(r"^#([A-Z_]+)=", EXAMPLE, re.MULTILINE)) - {PREFIX + name for name in KNOWN}
    assert all(f"${{{name}:?" in TEXT for name in asked), "compose must stop with a sentence when one is missing"
    assert not re.search(r"(PASSWORD|SECRET_KEY)\w*: (?!\$\{)\S", TEXT)


def test_who_waits_for_a_service_can_know_when_it_is_ready() -> None:
    waits = [wait for service in SERVICES.values() for wait in service.get("depends_on", {}).items()]
    for name, wait in waits:
        if wait["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[name], name
        else:
            assert (wait["condition"], SERVICES[name]["restart"]) == ("service_completed_successfully", "no")
    assert {name for name, _ in waits} == {"init", "postgres", "redis"}


def test_the_workers_check_looks_at_the_queue_that_workers_read() -> None:
    assert f"llen('{QUEUE}')" in SERVICES["worker"]["healthcheck"]["test"][-1]


def test_images_have_a_version_and_one_service_builds_ours() -> None:
    others = [service["image"] for service in SERVICES.values() if service["image"] != "auditflow"]
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert all(re.search(r":\d", image) for image in [*others, *bases])
    assert [name for name, service in PROGRAM.items() if "build" in service] == ["init"]


@pytest.mark.parametrize("name", PROGRAM)
def test_the_program_runs_without_rights(name: str) -> None:
    service = PROGRAM[name]
    assert service["read_only"] and service["cap_drop"] == ["ALL"] and "user" not in service
    assert re.findall(r"^USER (\w+)", DOCKERFILE, re.MULTILINE)[-1:] == ["auditflow"]


def test_the_image_holds_what_runs_and_nothing_else() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    taken = {line[1:] for line in lines if line.startswith("!")}
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]["include"]
    assert "*" in lines and all((ROOT / name).exists() for name in taken)
    assert {pattern.rstrip("*") for pattern in packages} | {"celery_worker.py", "requirements.lock"} <= taken
    assert all(any(fnmatch(name, p) for p in packages) for name in taken if (ROOT / name).is_dir())


def test_what_comes_as_source_is_locked() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for name in ["setuptools", *re.findall(r"--no-binary (\S+)", DOCKERFILE)]:
        assert re.search(rf"^{name}==\S+ \\\n    --hash=", lock, re.MULTILINE), name
