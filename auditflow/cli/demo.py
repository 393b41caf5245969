"""`auditflow demo`: the sample council, ready to click through."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from auditflow.adapters.logs import set_up_logs
from auditflow.config import Settings, load_settings
from auditflow.domain.errors import BadInput

FILE = "auditflow.db"
"""Where every other command looks for the database, once AUDITFLOW_DATA names the demo's folder."""
PASSWORD_FILE = "sign-ins.txt"  # noqa: S105 - a file name


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--data", default="var/demo", show_default=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--reload", is_flag=True, help="Restart when the code changes.")
def demo(port: int, data: Path, *, reload: bool) -> None:
    """Make the sample council (once) and serve it, with one sign-in per role.

    A second run starts at once and keeps its data; remove the folder to begin again.

    Example: auditflow demo --port 8123
    """
    # Whoever looks for the sign-ins must not have to look for them among the worker's events.
    set_up_logs(level=logging.WARNING)
    if not _is_reloaded():
        _need_free_port(port)
    settings = _settings(data, port)
    _make_once(settings, click.echo)
    show = _lines(settings, port)
    if reload:
        _serve_reloading(settings, port, show)
        return
    from auditflow.cli.serve import run_server

    run_server(settings, host="127.0.0.1", port=port, ready=lambda: click.echo(show))


def _is_reloaded() -> bool:
    """Whether this is the process that Werkzeug starts anew after each change; its parent holds the port."""
    return os.environ.get("WERKZEUG_RUN_MAIN") == "true"


def _need_free_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise BadInput(f"Port {port} is taken. Choose another one: make demo PORT={port + 1}") from None


def _settings(data: Path, port: int) -> Settings:
    """The embedded default in the demo's own folder, whatever the environment says of real services."""
    return load_settings(
        {
            "AUDITFLOW_DATA": str(data),
            "AUDITFLOW_COUNCIL_NAME": "Exampleshire Council",
            "AUDITFLOW_BASE_URL": f"http://127.0.0.1:{port}",
            "AUDITFLOW_ALERT_PHONES": "Front door: 01632 960 001. Out of hours: 01632 960 002",
        }
    )


def _make_once(settings: Settings, say: Callable[[str], object]) -> None:
    """Make the council beside its place and move it there when it is whole, so that a stopped run leaves nothing."""
    path = settings.data / FILE
    if path.exists() and (settings.data / PASSWORD_FILE).exists():
        return
    say("Making the sample council; this takes half a minute or two, once.")
    partial = settings.data / "making.db"
    for leftover in settings.data.glob("making.db*"):
        leftover.unlink()
    _make(replace(settings, database_url=f"sqlite:///{partial}"), say)
    partial.replace(path)


def _make(settings: Settings, say: Callable[[str], object]) -> None:
    from flask_security import hash_password

    from auditflow.adapters.schema import migrate
    from auditflow.app import create_app
    from auditflow.cli.council.make import make_council
    from auditflow.cli.council.people import make_password
    from auditflow.models.database import open_database
    from auditflow.services.act import Act
    from auditflow.services.person import set_password

    database = open_database(settings.database_url)
    migrate(database)
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    password = make_password()
    with create_app(settings, database=database).app_context():
        hashed = hash_password(password)
    with database.writing() as session:
        made = make_council(session, now, say=lambda line: say(f"  {line}"))
        for address, person in made.staff.named.items():
            set_password(session, person, hashed, Act(None, now, f"sample:password:{address}"))
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.engine.dispose()
    _keep_password(settings.data / PASSWORD_FILE, password)


def _keep_password(path: Path, password: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(password)


def _lines(settings: Settings, port: int) -> str:
    from auditflow.cli.council.people import DOMAIN, SIGN_INS
    from workflows.roles import PERSON_ROLES

    password = (settings.data / PASSWORD_FILE).read_text().strip()
    rows = [f"  {PERSON_ROLES[role]:24} {address}@{DOMAIN}" for address, _, role in SIGN_INS]
    return "\n".join(
        [
            "",
            f"The sample council is at http://127.0.0.1:{port}",
            "Everybody in it is invented. Sign in as:",
            "",
            *rows,
            "",
            f"  Password for each: {password}",
            "",
            "Ctrl+C stops it; its data stays for the next time.",
            f"Other commands find it with AUDITFLOW_DATA={settings.data}, such as: auditflow journal verify",
        ]
    )


def _serve_reloading(settings: Settings, port: int, show: str) -> None:
    """For developers: Werkzeug's own server, which restarts when a file changes, and the worker with it."""
    from auditflow.app import create_app
    from auditflow.cli.serve import start_embedded
    from auditflow.models.database import open_database

    database = open_database(settings.database_url)
    if _is_reloaded():
        start_embedded(settings, database)
        click.echo(show)
    create_app(settings, database=database).run(host="127.0.0.1", port=port, use_reloader=True, threaded=True)
