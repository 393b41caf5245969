"""What the small commands load: everything is counted, because every module is time before the first figure."""

import os
import subprocess
import sys

import pytest

from bench.profile import ROOT
from bench.start import COMMANDS, make_files

COUNT = """
import sys
first = set(sys.modules)
from auditflow.cli import main
try:
    main()
except SystemExit as ended:
    assert not ended.code
print(*sorted(set(sys.modules) - first), file=sys.stderr)
"""
HEAVY = {
    *("flask", "werkzeug", "wtforms", "jinja2", "babel", "sqlalchemy", "psycopg", "celery", "redis", "transitions"),
    *("numpy", "scipy", "openpyxl", "structlog", "logging", "asyncio", "socket", "ssl", "email", "http", "subprocess"),
    *("decimal", "fractions", "statistics", "random", "pathlib", "tempfile", "multiprocessing", "importlib.metadata"),
}
LOADED = {
    "analyse --help": 81,
    "analyse estimate": 91,
    "analyse movement": 96,
    "analyse agreement": 96,
    "analyse chart": 93,
    "sample --help": 81,
    "sample size": 72,
    "sample draw": 99,
    "sample verify": 100,
}
"""All that each loads with what it stands on, click (64 modules) included."""
SLACK = 3
"""What another Python or another release may have more."""


def loaded(folder, code, *arguments):
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.split())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("start")
    make_files(folder)
    loaded(folder, COUNT, *COMMANDS["sample draw"])
    return folder


def test_importing_the_command_line_loads_nothing(folder):
    code = (
        "import sys\nfirst = set(sys.modules)\nimport auditflow.cli\nprint(*set(sys.modules) - first, file=sys.stderr)"
    )
    assert loaded(folder, code) <= {"auditflow", "auditflow.cli", "__future__", "gc"}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_small_command_loads_no_more_than_it_uses(folder, command):
    found = loaded(folder, COUNT, *COMMANDS[command])
    assert not {name for name in found if name in HEAVY or name.partition(".")[0] in HEAVY}
    assert len(found) <= LOADED[command] + SLACK, sorted(found)


def test_every_command_of_both_groups_is_counted():
    from auditflow.cli.analyse import analyse
    from auditflow.cli.sample import sample

    named = {name for name in COMMANDS if not name.endswith("--help")}
    assert named == {f"analyse {name}" for name in analyse.commands} | {f"sample {name}" for name in sample.commands}
